//! What pages are made of: answers of the portal, put together for one page each.
use crate::failure::Failure;
use leptos::prelude::Signal;
use model::{
    Action, AuditEvent, Environment, Field, FormValues, Kind, Place, WorkspaceSlug,
    kind::{Does, Group, Scope},
    ledger::Ledger,
    view::{
        BindingProbe, Choice, CloudItem, CloudList, Contents, Detail, FormView, Me, Page, ResourceView, TokenView,
        WorkspaceDetail,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who is asking and what the navigation shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The caller.
    pub me: Me,
    /// The kinds that have a place in the navigation.
    pub kinds: Vec<NavKind>,
    /// How many findings of drift each environment has; those without are left out.
    pub drift: Vec<(WorkspaceSlug, Environment, i64)>,
    /// What the last form left behind for this page.
    pub flash: Option<Flash>,
    /// The server's clock, in microseconds since 1970: what relative times are relative to.
    pub now: i64,
    /// The portal's own address, for commands to copy.
    pub origin: String,
    /// What makes a second click on a form of this page harmless, where no script sends it.
    pub key: String,
}

/// A kind, as far as navigation and lists of many kinds need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NavKind {
    /// The word in URLs.
    pub slug: String,
    /// One of them.
    pub title: String,
    /// Many of them.
    pub plural: String,
    /// The part of the navigation.
    pub group: Group,
    /// Has a place in the navigation.
    pub listed: bool,
    /// Can be created.
    pub creatable: bool,
    /// Can be deleted.
    pub deletable: bool,
}

impl From<&Kind> for NavKind {
    fn from(kind: &Kind) -> Self {
        Self {
            slug: kind.slug.to_string(),
            title: kind.title.to_string(),
            plural: kind.plural.to_string(),
            group: kind.group,
            listed: kind.listed && kind.scope == Scope::Project,
            creatable: kind.can(Does::Create),
            deletable: kind.can(Does::Delete),
        }
    }
}

/// What a form that was posted leaves for the next page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flash {
    /// The form, by the name of its server function.
    pub form: String,
    /// What was typed, secrets left out.
    pub values: FormValues,
    /// Why it was not done.
    pub failure: Option<Failure>,
    /// What was done, in a sentence.
    pub said: Option<String>,
    /// What is shown once.
    pub once: Option<String>,
    /// The action whose form it was.
    pub action: Option<String>,
    /// Long secret texts that were typed, sealed as `once` is; among `values` once they are opened.
    pub withheld: Option<String>,
    /// What a test of a binding found.
    pub probe: Option<BindingProbe>,
}

impl Flash {
    /// Why it was not done, as forms take it.
    pub fn problem(&self) -> Signal<Option<Failure>> {
        Signal::stored(self.failure.clone())
    }

    /// What was typed in a field.
    pub fn value(&self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_default()
    }
}

/// A page of the inventory, with the kinds that stand on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InventoryPage {
    /// The rows.
    pub page: Page<ResourceView>,
    /// Their kinds, for the actions in each row.
    pub kinds: Vec<Kind>,
    /// Whether the caller may act.
    pub may: bool,
    /// What makes a second click on an action harmless.
    pub key: String,
}

/// A form with a fresh idempotency key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyedForm {
    /// The form.
    pub form: FormView,
    /// What makes a second click harmless.
    pub key: String,
}

/// A resource page with a fresh idempotency key for its actions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyedDetail {
    /// The resource.
    pub detail: Detail,
    /// What lies in it, kind by kind.
    pub contents: Vec<Contents>,
    /// What there is to choose in the forms that stand on its page: by action and field.
    pub choices: Vec<((String, String), Vec<Choice>)>,
    /// Whether it holds objects, which are browsed.
    pub browsed: bool,
    /// What makes a second click harmless.
    pub key: String,
}

/// A service page: the kind, what the cloud has of it, and whether the caller may act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindPage {
    /// The kind.
    pub kind: Kind,
    /// What the cloud has.
    pub list: CloudList,
    /// Whether the caller may create, delete and act.
    pub may: bool,
    /// What makes a second click on an action harmless.
    pub key: String,
}

/// All of a kind in a region of the whole cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WholeList {
    /// The kind.
    pub kind: Kind,
    /// What there is.
    pub list: CloudList,
}

/// A workspace for its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamPage {
    /// The workspace.
    pub workspace: WorkspaceDetail,
    /// Whether the caller manages its members.
    pub owner: bool,
    /// The tokens that reach it; only for who manages it.
    pub tokens: Vec<TokenView>,
}

/// A workspace for administrators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdminWorkspace {
    /// The workspace.
    pub workspace: WorkspaceDetail,
    /// The quota ledgers of its bindings.
    pub ledgers: Vec<Ledger>,
    /// The cloud's projects: id, name, domain.
    pub projects: Vec<(String, String, String)>,
    /// The cloud's regions.
    pub regions: Vec<String>,
    /// Why projects or regions are missing, if they are.
    pub trouble: Option<String>,
}

/// What there is to choose in the fields of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionForm {
    /// The resource.
    pub keyed: KeyedDetail,
    /// Choices by field name.
    pub choices: Vec<(String, Vec<Choice>)>,
    /// Fields whose choices could not be loaded, with the reason.
    pub trouble: Vec<(String, String)>,
    /// What its fields begin with, where it changes something that is there: what that is now.
    pub now: FormValues,
}

/// Which events of a chain. Also the query of its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditFilter {
    /// Only of this environment.
    pub environment: Option<String>,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only actions that begin so.
    pub action: Option<String>,
    /// Only so ended.
    pub outcome: Option<String>,
    /// Only from this day on.
    pub since: Option<String>,
    /// Only until the end of this day.
    pub until: Option<String>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// A page of a chain.
pub type Events = Page<AuditEvent>;

/// What the fields of an action would say of something that lies in a thing, as it is now: its attributes of their names.
pub fn as_typed(action: &Action, item: &CloudItem) -> FormValues {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => {
            let lines = lines.iter().map(|line| line.as_str().map_or_else(|| line.to_string(), str::to_owned));
            Some(lines.collect::<Vec<_>>().join("\n"))
        }
        other => Some(other.to_string()),
    };
    let value = |field: &Field| Some((field.name.to_string(), text(item.metadata.get(field.name.as_ref())?)?));
    action.fields.iter().filter_map(value).collect()
}

/// Where a page stands, read from its address.
pub fn place_of(path: &str) -> (Option<WorkspaceSlug>, Option<Environment>) {
    let mut parts = path.trim_start_matches('/').split('/');
    if parts.next() != Some("w") {
        return (None, None);
    }
    let workspace = parts.next().and_then(|slug| WorkspaceSlug::parse(slug).ok());
    let environment = parts.next().and_then(|word| word.parse().ok());
    (workspace, environment)
}

/// The address of a page of a place.
pub fn at(place: &Place, rest: &str) -> String {
    let Place { workspace, environment } = place;
    match rest.is_empty() {
        true => format!("/w/{workspace}/{environment}"),
        false => format!("/w/{workspace}/{environment}/{rest}"),
    }
}

/// The address of a page of the whole cloud: of a kind in a region, of one of them, or of what is done with one.
pub fn whole(region: &str, kind: &str, rest: &[&str]) -> String {
    let escaped = |part: &str| part.bytes().map(escape).collect::<String>();
    let parts = [region, kind].into_iter().chain(rest.iter().copied()).map(escaped);
    format!("/admin/cloud/{}", parts.collect::<Vec<_>>().join("/"))
}

/// A byte as it may stand in one part of an address.
fn escape(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{place_of, whole};
    use model::Environment;

    #[test]
    fn the_place_is_read_from_the_address_and_nowhere_else() {
        let (workspace, environment) = place_of("/w/devops-team/staging/inventory");
        assert_eq!(workspace.unwrap().as_str(), "devops-team");
        assert_eq!(environment, Some(Environment::Staging));
        assert_eq!(place_of("/w/devops-team/members").1, None);
        assert_eq!(place_of("/admin/users"), (None, None));
    }

    #[test]
    fn a_region_with_a_slash_in_its_name_stays_one_part_of_an_address() {
        assert_eq!(whole("a/b c", "ironic_node", &["new"]), "/admin/cloud/a%2Fb%20c/ironic_node/new");
    }
}
