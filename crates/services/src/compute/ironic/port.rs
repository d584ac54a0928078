//! Ports: the network cards of nodes.
use super::VERSION;
use crate::{Definition, Facts, Seen, Unkept, clients::IRONIC};
use model::{
    Column, Field, Group, Kind, Spec,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging, Request};
use serde::Deserialize;
use serde_json::{Value, json};

static PORTS: Collection = Collection {
    detail: Some("detail"),
    paging: Paging::Marker { by: "uuid" },
    microversion: VERSION,
    ..Collection::new(&IRONIC, "ports", "ports")
};

/// Ports.
pub(crate) static NODE_PORT: Definition = Definition::new(
    Kind::live(("ironic_port", "Bare metal port", "Bare metal ports"), Group::Compute, "ironic", "ports")
        .about("A port is a network card of a node, by which the node is known on its networks.")
        .for_administrators()
        .asks(
            const {
                &[
                    Field::choice("node_id", "Node", "ironic_node"),
                    Field::text("address", "Address").help("Of the card, such as 52:54:00:12:34:56."),
                    Field::text("physical_network", "Physical network").optional().advanced(),
                ]
            },
            r#"{"node_id": "<ironic_node>", "address": "<mac>"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("node", "Node", Show::Mono),
                    Column::new("physical_network", "Physical network", Show::Text),
                    Column::new("pxe_enabled", "Boots from it", Show::Flag),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_ports"), Verb::create("create_port"), Verb::delete("delete_port")] }),
    &PORTS,
    read,
)
.unkept(Unkept { refuse, create });

fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    let address = spec.get("address").and_then(Value::as_str).unwrap_or_default();
    let parts: Vec<&str> = address.split(':').collect();
    let pair = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match parts.len() == 6 && parts.iter().all(pair) {
        true => None,
        false => Some(("address", "Give six pairs of hexadecimal digits, such as 52:54:00:12:34:56.".to_owned())),
    }
}

fn create(spec: &Spec, facts: &Facts) -> Request {
    let mut port = json!({ "node_uuid": facts.id("node_id"), "address": spec.get("address") });
    if let Some(network) = spec.get("physical_network") {
        port["physical_network"] = network.clone();
    }
    PORTS.create(port)
}

/// <https://docs.openstack.org/api-ref/baremetal/#show-port-details>
#[derive(Deserialize)]
struct Port {
    uuid: String,
    address: String,
    node_uuid: Option<String>,
    physical_network: Option<String>,
    #[serde(default)]
    pxe_enabled: bool,
}

fn read(value: &Value) -> Option<Seen> {
    let port = Port::deserialize(value).ok()?;
    let seen = Seen::new(&port.uuid, &port.address, None)
        .with("node", port.node_uuid)
        .with("physical_network", port.physical_network)
        .with("pxe_enabled", port.pxe_enabled);
    Some(seen)
}
