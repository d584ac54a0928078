//! Workspaces: what the caller sees of them, and their administration.
mod detail;

use crate::{
    Actor, Ctx, Portal,
    access::Need,
    audit::{self, Event, PLATFORM},
    bindings,
    db::{self, Tx, values},
    error::{Error, Result},
    news, users,
};
use model::{
    AuditOutcome, Place, Region, Role, WorkspaceSlug,
    view::{EnvironmentView, Me, WorkspaceDetail, WorkspaceView},
};
use serde_json::json;

/// Slugs that no workspace may have: the name of the platform's own audit chain.
const RESERVED: [&str; 1] = [PLATFORM];

impl Portal {
    /// Who asks, with the workspaces of which it is a member and which its token reaches.
    ///
    /// # Errors
    /// 401 without a user.
    pub async fn me(&self, ctx: &Ctx) -> model::Result<Me> {
        let Actor::User { id, username, staff, .. } = &ctx.actor else { return Err(model::Error::Unauthenticated) };
        let workspaces = self.workspaces(ctx).await?;
        Ok(Me { id: id.clone(), username: username.clone(), staff: *staff, workspaces })
    }

    /// The workspaces of which the caller is a member and which its token reaches, with their bound environments.
    ///
    /// # Errors
    /// 401 without a user.
    pub async fn workspaces(&self, ctx: &Ctx) -> model::Result<Vec<WorkspaceView>> {
        let work = async {
            let user = ctx.user_id().ok_or(model::Error::Unauthenticated)?;
            let sql = "SELECT w.slug, w.display_name, m.role, b.environment, b.project_name, b.region,
                    b.quota_vcpus, b.quota_ram_mib, b.quota_storage_gb, b.used_vcpus, b.used_ram_mib, b.used_storage_gb
                FROM members m
                JOIN users u ON u.id = m.user_id AND u.active = 1
                JOIN workspaces w ON w.id = m.workspace_id AND w.archived_at IS NULL
                LEFT JOIN bindings b ON b.workspace_id = w.id AND b.retired_at IS NULL
                WHERE m.user_id = $1 ORDER BY w.slug, b.environment";
            let mut views: Vec<WorkspaceView> = Vec::new();
            for row in self.db().all(sql, values![user]).await? {
                let workspace_id = WorkspaceSlug::new(row.text("slug")?);
                if ctx.token().is_some_and(|limits| !limits.reach_workspace(&workspace_id)) {
                    continue;
                }
                if views.last().is_none_or(|last| last.workspace_id != workspace_id) {
                    let (display_name, role) = (row.text("display_name")?, row.word("role")?);
                    let environments = Vec::new();
                    views.push(WorkspaceView { workspace_id: workspace_id.clone(), display_name, role, environments });
                }
                let (Some(word), Some(view)) = (row.text_opt("environment")?, views.last_mut()) else { continue };
                let environment = word.parse().map_err(|_| Error::Corrupt("environment"))?;
                let place = Place { workspace: workspace_id, environment };
                if ctx.token().is_none_or(|limits| limits.reach(&place)) {
                    view.environments.push(EnvironmentView {
                        environment,
                        openstack_project: row.text("project_name")?,
                        openstack_region: Region::new(row.text("region")?),
                        quota: bindings::usage(&row, "quota_vcpus", "quota_ram_mib", "quota_storage_gb")?,
                        used: bindings::usage(&row, "used_vcpus", "used_ram_mib", "used_storage_gb")?,
                    });
                }
            }
            for view in &mut views {
                // The order in which they are shown; the alphabet would put prod before staging.
                view.environments.sort_by_key(|one| one.environment);
            }
            Ok(views)
        };
        work.await.map_err(Error::report)
    }

    /// All workspaces with members and bindings, archived ones last; for staff.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub async fn all_workspaces(&self, ctx: &Ctx) -> model::Result<Vec<WorkspaceDetail>> {
        let work = async {
            self.may_staff(ctx).await?;
            self.details("").await
        };
        work.await.map_err(Error::report)
    }

    /// Makes a workspace with its first owner; for staff.
    ///
    /// # Errors
    /// 400 at `workspace_id`, `display_name` or `owner`; 404 for who is not staff.
    pub async fn create_workspace(
        &self,
        ctx: &Ctx,
        slug: &str,
        display_name: &str,
        owner_username: &str,
    ) -> model::Result<WorkspaceDetail> {
        self.create_workspace_checked(ctx, slug, display_name, owner_username).await.map_err(Error::report)
    }

    async fn create_workspace_checked(
        &self,
        ctx: &Ctx,
        slug: &str,
        name: &str,
        owner: &str,
    ) -> Result<WorkspaceDetail> {
        self.may_administer(ctx).await?;
        let invalid = model::Error::invalid;
        let slug = WorkspaceSlug::parse(slug.trim()).map_err(|sentence| invalid("workspace_id", sentence))?;
        if RESERVED.contains(&slug.as_str()) {
            return Err(invalid("workspace_id", "This slug is reserved.".to_owned()).into());
        }
        let name = users::label(name).map_err(|sentence| invalid("display_name", sentence))?;
        let owner = self.active_user("owner", owner).await?;
        let (id, now) = (uuid::Uuid::now_v7().to_string(), self.now());
        let mut tx = self.db().begin().await?;
        let sql = "INSERT INTO workspaces (id, slug, display_name, created_at) VALUES ($1, $2, $3, $4)";
        let made = tx.execute(sql, values![id.as_str(), &slug, name.as_str(), now]).await;
        made.map_err(|error| match db::violates(&error, "workspaces_slug_key", "workspaces.slug") {
            true => invalid("workspace_id", "This slug is or was in use; none is used twice.".to_owned()).into(),
            false => Error::from(error),
        })?;
        let sql = "INSERT INTO members (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, values![id.as_str(), &owner.id, &Role::Owner, now]).await?;
        let event = Event::new(PLATFORM, "workspace.create", AuditOutcome::Succeeded)
            .about("workspace", &id, slug.as_str())
            .detail(json!({"display_name": name, "owner": owner.username}));
        record(&mut tx, now, ctx, &slug, event).await?;
        tx.commit().await?;
        self.detail_of(&id).await
    }

    /// Gives a workspace another name for people; its slug stays. For staff.
    ///
    /// # Errors
    /// 400 at `display_name`; 404 for who is not staff, and for an unknown workspace.
    pub async fn rename_workspace(
        &self,
        ctx: &Ctx,
        workspace: &WorkspaceSlug,
        display_name: &str,
    ) -> model::Result<WorkspaceDetail> {
        let work = async {
            self.may_administer(ctx).await?;
            let invalid = |sentence: String| model::Error::invalid("display_name", sentence);
            let name = users::label(display_name).map_err(invalid)?;
            let mut tx = self.db().begin().await?;
            let sql = "UPDATE workspaces SET display_name = $2 WHERE slug = $1 RETURNING id";
            let row = tx.one(sql, values![workspace, name.as_str()]).await?;
            let id = row.ok_or_else(|| model::Error::not_found("workspace"))?.text("id")?;
            let event = Event::new(PLATFORM, "workspace.rename", AuditOutcome::Succeeded)
                .about("workspace", &id, workspace.as_str())
                .detail(json!({"display_name": name}));
            record(&mut tx, self.now(), ctx, workspace, event).await?;
            tx.commit().await?;
            self.detail_of(&id).await
        };
        work.await.map_err(Error::report)
    }

    /// Closes a workspace in which nothing kept is left; its bindings are retired, so that others may bind its
    /// projects; its rows and its audit stay. For staff.
    ///
    /// # Errors
    /// 409 with how many resources are left; 404 for who is not staff, and for an unknown workspace.
    pub async fn archive_workspace(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> model::Result<()> {
        self.archive_workspace_checked(ctx, workspace).await.map_err(Error::report)
    }

    async fn archive_workspace_checked(&self, ctx: &Ctx, slug: &WorkspaceSlug) -> Result<()> {
        self.may_administer(ctx).await?;
        let mut tx = self.db().begin().await?;
        let now = self.now();
        let id = lock(&mut tx, slug).await?;
        // Retired first, counted then: nothing can be reserved on a retired binding, so nothing comes after the count.
        let sql = "UPDATE bindings SET retired_at = $2 WHERE workspace_id = $1 AND retired_at IS NULL";
        tx.execute(sql, values![id.as_str(), now]).await?;
        let sql = "SELECT COUNT(*) AS kept FROM resources WHERE workspace_id = $1 AND state <> 'gone'";
        let kept = tx.one(sql, values![id.as_str()]).await?.ok_or(Error::Corrupt("count"))?.int("kept")?;
        if kept > 0 {
            let what = if kept == 1 { "resource is" } else { "resources are" };
            let why = format!("{kept} {what} left in {slug}. Delete what is left first.");
            return Err(model::Error::Conflict { why }.into());
        }
        tx.execute("UPDATE workspaces SET archived_at = $2 WHERE id = $1", values![id.as_str(), now]).await?;
        let sql = "UPDATE tokens SET revoked_at = $2 WHERE workspace_id = $1 AND revoked_at IS NULL";
        tx.execute(sql, values![id.as_str(), now]).await?;
        // Of whom the tokens were does not matter: it is rare enough to ask everybody.
        news::ended(&mut tx, None).await?;
        let event = Event::new(PLATFORM, "workspace.archive", AuditOutcome::Succeeded);
        record(&mut tx, now, ctx, slug, event.about("workspace", &id, slug.as_str())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A workspace with members and bindings; for its members and staff. A token sees the environments that it reaches.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub async fn workspace_detail(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> model::Result<WorkspaceDetail> {
        let work = async {
            let access = self.may_workspace(ctx, workspace, Need::Read).await?;
            let mut detail = self.detail_of(&access.workspace_id).await?;
            if let Some(limits) = ctx.token() {
                let place = |environment| Place { workspace: workspace.clone(), environment };
                detail.bindings.retain(|binding| limits.reach(&place(binding.environment)));
            }
            Ok(detail)
        };
        work.await.map_err(Error::report)
    }
}

/// Locks a workspace that is not archived against other changes of its members and bindings; gives its id. The first
/// lock of a transaction. Rows that refer to it can be inserted all the same.
pub(crate) async fn lock(tx: &mut Tx, slug: &WorkspaceSlug) -> Result<String> {
    let row = match tx.is_postgres() {
        true => {
            let sql = "SELECT id, archived_at FROM workspaces WHERE slug = $1 FOR NO KEY UPDATE";
            tx.one(sql, values![slug]).await?
        }
        false => tx.one("SELECT id, archived_at FROM workspaces WHERE slug = $1", values![slug]).await?,
    };
    let row = row.ok_or_else(|| model::Error::not_found("workspace"))?;
    match row.int_opt("archived_at")? {
        Some(_) => Err(model::Error::Conflict { why: format!("{slug} is archived.") }.into()),
        None => Ok(row.text("id")?),
    }
}

/// Audits what an administrator did to a workspace twice: where its members see it, and where administrators do. The
/// workspace's chain is locked first, always.
pub(crate) async fn record(tx: &mut Tx, now: i64, ctx: &Ctx, slug: &WorkspaceSlug, event: Event<'_>) -> Result<()> {
    audit::append(tx, now, ctx, Event { chain: slug.as_str(), ..event.clone() }).await?;
    audit::append(tx, now, ctx, Event { chain: PLATFORM, ..event }).await
}
