//! Routers: Neutron, with interfaces and a gateway.
//!
//! The row's id stands in the description, because Neutron refuses tags in a create. Lists filter by it.
use super::Common;
use crate::{Act, ActAsk, Again, Ask, Definition, Kept, Part, Seen, Tag, clients::NEUTRON, tag::tag_text};
use http::Method;
use model::{
    Action, Column, Field, Group, Kind, State,
    kind::{Show, Verb},
};
use openstack::{Collection, Request};
use serde::Deserialize;
use serde_json::{Value, json};

static ROUTERS: Collection = Collection { one: Some("router"), ..Collection::new(&NEUTRON, "routers", "routers") };

/// Routers.
pub(crate) static ROUTER: Definition = Definition::new(
    Kind::kept(("neutron_router", "Router", "Routers"), Group::Networking, "neutron", "routers")
        .about("A router connects subnets with each other and, by its gateway, with the outside.")
        .asks(
            const {
                &[
                    Field::text("name", "Name"),
                    Field::choice_where("external_network_id", "Gateway network", "network", "external", "true")
                        .optional()
                        .help("The external network that it leads to. It can be set later."),
                ]
            },
            r#"{"name": "<name>", "external_network_id": "public"}"#,
        )
        .columns(const { &[Column::new("gateway", "Gateway address", Show::Mono)] })
        .verbs(const { &[Verb::list("list_routers"), Verb::create("create_router"), Verb::delete("delete_router")] })
        .actions(ACTIONS),
    &ROUTERS,
    read,
)
.own("project_id")
.detail(|seen| seen.text("gateway").to_owned())
.kept(Kept::new(Tag::Description, &[Part { noun: "router", collection: &ROUTERS, wanted: |_| true, body, read }]))
.acts(ACTS);

const SUBNET: Field = Field::choice("subnet_id", "Subnet", "neutron_subnet");

const ACTIONS: &[Action] = &[
    Action::new("add_interface", "Add interface", "add_router_interface")
        .asks(const { &[SUBNET] })
        .example(r#"{"subnet_id": "<neutron_subnet>"}"#),
    Action::new("remove_interface", "Remove interface", "remove_router_interface")
        .asks(const { &[SUBNET] })
        .example(r#"{"subnet_id": "<neutron_subnet>"}"#)
        .after("add_interface")
        .danger("Servers on that subnet lose their way out."),
    Action::new("set_gateway", "Set gateway", "set_router_gateway")
        .asks(const { &[Field::choice_where("external_network_id", "Gateway network", "network", "external", "true")] })
        .example(r#"{"external_network_id": "public"}"#)
        .after("clear_gateway"),
    Action::new("clear_gateway", "Clear gateway", "clear_router_gateway")
        .danger("Everything behind this router loses its way out."),
];

static ACTS: &[Act] = &[
    Act::change(Again::Refused, |ask| interface(ask, "add_router_interface")),
    Act::change(Again::Refused, |ask| interface(ask, "remove_router_interface")),
    Act::change(Again::Same, |ask| {
        let network = ask.facts.id("external_network_id")?;
        Some(ROUTERS.update(ask.id, json!({ "external_gateway_info": { "network_id": network } })))
    }),
    Act::change(Again::Same, |ask| Some(ROUTERS.update(ask.id, json!({ "external_gateway_info": {} })))),
];

fn interface(ask: &ActAsk<'_>, what: &str) -> Option<Request> {
    let subnet = ask.facts.id("subnet_id")?;
    Some(Request::new(&NEUTRON, Method::PUT, ["routers", ask.id, what]).json(json!({ "subnet_id": subnet })))
}

fn body(ask: &Ask<'_>) -> Value {
    let mut router = json!({
        "name": ask.text("name"),
        "project_id": ask.project,
        "description": tag_text(ask.tag),
    });
    if let Some(network) = ask.facts.id("external_network_id") {
        router["external_gateway_info"] = json!({ "network_id": network });
    }
    router
}

/// <https://docs.openstack.org/api-ref/network/v2/#show-router-details>
#[derive(Deserialize)]
struct Router {
    #[serde(flatten)]
    common: Common,
    status: String,
    external_gateway_info: Option<Gateway>,
}
#[derive(Deserialize)]
struct Gateway {
    #[serde(default)]
    network_id: String,
    #[serde(default)]
    external_fixed_ips: Vec<FixedIp>,
}
#[derive(Deserialize)]
struct FixedIp {
    ip_address: String,
}

fn read(value: &Value) -> Option<Seen> {
    let router = Router::deserialize(value).ok()?;
    let state = match router.status.as_str() {
        "ERROR" => State::Failed,
        "ALLOCATING" => State::Building,
        _ => State::Active,
    };
    let (network, gateway) =
        router.external_gateway_info.map(|info| (info.network_id, info.external_fixed_ips)).unwrap_or_default();
    let gateway: Vec<&str> = gateway.iter().map(|ip| ip.ip_address.as_str()).collect();
    let seen = router.common.seen().in_state(state);
    Some(seen.with("gateway", gateway.join(", ")).with("gateway_network", network))
}
