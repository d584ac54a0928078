//! Share networks: where the storage puts the servers that it makes for a project's shares. The row's id stands in the
//! description; lists filter by it.
use super::collection;
use crate::{
    Ask, Definition, Kept, Part, Seen, Tag,
    tag::{tag_of, tag_text},
};
use model::{
    Column, Field, Group, Kind,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};

static NETWORKS: Collection = collection("share-networks", "share_network", "share_networks");

/// Share networks.
pub(crate) static SHARE_NETWORK: Definition = Definition::new(
    Kind::kept(("manila_share_network", "Share network", "Share networks"), Group::Storage, "manila", "share-networks")
        .about("A share network says in which subnet the storage puts the servers of a project's shares.")
        .asks(
            const {
                &[
                    Field::text("name", "Name"),
                    Field::choice_where("neutron_net_id", "Network", "network", "external", "false"),
                    Field::choice_where(
                        "neutron_subnet_id",
                        "Subnet",
                        "neutron_subnet",
                        "network_id",
                        "{neutron_net_id}",
                    ),
                ]
            },
            r#"{"name": "<name>", "neutron_net_id": "private", "neutron_subnet_id": "private-subnet"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("neutron_net_id", "Network", Show::Mono),
                    Column::new("neutron_subnet_id", "Subnet", Show::Mono),
                ]
            },
        )
        .verbs(
            const {
                &[
                    Verb::list("list_share_networks"),
                    Verb::create("create_share_network"),
                    Verb::delete("delete_share_network"),
                ]
            },
        ),
    &NETWORKS,
    read,
)
.kept(Kept::new(
    Tag::Description,
    &[Part { noun: "share network", collection: &NETWORKS, wanted: |_| true, body, read }],
));

fn body(ask: &Ask<'_>) -> Value {
    json!({
        "name": ask.text("name"),
        "neutron_net_id": ask.facts.id("neutron_net_id"),
        "neutron_subnet_id": ask.facts.id("neutron_subnet_id"),
        "description": tag_text(ask.tag),
    })
}

/// <https://docs.openstack.org/api-ref/shared-file-system/#show-share-network-details>
#[derive(Deserialize)]
struct ShareNetwork {
    id: String,
    name: Option<String>,
    description: Option<String>,
    project_id: Option<String>,
    #[serde(default)]
    share_network_subnets: Vec<Subnet>,
}
#[derive(Deserialize)]
struct Subnet {
    neutron_net_id: Option<String>,
    neutron_subnet_id: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let network = ShareNetwork::deserialize(value).ok()?;
    let name = network.name.unwrap_or_default();
    let first = network.share_network_subnets.into_iter().next();
    let (net, subnet) = first.map_or((None, None), |one| (one.neutron_net_id, one.neutron_subnet_id));
    let mut seen = Seen::new(&network.id, &name, network.project_id.as_deref())
        .with("neutron_net_id", net.as_deref().unwrap_or_default())
        .with("neutron_subnet_id", subnet.as_deref().unwrap_or_default())
        .asking("name", name)
        .asking("neutron_net_id", net.unwrap_or_default())
        .asking("neutron_subnet_id", subnet.unwrap_or_default());
    seen.tag = network.description.as_deref().and_then(tag_of);
    Some(seen)
}
