//! Load balancers: an address, and the listener, pool, members and health monitor behind it, made by one request.
//!
//! The row's id stands in the description; lists filter by it. Tags would serve as well, but clouds before Stein lack them.
use super::Common;
use crate::{
    Act, ActAsk, Again, Ask, Definition, Kept, Part, Seen, Tag,
    clients::OCTAVIA,
    networking::octavia::{
        health::{statistics, status},
        member,
    },
    tag::{tag_of, tag_text},
};
use http::Method;
use model::{
    Action, Column, Field, Group, Kind, Spec, State,
    field::Str,
    kind::{Output, Show, Verb},
};
use openstack::{Collection, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

static LOAD_BALANCERS: Collection = Collection {
    one: Some("loadbalancer"),
    // Listeners, pools, members and monitors go with it.
    deletes_with: Some(("cascade", "true")),
    ..Collection::new(&OCTAVIA, "lbaas/loadbalancers", "loadbalancers")
};

/// Load balancers.
pub(crate) static LOAD_BALANCER: Definition = Definition::new(
    Kind::kept(
        ("octavia_load_balancer", "Load balancer", "Load balancers"),
        Group::Networking,
        "octavia",
        "loadbalancers",
    )
    .about("A load balancer spreads what comes to one address over several servers, and leaves out those that fail.")
    .asks(FIELDS, EXAMPLE)
    .columns(
        const {
            &[
                Column::new("vip_address", "Address", Show::Mono),
                Column::new("health", "Health", Show::Text),
                Column::new("listeners", "Listeners", Show::Number),
                Column::new("pools", "Pools", Show::Number),
            ]
        },
    )
    .verbs(
        const {
            &[
                Verb::list("list_load_balancers"),
                Verb::show("get_load_balancer"),
                Verb::create("provision_load_balancer"),
                Verb::delete("delete_load_balancer"),
            ]
        },
    )
    .actions(ACTIONS),
    &LOAD_BALANCERS,
    read,
)
.own("project_id")
.detail(|seen| seen.text("vip_address").to_owned())
.kept(Kept {
    refuse,
    ..Kept::new(
        Tag::Description,
        &[Part { noun: "load balancer", collection: &LOAD_BALANCERS, wanted: |_| true, body, read }],
    )
})
.acts(ACTS);

const EXAMPLE: &str = r#"{
    "name": "<name>", "vip_subnet_id": "private-subnet", "protocol": "HTTP", "port": 80,
    "members": ["10.21.0.201:8080", "10.21.0.202:8080"], "monitor": "HTTP", "monitor_path": "/"
}"#;

const FIELDS: &[Field] = &[
    Field::text("name", "Name"),
    Field::choice("vip_subnet_id", "Subnet", "neutron_subnet").help("Where its address is taken from."),
    Field::one_of("protocol", "Protocol", PROTOCOLS).optional().default("HTTP"),
    Field::number("port", "Port", 1, 65_535, "").optional().default("80").help("Where it listens."),
    Field::lines("members", "Members", 200, 64)
        .optional()
        .help("One in a line: an address and a port, such as 10.0.0.5:8080. More can be added later."),
    Field::one_of("monitor", "Health check", MONITORS).optional().help("How it finds out which members answer."),
    Field::text("monitor_path", "Path of the check").optional().advanced().help("For HTTP; / when left out."),
    Field::one_of("algorithm", "Spread", ALGORITHMS).optional().advanced().default("ROUND_ROBIN"),
];

const PROTOCOLS: &[(Str, Str)] = &[
    (Cow::Borrowed("HTTP"), Cow::Borrowed("HTTP")),
    (Cow::Borrowed("HTTPS"), Cow::Borrowed("HTTPS, passed through")),
    (Cow::Borrowed("TCP"), Cow::Borrowed("TCP")),
    (Cow::Borrowed("UDP"), Cow::Borrowed("UDP")),
];
const MONITORS: &[(Str, Str)] = &[
    (Cow::Borrowed("HTTP"), Cow::Borrowed("HTTP: the answer is 200")),
    (Cow::Borrowed("TCP"), Cow::Borrowed("TCP: it takes a connection")),
    (Cow::Borrowed("PING"), Cow::Borrowed("Ping: it answers one")),
];
const ALGORITHMS: &[(Str, Str)] = &[
    (Cow::Borrowed("ROUND_ROBIN"), Cow::Borrowed("In turns")),
    (Cow::Borrowed("LEAST_CONNECTIONS"), Cow::Borrowed("To the one with the fewest connections")),
    (Cow::Borrowed("SOURCE_IP"), Cow::Borrowed("By the caller's address")),
];

const ACTIONS: &[Action] = &[
    Action::new("add_member", "Add member", "create_load_balancer_member")
        .asks(
            const {
                &[
                    Field::choice("pool_id", "Pool", "octavia_pool"),
                    Field::text("address", "Address").help("Of a server, such as 10.0.0.5."),
                    Field::number("port", "Port", 1, 65_535, ""),
                    Field::number("weight", "Weight", 0, 256, "")
                        .optional()
                        .advanced()
                        .help("How much of the load it gets beside the others; 1 when left out."),
                ]
            },
        )
        .example(r#"{"pool_id": "pool", "address": "10.21.0.203", "port": 8080}"#),
    Action::new("remove_member", "Remove member", "delete_load_balancer_member")
        .asks(
            const {
                &[
                    Field::choice("pool_id", "Pool", "octavia_pool"),
                    Field::choice("member_id", "Member", "octavia_member"),
                ]
            },
        )
        .example(r#"{"pool_id": "pool", "member_id": "10.21.0.201:8080"}"#)
        .danger("It gets nothing more of the load."),
    Action::new("statistics", "Statistics", "load_balancer_metrics").output(Output::Figures),
    Action::new("status", "Status", "load_balancer_status").output(Output::Tree),
];

static ACTS: &[Act] = &[
    Act::change(Again::Refused, |ask| {
        let mut member = json!({ "address": ask.fields.get("address")?, "protocol_port": ask.fields.get("port")? });
        if let Some(weight) = ask.fields.get("weight") {
            member["weight"] = weight.clone();
        }
        Some(member::MEMBERS.create_in(ask.facts.id("pool_id")?, member))
    }),
    Act::change(Again::Refused, |ask| {
        Some(member::MEMBERS.delete_in(ask.facts.id("pool_id")?, ask.facts.id("member_id")?))
    }),
    Act::reading(|ask| Some(about(ask, "stats")), |answer| statistics(answer.get("stats")?)),
    Act::reading(|ask| Some(about(ask, "status")), |answer| status(answer.get("statuses")?.get("loadbalancer")?)),
];

fn about(ask: &ActAsk<'_>, what: &str) -> Request {
    Request::new(&OCTAVIA, Method::GET, ["lbaas", "loadbalancers", ask.id, what])
}

/// An address and a port, as they stand in a line.
fn member_of(line: &str) -> Option<(std::net::IpAddr, u16)> {
    let address: std::net::SocketAddr = line.trim().parse().ok()?;
    (address.port() != 0).then(|| (address.ip(), address.port()))
}

fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    let lines = spec.get("members").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let bad = lines.into_iter().find(|line| member_of(line).is_none());
    if let Some(bad) = bad {
        return Some(("members", format!("“{bad}” is not an address and a port, such as 10.0.0.5:8080.")));
    }
    let text = |name: &str| spec.get(name).and_then(Value::as_str).unwrap_or_default();
    if (text("protocol"), text("monitor")) == ("UDP", "PING") {
        return Some(("monitor", "Members of UDP are not checked by a ping. Choose HTTP or TCP.".to_owned()));
    }
    let http = spec.get("monitor").and_then(Value::as_str) == Some("HTTP");
    match spec.get("monitor_path").and_then(Value::as_str) {
        Some(_) if !http => Some(("monitor_path", "Only the check by HTTP has a path.".to_owned())),
        Some(path) if !path.starts_with('/') => Some(("monitor_path", "Begin with a slash.".to_owned())),
        _ => None,
    }
}

fn body(ask: &Ask<'_>) -> Value {
    let lines = ask.spec.get("members").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let members: Vec<Value> = lines
        .filter_map(member_of)
        .map(|(address, port)| json!({ "address": address.to_string(), "protocol_port": port }))
        .collect();
    let protocol = ask.text("protocol");
    let mut pool = json!({
        "name": "pool",
        "protocol": protocol,
        "lb_algorithm": ask.text("algorithm"),
        "members": members,
    });
    if ask.has("monitor") {
        let mut monitor = json!({ "type": ask.text("monitor"), "delay": 5, "timeout": 3, "max_retries": 3 });
        if ask.text("monitor") == "HTTP" {
            monitor["url_path"] = json!(if ask.has("monitor_path") { ask.text("monitor_path") } else { "/" });
        }
        pool["healthmonitor"] = monitor;
    }
    json!({
        "name": ask.text("name"),
        "description": tag_text(ask.tag),
        "project_id": ask.project,
        "vip_subnet_id": ask.facts.id("vip_subnet_id"),
        "listeners": [{
            "name": "listener",
            "protocol": protocol,
            "protocol_port": ask.number("port"),
            "default_pool": pool,
        }],
    })
}

/// <https://docs.openstack.org/api-ref/load-balancer/v2/#show-load-balancer-details>
#[derive(Deserialize)]
struct LoadBalancer {
    #[serde(flatten)]
    common: Common,
    description: Option<String>,
    vip_address: Option<String>,
    vip_subnet_id: Option<String>,
    #[serde(default)]
    listeners: Vec<Value>,
    #[serde(default)]
    pools: Vec<Value>,
}

fn read(value: &Value) -> Option<Seen> {
    let balancer = LoadBalancer::deserialize(value).ok()?;
    let common = &balancer.common;
    let mut seen = Seen::new(&common.id, &common.name, common.project_id.as_deref())
        .in_state(common.state())
        .with("vip_address", balancer.vip_address.unwrap_or_default())
        .with("health", common.health())
        .with("listeners", balancer.listeners.len())
        .with("pools", balancer.pools.len())
        .asking("name", common.name.as_str())
        .asking("vip_subnet_id", balancer.vip_subnet_id.unwrap_or_default());
    seen.moving = common.provisioning_status == "PENDING_UPDATE";
    seen.fault = (common.state() == State::Failed).then(|| "Octavia could not make or change it.".to_owned());
    seen.tag = balancer.description.as_deref().and_then(tag_of);
    Some(seen)
}
