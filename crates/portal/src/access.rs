//! Who may what. Read from the database at each call: a removed member is out with the next request.
use crate::{
    Actor, Ctx, Portal, audit,
    db::values,
    error::{Error, Result},
};
use model::{AuditOutcome, Place, Role, WorkspaceSlug};

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
    /// Its slug.
    pub slug: WorkspaceSlug,
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
        let sql = "SELECT id, slug, archived_at FROM workspaces WHERE slug = $1";
        let row = self.db().one(sql, values![slug]).await?.ok_or_else(no_such_workspace)?;
        let mut access = Access {
            workspace_id: row.text("id")?,
            slug: slug.clone(),
            archived: row.int_opt("archived_at")?.is_some(),
            role: Role::Owner,
        };
        let allowed = self.allow(ctx, &mut access, need).await;
        if allowed.is_err() && need != Need::Read {
            self.denied(ctx, slug, None).await?;
        }
        allowed.map(|()| access)
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

    async fn allow(&self, ctx: &Ctx, access: &mut Access, need: Need) -> Result<()> {
        let Actor::User { id, token, .. } = &ctx.actor else { return Ok(()) };
        let sql = "SELECT u.staff, m.role FROM users u
            LEFT JOIN members m ON m.user_id = u.id AND m.workspace_id = $2
            WHERE u.id = $1 AND u.active = 1";
        let row = self.db().one(sql, values![id, access.workspace_id.as_str()]).await?.ok_or_else(no_such_workspace)?;
        let member = row.text_opt("role")?.and_then(|role| role.parse().ok());
        let unrestricted =
            token.as_ref().is_none_or(|limits| limits.workspace.is_none() && limits.environments.is_empty());
        access.role = match member {
            Some(role) => role,
            // Staff see everything and provision only where they are members.
            None if row.flag("staff")? && unrestricted => Role::Viewer,
            None => return Err(no_such_workspace()),
        };
        if let Some(limits) = token {
            if !limits.reach_workspace(&access.slug) {
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
        if access.role < need.role() {
            return Err(forbidden(format!("This needs the role {} in {}.", need.role(), access.slug)));
        }
        if access.archived && need != Need::Read {
            return Err(forbidden(format!("{} is archived.", access.slug)));
        }
        Ok(())
    }

    async fn denied(&self, ctx: &Ctx, slug: &WorkspaceSlug, place: Option<&Place>) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let mut event = audit::Event::new(slug.as_str(), "access", AuditOutcome::Denied);
        event.environment = place.map(|place| place.environment);
        audit::append(&mut tx, self.now(), ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}
