//! Floating IPs: Neutron. Public addresses that are bound to a port, which a server has.
//!
//! The row's id stands in the description: Neutron refuses tags in a create, and these have no name. Lists filter by it.
use super::{Common, designate::ptr};
use crate::{
    Act, ActAsk, Again, Ask, Definition, Facts, Kept, Lookup, Part, Seen, Tag, What, clients::NEUTRON, tag::tag_text,
};
use model::{
    Action, Column, Field, Group, Kind, Spec, State,
    kind::{Show, Verb},
};
use openstack::{Collection, Request};
use serde::Deserialize;
use serde_json::{Value, json};

static FLOATING_IPS: Collection =
    Collection { one: Some("floatingip"), ..Collection::new(&NEUTRON, "floatingips", "floatingips") };

/// Floating IPs.
pub(crate) static FLOATING_IP: Definition =
    Definition::new(
        Kind::kept(("floating_ip", "Floating IP", "Floating IPs"), Group::Networking, "neutron", "floatingips")
            .about("A floating IP is a public address that can be moved from one server to another.")
            .asks(
                const {
                    &[
                        Field::choice_where("network_name", "External network", "network", "external", "true")
                            .optional()
                            .default("public")
                            .help("The pool that the address comes from."),
                        SERVER.help("Bound to this server at once. It can be bound later, too."),
                        PORT.help("Bound to this port at once, for servers with several."),
                    ]
                },
                r#"{"network_name": "public"}"#,
            )
            .columns(
                const {
                    &[
                        Column::new("address", "Address", Show::Mono),
                        Column::new("fixed_address", "Bound to", Show::Mono),
                    ]
                },
            )
            .verbs(
                const {
                    &[
                        Verb::list("list_floating_ips"),
                        Verb::create("allocate_floating_ip"),
                        Verb::delete("release_floating_ip"),
                    ]
                },
            )
            .actions(
                const {
                    &[
                        Action::new("associate", "Associate", "associate_floating_ip")
                            .asks(const { &[SERVER, PORT] })
                            .example(r#"{"server_id": "<vm>"}"#),
                        Action::new("dissociate", "Dissociate", "dissociate_floating_ip")
                            .after("associate")
                            .danger("The server is no longer reached by this address."),
                        ptr::SET,
                        ptr::UNSET,
                        ptr::SHOW,
                    ]
                },
            ),
        &FLOATING_IPS,
        read,
    )
    .own("project_id")
    .detail(|seen| seen.text("fixed_address").to_owned())
    .kept(Kept {
        refuse: both,
        sole: &["network_name"],
        lookups,
        ..Kept::new(
            Tag::Description,
            &[Part { noun: "floatingip", collection: &FLOATING_IPS, wanted: |_| true, body, read }],
        )
    })
    .acts(&[
        Act { refuse: both, lookups, ..Act::change(Again::Same, associate) },
        Act::change(Again::Same, |ask| Some(FLOATING_IPS.update(ask.id, json!({ "port_id": null })))),
        ptr::SET_ACT,
        ptr::UNSET_ACT,
        ptr::SHOW_ACT,
    ]);

const SERVER: Field = Field::choice("server_id", "Server", "vm").optional();
const PORT: Field = Field::choice("port_id", "Port", "neutron_port").optional().advanced();

fn both(spec: &Spec) -> Option<(&'static str, String)> {
    let both = spec.contains_key("server_id") && spec.contains_key("port_id");
    both.then(|| ("port_id", "Give a server or a port, not both.".to_owned()))
}

/// By a server means: by the port that the server has.
fn lookups(_: &Spec, facts: &Facts) -> Vec<Lookup> {
    let port = facts.id("server_id").map(|server| Lookup {
        fact: "port_of_server",
        field: "server_id",
        what: What::First {
            kind: "neutron_port",
            query: ("device_id", server.to_owned()),
            none: "This server has no port yet. Wait until it is active, or connect it to a network.",
        },
    });
    port.into_iter().collect()
}

fn port(facts: &Facts) -> Option<&str> {
    facts.id("port_id").or_else(|| facts.id("port_of_server"))
}

fn associate(ask: &ActAsk<'_>) -> Option<Request> {
    Some(FLOATING_IPS.update(ask.id, json!({ "port_id": port(ask.facts)? })))
}

fn body(ask: &Ask<'_>) -> Value {
    let mut floating_ip = json!({
        "floating_network_id": ask.facts.id("network_name"),
        "project_id": ask.project,
        "description": tag_text(ask.tag),
    });
    if let Some(port) = port(ask.facts) {
        floating_ip["port_id"] = json!(port);
    }
    floating_ip
}

/// <https://docs.openstack.org/api-ref/network/v2/#show-floating-ip-details>
#[derive(Deserialize)]
struct FloatingIp {
    #[serde(flatten)]
    common: Common,
    floating_ip_address: String,
    fixed_ip_address: Option<String>,
    port_id: Option<String>,
    #[serde(default)]
    floating_network_id: String,
    status: String,
}

fn read(value: &Value) -> Option<Seen> {
    let ip = FloatingIp::deserialize(value).ok()?;
    // DOWN means bound to nothing, which is a floating IP's rest, not a fault.
    let state = if ip.status == "ERROR" { State::Failed } else { State::Active };
    let mut seen = ip
        .common
        .seen()
        .in_state(state)
        .with("address", ip.floating_ip_address.as_str())
        .with("fixed_address", ip.fixed_ip_address.unwrap_or_default())
        .with("port_id", ip.port_id.unwrap_or_default())
        .with("floating_network", ip.floating_network_id);
    seen.name = ip.floating_ip_address;
    Some(seen)
}
