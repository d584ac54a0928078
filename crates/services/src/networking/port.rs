//! Ports: Neutron. Not in the navigation; a floating IP is bound to one.
use super::Common;
use crate::{Definition, Seen, clients::NEUTRON};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

/// Ports.
pub(crate) static PORT: Definition =
    Definition::new(
        Kind::live(("neutron_port", "Port", "Ports"), Group::Networking, "neutron", "ports")
            .about("A port is where a server or a router is plugged into a network.")
            .columns(
                const {
                    &[Column::new("addresses", "Addresses", Show::Mono), Column::new("device_id", "Device", Show::Mono)]
                },
            )
            .verbs(const { &[Verb::list("list_network_ports")] })
            .unlisted(),
        const { &Collection { one: Some("port"), ..Collection::new(&NEUTRON, "ports", "ports") } },
        read,
    )
    .own("project_id")
    .detail(|seen| seen.text("addresses").to_owned());

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
