//! Who may what. Read from the database at each call: a removed member is out with the next request.
use crate::{
    Actor, Ctx, Portal, TokenLimits,
    audit::{self, Event, PLATFORM},
    db::values,
    error::{Error, Result},
};
use model::{AuditOutcome, Place, Role, UserId, WorkspaceSlug};

/// How much of a slug that no workspace of the caller's has is kept in the audit, in characters.
const SLUG_KEPT: usize = 64;

/// What a caller wants to do in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Look.
    Read,
    /// Create, change, delete, reveal.
    Provision,
    /// Manage members.
    Own,
}

impl Need {
    const fn role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Provision => Role::Operator,
            Self::Own => Role::Owner,
        }
    }
}

/// A workspace that the caller may use so.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// The workspace row's id.
    pub workspace_id: String,
    /// Closed.
    pub archived: bool,
    /// The caller's role; viewer for staff who are no members, owner for the system.
    pub role: Role,
}

fn no_such_workspace() -> Error {
    // NotFound, not Forbidden: a stranger must not learn that the workspace exists.
    model::Error::not_found("workspace").into()
}

fn forbidden(why: impl Into<String>) -> Error {
    model::Error::Forbidden { why: why.into() }.into()
}

impl Portal {
    /// The workspace, if the caller may do that in it. A refused change is audited.
    pub(crate) async fn may_workspace(&self, ctx: &Ctx, slug: &WorkspaceSlug, need: Need) -> Result<Access> {
        let allowed = match &ctx.actor {
            Actor::System(_) => self.any_workspace(slug).await,
            Actor::User { id, token, .. } => self.allow(id, token.as_ref(), slug, need).await,
        };
        if need != Need::Read {
            match &allowed {
                Err(Error::Public(model::Error::Forbidden { .. })) => self.denied(ctx, slug, None).await?,
                Err(Error::Public(model::Error::NotFound { .. })) => self.denied_outside(ctx, slug).await?,
                _ => {}
            }
        }
        allowed
    }

    /// Whether the caller may change things in a place: for a door that changes several, so that a refusal is one
    /// refusal.
    ///
    /// # Errors
    /// 404 to strangers, 403 without the role.
    pub async fn may_change(&self, ctx: &Ctx, place: &Place) -> model::Result<()> {
        self.may(ctx, place, Need::Provision).await.map(|_| ()).map_err(Error::report)
    }

    /// The workspace of a place, if the caller may do that in this environment of it.
    pub(crate) async fn may(&self, ctx: &Ctx, place: &Place, need: Need) -> Result<Access> {
        let access = self.may_workspace(ctx, &place.workspace, need).await?;
        match ctx.token() {
            Some(limits) if !limits.reach(place) => {
                if need != Need::Read {
                    self.denied(ctx, &place.workspace, Some(place)).await?;
                }
                Err(forbidden(format!("This token does not reach {}.", place.environment)))
            }
            _ => Ok(access),
        }
    }

    /// Platform administrators, the system and its operators; 404 to all others.
    pub(crate) async fn may_staff(&self, ctx: &Ctx) -> Result<()> {
        match &ctx.actor {
            Actor::System(_) => Ok(()),
            Actor::User { id, token: None, .. } => {
                let sql = "SELECT staff FROM users WHERE id = $1 AND active = 1";
                match self.db().one(sql, values![id]).await? {
                    Some(row) if row.flag("staff")? => Ok(()),
                    _ => Err(model::Error::not_found("page").into()),
                }
            }
            Actor::User { id, token: Some(limits), .. } => {
                let unrestricted = limits.workspace.is_none() && limits.environments.is_empty();
                let sql = "SELECT staff FROM users WHERE id = $1 AND active = 1";
                match self.db().one(sql, values![id]).await? {
                    Some(row) if unrestricted && row.flag("staff")? => Ok(()),
                    _ => Err(model::Error::not_found("page").into()),
                }
            }
        }
    }

    /// As [`Portal::may_staff`], for changes: a token that only reads is refused.
    pub(crate) async fn may_administer(&self, ctx: &Ctx) -> Result<()> {
        self.may_staff(ctx).await?;
        match ctx.token() {
            Some(limits) if limits.read_only => Err(forbidden("This token only reads.")),
            _ => Ok(()),
        }
    }

    /// For the system, which may everything.
    async fn any_workspace(&self, slug: &WorkspaceSlug) -> Result<Access> {
        let sql = "SELECT id, slug, archived_at FROM workspaces WHERE slug = $1";
        let row = self.db().one(sql, values![slug]).await?.ok_or_else(no_such_workspace)?;
        Ok(Access { workspace_id: row.text("id")?, archived: row.int_opt("archived_at")?.is_some(), role: Role::Owner })
    }

    /// For a user. One statement, whether there is such a workspace or not: a stranger must not tell by the time either.
    async fn allow(
        &self,
        user: &UserId,
        token: Option<&TokenLimits>,
        slug: &WorkspaceSlug,
        need: Need,
    ) -> Result<Access> {
        let sql = "SELECT u.staff, w.id, w.archived_at, m.role FROM users u
            LEFT JOIN workspaces w ON w.slug = $2
            LEFT JOIN members m ON m.user_id = u.id AND m.workspace_id = w.id
            WHERE u.id = $1 AND u.active = 1";
        let row = self.db().one(sql, values![user, slug]).await?.ok_or_else(no_such_workspace)?;
        let workspace_id = row.text_opt("id")?.ok_or_else(no_such_workspace)?;
        let member = row.text_opt("role")?.and_then(|role| role.parse().ok());
        let unrestricted = token.is_none_or(|limits| limits.workspace.is_none() && limits.environments.is_empty());
        let role = match member {
            Some(role) => role,
            // Staff see everything and provision only where they are members.
            None if row.flag("staff")? && unrestricted => Role::Viewer,
            None => return Err(no_such_workspace()),
        };
        let access = Access { workspace_id, archived: row.int_opt("archived_at")?.is_some(), role };
        if let Some(limits) = token {
            if !limits.reach_workspace(slug) {
                return Err(no_such_workspace());
            }
            // Members reach every environment, so a token that does not reach them all does not manage members.
            if need == Need::Own && !limits.environments.is_empty() {
                return Err(forbidden("This token does not reach every environment of the workspace."));
            }
            if limits.read_only && need != Need::Read {
                return Err(forbidden("This token only reads."));
            }
        }
        if role < need.role() {
            return Err(forbidden(format!("This needs the role {} in {slug}.", need.role())));
        }
        if access.archived && need != Need::Read {
            return Err(forbidden(format!("{slug} is archived.")));
        }
        Ok(access)
    }

    async fn denied(&self, ctx: &Ctx, slug: &WorkspaceSlug, place: Option<&Place>) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let mut event = Event::new(slug.as_str(), "access", AuditOutcome::Denied);
        event.environment = place.map(|place| place.environment);
        audit::append(&mut tx, self.now(), ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A change that was asked for where the caller sees no workspace. It stands in the platform's chain, whether there is
    /// such a workspace or not: strangers must neither fill a team's audit, nor learn from the time that it takes that
    /// there is one.
    async fn denied_outside(&self, ctx: &Ctx, slug: &WorkspaceSlug) -> Result<()> {
        let shown: String = slug.as_str().chars().take(SLUG_KEPT).flat_map(char::escape_default).collect();
        let mut tx = self.db().begin().await?;
        let event = Event::new(PLATFORM, "access", AuditOutcome::Denied).about("workspace", "", &shown);
        audit::append(&mut tx, self.now(), ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}
