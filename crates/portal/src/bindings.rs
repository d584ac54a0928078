//! Workspace bindings: workspace + environment → project, region and quota.
mod admin;

pub(crate) use admin::CLOUD;

use crate::{
    Ctx, Portal,
    access::{Access, Need},
    db::{Row, values},
    error::{Error, Result},
};
use model::{BindingId, Environment, Place, ProjectId, Region, Usage, WorkspaceSlug};

/// A workspace binding, as it is stored. Only a resolved one opens a cloud.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub id: BindingId,
    pub workspace_id: String,
    pub slug: WorkspaceSlug,
    pub environment: Environment,
    pub project_id: ProjectId,
    pub project_name: String,
    pub region: Region,
    pub quota: Usage,
    pub used: Usage,
}

impl Binding {
    /// Reads a row of `bindings` joined with `workspaces.slug`.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: BindingId::new(row.text("id")?),
            workspace_id: row.text("workspace_id")?,
            slug: WorkspaceSlug::new(row.text("slug")?),
            environment: row.word("environment")?,
            project_id: ProjectId::new(row.text("project_id")?),
            project_name: row.text("project_name")?,
            region: Region::new(row.text("region")?),
            quota: usage(row, "quota_vcpus", "quota_ram_mib", "quota_storage_gb")?,
            used: usage(row, "used_vcpus", "used_ram_mib", "used_storage_gb")?,
        })
    }

    /// Where it belongs.
    pub(crate) fn place(&self) -> Place {
        Place { workspace: self.slug.clone(), environment: self.environment }
    }
}

/// Three columns as an amount.
pub(crate) fn usage(row: &Row, vcpus: &str, ram: &str, storage: &str) -> sqlx::Result<Usage> {
    Ok(Usage { vcpus: row.int(vcpus)?, ram_mib: row.int(ram)?, storage_gb: row.int(storage)? })
}

impl Portal {
    /// The guide's `WorkspaceService.resolve`: the binding of a place, for a caller who may.
    pub(crate) async fn resolve(&self, ctx: &Ctx, place: &Place, need: Need) -> Result<(Access, Binding)> {
        let access = self.may(ctx, place, need).await?;
        let sql = "SELECT b.*, w.slug FROM bindings b JOIN workspaces w ON w.id = b.workspace_id
            WHERE b.workspace_id = $1 AND b.environment = $2 AND b.retired_at IS NULL";
        let row = self.db().one(sql, values![access.workspace_id.as_str(), &place.environment]).await?;
        let row = row.ok_or_else(|| Error::from(model::Error::not_found(format!("environment {place}"))))?;
        Ok((access, Binding::read(&row)?))
    }

    /// The binding of a row of ours, retired or not; for the system, which has the row.
    pub(crate) async fn binding(&self, id: &BindingId) -> Result<Binding> {
        let sql = "SELECT b.*, w.slug FROM bindings b JOIN workspaces w ON w.id = b.workspace_id WHERE b.id = $1";
        Binding::read(&self.db().one(sql, values![id]).await?.ok_or(Error::Corrupt("binding"))?)
    }
}
