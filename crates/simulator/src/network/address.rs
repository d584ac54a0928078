//! Which addresses a subnet has, and which of them are free.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use serde_json::{Value, json};

use super::PORTS;
use crate::call::Call;
use crate::store::Row;

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u32::from(ip).into(),
        IpAddr::V6(ip) => ip.into(),
    }
}

fn address(number: u128, like: IpAddr) -> Option<IpAddr> {
    match like {
        IpAddr::V4(_) => u32::try_from(number).ok().map(|number| Ipv4Addr::from(number).into()),
        IpAddr::V6(_) => Some(Ipv6Addr::from(number).into()),
    }
}

/// The usable addresses of a network, from and to: without its own and the broadcast address, where it has them.
fn usable(net: &IpNet) -> (u128, u128) {
    let (from, to) = (number(net.network()), number(net.broadcast()));
    if to - from < 2 { (from, to) } else { (from + 1, if net.addr().is_ipv4() { to - 1 } else { to }) }
}

/// The address that Neutron gives to the gateway.
pub(super) fn first(net: &IpNet) -> Option<IpAddr> {
    address(usable(net).0, net.addr())
}

/// The pools of a subnet for which none are asked: everything but the gateway.
pub(super) fn whole(net: &IpNet, gateway: Option<&str>) -> Vec<Value> {
    let (from, to) = usable(net);
    let gateway = gateway.and_then(|text| text.parse::<IpAddr>().ok()).map(number);
    let mut ranges = match gateway {
        Some(gateway) if gateway >= from && gateway <= to => vec![(from, gateway.saturating_sub(1)), (gateway + 1, to)],
        _ => vec![(from, to)],
    };
    ranges.retain(|(from, to)| from <= to);
    ranges
        .into_iter()
        .filter_map(|(from, to)| {
            let (start, end) = (address(from, net.addr())?, address(to, net.addr())?);
            Some(json!({"start": start.to_string(), "end": end.to_string()}))
        })
        .collect()
}

fn bounds(pool: &Value) -> Option<(IpAddr, IpAddr)> {
    Some((pool["start"].as_str()?.parse().ok()?, pool["end"].as_str()?.parse().ok()?))
}

pub(super) fn check_pool(pool: &Value, net: &IpNet) -> Result<(), String> {
    match bounds(pool) {
        Some((start, end)) if net.contains(&start) && net.contains(&end) && start <= end => Ok(()),
        Some((start, end)) => Err(format!("The allocation pool {start}-{end} spans beyond the subnet cidr {net}.")),
        None => Err("An allocation pool needs the addresses start and end.".to_owned()),
    }
}

/// The addresses that a port has on a subnet.
pub(super) fn on<'r>(port: &'r Row, subnet: &'r str) -> impl Iterator<Item = &'r str> {
    port.doc
        .get("fixed_ips")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(move |ip| ip["subnet_id"] == subnet)
        .filter_map(|ip| ip["ip_address"].as_str())
}

/// Whether an address belongs to a subnet and nobody has it.
pub(super) fn is_free(call: &Call<'_>, subnet: &Row, ip: IpAddr) -> bool {
    let text = ip.to_string();
    subnet.text("cidr").parse::<IpNet>().is_ok_and(|net| net.contains(&ip))
        && !call.rows(PORTS).any(|port| on(port, &subnet.id).any(|held| held == text))
}

/// The lowest address of the pools of a subnet that nobody has.
pub(super) fn take(call: &Call<'_>, subnet: &Row) -> Option<IpAddr> {
    let network = subnet.text("network_id");
    let held: HashSet<&str> = call
        .rows(PORTS)
        .filter(|port| port.text("network_id") == network)
        .flat_map(|port| on(port, &subnet.id))
        .collect();
    let pools = subnet.doc.get("allocation_pools").and_then(Value::as_array)?;
    pools.iter().filter_map(bounds).find_map(|(start, end)| {
        (number(start)..=number(end))
            .filter_map(|at| address(at, start))
            .find(|ip| !held.contains(ip.to_string().as_str()))
    })
}
