//! API tokens: made by their users for themselves, shown once, stored hashed.
mod new;

use crate::{
    Actor, Ctx, Portal, TokenLimits,
    access::Need,
    audit::{self, Event, PLATFORM},
    db::{Row, Tx, values},
    error::{Error, Result},
    news, password, sessions,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    AuditOutcome, Role, TokenId, UserId, WorkspaceSlug,
    view::{IssuedToken, NewToken, Timestamp, TokenView},
};
use new::Wanted;
use serde_json::json;

/// What every token begins with, so that scanners of leaked secrets know it.
const PREFIX: &str = "atx_";

impl Portal {
    /// The caller's own tokens, newest first; what ended or was revoked is left out. A token that does not reach
    /// everything sees itself only.
    ///
    /// # Errors
    /// 401 without a user.
    pub async fn tokens(&self, ctx: &Ctx) -> model::Result<Vec<TokenView>> {
        let work = async {
            let user = ctx.user_id().ok_or(model::Error::Unauthenticated)?;
            let only = ctx.token().filter(|limits| narrow(limits)).map(|limits| &limits.id);
            let sql = "SELECT t.*, u.username, w.slug FROM tokens t JOIN users u ON u.id = t.user_id
                    LEFT JOIN workspaces w ON w.id = t.workspace_id
                WHERE t.user_id = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
                    AND ($3 = '' OR t.id = $3)
                ORDER BY t.created_at DESC, t.id DESC";
            let only = only.map_or("", TokenId::as_str);
            views(&self.db().all(sql, values![user, self.now(), only]).await?)
        };
        work.await.map_err(Error::report)
    }

    /// Every token that reaches a workspace: of its members, unless it is for another workspace. For its owners and
    /// staff.
    ///
    /// # Errors
    /// 403 for other members, 404 for strangers.
    pub async fn workspace_tokens(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> model::Result<Vec<TokenView>> {
        let work = async {
            let access = self.may_workspace(ctx, workspace, Need::Read).await?;
            if ctx.token().is_some_and(narrow) {
                let why = "This token reaches a part only; it does not see other tokens.".to_owned();
                return Err(model::Error::Forbidden { why }.into());
            }
            if access.role < Role::Owner && !self.is_staff(ctx).await? {
                let why = format!("This needs the role {} in {workspace}.", Role::Owner);
                return Err(model::Error::Forbidden { why }.into());
            }
            let sql = "SELECT t.*, u.username, w.slug FROM tokens t JOIN users u ON u.id = t.user_id
                    JOIN members m ON m.user_id = t.user_id AND m.workspace_id = $1
                    LEFT JOIN workspaces w ON w.id = t.workspace_id
                WHERE (t.workspace_id IS NULL OR t.workspace_id = $1) AND u.active = 1
                    AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
                ORDER BY u.username, t.created_at DESC, t.id DESC";
            views(&self.db().all(sql, values![access.workspace_id, self.now()]).await?)
        };
        work.await.map_err(Error::report)
    }

    /// Makes a token for the caller. The only time that the secret is shown.
    ///
    /// # Errors
    /// 400 at the field; 403 to a token that has restrictions itself.
    pub async fn issue_token(&self, ctx: &Ctx, new: NewToken) -> model::Result<IssuedToken> {
        let work = async {
            let user = ctx.user_id().ok_or(model::Error::Unauthenticated)?;
            if ctx.token().is_some_and(restricted) {
                let why = "A token with restrictions cannot make tokens.".to_owned();
                return Err(model::Error::Forbidden { why }.into());
            }
            self.issue(ctx, user, new).await
        };
        work.await.map_err(Error::report)
    }

    /// Makes a token for any user. Only for an operator at the command line: nobody else may speak for others.
    ///
    /// # Errors
    /// 400 at the field; 404 for everybody else and for an unknown user.
    pub async fn issue_token_for(&self, ctx: &Ctx, user: &UserId, new: NewToken) -> model::Result<IssuedToken> {
        let work = async {
            match &ctx.actor {
                Actor::System(_) => self.issue(ctx, user, new).await,
                Actor::User { .. } => Err(model::Error::not_found("page").into()),
            }
        };
        work.await.map_err(Error::report)
    }

    async fn issue(&self, ctx: &Ctx, user: &UserId, new: NewToken) -> Result<IssuedToken> {
        let sql = "SELECT username FROM users WHERE id = $1 AND active = 1";
        let row = self.db().one(sql, values![user]).await?;
        let username = row.ok_or_else(|| model::Error::not_found("user"))?.text("username")?;
        let wanted = Wanted::read(&new)?;
        let now = self.now();
        let expires_at = self.expiry(ctx, &wanted, now).await?;
        let workspace_id = match &wanted.workspace {
            Some(slug) => Some(self.member_of(user, slug).await?),
            None => None,
        };
        let token = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(password::random::<32>()?));
        let id = TokenId::new(uuid::Uuid::now_v7().to_string());
        let environments = json!(wanted.environments).to_string();
        let mut tx = self.db().begin().await?;
        let sql = "INSERT INTO tokens (id, user_id, name, hash, workspace_id, environments, read_only, expires_at,
                created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let (name, read_only) = (wanted.name.as_str(), wanted.read_only);
        let hash = sessions::hash(&token);
        tx.execute(sql, values![&id, user, name, hash, workspace_id, environments, read_only, expires_at, now]).await?;
        let view = TokenView {
            id,
            name: wanted.name,
            username,
            workspace: wanted.workspace,
            environments: wanted.environments,
            read_only,
            expires_at: Some(Timestamp(expires_at)),
            created_at: Timestamp(now),
            last_used_at: None,
        };
        self.note_token(&mut tx, ctx, "token.issue", &view, None).await?;
        tx.commit().await?;
        Ok(IssuedToken { token, view })
    }

    /// When the token ends: never after the token that makes it.
    async fn expiry(&self, ctx: &Ctx, wanted: &Wanted, now: i64) -> Result<i64> {
        let expires_at = now + wanted.lifetime();
        let Some(limits) = ctx.token() else { return Ok(expires_at) };
        let row = self.db().one("SELECT expires_at FROM tokens WHERE id = $1", values![&limits.id]).await?;
        let own = row.ok_or(model::Error::Unauthenticated)?.int_opt("expires_at")?;
        match own {
            Some(own) if own < expires_at && wanted.days.is_some() => {
                let why = format!("The token that asks ends at {}; what it makes cannot last longer.", Timestamp(own));
                Err(model::Error::invalid("expires_in_days", why).into())
            }
            Some(own) => Ok(own.min(expires_at)),
            None => Ok(expires_at),
        }
    }

    /// The id of a workspace of which a user is a member. The same sentence whether it exists or not.
    async fn member_of(&self, user: &UserId, slug: &WorkspaceSlug) -> Result<String> {
        let sql = "SELECT w.id FROM workspaces w JOIN members m ON m.workspace_id = w.id
            WHERE w.slug = $1 AND m.user_id = $2 AND w.archived_at IS NULL";
        let row = self.db().one(sql, values![slug, user]).await?;
        let row = row.ok_or_else(|| model::Error::invalid("workspace", "You are not a member of such a workspace."))?;
        Ok(row.text("id")?)
    }

    /// Ends a token: one's own, one that reaches a workspace of which the caller is owner, or any for staff.
    ///
    /// # Errors
    /// 404 for all others; 403 to a token with restrictions, unless it ends itself.
    pub async fn revoke_token(&self, ctx: &Ctx, id: &TokenId) -> model::Result<()> {
        self.revoke_token_checked(ctx, id).await.map_err(Error::report)
    }

    async fn revoke_token_checked(&self, ctx: &Ctx, id: &TokenId) -> Result<()> {
        let unknown = || Error::from(model::Error::not_found("token"));
        let sql = "SELECT t.*, u.username, w.slug FROM tokens t JOIN users u ON u.id = t.user_id
            LEFT JOIN workspaces w ON w.id = t.workspace_id WHERE t.id = $1 AND t.revoked_at IS NULL";
        let row = self.db().one(sql, values![id]).await?.ok_or_else(unknown)?;
        let (view, holder) = (view(&row)?, row.text("user_id")?);
        let own = ctx.user_id().is_some_and(|user| user.as_str() == holder);
        let itself = ctx.token().is_some_and(|limits| limits.id == *id);
        let mut owned = None;
        if !own && !self.is_staff(ctx).await? {
            owned = self.owned_workspace(ctx, &holder, row.text_opt("workspace_id")?).await?;
            if owned.is_none() {
                return Err(unknown());
            }
        }
        if !itself && ctx.token().is_some_and(restricted) {
            let why = "A token with restrictions can only end itself.".to_owned();
            return Err(model::Error::Forbidden { why }.into());
        }
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        if tx.execute(sql, values![id, self.now()]).await? == 0 {
            return Err(unknown());
        }
        news::ended(&mut tx, Some(&UserId::new(holder))).await?;
        self.note_token(&mut tx, ctx, "token.revoke", &view, owned.as_ref()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A workspace that the caller owns and the token reaches.
    async fn owned_workspace(&self, ctx: &Ctx, holder: &str, only: Option<String>) -> Result<Option<WorkspaceSlug>> {
        let Some(user) = ctx.user_id() else { return Ok(None) };
        let sql = "SELECT w.slug FROM workspaces w
                JOIN members mine ON mine.workspace_id = w.id AND mine.user_id = $1 AND mine.role = 'owner'
                JOIN users me ON me.id = mine.user_id AND me.active = 1
                JOIN members theirs ON theirs.workspace_id = w.id AND theirs.user_id = $2
            WHERE w.archived_at IS NULL AND ($3 = '' OR w.id = $3) ORDER BY w.slug";
        let rows = self.db().all(sql, values![user, holder, only.unwrap_or_default()]).await?;
        for row in rows {
            let slug = WorkspaceSlug::new(row.text("slug")?);
            if ctx.token().is_none_or(|limits| limits.reach_workspace(&slug)) {
                return Ok(Some(slug));
            }
        }
        Ok(None)
    }

    /// Audits in the chain of the workspace that it is about, if any, and in the platform's.
    async fn note_token(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &str,
        view: &TokenView,
        owned: Option<&WorkspaceSlug>,
    ) -> Result<()> {
        let event = Event::new(PLATFORM, action, AuditOutcome::Succeeded)
            .about("token", view.id.as_str(), &view.name)
            .detail(json!({
                "user": view.username,
                "workspace": view.workspace,
                "environments": view.environments,
                "read_only": view.read_only,
                "expires_at": view.expires_at,
            }));
        if let Some(slug) = view.workspace.as_ref().or(owned) {
            audit::append(tx, self.now(), ctx, Event { chain: slug.as_str(), ..event.clone() }).await?;
        }
        audit::append(tx, self.now(), ctx, event).await
    }
}

/// Reaches less than its user.
fn narrow(limits: &TokenLimits) -> bool {
    limits.workspace.is_some() || !limits.environments.is_empty()
}

/// Reaches or does less than its user.
fn restricted(limits: &TokenLimits) -> bool {
    narrow(limits) || limits.read_only
}

fn views(rows: &[Row]) -> Result<Vec<TokenView>> {
    rows.iter().map(view).collect()
}

/// Reads a row of `tokens` joined with `users.username` and, where it has one, its workspace's slug.
fn view(row: &Row) -> Result<TokenView> {
    Ok(TokenView {
        id: TokenId::new(row.text("id")?),
        name: row.text("name")?,
        username: row.text("username")?,
        workspace: row.text_opt("slug")?.map(WorkspaceSlug::new),
        environments: row.json("environments")?,
        read_only: row.flag("read_only")?,
        expires_at: row.int_opt("expires_at")?.map(Timestamp),
        created_at: Timestamp(row.int("created_at")?),
        last_used_at: row.int_opt("last_used_at")?.map(Timestamp),
    })
}
