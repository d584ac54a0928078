//! Signing in: by password, by session and by token.
mod limit;

use crate::{
    Actor, Ctx, Portal, TokenLimits,
    audit::{self, Event, PLATFORM},
    db::{Row, values},
    error::{Error, Result},
    news, password, sessions,
};
use limit::Attempt;
use model::{AuditOutcome, RequestId, TokenId, UserId, WorkspaceSlug};

/// A minute in microseconds: how precisely the last use of a token is known.
const MINUTE: i64 = 60_000_000;

/// How much of a name that somebody typed is kept in the audit, in characters.
const NAME_KEPT: usize = 64;

impl Portal {
    /// Settles whether this user name and password belong to an active user; a door then begins a session for it.
    /// `client` is the address that it came from.
    ///
    /// # Errors
    /// 401 for a wrong pair, 429 after too many of them.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
        client: &str,
        request_id: &RequestId,
    ) -> model::Result<UserId> {
        self.sign_in_checked(username, password, client, request_id).await.map_err(Error::report)
    }

    async fn sign_in_checked(
        &self,
        name: &str,
        password: &str,
        client: &str,
        request_id: &RequestId,
    ) -> Result<UserId> {
        let name: String = name.trim().to_lowercase().chars().take(NAME_KEPT + 1).collect();
        // Only for the audit: nobody has signed in yet, and whether there is such a user is not said there either.
        let nobody = Ctx::new(Actor::System("anonymous"), request_id.clone());
        let shown: String = name.chars().take(NAME_KEPT).flat_map(char::escape_default).collect();
        let attempt = Attempt::new(&name, client);
        if let Err(stop) = self.count(&attempt).await? {
            if stop.first {
                self.note_sign_in(&nobody, AuditOutcome::Denied, &shown).await?;
            }
            return Err(model::Error::TooMany { retry_after: stop.retry_after }.into());
        }
        let sql = "SELECT id, username, staff, password_hash FROM users WHERE username = $1 AND active = 1";
        let row = self.db().one(sql, values![name]).await?;
        let stored = row.as_ref().map(|row| row.text("password_hash")).transpose()?;
        let plausible = password.get(..password.len().min(password::MAX)).unwrap_or_default();
        let same = password::matches(plausible, stored, self.inner.settings.quick_passwords).await?;
        match row {
            Some(row) if same && plausible.len() == password.len() => {
                let ctx = Self::session_ctx(&row, request_id.clone())?;
                let id = UserId::new(row.text("id")?);
                let mut tx = self.db().begin().await?;
                attempt.forgive(&mut tx).await?;
                let event = Event::new(PLATFORM, "sign_in", AuditOutcome::Succeeded);
                audit::append(&mut tx, self.now(), &ctx, event.about("user", id.as_str(), &row.text("username")?))
                    .await?;
                tx.commit().await?;
                Ok(id)
            }
            _ => {
                self.note_sign_in(&nobody, AuditOutcome::Failed, &shown).await?;
                Err(model::Error::BadCredentials.into())
            }
        }
    }

    /// Writes down that the caller signed out; the door ends the session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, ctx: &Ctx) -> model::Result<()> {
        let work = async {
            let mut tx = self.db().begin().await?;
            let mut event = Event::new(PLATFORM, "sign_out", AuditOutcome::Succeeded);
            if let Some(id) = ctx.user_id() {
                event = event.about("user", id.as_str(), ctx.actor_name());
            }
            audit::append(&mut tx, self.now(), ctx, event).await?;
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    /// Who asks, by a session's user.
    ///
    /// # Errors
    /// 401 when there is no such active user.
    pub async fn ctx_for_user(&self, user: &UserId, request_id: RequestId) -> model::Result<Ctx> {
        let work = async {
            let sql = "SELECT id, username, staff FROM users WHERE id = $1 AND active = 1";
            let row = self.db().one(sql, values![user]).await?.ok_or(model::Error::Unauthenticated)?;
            Self::session_ctx(&row, request_id)
        };
        work.await.map_err(Error::report)
    }

    fn session_ctx(row: &Row, request_id: RequestId) -> Result<Ctx> {
        let (id, username) = (UserId::new(row.text("id")?), row.text("username")?);
        let actor = Actor::User { id, username, staff: row.flag("staff")?, token: None };
        Ok(Ctx::new(actor, request_id))
    }

    /// Who asks, by an API token. Notes its use, to the minute.
    ///
    /// # Errors
    /// 401 when it is unknown, has ended or was revoked, or its user is not active.
    pub async fn ctx_for_token(&self, token: &str, request_id: RequestId) -> model::Result<Ctx> {
        let work = async {
            let now = self.now();
            let sql = "SELECT t.id AS token_id, t.environments, t.read_only, t.last_used_at, w.slug,
                    u.id, u.username, u.staff
                FROM tokens t JOIN users u ON u.id = t.user_id LEFT JOIN workspaces w ON w.id = t.workspace_id
                WHERE t.hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
                    AND u.active = 1";
            let row = self.db().one(sql, values![sessions::hash(token), now]).await?;
            let row = row.ok_or(model::Error::Unauthenticated)?;
            let limits = TokenLimits {
                id: TokenId::new(row.text("token_id")?),
                workspace: row.text_opt("slug")?.map(WorkspaceSlug::new),
                environments: row.json("environments")?,
                read_only: row.flag("read_only")?,
            };
            let minute = now - now.rem_euclid(MINUTE);
            if row.int_opt("last_used_at")?.is_none_or(|used| used < minute) {
                let sql = "UPDATE tokens SET last_used_at = $2
                    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
                self.db().execute(sql, values![&limits.id, minute]).await?;
            }
            let restricted = limits.workspace.is_some() || !limits.environments.is_empty();
            let actor = Actor::User {
                id: UserId::new(row.text("id")?),
                username: row.text("username")?,
                staff: row.flag("staff")? && !restricted,
                token: Some(limits),
            };
            Ok(Ctx::new(actor, request_id))
        };
        work.await.map_err(Error::report)
    }

    /// Changes the caller's own password and ends all of its sessions; a door lets its own go on under a new id.
    ///
    /// # Errors
    /// 400 at `old_password` or `new_password`; 403 to a token; 429 after too many wrong ones.
    pub async fn change_password(&self, ctx: &Ctx, old: &str, new: &str) -> model::Result<()> {
        self.change_password_checked(ctx, old, new).await.map_err(Error::report)
    }

    async fn change_password_checked(&self, ctx: &Ctx, old: &str, new: &str) -> Result<()> {
        let Actor::User { id, username, token, .. } = &ctx.actor else {
            return Err(model::Error::Unauthenticated.into());
        };
        if token.is_some() {
            return Err(model::Error::Forbidden { why: "A token cannot change a password.".to_owned() }.into());
        }
        password::check("new_password", username, new)?;
        let attempt = Attempt::by_name(username);
        if let Err(stop) = self.count(&attempt).await? {
            return Err(model::Error::TooMany { retry_after: stop.retry_after }.into());
        }
        let quick = self.inner.settings.quick_passwords;
        let sql = "SELECT password_hash FROM users WHERE id = $1 AND active = 1";
        let row = self.db().one(sql, values![id]).await?.ok_or(model::Error::Unauthenticated)?;
        let stored = row.text("password_hash")?;
        if old.len() > password::MAX || !password::matches(old, Some(stored.clone()), quick).await? {
            let mut tx = self.db().begin().await?;
            let event = Event::new(PLATFORM, "password.change", AuditOutcome::Failed);
            audit::append(&mut tx, self.now(), ctx, event.about("user", id.as_str(), username)).await?;
            tx.commit().await?;
            return Err(model::Error::invalid("old_password", "This is not your password.").into());
        }
        let hash = password::hash(new, quick).await?;
        let mut tx = self.db().begin().await?;
        attempt.forgive(&mut tx).await?;
        // Only in place of the password that was just proven: of two changes at once, the second is refused.
        let sql = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 AND active = 1";
        if tx.execute(sql, values![id, stored, hash]).await? == 0 {
            return Err(model::Error::invalid("old_password", "Your password was changed meanwhile.").into());
        }
        tx.execute("DELETE FROM sessions WHERE user_id = $1", values![id]).await?;
        news::ended(&mut tx, Some(id)).await?;
        let event = Event::new(PLATFORM, "password.change", AuditOutcome::Succeeded);
        audit::append(&mut tx, self.now(), ctx, event.about("user", id.as_str(), username)).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn note_sign_in(&self, ctx: &Ctx, outcome: AuditOutcome, name: &str) -> Result<()> {
        let mut tx = self.db().begin().await?;
        audit::append(&mut tx, self.now(), ctx, Event::new(PLATFORM, "sign_in", outcome).about("user", "", name))
            .await?;
        Ok(tx.commit().await?)
    }
}
