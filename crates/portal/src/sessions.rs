//! Rows of browser sessions. The server's session layer decides what they hold; only the hash of an id is stored.
use crate::{Portal, db::values, error::Error, news};
use model::{Result, UserId};
use sha2::{Digest, Sha256};

impl Portal {
    /// Stores a session under a new id. False when the id is taken.
    ///
    /// # Errors
    /// When the database fails, or there is no such user.
    pub async fn session_create(&self, id: &str, user: &UserId, data: &str, expires_at: i64) -> Result<bool> {
        let sql = "INSERT INTO sessions (id_hash, user_id, data, expires_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id_hash) DO NOTHING";
        self.session_rows(sql, values![hash(id), user, data, expires_at]).await.map(|rows| rows == 1)
    }

    /// Stores new content of a session. One that was ended meanwhile stays ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_save(&self, id: &str, user: &UserId, data: &str, expires_at: i64) -> Result<()> {
        let sql = "UPDATE sessions SET data = $3, expires_at = $4 WHERE id_hash = $1 AND user_id = $2";
        self.session_rows(sql, values![hash(id), user, data, expires_at]).await.map(|_| ())
    }

    /// The content of a session that has not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_load(&self, id: &str) -> Result<Option<String>> {
        self.session(id).await.map_err(Error::report)
    }

    pub(crate) async fn session(&self, id: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT data FROM sessions WHERE id_hash = $1 AND expires_at > $2";
        let row = self.db().one(sql, values![hash(id), self.now()]).await?;
        Ok(row.map(|row| row.text("data")).transpose()?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_delete(&self, id: &str) -> Result<()> {
        let work = async {
            let mut tx = self.db().begin().await?;
            let sql = "DELETE FROM sessions WHERE id_hash = $1 RETURNING user_id";
            let row = tx.one(sql, values![hash(id)]).await?;
            if let Some(row) = row {
                news::ended(&mut tx, Some(&UserId::new(row.text("user_id")?))).await?;
            }
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    /// Removes the rows of sessions that have expired, and failed sign-ins that no longer count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_delete_expired(&self) -> Result<()> {
        self.session_rows("DELETE FROM sessions WHERE expires_at <= $1", values![self.now()]).await?;
        self.forget_failures().await.map_err(Error::report)
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_delete_user(&self, user: &UserId) -> Result<()> {
        let work = async {
            let mut tx = self.db().begin().await?;
            tx.execute("DELETE FROM sessions WHERE user_id = $1", values![user]).await?;
            news::ended(&mut tx, Some(user)).await?;
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    async fn session_rows(&self, sql: &'static str, values: &[crate::db::Value]) -> Result<u64> {
        self.db().execute(sql, values).await.map_err(|error| Error::from(error).report())
    }
}

/// What is stored of an id or a token: SHA-256 in hex. Enough without salt, because both are long and random.
pub(crate) fn hash(id: &str) -> String {
    Sha256::digest(id.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
