//! The rules of security groups.

use ipnet::IpNet;
use serde_json::{Value, json};

use super::attributes::{Shape, fixed, free, needed, take_project};
use super::{Kind, RULES, bad, conflict, groups, refuse, set_all};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) const KIND: Kind = Kind {
    one: "security_group_rule",
    many: RULES,
    path: "security-group-rules",
    missing: ("SecurityGroupRuleNotFound", "Security group rule ", " does not exist"),
    attributes: &[
        needed("security_group_id", Shape::Uuid),
        needed("direction", Shape::Text),
        fixed("ethertype", Shape::Text),
        fixed("protocol", Shape::Any),
        fixed("port_range_min", Shape::Any),
        fixed("port_range_max", Shape::Any),
        fixed("remote_ip_prefix", Shape::Any),
        fixed("remote_group_id", Shape::UuidOrNull),
        fixed("remote_address_group_id", Shape::UuidOrNull),
        free("description", Shape::Text),
    ],
    filters: &[],
    tagged: false,
    shared: super::not_shared,
    view,
    create,
    update,
    delete,
};

/// What makes two rules the same.
const IDENTITY: [&str; 8] = [
    "security_group_id",
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
];

fn view(_: &Call<'_>, row: &Row) -> Value {
    let prefix = row.value("remote_ip_prefix");
    let normal = prefix.as_str().and_then(|text| text.parse::<IpNet>().ok()).map(|net| net.trunc().to_string());
    json!({
        "security_group_id": row.text("security_group_id"), "ethertype": row.text("ethertype"),
        "direction": row.text("direction"), "protocol": row.value("protocol"),
        "port_range_min": row.value("port_range_min"), "port_range_max": row.value("port_range_max"),
        "remote_ip_prefix": prefix, "remote_address_group_id": null, "normalized_cidr": normal,
        "remote_group_id": row.value("remote_group_id"), "belongs_to_default_sg": row.flag("of_default"),
        "description": row.value("description"),
    })
}

fn invalid(name: &str, value: &Value, reason: &str) -> Answer {
    bad(&format!("Invalid input for {name}. Reason: '{}' {reason}.", wire::python_bare(value)))
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    let group = groups::KIND.find_own(call, given["security_group_id"].as_str().unwrap_or_default(), "update")?;
    let direction = &given["direction"];
    if direction != "ingress" && direction != "egress" {
        return Err(invalid("direction", direction, "is not in ['ingress', 'egress']"));
    }
    let mut doc = fields! {
        "ethertype": "IPv4", "protocol": null, "port_range_min": null, "port_range_max": null,
        "remote_ip_prefix": null, "remote_group_id": null, "description": "", "revision": 0,
        "of_default": group.text("name") == "default",
    };
    doc.extend(given);
    for name in ["port_range_min", "port_range_max"] {
        let value = &doc[name];
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        match number {
            Some(number @ 0..=65535) => {
                doc.insert(name.to_owned(), number.into());
            }
            None if value.is_null() => {}
            _ => return Err(invalid(name, value, "is not a valid port number")),
        }
    }
    if let (Some(min), Some(max)) = (doc["port_range_min"].as_i64(), doc["port_range_max"].as_i64()) {
        if doc["protocol"].is_null() {
            return Err(refuse::network(
                400,
                "SecurityGroupProtocolRequiredWithPorts",
                "Must also specify protocol if port range is given.",
            ));
        }
        if min > max && doc["protocol"] != "icmp" {
            return Err(refuse::network(
                400,
                "SecurityGroupInvalidPortRange",
                "For TCP/UDP protocols, port_range_min must be <= port_range_max",
            ));
        }
    }
    if let Some(prefix) = doc["remote_ip_prefix"].as_str()
        && prefix.parse::<IpNet>().is_err()
    {
        return Err(invalid("remote_ip_prefix", &doc["remote_ip_prefix"], "is not a valid IP subnet"));
    }
    if let Some(remote) = doc["remote_group_id"].as_str() {
        groups::KIND.find(call, remote)?;
    }
    let same = |rule: &&Row| IDENTITY.iter().all(|name| rule.value(name) == doc[*name]);
    if let Some(rule) = call.rows(RULES).find(same) {
        let message = format!("Security group rule already exists. Rule id is {}.", rule.id);
        return Err(conflict("SecurityGroupRuleExists", &message));
    }
    super::touch(call, super::GROUPS, &group.id);
    Ok(call.insert_for(&project, RULES, wire::uuid(), doc, Vec::new()))
}

fn update(call: &mut Call<'_>, row: &Row, given: Doc) -> Result<(), Answer> {
    set_all(call, RULES, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    super::touch(call, super::GROUPS, row.text("security_group_id"));
    Ok(())
}
