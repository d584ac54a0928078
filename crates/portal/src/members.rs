//! Members of workspaces; managed by owners and staff. Every change takes the workspace's lock, so that of two owners
//! who leave at once one stays.
use crate::{
    Ctx, Portal,
    access::Need,
    audit::{self, Event},
    db::{self, Tx, values},
    error::{Error, Result},
    news, workspaces,
};
use model::{AuditOutcome, Role, UserId, WorkspaceSlug};
use serde_json::json;

/// An active user, found by its name.
pub(crate) struct Known {
    /// Its id.
    pub id: UserId,
    /// Its name as it is stored.
    pub username: String,
}

impl Portal {
    /// Takes a user into a workspace.
    ///
    /// # Errors
    /// 400 at `username`; 403 for members who are no owners, 404 for strangers.
    pub async fn add_member(
        &self,
        ctx: &Ctx,
        workspace: &WorkspaceSlug,
        username: &str,
        role: Role,
    ) -> model::Result<()> {
        let work = async {
            self.may_manage(ctx, workspace).await?;
            let user = self.active_user("username", username).await?;
            let now = self.now();
            let mut tx = self.db().begin().await?;
            let id = workspaces::lock(&mut tx, workspace).await?;
            let sql = "INSERT INTO members (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)";
            let made = tx.execute(sql, values![id, &user.id, &role, now]).await;
            made.map_err(|error| match db::violates(&error, "members_pkey", "members.workspace_id") {
                true => model::Error::invalid("username", format!("{} is a member already.", user.username)).into(),
                false => Error::from(error),
            })?;
            let event = Event::new(workspace.as_str(), "member.add", AuditOutcome::Succeeded)
                .about("user", user.id.as_str(), &user.username)
                .detail(json!({"role": role}));
            audit::append(&mut tx, now, ctx, event).await?;
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// 409 for the last owner; 403 for members who are no owners, 404 for strangers and for who is no member.
    pub async fn set_member_role(
        &self,
        ctx: &Ctx,
        workspace: &WorkspaceSlug,
        user: &UserId,
        role: Role,
    ) -> model::Result<()> {
        let work = async {
            self.may_manage(ctx, workspace).await?;
            let mut tx = self.db().begin().await?;
            let id = workspaces::lock(&mut tx, workspace).await?;
            let member = member(&mut tx, &id, user).await?;
            if role != Role::Owner {
                another_owner(&mut tx, &id, &member).await?;
            }
            let sql = "UPDATE members SET role = $3 WHERE workspace_id = $1 AND user_id = $2";
            tx.execute(sql, values![id, user, &role]).await?;
            let event = Event::new(workspace.as_str(), "member.role", AuditOutcome::Succeeded)
                .about("user", user.as_str(), &member.username)
                .detail(json!({"from": member.role, "role": role}));
            audit::append(&mut tx, self.now(), ctx, event).await?;
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    /// Takes a member out of a workspace, and ends the tokens that it has for this workspace alone.
    ///
    /// # Errors
    /// 409 for the last owner; 403 for members who are no owners, 404 for strangers and for who is no member.
    pub async fn remove_member(&self, ctx: &Ctx, workspace: &WorkspaceSlug, user: &UserId) -> model::Result<()> {
        let work = async {
            self.may_manage(ctx, workspace).await?;
            let now = self.now();
            let mut tx = self.db().begin().await?;
            let id = workspaces::lock(&mut tx, workspace).await?;
            let member = member(&mut tx, &id, user).await?;
            another_owner(&mut tx, &id, &member).await?;
            let sql = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2";
            tx.execute(sql, values![id.as_str(), user]).await?;
            let sql = "UPDATE tokens SET revoked_at = $3
                WHERE workspace_id = $1 AND user_id = $2 AND revoked_at IS NULL";
            let tokens = tx.execute(sql, values![id.as_str(), user, now]).await?;
            news::ended(&mut tx, Some(user)).await?;
            let event = Event::new(workspace.as_str(), "member.remove", AuditOutcome::Succeeded)
                .about("user", user.as_str(), &member.username)
                .detail(json!({"role": member.role, "tokens_ended": tokens}));
            audit::append(&mut tx, now, ctx, event).await?;
            tx.commit().await?;
            Ok(())
        };
        work.await.map_err(Error::report)
    }

    /// Owners and staff may manage members.
    async fn may_manage(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> Result<()> {
        match self.is_staff(ctx).await? {
            true => self.may_administer(ctx).await,
            false => self.may_workspace(ctx, workspace, Need::Own).await.map(|_| ()),
        }
    }

    /// Whether the caller is a platform administrator, with nothing that narrows it.
    pub(crate) async fn is_staff(&self, ctx: &Ctx) -> Result<bool> {
        match self.may_staff(ctx).await {
            Ok(()) => Ok(true),
            Err(Error::Public(model::Error::NotFound { .. })) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The active user whose name stands in a field.
    pub(crate) async fn active_user(&self, field: &str, username: &str) -> Result<Known> {
        let name = username.trim().to_lowercase();
        let sql = "SELECT id, username FROM users WHERE username = $1 AND active = 1";
        let row = self.db().one(sql, values![name]).await?;
        let row = row.ok_or_else(|| model::Error::invalid(field, "There is no active user of that name."))?;
        Ok(Known { id: UserId::new(row.text("id")?), username: row.text("username")? })
    }
}

struct Member {
    username: String,
    role: Role,
}

async fn member(tx: &mut Tx, workspace_id: &str, user: &UserId) -> Result<Member> {
    let sql = "SELECT u.username, m.role FROM members m JOIN users u ON u.id = m.user_id
        WHERE m.workspace_id = $1 AND m.user_id = $2";
    let row = tx.one(sql, values![workspace_id, user]).await?.ok_or_else(|| model::Error::not_found("member"))?;
    Ok(Member { username: row.text("username")?, role: row.word("role")? })
}

/// Refuses when this member is the last owner. True until the end of the transaction, which holds the workspace's lock.
async fn another_owner(tx: &mut Tx, workspace_id: &str, member: &Member) -> Result<()> {
    if member.role != Role::Owner {
        return Ok(());
    }
    let sql = "SELECT COUNT(*) AS owners FROM members WHERE workspace_id = $1 AND role = 'owner'";
    let row = tx.one(sql, values![workspace_id]).await?.ok_or(Error::Corrupt("count"))?;
    match row.int("owners")? {
        ..=1 => {
            let why = format!("{} is the last owner. Make somebody else one first.", member.username);
            Err(model::Error::Conflict { why }.into())
        }
        _ => Ok(()),
    }
}
