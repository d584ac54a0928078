//! Subnets.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::attributes::{Shape, fixed, free, needed, take_project};
use super::{Kind, PORTS, SUBNETS, address, bad, bad_request, conflict, networks, refuse, set_all};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) const KIND: Kind = Kind {
    one: "subnet",
    many: SUBNETS,
    path: "subnets",
    missing: ("SubnetNotFound", "Subnet ", " could not be found."),
    attributes: &[
        needed("network_id", Shape::Uuid),
        needed("ip_version", Shape::Any),
        fixed("cidr", Shape::Text),
        free("name", Shape::Text),
        free("description", Shape::Text),
        free("gateway_ip", Shape::Any),
        free("enable_dhcp", Shape::Flag),
        free("dns_nameservers", Shape::List),
        free("host_routes", Shape::List),
        free("allocation_pools", Shape::List),
        free("service_types", Shape::List),
        fixed("subnetpool_id", Shape::Any),
        fixed("prefixlen", Shape::Any),
        fixed("ipv6_ra_mode", Shape::Text),
        fixed("ipv6_address_mode", Shape::Text),
    ],
    filters: &["shared"],
    tagged: true,
    shared: with_its_network,
    view,
    create,
    update,
    delete,
};

fn with_its_network(call: &Call<'_>, row: &Row) -> bool {
    call.get(super::NETWORKS, row.text("network_id")).is_some_and(|network| networks::open_to_all(call, network))
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let external =
        call.get(super::NETWORKS, row.text("network_id")).is_some_and(|network| network.flag("router:external"));
    json!({
        "name": row.text("name"), "network_id": row.text("network_id"), "ip_version": row.number("ip_version"),
        "subnetpool_id": null, "enable_dhcp": row.value("enable_dhcp"), "ipv6_ra_mode": row.value("ipv6_ra_mode"),
        "ipv6_address_mode": row.value("ipv6_address_mode"), "gateway_ip": row.value("gateway_ip"),
        "cidr": row.text("cidr"), "allocation_pools": row.value("allocation_pools"),
        "host_routes": row.value("host_routes"), "dns_nameservers": row.value("dns_nameservers"),
        "description": row.text("description"), "router:external": external, "service_types": row.value("service_types"),
    })
}

fn input(message: &str) -> Answer {
    refuse::network(400, "InvalidInput", &format!("Invalid input for operation: {message}."))
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    let network_id = given["network_id"].as_str().unwrap_or_default().to_owned();
    let network = networks::KIND.find(call, &network_id)?;
    if !call.who.may(&network) {
        return Err(networks::KIND.missing(&network_id));
    }
    let asked = &given["ip_version"];
    let number = asked.as_i64().or_else(|| asked.as_str()?.parse().ok());
    let Some(version) = number.filter(|version| matches!(version, 4 | 6)) else {
        let message = format!("Invalid input for ip_version. Reason: {} is not in valid_values.", wire::python(asked));
        return Err(bad(&message));
    };
    for server in given.get("dns_nameservers").and_then(Value::as_array).into_iter().flatten() {
        let text = wire::python_bare(server);
        if text.parse::<IpAddr>().is_err() {
            let message = format!(
                "Invalid input for dns_nameservers. Reason: '{text}' is not a valid nameserver. '{text}' is not a valid IP address."
            );
            return Err(bad(&message));
        }
    }
    let Some(cidr) = given.get("cidr").and_then(Value::as_str) else {
        return Err(bad_request("subnets", "a subnetpool must be specified in the absence of a cidr."));
    };
    // Neutron cuts host bits off rather than refusing them.
    let net = cidr
        .parse::<IpNet>()
        .or_else(|error| cidr.parse::<IpAddr>().map(IpNet::from).map_err(|_| error))
        .map_err(|_| input(&format!("{cidr} is not in a CIDR format")))?
        .trunc();
    if (version == 4) != net.addr().is_ipv4() {
        return Err(input(&format!("cidr '{net}' does not match the ip_version '{version}'")));
    }
    if given.get("enable_dhcp") != Some(&Value::Bool(false)) {
        if net.network().is_unspecified() {
            let first = net.network();
            return Err(input(&format!("First IP '{first}' of network is not supported if enable_dhcp is True.")));
        }
        if net.max_prefix_len() - net.prefix_len() < 2 {
            return Err(input("Subnet has a prefix length that is incompatible with DHCP service enabled"));
        }
    }
    let overlaps = call
        .rows(SUBNETS)
        .filter(|subnet| subnet.text("network_id") == network_id)
        .filter_map(|subnet| subnet.text("cidr").parse::<IpNet>().ok())
        .any(|held| held.contains(&net) || net.contains(&held));
    if overlaps {
        return Err(input(&format!(
            "Requested subnet with cidr: {net} for network: {network_id} overlaps with another subnet"
        )));
    }
    let gateway = match given.get("gateway_ip") {
        None => address::first(&net).map(|ip| ip.to_string()),
        Some(Value::Null) => None,
        Some(value) => {
            let text = wire::python_bare(value);
            let ip: IpAddr = text.parse().map_err(|_| {
                bad(&format!("Invalid input for gateway_ip. Reason: '{text}' is not a valid IP address."))
            })?;
            Some(ip.to_string())
        }
    };
    let pools = match given.get("allocation_pools").and_then(Value::as_array).filter(|pools| !pools.is_empty()) {
        Some(pools) => {
            for pool in pools {
                address::check_pool(pool, &net)
                    .map_err(|why| refuse::network(400, "OutOfBoundsAllocationPool", &why))?;
            }
            pools.clone()
        }
        None => address::whole(&net, gateway.as_deref()),
    };
    let mut doc = fields! {
        "name": "", "description": "", "enable_dhcp": true, "dns_nameservers": [], "host_routes": [],
        "service_types": [], "tags": [], "revision": 0,
    };
    doc.extend(given);
    doc.extend(
        fields! {"cidr": net.to_string(), "gateway_ip": gateway, "allocation_pools": pools, "ip_version": version},
    );
    let row = call.insert_for(&project, SUBNETS, wire::uuid(), doc, Vec::new());
    super::touch(call, super::NETWORKS, &network_id);
    Ok(row)
}

fn update(call: &mut Call<'_>, row: &Row, given: Doc) -> Result<(), Answer> {
    set_all(call, SUBNETS, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    let used = call.rows(PORTS).any(|port| address::on(port, &row.id).next().is_some());
    if used {
        let message = format!(
            "Unable to complete operation on subnet {}: One or more ports have an IP allocation from this subnet.",
            row.id
        );
        return Err(conflict("SubnetInUse", &message));
    }
    super::touch(call, super::NETWORKS, row.text("network_id"));
    Ok(())
}
