//! A row of the inventory, as the portal works on it.
use super::{
    lifecycle::{Standing, Wanted},
    listed::{Listed, state},
};
use crate::{
    Portal,
    bindings::usage,
    db::{self, values},
    error::{Error, Result},
};
use model::{
    BindingId, Environment, ExternalId, Region, RequestId, ResourceId, Spec, State, Usage, WorkspaceSlug,
    view::ResourceView,
};
use services::{Definition, Facts};

/// The columns of every statement that reads rows, with what their binding adds.
pub(crate) const SELECT: &str = "SELECT r.id, r.binding_id, r.environment, r.kind, r.name, r.external_id, r.wanted,
        r.standing, r.spec, r.sealed_spec, r.facts, r.parts, r.observed, r.usage_vcpus, r.usage_ram_mib,
        r.usage_storage_gb, r.counted, r.created_by_name, r.request_id, r.created_at, r.updated_at, r.tries, r.fence,
        r.doubts, r.fault, w.slug, b.project_name, b.region, o.action AS busy
    FROM resources r JOIN bindings b ON b.id = r.binding_id JOIN workspaces w ON w.id = r.workspace_id
    LEFT JOIN operations o ON o.resource_id = r.id AND o.standing IN ('pending', 'sending')";

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub id: ResourceId,
    pub binding_id: BindingId,
    pub slug: WorkspaceSlug,
    pub environment: Environment,
    pub project_name: String,
    pub region: Region,
    pub kind: &'static Definition,
    pub name: String,
    pub external_id: Option<ExternalId>,
    pub wanted: Wanted,
    pub standing: Standing,
    pub spec: Spec,
    pub sealed_spec: Option<Vec<u8>>,
    pub facts: Facts,
    /// The ids of the parts made so far, in order.
    pub made: Vec<String>,
    pub observed: Spec,
    pub usage: Usage,
    pub counted: bool,
    pub created_by_name: String,
    pub request_id: RequestId,
    pub created_at: i64,
    pub updated_at: i64,
    pub tries: i64,
    pub fence: i64,
    /// Above 0: a request for it was left without an answer, so that it may have twins. Each further reason adds one.
    pub doubts: i64,
    pub busy: Option<String>,
    /// Why the last change that was asked for did not come about.
    pub fault: Option<String>,
}

impl Row {
    pub(crate) fn read(row: &db::Row) -> Result<Self> {
        let slug = row.text("kind")?;
        Ok(Self {
            id: ResourceId::new(row.text("id")?),
            binding_id: BindingId::new(row.text("binding_id")?),
            slug: WorkspaceSlug::new(row.text("slug")?),
            environment: row.word("environment")?,
            project_name: row.text("project_name")?,
            region: Region::new(row.text("region")?),
            kind: services::find(&slug).ok_or(Error::Corrupt("kind"))?,
            name: row.text("name")?,
            external_id: row.text_opt("external_id")?.map(ExternalId::new),
            wanted: row.word("wanted")?,
            standing: row.json("standing")?,
            spec: row.json("spec")?,
            sealed_spec: row.bytes_opt("sealed_spec")?,
            facts: row.json("facts")?,
            made: row.json("parts")?,
            observed: row.json("observed")?,
            usage: usage(row, "usage_vcpus", "usage_ram_mib", "usage_storage_gb")?,
            counted: row.flag("counted")?,
            created_by_name: row.text("created_by_name")?,
            request_id: RequestId::new(row.text("request_id")?),
            created_at: row.int("created_at")?,
            updated_at: row.int("updated_at")?,
            tries: row.int("tries")?,
            fence: row.int("fence")?,
            doubts: row.int("doubts")?,
            busy: row.text_opt("busy")?,
            fault: row.text_opt("fault")?,
        })
    }

    /// The word that people see.
    pub(crate) fn state(&self) -> State {
        state(self.wanted, &self.standing)
    }

    /// Whether nothing will become of it by itself.
    pub(super) fn rests(&self) -> bool {
        matches!((self.wanted, &self.standing), (_, Standing::Gone) | (Wanted::Present, Standing::Failed { .. }))
    }

    /// What it takes of the quota as it is asked for now; after an action that may not be what is counted for it yet.
    pub(super) fn asks(&self) -> Usage {
        self.kind.kept.as_ref().map_or(Usage::ZERO, |kept| (kept.usage)(&self.spec, &self.facts))
    }

    /// What people see of it.
    pub(crate) fn view(&self) -> ResourceView {
        let row = self.clone();
        let listed = Listed {
            id: row.id,
            environment: row.environment,
            project_name: row.project_name,
            region: row.region,
            kind: row.kind,
            name: row.name,
            external_id: row.external_id,
            wanted: row.wanted,
            standing: row.standing,
            spec: row.spec,
            facts: row.facts,
            observed: row.observed,
            vcpus: row.usage.vcpus,
            ram_mib: row.usage.ram_mib,
            storage_gb: row.usage.storage_gb,
            created_by_name: row.created_by_name,
            created_at: row.created_at,
            updated_at: row.updated_at,
            busy: row.busy,
            fault: row.fault,
        };
        listed.into_view(row.slug)
    }
}

impl Portal {
    /// A row by its id.
    pub(crate) async fn row(&self, id: &ResourceId) -> Result<Row> {
        let rows = self.db().all_built(format!("{SELECT} WHERE r.id = $1"), values![id]).await?;
        Row::read(rows.first().ok_or_else(|| Error::from(model::Error::not_found("resource")))?)
    }
}
