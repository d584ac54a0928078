//! Floating IPs.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::attributes::{Shape, fixed, free, needed, take_project};
use super::ports::{Wanted, plug};
use super::{
    FLOATING, Kind, PORTS, SUBNETS, address, bad, bad_request, conflict, networks, ports, refuse, routers, set_all,
};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) const KIND: Kind = Kind {
    one: "floatingip",
    many: FLOATING,
    path: "floatingips",
    missing: ("FloatingIPNotFound", "Floating IP ", " could not be found"),
    attributes: &[
        needed("floating_network_id", Shape::Uuid),
        free("port_id", Shape::UuidOrNull),
        free("fixed_ip_address", Shape::Any),
        free("description", Shape::Text),
        fixed("floating_ip_address", Shape::Text),
        fixed("subnet_id", Shape::UuidOrNull),
        fixed("dns_name", Shape::Text),
        fixed("dns_domain", Shape::Text),
        free("qos_policy_id", Shape::UuidOrNull),
    ],
    filters: &["router_id"],
    tagged: true,
    shared: super::not_shared,
    view,
    create,
    update,
    delete,
};

/// What a floating IP without a port says.
pub(super) fn loose() -> Doc {
    fields! {"port_id": null, "router_id": null, "fixed_ip_address": null, "status": "DOWN"}
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let details = call.get(PORTS, row.text("port_id")).map(|port| {
        json!({
            "name": port.text("name"), "network_id": port.text("network_id"), "mac_address": port.text("mac_address"),
            "admin_state_up": port.value("admin_state_up"), "status": port.text("status"),
            "device_id": port.text("device_id"), "device_owner": port.text("device_owner"),
        })
    });
    json!({
        "floating_ip_address": row.text("floating_ip_address"), "floating_network_id": row.text("floating_network_id"),
        "router_id": row.value("router_id"), "port_id": row.value("port_id"),
        "fixed_ip_address": row.value("fixed_ip_address"), "status": row.text("status"),
        "description": row.text("description"), "qos_policy_id": row.value("qos_policy_id"), "port_details": details,
        "dns_domain": row.text("dns_domain"), "dns_name": row.text("dns_name"), "port_forwardings": [],
    })
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    let network = networks::KIND.find(call, given["floating_network_id"].as_str().unwrap_or_default())?;
    if !network.flag("router:external") {
        let message = format!("Network {} is not a valid external network.", network.id);
        return Err(bad_request("floatingip", &message));
    }
    let id = wire::uuid();
    let port = match given.get("port_id").and_then(Value::as_str) {
        None => None,
        Some(port) => Some(ports::KIND.find(call, port)?),
    };
    let wanted = given.get("floating_ip_address").and_then(Value::as_str).map(str::to_owned);
    let at = match wanted {
        None => None,
        Some(text) => Some(asked_address(call, &network, &text)?),
    };
    let fixed = given.get("fixed_ip_address").and_then(Value::as_str).map(str::to_owned);
    let holder = Wanted {
        project: "",
        network: &network,
        device_id: &id,
        device_owner: "network:floatingip",
        at,
        groups: Vec::new(),
        dns_name: "",
    };
    let held = plug(call, holder)?;
    let ip = held.doc["fixed_ips"][0]["ip_address"].as_str().unwrap_or_default().to_owned();
    let mut doc = fields! {"description": "", "dns_name": "", "dns_domain": "", "tags": [], "revision": 0};
    doc.extend(given);
    doc.extend(loose());
    doc.extend(fields! {"floating_ip_address": ip, "holder": held.id.clone()});
    if let Some(port) = port {
        match association(call, &id, &ip, &network.id, &port, fixed.as_deref()) {
            Ok(set) => doc.extend(set),
            Err(refusal) => {
                call.remove(PORTS, &held.id);
                return Err(refusal);
            }
        }
    }
    Ok(call.insert_for(&project, FLOATING, id, doc, Vec::new()))
}

fn asked_address(call: &Call<'_>, network: &Row, text: &str) -> Result<(Row, IpAddr), Answer> {
    let ip: IpAddr = text.parse().map_err(|_| {
        bad(&format!("Invalid input for floating_ip_address. Reason: '{text}' is not a valid IP address."))
    })?;
    let subnet = call
        .rows(SUBNETS)
        .find(|subnet| subnet.text("network_id") == network.id && address::is_free(call, subnet, ip))
        .cloned();
    subnet.map(|subnet| (subnet, ip)).ok_or_else(|| {
        conflict("IpAddressAlreadyAllocated", &format!("IP address {ip} already allocated on network {}", network.id))
    })
}

/// What a floating IP says once it leads to a port.
fn association(
    call: &Call<'_>,
    id: &str,
    ip: &str,
    external: &str,
    port: &Row,
    fixed: Option<&str>,
) -> Result<Doc, Answer> {
    let addresses = port.doc["fixed_ips"].as_array().cloned().unwrap_or_default();
    let chosen = match fixed {
        None => addresses.first(),
        Some(fixed) => addresses.iter().find(|held| held["ip_address"] == fixed),
    };
    let Some(chosen) = chosen else {
        let message = format!("Cannot add floating IP to port {} that has no fixed IPv4 addresses.", port.id);
        return Err(bad_request("floatingip", &message));
    };
    let (fixed, subnet) =
        (chosen["ip_address"].as_str().unwrap_or_default(), chosen["subnet_id"].as_str().unwrap_or_default());
    let taken = call.rows(FLOATING).any(|row| {
        row.id != id
            && row.text("port_id") == port.id
            && row.text("fixed_ip_address") == fixed
            && row.text("floating_network_id") == external
    });
    if taken {
        let message = format!(
            "Cannot associate floating IP {ip} ({id}) with port {} using fixed IP {fixed}, as that fixed IP already has a floating IP on external network {external}.",
            port.id
        );
        return Err(conflict("FloatingIPPortAlreadyAssociated", &message));
    }
    let router = routers::between(call, subnet, external).ok_or_else(|| {
        let message = format!(
            "External network {external} is not reachable from subnet {subnet}.  Therefore, cannot associate Port {} with a Floating IP.",
            port.id
        );
        refuse::network(404, "ExternalGatewayForFloatingIPNotFound", &message)
    })?;
    Ok(fields! {"port_id": port.id, "router_id": router, "fixed_ip_address": fixed, "status": "ACTIVE"})
}

fn update(call: &mut Call<'_>, row: &Row, mut given: Doc) -> Result<(), Answer> {
    let fixed = given.remove("fixed_ip_address").and_then(|ip| ip.as_str().map(str::to_owned));
    match given.remove("port_id") {
        None => {}
        Some(Value::String(port)) => {
            let port = ports::KIND.find(call, &port)?;
            let (ip, external) = (row.text("floating_ip_address"), row.text("floating_network_id"));
            given.extend(association(call, &row.id, ip, external, &port, fixed.as_deref())?);
        }
        Some(_) => given.extend(loose()),
    }
    set_all(call, FLOATING, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    call.remove(PORTS, row.text("holder"));
    Ok(())
}
