//! Ports: those that people ask for, and those that servers, routers and floating IPs have.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::attributes::{Shape, fixed, free, needed, take_project};
use super::{FLOATING, GROUPS, Kind, PORTS, SUBNETS, address, bad, conflict, disallowed, networks, refuse, set_all};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row, Step};
use crate::wire;

pub(crate) const KIND: Kind = Kind {
    one: "port",
    many: PORTS,
    path: "ports",
    missing: ("PortNotFound", "Port ", " could not be found."),
    attributes: &[
        needed("network_id", Shape::Uuid),
        free("name", Shape::Text),
        free("description", Shape::Text),
        free("admin_state_up", Shape::Flag),
        free("device_id", Shape::Text),
        free("device_owner", Shape::Text),
        free("fixed_ips", Shape::List),
        free("security_groups", Shape::List),
        free("allowed_address_pairs", Shape::List),
        free("extra_dhcp_opts", Shape::Any),
        free("port_security_enabled", Shape::Flag),
        free("dns_name", Shape::Text),
        free("qos_policy_id", Shape::UuidOrNull),
        free("binding:vnic_type", Shape::Text),
        free("binding:host_id", Shape::Any),
        free("binding:profile", Shape::Any),
        fixed("mac_address", Shape::Text),
    ],
    filters: &["ip_allocation"],
    tagged: true,
    shared: super::not_shared,
    view,
    create,
    update,
    delete,
};

/// How a port that the cloud makes for something shall be.
pub(crate) struct Wanted<'a> {
    pub(crate) project: &'a str,
    pub(crate) network: &'a Row,
    pub(crate) device_id: &'a str,
    pub(crate) device_owner: &'a str,
    /// A particular address on a particular subnet; otherwise the next free one.
    pub(crate) at: Option<(Row, IpAddr)>,
    pub(crate) groups: Vec<String>,
    pub(crate) dns_name: &'a str,
}

fn mac() -> String {
    let bytes = wire::random(1);
    format!("fa:16:3e:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2])
}

fn exhausted(network: &str) -> Answer {
    conflict("IpAddressGenerationFailure", &format!("No more IP addresses available on network {network}."))
}

/// The address that a new port on a network gets: on its first subnet that has one left. A network without subnets has
/// ports without addresses.
fn next_address(call: &Call<'_>, network: &str) -> Result<Vec<Value>, Answer> {
    let mut some = false;
    for subnet in call.rows(SUBNETS).filter(|subnet| subnet.text("network_id") == network) {
        some = true;
        if let Some(ip) = address::take(call, subnet) {
            return Ok(vec![json!({"subnet_id": subnet.id, "ip_address": ip.to_string()})]);
        }
    }
    if some { Err(exhausted(network)) } else { Ok(Vec::new()) }
}

/// Makes a port for something of the cloud.
pub(crate) fn plug(call: &mut Call<'_>, wanted: Wanted<'_>) -> Result<Row, Answer> {
    let fixed_ips = match &wanted.at {
        Some((subnet, ip)) => vec![json!({"subnet_id": subnet.id, "ip_address": ip.to_string()})],
        None => next_address(call, &wanted.network.id)?,
    };
    let active = !wanted.device_id.is_empty() && wanted.device_owner != "network:floatingip";
    let doc = fields! {
        "name": "", "description": "", "network_id": wanted.network.id.clone(), "admin_state_up": true,
        "status": if active { "ACTIVE" } else { "DOWN" }, "device_id": wanted.device_id,
        "device_owner": wanted.device_owner, "fixed_ips": fixed_ips, "mac_address": mac(),
        "security_groups": wanted.groups.clone(), "port_security_enabled": !wanted.device_owner.starts_with("network:"),
        "dns_name": wanted.dns_name, "tags": [], "revision": 1, "allowed_address_pairs": [],
    };
    Ok(call.insert_for(wanted.project, PORTS, wire::uuid(), doc, Vec::new()))
}

/// Lets a port vanish, and its floating IP go free, at that time.
pub(crate) fn unplug_at(call: &mut Call<'_>, id: &str, at: i64) {
    call.change(PORTS, id, |row| row.then = vec![Step { at, set: Doc::new(), gone: true }]);
    for floating in floating_ips_of(call, id) {
        call.change(FLOATING, &floating, |row| {
            row.then = vec![Step { at, set: super::floating::loose(), gone: false }];
        });
    }
}

fn floating_ips_of(call: &Call<'_>, port: &str) -> Vec<String> {
    call.rows(FLOATING).filter(|row| row.text("port_id") == port).map(|row| row.id.clone()).collect()
}

/// Removes a port now, and frees its floating IPs.
pub(crate) fn unplug(call: &mut Call<'_>, id: &str) {
    for floating in floating_ips_of(call, id) {
        call.change(FLOATING, &floating, |row| row.doc.extend(super::floating::loose()));
    }
    call.remove(PORTS, id);
}

/// The security group that a project's ports get when none is named.
pub(crate) fn default_group(call: &Call<'_>, project: &str) -> Vec<String> {
    call.rows(GROUPS)
        .filter(|row| row.project == project && row.text("name") == "default")
        .map(|row| row.id.clone())
        .collect()
}

fn view(_: &Call<'_>, row: &Row) -> Value {
    let fixed_ips = row.value("fixed_ips");
    let name = row.text("dns_name");
    let assignment: Vec<Value> = fixed_ips
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|ip| ip["ip_address"].as_str())
        .map(|ip| {
            let host = if name.is_empty() { format!("host-{}", ip.replace(['.', ':'], "-")) } else { name.to_owned() };
            json!({"ip_address": ip, "hostname": host, "fqdn": format!("{host}.cloud.internal.")})
        })
        .collect();
    json!({
        "name": row.text("name"), "network_id": row.text("network_id"), "mac_address": row.text("mac_address"),
        "admin_state_up": row.value("admin_state_up"), "status": row.text("status"), "device_id": row.text("device_id"),
        "device_owner": row.text("device_owner"), "fixed_ips": fixed_ips,
        "allowed_address_pairs": row.value("allowed_address_pairs"), "extra_dhcp_opts": [],
        "security_groups": row.value("security_groups"), "description": row.text("description"),
        "binding:vnic_type": "normal", "port_security_enabled": row.value("port_security_enabled"),
        "qos_policy_id": row.value("qos_policy_id"), "qos_network_policy_id": null, "dns_name": name,
        "dns_assignment": assignment, "ip_allocation": "immediate",
    })
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    let network = networks::KIND.find(call, given["network_id"].as_str().unwrap_or_default())?;
    if !call.who.may(&network) && !network.flag("shared") {
        return Err(disallowed("rule:create_port"));
    }
    check_groups(call, &given)?;
    let fixed_ips = match given.get("fixed_ips").and_then(Value::as_array).filter(|ips| !ips.is_empty()) {
        None => next_address(call, &network.id)?,
        Some(asked) => {
            let mut given = Vec::with_capacity(asked.len());
            for ip in asked {
                given.push(asked_address(call, &network.id, ip)?);
            }
            given
        }
    };
    let groups = default_group(call, &project);
    let mut doc = fields! {
        "name": "", "description": "", "admin_state_up": true, "status": "DOWN", "device_id": "", "device_owner": "",
        "mac_address": mac(), "security_groups": groups, "port_security_enabled": true, "dns_name": "", "tags": [],
        "revision": 1, "allowed_address_pairs": [],
    };
    doc.extend(given);
    doc.insert("fixed_ips".to_owned(), fixed_ips.into());
    Ok(call.insert_for(&project, PORTS, wire::uuid(), doc, Vec::new()))
}

fn check_groups(call: &Call<'_>, given: &Doc) -> Result<(), Answer> {
    for group in given.get("security_groups").and_then(Value::as_array).into_iter().flatten() {
        super::groups::KIND.find(call, group.as_str().unwrap_or_default())?;
    }
    Ok(())
}

fn asked_address(call: &Call<'_>, network: &str, asked: &Value) -> Result<Value, Answer> {
    let subnets = || call.rows(SUBNETS).filter(|subnet| subnet.text("network_id") == network);
    let ip =
        match asked["ip_address"].as_str() {
            None => None,
            Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
                bad(&format!("Invalid input for fixed_ips. Reason: '{text}' is not a valid IP address."))
            })?),
        };
    let subnet = match asked["subnet_id"].as_str() {
        Some(id) => subnets().find(|subnet| subnet.id == id),
        None => subnets().find(|subnet| {
            let net = subnet.text("cidr").parse::<ipnet::IpNet>();
            ip.is_none_or(|ip| net.is_ok_and(|net| net.contains(&ip)))
        }),
    }
    .ok_or_else(|| {
        refuse::network(400, "InvalidInput", "Invalid input for operation: IP address is not a valid IP for any of the subnets on the specified network.")
    })?;
    let ip = match ip {
        None => address::take(call, subnet).ok_or_else(|| exhausted(network))?,
        Some(ip) if address::is_free(call, subnet, ip) => ip,
        Some(ip) => {
            let message = format!("IP address {ip} already allocated in subnet {}", subnet.id);
            return Err(conflict("IpAddressAlreadyAllocated", &message));
        }
    };
    Ok(json!({"subnet_id": subnet.id, "ip_address": ip.to_string()}))
}

fn update(call: &mut Call<'_>, row: &Row, mut given: Doc) -> Result<(), Answer> {
    check_groups(call, &given)?;
    if let Some(asked) = given.get("fixed_ips").and_then(Value::as_array) {
        let mut kept = Vec::with_capacity(asked.len());
        for ip in asked {
            let held = row.doc.get("fixed_ips").and_then(Value::as_array).into_iter().flatten().find(|held| {
                held["ip_address"] == ip["ip_address"]
                    && (ip["subnet_id"].is_null() || ip["subnet_id"] == held["subnet_id"])
            });
            kept.push(match held {
                Some(held) => held.clone(),
                None => asked_address(call, row.text("network_id"), ip)?,
            });
        }
        given.insert("fixed_ips".to_owned(), kept.into());
    }
    set_all(call, PORTS, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    let owner = row.text("device_owner");
    if owner.starts_with("network:router") || owner == "network:floatingip" {
        let message = format!("Port {} cannot be deleted directly via the port API: has device owner {owner}.", row.id);
        return Err(conflict("ServicePortInUse", &message));
    }
    unplug(call, &row.id);
    Ok(())
}
