//! Subnets: Neutron.
//!
//! The row's id stands in the description, because Neutron refuses tags in a create. Lists filter by it.
use super::Common;
use crate::{Ask, Definition, Kept, Part, Seen, Tag, clients::NEUTRON, tag::tag_text};
use model::{
    Column, Field, Group, Kind, Spec,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};

static SUBNETS: Collection = Collection { one: Some("subnet"), ..Collection::new(&NEUTRON, "subnets", "subnets") };

/// Subnets.
pub(crate) static SUBNET: Definition = Definition::new(
    Kind::kept(("neutron_subnet", "Subnet", "Subnets"), Group::Networking, "neutron", "subnets")
        .about("A subnet is a range of addresses in a network.")
        .asks(
            const {
                &[
                    Field::text("name", "Name"),
                    Field::choice_where("network_id", "Network", "network", "external", "false"),
                    Field::cidr("cidr", "Addresses").help("For instance 10.0.1.0/24."),
                ]
            },
            r#"{"name": "<name>", "network_id": "<network>", "cidr": "10.<number>.0.0/24"}"#,
        )
        .columns(
            const { &[Column::new("cidr", "Addresses", Show::Mono), Column::new("gateway", "Gateway", Show::Mono)] },
        )
        .verbs(const { &[Verb::list("list_subnets"), Verb::create("create_subnet"), Verb::delete("delete_subnet")] }),
    &SUBNETS,
    read,
)
.own("project_id")
.detail(|seen| seen.text("cidr").to_owned())
.kept(Kept {
    sole: &["network_id"],
    refuse: |spec| refuse(spec, "cidr"),
    ..Kept::new(Tag::Description, &[Part { noun: "subnet", collection: &SUBNETS, wanted: |_| true, body, read }])
});

fn body(ask: &Ask<'_>) -> Value {
    new_subnet(ask, ask.text("name"), ask.facts.id("network_id"), ask.text("cidr"))
}

/// What Neutron refuses of a subnet with DHCP, which ours have: all addresses there are, and too few for its ports. Said
/// beforehand, because a network's subnet is asked for when the network stands already.
pub(super) fn refuse(spec: &Spec, field: &'static str) -> Option<(&'static str, String)> {
    let cidr = spec.get(field)?.as_str()?;
    let prefix: u8 = cidr.rsplit_once('/')?.1.parse().ok()?;
    let longest = if cidr.contains(':') { 126 } else { 30 };
    let fits = (1..=longest).contains(&prefix);
    (!fits).then(|| (field, format!("The number behind the slash must be from 1 to {longest}.")))
}

/// A subnet's body, for its own kind and for the one that comes with a network.
pub(super) fn new_subnet(ask: &Ask<'_>, name: &str, network: Option<&str>, cidr: &str) -> Value {
    json!({
        "name": name,
        "network_id": network,
        "cidr": cidr,
        "ip_version": if cidr.contains(':') { 6 } else { 4 },
        "project_id": ask.project,
        "description": tag_text(ask.tag),
    })
}

/// <https://docs.openstack.org/api-ref/network/v2/#show-subnet-details>
#[derive(Deserialize)]
struct Subnet {
    #[serde(flatten)]
    common: Common,
    cidr: String,
    network_id: String,
    gateway_ip: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let subnet = Subnet::deserialize(value).ok()?;
    let seen = subnet
        .common
        .seen()
        .with("cidr", subnet.cidr)
        .with("network_id", subnet.network_id)
        .with("gateway", subnet.gateway_ip.unwrap_or_default());
    Some(seen)
}
