//! What is done to a thing of each kind while the server dies.
use model::{
    Kind,
    example::{self, Hole},
};
use portal::catalogue;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What neighbours are called.
pub(crate) const NEIGHBOUR: &str = "neighbour";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Create,
    /// The cloud makes it and closes the connection without an answer, so that it must be found.
    CreateUnanswered,
    /// The request comes to the cloud when it has already been given up and sent again.
    CreateLate,
    /// It cannot be made because its secrets cannot be opened; then the key is the right one again.
    CreateLocked,
    Act(&'static str),
    Delete,
    /// It is deleted past the platform.
    Vanish,
    /// So many of a kind are looked at that one list is read.
    LookAtMany,
    /// Nothing but a start of the server.
    Start,
}

/// An operation on a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Op {
    pub kind: &'static str,
    pub does: Does,
}

impl Op {
    pub(crate) fn label(self) -> String {
        match self.does {
            Does::Create => format!("{} create", self.kind),
            Does::CreateUnanswered => format!("{} create, unanswered", self.kind),
            Does::CreateLate => format!("{} create, late", self.kind),
            Does::CreateLocked => format!("{} create, locked", self.kind),
            Does::Act(action) => format!("{} {action}", self.kind),
            Does::Delete => format!("{} delete", self.kind),
            Does::Vanish => format!("{} vanish", self.kind),
            Does::LookAtMany => format!("{} look at many", self.kind),
            Does::Start => "start".to_owned(),
        }
    }

    /// Whether it changes something by one request of a caller.
    pub(crate) fn is_change(self) -> bool {
        matches!(self.does, Does::Create | Does::Act(_) | Does::Delete)
    }
}

/// The kinds that stand in a cloud. What the portal simulates itself stands in a table beside its rows, and no network can
/// lose its answers.
pub(crate) fn kept() -> impl Iterator<Item = &'static Kind> {
    catalogue().filter(|kind| kind.custody == model::Custody::Kept && !kind.is_simulated())
}

/// Every kept kind with everything that can be done to it, as the catalogue has it.
pub(crate) fn all() -> Vec<Op> {
    let mut ops = Vec::new();
    for kind in kept() {
        let slug: &'static str = kind.slug.as_ref();
        let mut add = |does| ops.push(Op { kind: slug, does });
        add(Does::Create);
        add(Does::CreateUnanswered);
        // A name that is the identity can be given once only.
        if kind.identity != model::Identity::Name {
            add(Does::CreateLate);
        }
        for action in kind.actions.iter().filter(|action| !is_about_contents(kind, action)) {
            add(Does::Act(action.name.as_ref()));
        }
        add(Does::Delete);
        add(Does::Vanish);
    }
    ops.push(Op { kind: "vm", does: Does::CreateLocked });
    ops.push(Op { kind: "volume", does: Does::LookAtMany });
    ops.push(Op { kind: "volume", does: Does::Start });
    if let Some(chosen) = chosen() {
        ops.retain(|op| chosen.iter().any(|kind| kind == op.kind));
    }
    ops
}

/// The kinds that are played, where not all are: the whole matrix is long, and can be played in slices.
#[expect(clippy::disallowed_methods, reason = "which slice somebody wants, only the environment can say")]
pub(crate) fn chosen() -> Option<Vec<String>> {
    let kinds = std::env::var("ATONIX_CRASH_KINDS").ok().filter(|kinds| !kinds.is_empty())?;
    Some(kinds.split(',').map(|kind| kind.trim().to_owned()).collect())
}

/// Whether an action is about what is sent into a thing as bytes: nothing of that stands in any book.
fn is_about_contents(kind: &Kind, action: &model::Action) -> bool {
    let sent = |slug: &str| {
        let inside = kind_of(slug);
        inside.parent.as_ref().is_some_and(|parent| parent.kind == kind.slug) && inside.can(model::kind::Does::Upload)
    };
    example::needs(&action.example).into_iter().any(sent)
}

/// What stands beside what is worked on, one of each kind that an example needs: its name, by its kind's slug.
pub(crate) type Neighbours = BTreeMap<&'static str, String>;

/// The kinds of which examples need one and the cloud has none from the start, in an order in which they can be made.
pub(crate) fn needed() -> Vec<&'static str> {
    let examples = kept().flat_map(|kind| kind.actions.iter().map(|action| &action.example).chain([&kind.example]));
    let needs: BTreeSet<&str> = examples.flat_map(|example| example::needs(example)).collect();
    kept().map(|kind| kind.slug.as_ref()).filter(|slug| needs.contains(slug) && *slug != "network").collect()
}

fn filled(text: &str, name: &str, number: u8, neighbours: &Neighbours) -> Value {
    let spec = example::filled(text, |hole| match hole {
        Hole::Name => name.to_owned(),
        Hole::Number => number.to_string(),
        Hole::One("network") => "private".to_owned(),
        Hole::One("magnum_template") => "k8s-small".to_owned(),
        Hole::One(slug) => neighbours[slug].clone(),
    });
    Value::Object(spec.unwrap())
}

fn kind_of(slug: &str) -> &'static Kind {
    catalogue().find(|kind| kind.slug == slug).unwrap()
}

/// Whether a row is of the thing that was asked for under that name; a zone's is a domain that begins with it.
pub(crate) fn is_called(row: &Value, name: &str) -> bool {
    row["resource_name"].as_str().is_some_and(|own| own.split('.').next() == Some(name))
}

/// What is asked for when one of a kind is made.
pub(crate) fn spec(kind: &str, name: &str, neighbours: &Neighbours) -> Value {
    filled(&kind_of(kind).example, name, if name == NEIGHBOUR { 88 } else { 77 }, neighbours)
}

/// What an action is asked with.
pub(crate) fn fields(kind: &str, action: &str, neighbours: &Neighbours) -> Value {
    filled(&kind_of(kind).action(action).unwrap().example, "", 0, neighbours)
}

/// Where the cloud makes one: service, and the path below it up to the collection.
pub(crate) fn address(kind: &str) -> (&'static str, String) {
    let kind = kind_of(kind);
    let (service, root) = match kind.service.as_ref() {
        "nova" => ("compute", "/v2.1"),
        "cinder" => ("block-storage", "/v3/PROJECT"),
        "neutron" => ("network", "/v2.0"),
        "magnum" => ("container-infra", "/v1"),
        "zun" => ("container", "/v1"),
        "manila" => ("shared-file-system", "/v2"),
        "octavia" => ("load-balancer", "/v2/lbaas"),
        "designate" => ("dns", "/v2"),
        "swift" => return ("object-store", "/v1/AUTH_PROJECT".to_owned()),
        other => panic!("the matrix has no {other} yet: say here where it lives"),
    };
    let collection = if kind.slug == "nova_keypair" { "os-keypairs" } else { kind.collection.as_ref() };
    (service, format!("{root}/{collection}"))
}

/// What the cloud must be told with a deletion, so that one that is in use goes.
pub(crate) fn whatever(kind: &str) -> &'static str {
    match kind {
        "zun_container" => "?stop=true",
        "octavia_load_balancer" => "?cascade=true",
        _ => "",
    }
}

/// Where the cloud does what is asked: attaching a volume is asked of the server.
pub(crate) fn asked_at(op: Op) -> (&'static str, String) {
    match op.does {
        Does::Act("attach" | "detach") => address("vm"),
        Does::Act("add_rule" | "remove_rule") => ("network", "/v2.0/security-group-rules".to_owned()),
        Does::Act("add_member" | "remove_member") => ("load-balancer", "/v2/lbaas/pools".to_owned()),
        Does::Act("kubeconfig" | "apply_manifest") => ("container-infra", "/v1/certificates".to_owned()),
        Does::Act("set_ptr" | "unset_ptr" | "ptr") => ("dns", "/v2/reverse/floatingips".to_owned()),
        _ => address(op.kind),
    }
}

/// What must have been done to a thing so that an action applies to it.
pub(crate) fn before(kind: &str, action: &str) -> Option<&'static str> {
    let after = kind_of(kind).action(action).unwrap().after.as_ref();
    Some(after).filter(|after| !after.is_empty())
}

/// What must be undone before a thing can be deleted.
pub(crate) fn undo(action: &str) -> Option<&'static str> {
    match action {
        "add_interface" | "remove_interface" => Some("remove_interface"),
        "attach" | "detach" => Some("detach"),
        _ => None,
    }
}

/// Whether the cloud shows that an action was done; none where nothing shows it.
pub(crate) fn done(action: &str, thing: &Value) -> Option<bool> {
    match action {
        "start" => Some(thing["status"] == "ACTIVE" || thing["status"] == "Running"),
        "stop" => Some(thing["status"] == "SHUTOFF" || thing["status"] == "Stopped"),
        "resize" => Some(thing["status"] == "VERIFY_RESIZE"),
        "confirm_resize" | "revert_resize" => Some(thing["status"] == "ACTIVE"),
        "extend" => Some(thing["size"] == 3),
        "attach" => Some(thing["status"] == "in-use"),
        "detach" => Some(thing["status"] == "available"),
        "associate" => Some(thing["port_id"].is_string()),
        "dissociate" => Some(thing["port_id"].is_null()),
        "set_gateway" => Some(thing["external_gateway_info"].is_object()),
        "clear_gateway" => Some(thing["external_gateway_info"].is_null()),
        _ => None,
    }
}
