//! What is done to a thing of each kind while the server dies.
use portal::catalogue;
use serde_json::{Value, json};

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

/// Every kept kind with everything that can be done to it, as the catalogue has it.
pub(crate) fn all() -> Vec<Op> {
    let mut ops = Vec::new();
    for kind in catalogue().filter(|kind| kind.custody == model::Custody::Kept) {
        let slug: &'static str = kind.slug.as_ref();
        let mut add = |does| ops.push(Op { kind: slug, does });
        add(Does::Create);
        add(Does::CreateUnanswered);
        // A name that is the tag can be given once only.
        if slug != "nova_keypair" {
            add(Does::CreateLate);
        }
        for action in kind.actions.iter() {
            add(Does::Act(action.name.as_ref()));
        }
        add(Does::Delete);
        add(Does::Vanish);
    }
    ops.push(Op { kind: "vm", does: Does::CreateLocked });
    ops.push(Op { kind: "volume", does: Does::LookAtMany });
    ops.push(Op { kind: "volume", does: Does::Start });
    ops
}

/// What is asked for when one of a kind is made.
pub(crate) fn spec(kind: &str, name: &str) -> Value {
    match kind {
        "vm" => json!({"name": name, "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": "private"}),
        "nova_keypair" => json!({"name": name}),
        "cluster" => json!({"name": name, "cluster_template_id": "k8s-small", "node_count": 1}),
        "volume" => json!({"name": name, "size_gb": 7}),
        "network" => json!({"name": name, "subnet_cidr": "10.9.0.0/24"}),
        "neutron_subnet" => json!({"name": name, "network_id": "private", "cidr": "10.77.0.0/24"}),
        "neutron_router" => json!({"name": name, "external_network_id": "public"}),
        "floating_ip" => json!({"network_name": "public"}),
        other => panic!("the matrix has no {other} yet: say here what one is made of"),
    }
}

/// Where the cloud makes one: service, and the path below it up to the collection.
pub(crate) fn address(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "vm" => ("compute", "/v2.1/servers"),
        "nova_keypair" => ("compute", "/v2.1/os-keypairs"),
        "cluster" => ("container-infra", "/v1/clusters"),
        "volume" => ("block-storage", "/v3/PROJECT/volumes"),
        "network" => ("network", "/v2.0/networks"),
        "neutron_subnet" => ("network", "/v2.0/subnets"),
        "neutron_router" => ("network", "/v2.0/routers"),
        "floating_ip" => ("network", "/v2.0/floatingips"),
        other => panic!("the matrix has no {other} yet: say here where it lives"),
    }
}

/// What an action is asked with: `server` and `subnet` are what every site has.
pub(crate) fn fields(action: &str, server: &str, subnet: &str) -> Value {
    match action {
        "associate" => json!({"server_id": server}),
        "add_interface" | "remove_interface" => json!({"subnet_id": subnet}),
        "set_gateway" => json!({"external_network_id": "public"}),
        _ => json!({}),
    }
}

/// What must have been done to a thing so that an action applies to it.
pub(crate) fn before(action: &str) -> Option<&'static str> {
    match action {
        "start" => Some("stop"),
        "dissociate" => Some("associate"),
        "remove_interface" => Some("add_interface"),
        "set_gateway" => Some("clear_gateway"),
        _ => None,
    }
}

/// What must be undone before a thing can be deleted.
pub(crate) fn undo(action: &str) -> Option<&'static str> {
    matches!(action, "add_interface" | "remove_interface").then_some("remove_interface")
}

/// Whether the cloud shows that an action was done; none where nothing shows it.
pub(crate) fn done(action: &str, thing: &Value) -> Option<bool> {
    match action {
        "start" => Some(thing["status"] == "ACTIVE"),
        "stop" => Some(thing["status"] == "SHUTOFF"),
        "associate" => Some(thing["port_id"].is_string()),
        "dissociate" => Some(thing["port_id"].is_null()),
        "set_gateway" => Some(thing["external_gateway_info"].is_object()),
        "clear_gateway" => Some(thing["external_gateway_info"].is_null()),
        _ => None,
    }
}
