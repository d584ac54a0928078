//! Making a load balancer with its listeners, pools, members and monitors in one request.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::balancers::{KIND, whole};
use super::fields::{BALANCER, check};
use super::{
    BALANCERS, LISTENERS, MEMBERS, MONITORS, POOLS, body, fault, forbidden, from_network, invalid, members, outcome,
    parts,
};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::network::vip;
use crate::store::{Doc, Row, Step};
use crate::wire;

/// Puts what was given over what holds without it; a null counts as not given.
pub(super) fn lay_over(doc: &mut Doc, given: &Doc) {
    doc.extend(given.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())));
}

pub(super) fn check_quota(call: &Call<'_>, table: &str, name: &str, limit: i64, more: usize) -> Result<(), Answer> {
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    let used = i64::try_from(call.own_rows(table).count()).unwrap_or(i64::MAX);
    if more > 0 && Call::exceeds(limit, used, more) {
        return Err(fault(403, &format!("Quota has been met for resources: {name}")));
    }
    Ok(())
}

fn text<'d>(given: &'d Doc, key: &str) -> Option<&'d str> {
    given.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn objects(given: &Doc, key: &str) -> Vec<Doc> {
    let items = given.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_object().cloned()).collect()
}

/// Where the address of a load balancer comes from.
enum Place {
    Port(Row, Value),
    Subnet(Row, Option<IpAddr>),
}

fn place(call: &Call<'_>, given: &Doc) -> Result<Place, Answer> {
    let lost = |what: &str, id: &str| fault(400, &format!("{what} {id} not found."));
    let at = text(given, "vip_address").and_then(|text| text.parse::<IpAddr>().ok());
    if let Some(id) = text(given, "vip_port_id") {
        let port = vip::port(call, id).ok_or_else(|| lost("Port", id))?;
        let device = port.text("device_id");
        if !device.is_empty() {
            return Err(invalid(&format!("Port {id} is already used by device {device} ")));
        }
        let fixed = port.doc["fixed_ips"][0].clone();
        if fixed.is_null() {
            return Err(invalid(
                "VIP port's subnet could not be determined. Please specify either a VIP subnet or address.",
            ));
        }
        return Ok(Place::Port(port, fixed));
    }
    let wanted = text(given, "vip_subnet_id");
    let network = match text(given, "vip_network_id") {
        None => None,
        Some(id) => Some(vip::network(call, id).ok_or_else(|| lost("Network", id))?),
    };
    let subnet = match (wanted, network) {
        (Some(id), network) => {
            let subnet = vip::subnet(call, id).ok_or_else(|| lost("Subnet", id))?;
            if network.is_some_and(|(network, _)| subnet.text("network_id") != network.id) {
                return Err(lost("Subnet", id));
            }
            subnet
        }
        (None, Some((_, subnet))) => subnet.ok_or_else(|| invalid("Supplied network does not contain a subnet."))?,
        (None, None) => {
            return Err(invalid("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id."));
        }
    };
    Ok(Place::Subnet(subnet, at))
}

/// What shall be made below a load balancer.
struct Plan {
    pools: Vec<Doc>,
    /// With the name of the default pool.
    listeners: Vec<(Doc, Option<String>)>,
}

/// What of a default pool is no more than its name, which means a pool that is described elsewhere.
const NAME_ONLY: [&str; 3] = ["name", "admin_state_up", "tls_enabled"];

/// Listeners of these protocols need a port for themselves.
fn transport(protocol: &str) -> &str {
    if matches!(protocol, "UDP" | "SCTP") { protocol } else { "TCP" }
}

fn plan(given: &Doc) -> Result<Plan, Answer> {
    let mut plan = Plan { pools: objects(given, "pools"), listeners: Vec::new() };
    let mut named = Vec::new();
    for mut listener in objects(given, "listeners") {
        let Some(Value::Object(pool)) = listener.remove("default_pool") else {
            plan.listeners.push((listener, None));
            continue;
        };
        let name = text(&pool, "name")
            .ok_or_else(|| invalid("Pools must be named when creating a fully populated loadbalancer."))?
            .to_owned();
        if pool.keys().any(|key| !NAME_ONLY.contains(&key.as_str())) {
            plan.pools.push(pool);
        } else {
            named.push(name.clone());
        }
        plan.listeners.push((listener, Some(name)));
    }
    let mut names: Vec<&str> = plan.pools.iter().filter_map(|pool| text(pool, "name")).collect();
    if let Some(lost) = named.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(invalid(&format!("Pool '{lost}' was referenced but no full definition was found.")));
    }
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(invalid("Pool names must be unique when creating a fully populated loadbalancer."));
    }
    for pool in &plan.pools {
        for key in ["protocol", "lb_algorithm"] {
            if text(pool, key).is_none() {
                let name = text(pool, "name").unwrap_or("None");
                return Err(invalid(&format!("Pool definition for '{name}' missing required attribute: {key}")));
            }
        }
        let mut members = objects(pool, "members");
        while let Some(member) = members.pop() {
            let place = |member: &Doc| (member.get("address").cloned(), member.get("protocol_port").cloned());
            if members.iter().any(|other| place(other) == place(&member)) {
                return Err(members::taken(&member));
            }
        }
    }
    for (at, (listener, _)) in plan.listeners.iter().enumerate() {
        let protocol = text(listener, "protocol").unwrap_or_default();
        let port = &listener["protocol_port"];
        let same = |(other, _): &(Doc, Option<String>)| {
            other["protocol_port"] == *port
                && transport(text(other, "protocol").unwrap_or_default()) == transport(protocol)
        };
        if plan.listeners[..at].iter().any(same) {
            return Err(fault(
                409,
                &format!(
                    "Another Listener on this Load Balancer is already using protocol {protocol} and protocol_port {port}"
                ),
            ));
        }
    }
    Ok(plan)
}

/// What Octavia could do and nobody here can.
fn check_options(given: &Doc) -> Result<(), Answer> {
    if text(given, "flavor_id").is_some() {
        return Err(invalid("Invalid flavor_id."));
    }
    if text(given, "availability_zone").is_some() {
        return Err(invalid("Invalid availability zone."));
    }
    if let Some(provider) = text(given, "provider").filter(|name| !matches!(*name, "amphora" | "octavia")) {
        return Err(fault(400, &format!("Provider '{provider}' is not enabled.")));
    }
    let mut holders = objects(given, "listeners");
    holders.push(given.clone());
    for option in ["l7policies", "additional_vips"] {
        if holders.iter().any(|holder| !objects(holder, option).is_empty()) {
            let message = format!("Provider 'amphora' does not support a requested option: {option}");
            return Err(fault(501, &message));
        }
    }
    Ok(())
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let given = body(call, KIND.one)?;
    check("load_balancer.loadbalancer", BALANCER, &given)?;
    let project = text(&given, "project_id").or(text(&given, "tenant_id"));
    if project.is_some_and(|project| project != call.who.project) {
        return Err(forbidden());
    }
    let place = place(call, &given)?;
    check_options(&given)?;
    check_quota(call, BALANCERS, KIND.name, call.quotas.load_balancers, 1)?;
    let id = wire::uuid();
    // The address is taken first. Of a request that is refused after that, Octavia leaves the port behind.
    let (port, fixed, own) = match place {
        Place::Port(port, fixed) => (port, fixed, false),
        Place::Subnet(subnet, at) => {
            let port = vip::take(call, &id, &subnet, at).map_err(|refusal| from_network(&refusal))?;
            let fixed = port.doc["fixed_ips"][0].clone();
            (port, fixed, true)
        }
    };
    let plan = plan(&given)?;
    check_quota(call, POOLS, parts::POOL.name, call.quotas.pools, plan.pools.len())?;
    check_quota(call, LISTENERS, parts::LISTENER.name, call.quotas.listeners, plan.listeners.len())?;
    let members = plan.pools.iter().map(|pool| objects(pool, "members").len()).sum();
    check_quota(call, MEMBERS, "Member", call.quotas.members, members)?;
    let monitors = plan.pools.iter().filter(|pool| pool.get("healthmonitor").is_some_and(Value::is_object)).count();
    check_quota(call, MONITORS, parts::MONITOR.name, call.quotas.health_monitors, monitors)?;
    if !own {
        vip::lend(call, &id, &port.id);
    }
    let mut doc = fields! {"name": "", "description": "", "admin_state_up": true, "tags": [], "vip_sg_ids": []};
    lay_over(&mut doc, &given);
    for key in ["listeners", "pools", "project_id", "tenant_id", "additional_vips"] {
        doc.remove(key);
    }
    doc.extend(fields! {
        "provider": "amphora", "vip_address": fixed["ip_address"], "vip_subnet_id": fixed["subnet_id"],
        "vip_network_id": port.value("network_id"), "vip_port_id": port.id, "vip_vnic_type": "normal",
        "own_port": own, "provisioning_status": "PENDING_CREATE", "operating_status": "OFFLINE",
    });
    let then = outcome(call);
    let row = call.insert(BALANCERS, id, doc, then.clone());
    let pools: Vec<(Option<String>, String)> = plan
        .pools
        .into_iter()
        .map(|pool| (text(&pool, "name").map(str::to_owned), new_pool(call, &row.id, &pool, &then)))
        .collect();
    for (listener, name) in plan.listeners {
        let pool = pools.iter().find(|(held, _)| name.is_some() && *held == name).map(|(_, id)| id.as_str());
        new_listener(call, &row.id, &listener, pool, &then);
    }
    Ok(Answer::json(201, json!({"loadbalancer": whole(call, &row)})))
}

fn new_pool(call: &mut Call<'_>, balancer: &str, given: &Doc, then: &[Step]) -> String {
    let mut doc = fields! {"name": "", "description": "", "admin_state_up": true, "tags": [], "tls_enabled": false};
    lay_over(&mut doc, given);
    let members = objects(given, "members");
    let monitor = doc.remove("healthmonitor");
    doc.remove("members");
    if let Some(Value::Object(asked)) = doc.get("session_persistence") {
        let mut held = fields! {
            "type": null, "cookie_name": null, "persistence_timeout": null, "persistence_granularity": null,
        };
        lay_over(&mut held, asked);
        doc.insert("session_persistence".to_owned(), held.into());
    }
    doc.extend(fields! {
        "load_balancer_id": balancer, "provisioning_status": "PENDING_CREATE", "operating_status": "OFFLINE",
    });
    let id = call.insert(POOLS, wire::uuid(), doc, then.to_vec()).id;
    for member in members {
        call.insert(MEMBERS, wire::uuid(), members::new(&id, &member), then.to_vec());
    }
    if let Some(Value::Object(monitor)) = monitor {
        new_monitor(call, &id, &monitor, then);
    }
    id
}

fn new_monitor(call: &mut Call<'_>, pool: &str, given: &Doc, then: &[Step]) {
    let mut doc = fields! {"name": "", "admin_state_up": true, "tags": [], "max_retries_down": 3};
    if matches!(text(given, "type"), Some("HTTP" | "HTTPS")) {
        doc.extend(fields! {"http_method": "GET", "url_path": "/", "expected_codes": "200"});
    }
    lay_over(&mut doc, given);
    doc.extend(fields! {
        "pool_id": pool, "provisioning_status": "PENDING_CREATE", "operating_status": "OFFLINE",
    });
    let mut then = then.to_vec();
    for step in then.iter_mut().filter(|step| step.set["provisioning_status"] == "ACTIVE") {
        step.set.insert("operating_status".to_owned(), json!("ONLINE"));
    }
    call.insert(MONITORS, wire::uuid(), doc, then);
}

fn new_listener(call: &mut Call<'_>, balancer: &str, given: &Doc, pool: Option<&str>, then: &[Step]) {
    let mut doc = fields! {
        "name": "", "description": "", "admin_state_up": true, "tags": [], "connection_limit": -1,
        "sni_container_refs": [], "insert_headers": {}, "timeout_client_data": 50_000, "timeout_member_connect": 5000,
        "timeout_member_data": 50_000, "timeout_tcp_inspect": 0, "client_authentication": "NONE",
        "hsts_include_subdomains": false, "hsts_preload": false,
    };
    lay_over(&mut doc, given);
    if let Some(pool) = pool {
        doc.insert("default_pool_id".to_owned(), json!(pool));
    }
    doc.extend(fields! {
        "l7policies": [], "load_balancer_id": balancer, "provisioning_status": "PENDING_CREATE",
        "operating_status": "OFFLINE",
    });
    call.insert(LISTENERS, wire::uuid(), doc, then.to_vec());
}
