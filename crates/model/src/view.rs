//! What is shown: the answers of the portal to pages and scripts. Rows of the database stay in the portal.
mod topology;
mod whole;

pub use topology::{Drawn, Node, NodeKind, Range, Topology, TopologyQuery, Unread, Wire};
pub use whole::{WholeCloud, WholeForm, WholeItem};

use crate::{
    AuditEvent, BindingId, Environment, ExternalId, Kind, Region, ResourceId, Role, Spec, State, TokenId, Usage,
    UserId, WorkspaceSlug,
};
use serde::{Deserialize, Serialize, de};
use std::fmt;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A moment: microseconds since 1970 in UTC; RFC 3339 in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .ok()
            .and_then(|at| at.format(&Rfc3339).ok());
        f.write_str(text.as_deref().unwrap_or("1970-01-01T00:00:00Z"))
    }
}
impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a time in RFC 3339"))
    }
}
impl Timestamp {
    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1000).ok().map(Self)
    }

    /// Reads the beginning of a range: a time in RFC 3339, or a day (`2026-11-24`, in UTC) from its first moment on.
    pub fn from_since(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(&format!("{text}T00:00:00Z")))
    }

    /// Reads the end of a range: a time in RFC 3339, or a day, which then belongs to the range.
    pub fn from_until(text: &str) -> Option<Self> {
        const DAY: i64 = 86_400_000_000;
        Self::parse(text).or_else(|| Self::parse(&format!("{text}T00:00:00Z")).map(|at| Self(at.0 + DAY)))
    }
}

/// Who is asking, with what they can see. Every page begins with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The user's id.
    pub id: UserId,
    /// The name used to sign in.
    pub username: String,
    /// Platform administrator.
    pub staff: bool,
    /// The workspaces of which the user is a member (for staff too).
    pub workspaces: Vec<WorkspaceView>,
}

/// A workspace of the caller's: the guide's `GET /api/services/workspaces/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceView {
    /// The slug.
    pub workspace_id: WorkspaceSlug,
    /// The name for people.
    pub display_name: String,
    /// The caller's role in it.
    pub role: Role,
    /// Its bound environments.
    pub environments: Vec<EnvironmentView>,
}

/// A bound environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentView {
    /// Which.
    pub environment: Environment,
    /// The project's name.
    pub openstack_project: String,
    /// The region.
    pub openstack_region: Region,
    /// The quota.
    pub quota: Usage,
    /// What is taken of it, reservations included.
    pub used: Usage,
}

/// A row of the inventory: a thing that the platform asked a cloud for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceView {
    /// The row's id.
    pub id: ResourceId,
    /// The kind's slug.
    pub resource_type: String,
    /// The cloud's id, once known.
    pub resource_id: Option<ExternalId>,
    /// The name that was asked for.
    pub resource_name: String,
    /// What it is doing.
    pub status: State,
    /// Why it failed, or why a deletion was refused, in the cloud's words.
    pub fault: Option<String>,
    /// An action under way on it, such as `reboot`.
    pub busy: Option<String>,
    /// What was asked for (secrets as "(set)") and what the cloud said of it, by column key.
    pub metadata: Spec,
    /// What it takes of the quota.
    pub usage: Usage,
    /// The workspace.
    pub workspace_id: WorkspaceSlug,
    /// The environment.
    pub environment_id: Environment,
    /// The bound project's name, as it was then.
    pub openstack_project: String,
    /// The bound region, as it was then.
    pub openstack_region: Region,
    /// Who asked for it: a user's name.
    pub created_by: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The answer to a request to create: the guide's `{"resource", "provisioned"}` is made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisioned {
    /// The row.
    pub view: ResourceView,
    /// Whether the cloud confirmed it: 201, else 202.
    pub confirmed: bool,
    /// Shown once, stored nowhere: a private key.
    pub once: Option<String>,
}

/// The answer to an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// The row it was done to.
    pub view: ResourceView,
    /// Whether the cloud accepted it: 200, else 202.
    pub confirmed: bool,
    /// For the caller, as the action's [`crate::kind::Output`] says: a console log, a list.
    pub output: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Hand this back as `cursor` for the next page; nothing follows when absent.
    pub next: Option<String>,
    /// All that match, where that is known without counting them: a search that finds thousands has none.
    pub total: Option<i64>,
}

/// Which rows of the inventory, in which order. Also the query of its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InventoryQuery {
    /// A kind's slug.
    pub resource_type: Option<String>,
    /// A status; without one, all but `gone`.
    pub status: Option<String>,
    /// What a word of the name begins with, or a whole id.
    pub search: Option<String>,
    /// `name`, `created_at`, `status` or `resource_type`, with `-` before it for descending. `-created_at` when absent.
    pub sort: Option<String>,
    /// Rows a page, 50 when absent, 500 at most.
    pub limit: Option<i64>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// A thing in the cloud, as its service page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudItem {
    /// The cloud's id.
    pub id: ExternalId,
    /// Its name there (for keypairs the name that was asked for).
    pub name: String,
    /// Our word for its state.
    pub state: State,
    /// By column key.
    pub metadata: Spec,
    /// Our row, if the platform made it; otherwise it is unmanaged.
    pub managed: Option<ResourceView>,
    /// Belongs to another project and is shared, public or external.
    pub shared: bool,
}

/// A service page: what the cloud has, and how old the answer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudList {
    /// The things, and rows of ours that the cloud does not list (yet).
    pub items: Vec<CloudItem>,
    /// When the cloud said so; none when it has said nothing yet, and these are our rows alone.
    pub as_of: Option<Timestamp>,
    /// Why this is old or incomplete, if it is.
    pub trouble: Option<String>,
    /// The cursor of the next page, where there is one.
    pub next: Option<String>,
}

/// Which part of what a cloud has of a kind. Also the query of its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    /// The thing that it lies in, for kinds that lie in others: its id, its row's, or its name.
    pub parent: Option<String>,
    /// From the page before; the first page when absent.
    pub cursor: Option<String>,
    /// How many things a page has at most, 1 to 500; 100 when absent.
    pub limit: Option<i64>,
}

/// What lies in a resource of one kind: the rules of a security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The kind.
    pub kind: Kind,
    /// What in the resource they lie in, where that is not the resource itself: the name of a load balancer's pool.
    pub of: Option<String>,
    /// What the resource's actions on one of them are told beside which one: the pool.
    pub given: Vec<(String, String)>,
    /// What the resource's action that makes one is called there, where it has one.
    pub adds: Option<String>,
    /// What the one that removes one is called.
    pub removes: Option<String>,
    /// What the cloud has of it there.
    pub list: CloudList,
}

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// The name.
    pub label: String,
    /// What matters beside the name: "2 vCPUs, 4 GiB, 40 GB disk".
    pub detail: String,
    /// Why it cannot be chosen, if it cannot.
    pub disabled: Option<String>,
    /// What choosing it takes of the quota, for the preview (per unit, where the form asks for a count).
    pub usage: Usage,
}

/// A create form: its kind, the choices of its fields, and the quota it draws on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormView {
    /// The kind.
    pub kind: Kind,
    /// Choices by field name.
    pub choices: Vec<(String, Vec<Choice>)>,
    /// Fields whose choices are missing, or old, with the reason.
    pub trouble: Vec<(String, String)>,
    /// The quota and what is taken of it.
    pub environment: EnvironmentView,
    /// Whether the caller may submit it.
    pub may: bool,
}

/// One row on its own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Its kind.
    pub kind: Kind,
    /// The row.
    pub view: ResourceView,
    /// Its history, newest first.
    pub events: Vec<AuditEvent>,
    /// Whether the caller may act.
    pub may: bool,
}

/// The overview of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The quota and what is taken of it.
    pub environment: EnvironmentView,
    /// How many rows there are, by kind and state; `gone` left out.
    pub counts: Vec<(String, State, i64)>,
    /// The last events.
    pub events: Vec<AuditEvent>,
}

/// An API token, without the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenView {
    /// Its id.
    pub id: TokenId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub username: String,
    /// Reaches only this workspace.
    pub workspace: Option<WorkspaceSlug>,
    /// Reaches only these environments; empty means all.
    pub environments: Vec<Environment>,
    /// Reads only.
    pub read_only: bool,
    /// Ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Made.
    pub created_at: Timestamp,
    /// Last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A request for a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// Only this workspace.
    #[serde(default)]
    pub workspace: Option<String>,
    /// Only these environments.
    #[serde(default)]
    pub environments: Vec<String>,
    /// Only reads.
    #[serde(default)]
    pub read_only: bool,
    /// Days until it ends; 90 when absent, 365 at most.
    #[serde(default)]
    pub expires_in_days: Option<i64>,
}

/// A new token, the only time it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// The secret.
    pub token: String,
    /// What it is.
    pub view: TokenView,
}

/// A user, for administrators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Its id.
    pub id: UserId,
    /// The name used to sign in.
    pub username: String,
    /// Platform administrator.
    pub staff: bool,
    /// May sign in.
    pub active: bool,
    /// Made.
    pub created_at: Timestamp,
    /// Slugs and roles.
    pub workspaces: Vec<(WorkspaceSlug, Role)>,
}

/// A member of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The user.
    pub user: UserId,
    /// Its name.
    pub username: String,
    /// The role.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// A workspace, for administrators and owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceDetail {
    /// The slug.
    pub workspace_id: WorkspaceSlug,
    /// The name for people.
    pub display_name: String,
    /// Closed; its rows stay.
    pub archived: bool,
    /// Its members.
    pub members: Vec<MemberView>,
    /// Its bindings, retired ones last.
    pub bindings: Vec<BindingView>,
}

/// A workspace binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindingView {
    /// Its id.
    pub id: BindingId,
    /// The workspace.
    pub workspace_id: WorkspaceSlug,
    /// The environment.
    pub environment: Environment,
    /// The project's id.
    pub project_id: String,
    /// The project's name.
    pub openstack_project: String,
    /// The project's domain, by name.
    pub openstack_domain: String,
    /// The region.
    pub openstack_region: Region,
    /// The quota.
    pub quota: Usage,
    /// What is taken of it.
    pub used: Usage,
    /// Replaced by another; its rows live on.
    pub retired: bool,
    /// How many rows of it are not gone.
    pub resources: i64,
}

/// A request for a binding. A project is given by id or by name (and domain).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBinding {
    /// The workspace's slug.
    pub workspace_id: String,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// The project's id or name.
    pub openstack_project: String,
    /// Its domain's name; `Default` when empty.
    #[serde(default)]
    pub openstack_domain: String,
    /// The region.
    pub openstack_region: String,
    /// vCPUs.
    pub quota_vcpus: i64,
    /// GB of memory (1024 MiB each).
    pub quota_ram_gb: i64,
    /// GB of storage.
    pub quota_storage_gb: i64,
}

/// What a test of a binding found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindingProbe {
    /// The project's id, once found.
    pub project_id: Option<String>,
    /// The project's name.
    pub project_name: Option<String>,
    /// Services by type, and whether they answered in that region.
    pub services: Vec<(String, bool)>,
    /// What stands in the way; empty when it can be saved.
    pub problems: Vec<String>,
    /// What an administrator should know, such as an account that carries `admin`.
    pub warnings: Vec<String>,
}

/// A change that open pages hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// A number that only grows, for `Last-Event-ID`.
    pub id: i64,
    /// The workspace.
    pub workspace: WorkspaceSlug,
    /// The environment.
    pub environment: Environment,
    /// The row.
    pub resource: ResourceId,
    /// Its kind's slug.
    pub kind: String,
    /// Its state now.
    pub state: State,
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn a_moment_survives_json_to_the_microsecond() {
        let at = Timestamp(1_763_846_400_123_456);
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2025-11-22T21:20:00.123456Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }
}
