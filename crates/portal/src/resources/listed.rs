//! A row as it is shown. A list has many. SQLite hands over one long text much sooner than twenty short ones, so there each
//! row comes as one: a JSON array of the columns. PostgreSQL is as much slower at making such an array.
use super::lifecycle::{Standing, Wanted};
use crate::{
    db::{Db, Row},
    error::{Error, Result},
};
use model::{
    Environment, ExternalId, Region, ResourceId, Spec, State, Usage, WorkspaceSlug,
    view::{ResourceView, Timestamp},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use services::{Definition, Facts};

/// What of a row is shown.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Listed {
    pub id: ResourceId,
    pub environment: Environment,
    pub project_name: String,
    pub region: Region,
    #[serde(deserialize_with = "kind")]
    pub kind: &'static Definition,
    pub name: String,
    pub external_id: Option<ExternalId>,
    pub wanted: Wanted,
    #[serde(deserialize_with = "kept")]
    pub standing: Standing,
    #[serde(deserialize_with = "kept")]
    pub spec: Spec,
    #[serde(deserialize_with = "kept")]
    pub facts: Facts,
    #[serde(deserialize_with = "kept")]
    pub observed: Spec,
    pub vcpus: i64,
    pub ram_mib: i64,
    pub storage_gb: i64,
    pub created_by_name: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub busy: Option<String>,
    pub fault: Option<String>,
}

/// The columns, in the order of the fields.
const COLUMNS: [&str; 20] = [
    "r.id",
    "r.environment",
    "b.project_name",
    "b.region",
    "r.kind",
    "r.name",
    "r.external_id",
    "r.wanted",
    "r.standing",
    "r.spec",
    "r.facts",
    "r.observed",
    "r.usage_vcpus",
    "r.usage_ram_mib",
    "r.usage_storage_gb",
    "r.created_by_name",
    "r.created_at",
    "r.updated_at",
    "o.action AS busy",
    "r.fault",
];

/// A column that holds JSON comes as a text.
fn kept<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> std::result::Result<T, D::Error> {
    serde_json::from_str(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<&'static Definition, D::Error> {
    services::find(&String::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom("no such kind"))
}

impl Listed {
    /// The beginning of a statement that reads rows to be shown, and `more` beside them.
    pub(crate) fn select(db: &Db, more: &str) -> String {
        let shown = if db.is_postgres() {
            COLUMNS.join(", ")
        } else {
            format!("json_array({}) AS listed", COLUMNS.map(|column| column.trim_end_matches(" AS busy")).join(", "))
        };
        format!(
            "SELECT {shown}{more} FROM resources r JOIN bindings b ON b.id = r.binding_id
            LEFT JOIN operations o ON o.resource_id = r.id AND o.standing IN ('pending', 'sending')"
        )
    }

    pub(crate) fn read(db: &Db, row: &Row) -> Result<Self> {
        if !db.is_postgres() {
            return row.json("listed");
        }
        Ok(Self {
            id: ResourceId::new(row.text("id")?),
            environment: row.word("environment")?,
            project_name: row.text("project_name")?,
            region: Region::new(row.text("region")?),
            kind: services::find(&row.text("kind")?).ok_or(Error::Corrupt("kind"))?,
            name: row.text("name")?,
            external_id: row.text_opt("external_id")?.map(ExternalId::new),
            wanted: row.word("wanted")?,
            standing: row.json("standing")?,
            spec: row.json("spec")?,
            facts: row.json("facts")?,
            observed: row.json("observed")?,
            vcpus: row.int("usage_vcpus")?,
            ram_mib: row.int("usage_ram_mib")?,
            storage_gb: row.int("usage_storage_gb")?,
            created_by_name: row.text("created_by_name")?,
            created_at: row.int("created_at")?,
            updated_at: row.int("updated_at")?,
            busy: row.text_opt("busy")?,
            fault: row.text_opt("fault")?,
        })
    }

    /// The word that people see: what is unwanted is on its way out, whatever it still is.
    pub(crate) fn state(&self) -> State {
        state(self.wanted, &self.standing)
    }

    /// What people see of it, in that workspace.
    pub(crate) fn into_view(self, workspace: WorkspaceSlug) -> ResourceView {
        let status = self.state();
        let mut metadata = self.spec;
        let secret = |field: &&model::Field| field.secret && self.facts.0.contains_key(&set_key(&field.name));
        for field in self.kind.kind.fields.iter().filter(secret) {
            metadata.insert(field.name.to_string(), "(set)".into());
        }
        for field in self.kind.kind.fields.iter() {
            if let (Some(key), Some(name)) = (field.called(), self.facts.name(&field.name)) {
                metadata.insert(key.to_owned(), name.into());
            }
        }
        metadata.extend(self.observed);
        ResourceView {
            id: self.id,
            resource_type: self.kind.kind.slug.to_string(),
            resource_id: self.external_id,
            resource_name: self.name,
            status,
            fault: self.standing.fault().map(str::to_owned).or(self.fault),
            busy: self.busy,
            metadata,
            usage: Usage { vcpus: self.vcpus, ram_mib: self.ram_mib, storage_gb: self.storage_gb },
            workspace_id: workspace,
            environment_id: self.environment,
            openstack_project: self.project_name,
            openstack_region: self.region,
            created_by: self.created_by_name,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        }
    }
}

/// The word that people see: what is unwanted is on its way out, whatever it still is.
pub(super) fn state(wanted: Wanted, standing: &Standing) -> State {
    match (wanted, standing.state()) {
        (_, State::Gone) => State::Gone,
        (Wanted::Absent, _) => State::Deleting,
        (Wanted::Present, state) => state,
    }
}

/// Under which name the facts remember that a secret field was given.
pub(super) fn set_key(field: &str) -> String {
    format!("{field}:set")
}
