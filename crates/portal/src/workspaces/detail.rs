//! Workspaces with their members and bindings.
use crate::{
    Portal, bindings,
    db::{Row, values},
    error::{Error, Result},
};
use model::{
    BindingId, Region, UserId, WorkspaceSlug,
    view::{BindingView, MemberView, Timestamp, WorkspaceDetail},
};
use std::collections::HashMap;

impl Portal {
    /// One workspace, by its row's id.
    pub(super) async fn detail_of(&self, id: &str) -> Result<WorkspaceDetail> {
        self.details(id).await?.pop().ok_or_else(|| model::Error::not_found("workspace").into())
    }

    /// All workspaces, archived ones last; or the one with that id.
    pub(super) async fn details(&self, only: &str) -> Result<Vec<WorkspaceDetail>> {
        let sql = "SELECT m.workspace_id, m.user_id, m.role, m.created_at, u.username
            FROM members m JOIN users u ON u.id = m.user_id
            WHERE $1 = '' OR m.workspace_id = $1 ORDER BY u.username";
        let mut members: HashMap<String, Vec<MemberView>> = HashMap::new();
        for row in self.db().all(sql, values![only]).await? {
            members.entry(row.text("workspace_id")?).or_default().push(MemberView {
                user: UserId::new(row.text("user_id")?),
                username: row.text("username")?,
                role: row.word("role")?,
                since: Timestamp(row.int("created_at")?),
            });
        }
        let sql = "SELECT b.*, w.slug,
                (SELECT COUNT(*) FROM resources r WHERE r.binding_id = b.id AND r.state <> 'gone') AS kept
            FROM bindings b JOIN workspaces w ON w.id = b.workspace_id
            WHERE $1 = '' OR b.workspace_id = $1 ORDER BY b.created_at, b.id";
        let mut bindings: HashMap<String, Vec<BindingView>> = HashMap::new();
        for row in self.db().all(sql, values![only]).await? {
            bindings.entry(row.text("workspace_id")?).or_default().push(binding_view(&row)?);
        }
        let sql = "SELECT id, slug, display_name, archived_at FROM workspaces WHERE $1 = '' OR id = $1
            ORDER BY CASE WHEN archived_at IS NULL THEN 0 ELSE 1 END, slug";
        let mut details = Vec::new();
        for row in self.db().all(sql, values![only]).await? {
            let id = row.text("id")?;
            let mut bindings = bindings.remove(&id).unwrap_or_default();
            bindings.sort_by_key(|binding| (binding.retired, binding.environment));
            details.push(WorkspaceDetail {
                workspace_id: WorkspaceSlug::new(row.text("slug")?),
                display_name: row.text("display_name")?,
                archived: row.int_opt("archived_at")?.is_some(),
                members: members.remove(&id).unwrap_or_default(),
                bindings,
            });
        }
        Ok(details)
    }

    /// A binding as it is shown, retired or not.
    pub(crate) async fn binding_view_of(&self, id: &BindingId) -> Result<BindingView> {
        let sql = "SELECT b.*, w.slug,
                (SELECT COUNT(*) FROM resources r WHERE r.binding_id = b.id AND r.state <> 'gone') AS kept
            FROM bindings b JOIN workspaces w ON w.id = b.workspace_id WHERE b.id = $1";
        let row = self.db().one(sql, values![id]).await?;
        binding_view(&row.ok_or_else(|| Error::from(model::Error::not_found("binding")))?)
    }
}

/// Reads a row of `bindings` joined with `workspaces.slug` and the number of rows `kept`.
fn binding_view(row: &Row) -> Result<BindingView> {
    Ok(BindingView {
        id: BindingId::new(row.text("id")?),
        workspace_id: WorkspaceSlug::new(row.text("slug")?),
        environment: row.word("environment")?,
        project_id: row.text("project_id")?,
        openstack_project: row.text("project_name")?,
        openstack_domain: row.text("project_domain")?,
        openstack_region: Region::new(row.text("region")?),
        quota: bindings::usage(row, "quota_vcpus", "quota_ram_mib", "quota_storage_gb")?,
        used: bindings::usage(row, "used_vcpus", "used_ram_mib", "used_storage_gb")?,
        retired: row.int_opt("retired_at")?.is_some(),
        resources: row.int("kept")?,
    })
}
