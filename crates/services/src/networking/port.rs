//! Ports: Neutron. Not in the navigation; a floating IP is bound to one.
use super::Common;
use crate::{Definition, Seen, clients::NEUTRON};
use model::{
    Column, Custody, Group, Identity, Kind, Scope, Usage,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Ports.
pub(crate) static PORT: Definition = Definition {
    kind: Kind {
        slug: Cow::Borrowed("neutron_port"),
        title: Cow::Borrowed("Port"),
        plural: Cow::Borrowed("Ports"),
        about: Cow::Borrowed("A port is where a server or a router is plugged into a network."),
        group: Group::Networking,
        service: Cow::Borrowed("neutron"),
        collection: Cow::Borrowed("ports"),
        fields: Cow::Borrowed(&[]),
        example: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[
            Column::new("addresses", "Addresses", Show::Mono),
            Column::new("device_id", "Device", Show::Mono),
        ]),
        verbs: Cow::Borrowed(&[Verb::list("list_ports")]),
        actions: Cow::Borrowed(&[]),
        scope: Scope::Project,
        identity: Identity::Id,
        custody: Custody::Live,
        parent: None,
        listed: false,
    },
    collection: Collection {
        service: &NEUTRON,
        path: "ports",
        detail: None,
        one: Some("port"),
        many: "ports",
        paging: Paging::Marker { by: "id" },
        microversion: None,
    },
    own: Some("project_id"),
    open: &[],
    read,
    detail: |seen| seen.text("addresses").to_owned(),
    takes: |_| Usage::ZERO,
    kept: None,
    acts: &[],
};

/// <https://docs.openstack.org/api-ref/network/v2/#show-port-details>
#[derive(Deserialize)]
struct Port {
    #[serde(flatten)]
    common: Common,
    #[serde(default)]
    device_id: String,
    #[serde(default)]
    network_id: String,
    #[serde(default)]
    fixed_ips: Vec<FixedIp>,
}
#[derive(Deserialize)]
struct FixedIp {
    ip_address: String,
}

fn read(value: &Value) -> Option<Seen> {
    let port = Port::deserialize(value).ok()?;
    let addresses: Vec<&str> = port.fixed_ips.iter().map(|ip| ip.ip_address.as_str()).collect();
    let seen = port
        .common
        .seen()
        .with("addresses", addresses.join(", "))
        .with("device_id", port.device_id)
        .with("network_id", port.network_id);
    Some(seen)
}
