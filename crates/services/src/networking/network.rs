//! Networks: Neutron, with a subnet of their own if one is asked for.
//!
//! The row's id stands in the description of both, because Neutron refuses tags in a create. Lists filter by it, and what
//! is the network and what the subnet, their collections tell.
use super::{Common, SUBNET};
use crate::{Ask, Definition, Kept, Part, Seen, Tag, clients::NEUTRON, tag::tag_text};
use model::{
    Column, Field, Group, Kind, Spec, State,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};

static NETWORKS: Collection = Collection { one: Some("network"), ..Collection::new(&NEUTRON, "networks", "networks") };

/// Networks.
pub(crate) static NETWORK: Definition = Definition::new(
    Kind::kept(("network", "Network", "Networks"), Group::Networking, "neutron", "networks")
        .about("A network connects servers with each other; a router connects it with the outside.")
        .asks(
            const {
                &[
            Field::text("name", "Name"),
            Field::cidr("subnet_cidr", "Subnet").optional().help(
                "The addresses of its servers, for instance 10.0.0.0/24. Without a subnet no server gets an address.",
            ),
            Field::text("subnet_name", "Subnet name")
                .optional()
                .advanced()
                .help("Left out, it is named after the network."),
        ]
            },
            r#"{"name": "<name>", "subnet_cidr": "10.<number>.0.0/24"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("subnet_cidr", "Subnet", Show::Mono),
                    Column::new("external", "External", Show::Flag),
                    Column::new("shared", "Shared", Show::Flag),
                ]
            },
        )
        .verbs(
            const { &[Verb::list("list_networks"), Verb::create("create_network"), Verb::delete("delete_network")] },
        ),
    &NETWORKS,
    read,
)
.own("project_id")
.open(&[("shared", "true"), ("router:external", "true")])
.detail(|seen| match seen.metadata.get("external") {
    Some(Value::Bool(true)) => "external".to_owned(),
    _ => String::new(),
})
.kept(Kept {
    refuse: |spec: &Spec| {
        let orphan = spec.contains_key("subnet_name") && !spec.contains_key("subnet_cidr");
        match orphan {
            true => Some(("subnet_cidr", "A subnet's name needs its network too, such as 10.0.0.0/24.".to_owned())),
            false => super::subnet::refuse(spec, "subnet_cidr"),
        }
    },
    ..Kept::new(Tag::Description, PARTS)
});

static PARTS: &[Part] = &[
    Part { noun: "network", collection: &NETWORKS, wanted: |_| true, body, read },
    Part {
        noun: "subnet",
        collection: SUBNET.collection,
        wanted: |ask| ask.has("subnet_cidr"),
        body: subnet_body,
        read: SUBNET.read,
    },
];

fn body(ask: &Ask<'_>) -> Value {
    json!({ "name": ask.text("name"), "project_id": ask.project, "description": tag_text(ask.tag) })
}

fn subnet_body(ask: &Ask<'_>) -> Value {
    let name = match ask.text("subnet_name") {
        "" => format!("{}-subnet", ask.text("name")),
        given => given.to_owned(),
    };
    super::subnet::new_subnet(ask, &name, ask.made.first().map(String::as_str), ask.text("subnet_cidr"))
}

/// <https://docs.openstack.org/api-ref/network/v2/#show-network-details>
#[derive(Deserialize)]
struct Network {
    #[serde(flatten)]
    common: Common,
    status: String,
    #[serde(default)]
    shared: bool,
    #[serde(default, rename = "router:external")]
    external: bool,
    #[serde(default)]
    subnets: Vec<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let network = Network::deserialize(value).ok()?;
    let state = match network.status.as_str() {
        "ERROR" => State::Failed,
        "BUILD" => State::Building,
        _ => State::Active,
    };
    let mut seen = network
        .common
        .seen()
        .in_state(state)
        .with("external", network.external)
        .with("shared", network.shared)
        .with("subnets", network.subnets);
    seen.open = network.external || network.shared;
    Some(seen)
}
