//! Security groups: Neutron, with their rules.
//!
//! The row's id stands in the description, because Neutron refuses tags in a create. Lists filter by it. Rules have no row:
//! they lie in their group, and a new group has two already, which let everything out.
use super::Common;
use crate::{Act, ActAsk, Again, Ask, Definition, Kept, Part, Seen, Tag, clients::NEUTRON, tag::tag_text};
use model::{
    Action, Column, Field, Group, Kind,
    field::Str,
    kind::{Show, Verb},
};
use openstack::{Collection, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

static GROUPS: Collection =
    Collection { one: Some("security_group"), ..Collection::new(&NEUTRON, "security-groups", "security_groups") };
static RULES: Collection = Collection {
    one: Some("security_group_rule"),
    ..Collection::new(&NEUTRON, "security-group-rules", "security_group_rules")
};

/// Security groups.
pub(crate) static SECURITY_GROUP: Definition = Definition::new(
    Kind::kept(
        ("neutron_security_group", "Security group", "Security groups"),
        Group::Networking,
        "neutron",
        "security-groups",
    )
    .about("A security group says which traffic reaches a server and which it may send.")
    .asks(const { &[Field::text("name", "Name")] }, r#"{"name": "<name>"}"#)
    .columns(const { &[Column::new("rules", "Rules", Show::Number)] })
    .verbs(
        const {
            &[
                Verb::list("list_security_groups"),
                Verb::create("create_security_group"),
                Verb::delete("delete_security_group"),
            ]
        },
    )
    .actions(ACTIONS),
    &GROUPS,
    read,
)
.own("project_id")
.detail(|seen| format!("{} rules", seen.number("rules")))
.kept(Kept {
    // Neutron makes one in each project, for servers that name none.
    native: |seen| seen.name == "default",
    ..Kept::new(Tag::Description, &[Part { noun: "security group", collection: &GROUPS, wanted: |_| true, body, read }])
})
.acts(ACTS);

/// Rules of security groups.
pub(crate) static SECURITY_GROUP_RULE: Definition = Definition::new(
    Kind::live(("neutron_security_group_rule", "Rule", "Rules"), Group::Networking, "neutron", "security-group-rules")
        .about("A rule lets traffic of one sort through. What no rule lets through is dropped.")
        .columns(
            const {
                &[
                    Column::new("direction", "Direction", Show::Text),
                    Column::new("protocol", "Protocol", Show::Text),
                    Column::new("ports", "Ports", Show::Mono),
                    Column::new("remote", "From or to", Show::Mono),
                    Column::new("ethertype", "Version", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_security_group_rules")] })
        .within("neutron_security_group", "add_rule", ("remove_rule", "rule_id")),
    &RULES,
    read_rule,
)
.own("project_id")
.of("security_group_id");

const DIRECTIONS: &[(Str, Str)] = &[
    (Cow::Borrowed("ingress"), Cow::Borrowed("In: what reaches the server")),
    (Cow::Borrowed("egress"), Cow::Borrowed("Out: what the server sends")),
];
const PROTOCOLS: &[(Str, Str)] = &[
    (Cow::Borrowed("tcp"), Cow::Borrowed("TCP")),
    (Cow::Borrowed("udp"), Cow::Borrowed("UDP")),
    (Cow::Borrowed("icmp"), Cow::Borrowed("ICMP (ping)")),
    (Cow::Borrowed("any"), Cow::Borrowed("Any")),
];

const ACTIONS: &[Action] = &[
    Action::new("add_rule", "Add rule", "create_security_group_rule")
        .asks(
            const {
                &[
                    Field::one_of("direction", "Direction", DIRECTIONS).optional().default("ingress"),
                    Field::one_of("protocol", "Protocol", PROTOCOLS).optional().default("tcp"),
                    Field::number("port_min", "First port", 1, 65_535, "")
                        .optional()
                        .help("For TCP and UDP. Left out, it means all ports."),
                    Field::number("port_max", "Last port", 1, 65_535, "")
                        .optional()
                        .help("Left out, it means the first port alone."),
                    Field::cidr("remote_cidr", "From or to")
                        .optional()
                        .help("For instance 203.0.113.0/24. Left out, it means every address of IPv4."),
                    Field::choice("remote_group_id", "Servers of the group", "neutron_security_group")
                        .optional()
                        .advanced()
                        .help("Instead of addresses: from or to the servers of that group."),
                ]
            },
        )
        .example(r#"{"direction": "ingress", "protocol": "tcp", "port_min": 22, "remote_cidr": "203.0.113.0/24"}"#),
    Action::new("remove_rule", "Remove rule", "delete_security_group_rule")
        .asks(const { &[Field::choice("rule_id", "Rule", "neutron_security_group_rule")] })
        .example(r#"{"rule_id": "egress any ::/0"}"#)
        .danger("What it let through is dropped from then on, also on connections that stand."),
];

static ACTS: &[Act] = &[
    Act { refuse, ..Act::change(Again::Refused, add) },
    Act::change(Again::Refused, |ask| Some(RULES.delete(ask.facts.id("rule_id")?))),
];

/// What Neutron would refuse of a rule, or take for something else than it says.
fn refuse(fields: &model::Spec) -> Option<(&'static str, String)> {
    let number = |name: &str| fields.get(name).and_then(Value::as_i64);
    let (first, last) = (number("port_min"), number("port_max"));
    let protocol = fields.get("protocol").and_then(Value::as_str).unwrap_or_default();
    let has_ports = matches!(protocol, "tcp" | "udp");
    match (first, last) {
        (Some(_), _) | (_, Some(_)) if !has_ports => Some(("port_min", "Only TCP and UDP have ports.".to_owned())),
        (None, Some(_)) => Some(("port_min", "Say the first port, too.".to_owned())),
        (Some(first), Some(last)) if last < first => Some(("port_max", format!("Say {first} or more."))),
        _ if fields.contains_key("remote_cidr") && fields.contains_key("remote_group_id") => {
            Some(("remote_group_id", "Give addresses or a group, not both.".to_owned()))
        }
        _ => None,
    }
}

fn add(ask: &ActAsk<'_>) -> Option<Request> {
    let text = |name: &str| ask.fields.get(name).and_then(Value::as_str);
    let number = |name: &str| ask.fields.get(name).and_then(Value::as_i64);
    let cidr = text("remote_cidr");
    let mut rule = json!({
        "security_group_id": ask.id,
        "direction": text("direction").unwrap_or("ingress"),
        "ethertype": if cidr.is_some_and(|cidr| cidr.contains(':')) { "IPv6" } else { "IPv4" },
    });
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            rule[name] = value;
        }
    };
    put("protocol", json!(text("protocol").filter(|protocol| *protocol != "any")));
    put("port_range_min", json!(number("port_min")));
    put("port_range_max", json!(number("port_max").or_else(|| number("port_min"))));
    put("remote_ip_prefix", json!(cidr));
    put("remote_group_id", json!(ask.facts.id("remote_group_id")));
    Some(RULES.create(rule))
}

fn body(ask: &Ask<'_>) -> Value {
    json!({ "name": ask.text("name"), "project_id": ask.project, "description": tag_text(ask.tag) })
}

/// <https://docs.openstack.org/api-ref/network/v2/#show-security-group>
#[derive(Deserialize)]
struct SecurityGroup {
    #[serde(flatten)]
    common: Common,
    #[serde(default)]
    security_group_rules: Vec<Value>,
}

fn read(value: &Value) -> Option<Seen> {
    let group = SecurityGroup::deserialize(value).ok()?;
    Some(group.common.seen().with("rules", group.security_group_rules.len()))
}

/// <https://docs.openstack.org/api-ref/network/v2/#show-security-group-rule>
#[derive(Deserialize)]
struct Rule {
    id: String,
    project_id: Option<String>,
    direction: String,
    ethertype: String,
    protocol: Option<String>,
    port_range_min: Option<i64>,
    port_range_max: Option<i64>,
    remote_ip_prefix: Option<String>,
    remote_group_id: Option<String>,
}

fn read_rule(value: &Value) -> Option<Seen> {
    let rule = Rule::deserialize(value).ok()?;
    let protocol = rule.protocol.unwrap_or_else(|| "any".to_owned());
    let ports = match (rule.port_range_min, rule.port_range_max) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(one), _) | (_, Some(one)) => one.to_string(),
        (None, None) => String::new(),
    };
    let every = if rule.ethertype == "IPv6" { "::/0" } else { "0.0.0.0/0" };
    let remote = rule.remote_ip_prefix.or(rule.remote_group_id).unwrap_or_else(|| every.to_owned());
    // Rules have no name; this is what tells them apart where one is to be chosen.
    let name = [rule.direction.as_str(), protocol.as_str(), ports.as_str(), remote.as_str()];
    let name = name.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let seen = Seen::new(&rule.id, &name, rule.project_id.as_deref())
        .with("direction", if rule.direction == "egress" { "out" } else { "in" })
        .with("protocol", protocol)
        .with("ports", ports)
        .with("remote", remote)
        .with("ethertype", rule.ethertype);
    Some(seen)
}
