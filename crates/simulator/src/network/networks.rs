//! Networks.

use serde_json::{Value, json};

use super::attributes::{Shape, fixed, free, take_project};
use super::{Kind, NETWORKS, PORTS, SUBNETS, conflict, set_all};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) const KIND: Kind = Kind {
    one: "network",
    many: NETWORKS,
    path: "networks",
    missing: ("NetworkNotFound", "Network ", " could not be found."),
    attributes: &[
        free("name", Shape::Text),
        free("description", Shape::Text),
        free("admin_state_up", Shape::Flag),
        free("shared", Shape::Flag),
        free("router:external", Shape::Flag),
        free("port_security_enabled", Shape::Flag),
        free("dns_domain", Shape::Text),
        free("mtu", Shape::Any),
        free("is_default", Shape::Flag),
        free("qos_policy_id", Shape::UuidOrNull),
        fixed("availability_zone_hints", Shape::List),
        fixed("vlan_transparent", Shape::Any),
        fixed("provider:network_type", Shape::Text),
        fixed("provider:physical_network", Shape::Text),
        fixed("provider:segmentation_id", Shape::Any),
    ],
    filters: &["provider:network_type", "provider:physical_network", "provider:segmentation_id", "is_default"],
    tagged: true,
    shared: open_to_all,
    view,
    create,
    update,
    delete,
};

/// Shared and external networks are everybody's to see.
pub(super) fn open_to_all(_: &Call<'_>, row: &Row) -> bool {
    row.flag("shared") || row.flag("router:external")
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let subnets: Vec<&str> = call
        .rows(SUBNETS)
        .filter(|subnet| subnet.text("network_id") == row.id)
        .map(|subnet| subnet.id.as_str())
        .collect();
    let external = row.flag("router:external");
    let mut value = json!({
        "name": row.text("name"), "admin_state_up": row.value("admin_state_up"), "mtu": row.number("mtu"),
        "status": "ACTIVE", "subnets": subnets, "shared": row.flag("shared"), "availability_zone_hints": [],
        "availability_zones": [], "ipv4_address_scope": null, "ipv6_address_scope": null,
        "router:external": external, "qinq": false, "vlan_transparent": false,
        "description": row.text("description"), "port_security_enabled": row.value("port_security_enabled"),
        "qos_policy_id": row.value("qos_policy_id"), "dns_domain": row.text("dns_domain"), "l2_adjacency": true,
    });
    if external {
        value["is_default"] = json!(row.flag("is_default"));
    }
    if call.who.admin() {
        value["provider:network_type"] = json!("vxlan");
        value["provider:physical_network"] = Value::Null;
        value["provider:segmentation_id"] = json!(row.number("segment"));
    }
    value
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    let segment = 1 + call.rows(NETWORKS).map(|row| row.number("segment")).max().unwrap_or(1000);
    let mut doc = fields! {
        "name": "", "description": "", "admin_state_up": true, "shared": false, "router:external": false,
        "port_security_enabled": true, "dns_domain": "", "mtu": 1450, "tags": [], "revision": 1, "segment": segment,
    };
    doc.extend(given);
    Ok(call.insert_for(&project, NETWORKS, wire::uuid(), doc, Vec::new()))
}

fn update(call: &mut Call<'_>, row: &Row, given: Doc) -> Result<(), Answer> {
    set_all(call, NETWORKS, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    let ports: Vec<&str> =
        call.rows(PORTS).filter(|port| port.text("network_id") == row.id).map(|port| port.id.as_str()).collect();
    if !ports.is_empty() {
        let message = format!(
            "Unable to complete operation on network {}. There are one or more ports still in use on the network, id for these ports is: {}.",
            row.id,
            ports.join(",")
        );
        return Err(conflict("NetworkInUse", &message));
    }
    let subnets: Vec<String> = call
        .rows(SUBNETS)
        .filter(|subnet| subnet.text("network_id") == row.id)
        .map(|subnet| subnet.id.clone())
        .collect();
    for subnet in subnets {
        call.remove(SUBNETS, &subnet);
    }
    Ok(())
}
