//! Idempotency keys: a request that comes again under its key is answered, not done, again.
use super::{row::Row, seal};
use crate::{
    Ctx, Portal,
    db::{Tx, values},
    error::{Error, Result},
};
use model::{OperationId, ResourceId};
use secrecy::SecretString;

/// How long a key is remembered: 24 hours, in microseconds.
pub(crate) const LIFE: i64 = 24 * 3600 * 1_000_000;

/// A request under a key.
pub(super) struct Keyed {
    actor: String,
    key: String,
    mac: String,
}

/// What the first request under a key did.
pub(super) struct Replay {
    /// The resource that it made or acted on, as it is now.
    pub row: Row,
    /// The operation, if it was an action; none for actions from before keys knew theirs.
    pub operation: Option<OperationId>,
}

/// What tells a request under a key from another one. Checks the key's shape, too.
pub(crate) fn key_mac(secret: &SecretString, key: &str, request: &str) -> Result<String> {
    let fits = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if !fits {
        let sentence = "Give 1 to 255 printable ASCII characters without spaces.";
        return Err(model::Error::invalid("Idempotency-Key", sentence).into());
    }
    seal::fingerprint(secret, request)
}

impl Portal {
    /// The key of a request, with what tells the same request from another one.
    pub(super) fn keyed(&self, ctx: &Ctx, key: Option<&str>, request: &str) -> Result<Option<Keyed>> {
        let Some(key) = key else { return Ok(None) };
        let mac = key_mac(&self.inner.settings.secret_key, key, request)?;
        Ok(Some(Keyed { actor: ctx.key_owner(), key: key.to_owned(), mac }))
    }

    /// What this very request did before.
    pub(super) async fn replayed(&self, keyed: Option<&Keyed>) -> Result<Option<Replay>> {
        let Some(keyed) = keyed else { return Ok(None) };
        let sql = "SELECT body_mac, resource_id, operation_id FROM idempotency
            WHERE actor = $1 AND key = $2 AND created_at > $3";
        let values = values![keyed.actor.as_str(), keyed.key.as_str(), self.now() - LIFE];
        let Some(row) = self.db().one(sql, values).await? else { return Ok(None) };
        if row.text("body_mac")? != keyed.mac {
            return Err(model::Error::KeyReused.into());
        }
        let operation = row.text_opt("operation_id")?.map(OperationId::new);
        Ok(Some(Replay { row: self.row(&ResourceId::new(row.text("resource_id")?)).await?, operation }))
    }

    /// As [`Portal::replayed`], for who has just lost a key to another request.
    pub(super) async fn outrun(&self, keyed: Option<&Keyed>) -> Result<Replay> {
        self.replayed(keyed).await?.ok_or(Error::Corrupt("idempotency key"))
    }

    /// Gives a key back, in the transaction that says that what was asked for under it was not done.
    pub(super) async fn unclaim(&self, tx: &mut Tx, keyed: Option<&Keyed>) -> Result<()> {
        let Some(keyed) = keyed else { return Ok(()) };
        let sql = "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND operation_id IS NULL";
        tx.execute(sql, values![keyed.actor.as_str(), keyed.key.as_str()]).await?;
        Ok(())
    }

    /// Forgets keys that are older than they are remembered for.
    pub(super) async fn forget_keys(&self) -> Result<()> {
        let sql = "DELETE FROM idempotency WHERE created_at <= $1";
        self.db().execute(sql, values![self.now() - LIFE]).await?;
        Ok(())
    }

    /// Takes a key, as the first statement of the transaction that does what was asked for under it. Of two requests at
    /// once the second waits here for the first, before it can fail by what that one took: the quota, the name, the turn.
    /// False when another request was first; then the caller drops the transaction and answers as for a replay.
    pub(super) async fn claim(
        &self,
        tx: &mut Tx,
        keyed: Option<&Keyed>,
        resource: &ResourceId,
        operation: Option<&OperationId>,
    ) -> Result<bool> {
        let Some(keyed) = keyed else { return Ok(true) };
        let now = self.now();
        let (actor, key) = (keyed.actor.as_str(), keyed.key.as_str());
        let old = "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND created_at <= $3";
        tx.execute(old, values![actor, key, now - LIFE]).await?;
        // One key, one request, also when the other one was of another kind.
        let other = "SELECT 1 AS one FROM answers WHERE actor = $1 AND key = $2 AND claimed_at > $3";
        if tx.one(other, values![actor, key, now - LIFE]).await?.is_some() {
            return Err(model::Error::KeyReused.into());
        }
        let sql = "INSERT INTO idempotency (actor, key, body_mac, resource_id, operation_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (actor, key) DO NOTHING";
        Ok(tx.execute(sql, values![actor, key, keyed.mac.as_str(), resource, operation, now]).await? == 1)
    }
}
