//! What Octavia asks of Neutron: whether something is there, and a port for the address of a load balancer.

use std::net::IpAddr;

use super::ports::{Wanted, plug, unplug_at};
use super::{NETWORKS, PORTS, SUBNETS, address, conflict, networks, ports, quotas, set_all, subnets};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Row, Step};

/// A subnet that the caller may see.
pub(crate) fn subnet(call: &Call<'_>, id: &str) -> Option<Row> {
    subnets::KIND.find(call, id).ok()
}

/// A network that the caller may see, and the subnet of it that an address is taken from: IPv4 if there is one.
pub(crate) fn network(call: &Call<'_>, id: &str) -> Option<(Row, Option<Row>)> {
    let network = networks::KIND.find(call, id).ok()?;
    let mut subnets: Vec<&Row> = call.rows(SUBNETS).filter(|subnet| subnet.text("network_id") == id).collect();
    subnets.sort_by_key(|subnet| subnet.number("ip_version"));
    let first = subnets.first().map(|subnet| (*subnet).clone());
    Some((network, first))
}

/// A port that the caller may see.
pub(crate) fn port(call: &Call<'_>, id: &str) -> Option<Row> {
    ports::KIND.find(call, id).ok()
}

/// Makes the port of a load balancer, at this address or the next free one.
pub(crate) fn take(call: &mut Call<'_>, balancer: &str, subnet: &Row, at: Option<IpAddr>) -> Result<Row, Answer> {
    quotas::check_ports(call)?;
    let id = subnet.text("network_id");
    let network = call.get(NETWORKS, id).cloned().ok_or_else(|| networks::KIND.missing(id))?;
    let ip = match at {
        Some(ip) if !address::is_free(call, subnet, ip) => {
            let message = format!("IP address {ip} already allocated in subnet {}", subnet.id);
            return Err(conflict("IpAddressAlreadyAllocated", &message));
        }
        Some(ip) => ip,
        None => address::take(call, subnet).ok_or_else(|| {
            let message = format!("No more IP addresses available on network {id}.");
            conflict("IpAddressGenerationFailure", &message)
        })?,
    };
    let project = call.who.project.clone();
    let device = format!("lb-{balancer}");
    let wanted = Wanted {
        project: &project,
        network: &network,
        device_id: &device,
        device_owner: "Octavia",
        at: Some((subnet.clone(), ip)),
        groups: ports::default_group(call, &project),
        dns_name: "",
    };
    let port = plug(call, wanted)?;
    // It carries no traffic itself: the machines that balance have ports of their own.
    let set = fields! {"name": format!("octavia-lb-{balancer}"), "admin_state_up": false, "status": "DOWN"};
    set_all(call, PORTS, &port.id, set);
    Ok(port)
}

/// Gives a port of the caller's to a load balancer.
pub(crate) fn lend(call: &mut Call<'_>, balancer: &str, port: &str) {
    set_all(call, PORTS, port, fields! {"device_id": format!("lb-{balancer}"), "device_owner": "Octavia"});
}

/// Takes the port from a load balancer at that time: one that was made for it goes with it.
pub(crate) fn release_at(call: &mut Call<'_>, port: &str, made: bool, at: i64) {
    if made {
        unplug_at(call, port, at);
    } else {
        let set = fields! {"device_id": "", "device_owner": ""};
        call.change(PORTS, port, |row| row.then = vec![Step { at, set, gone: false }]);
    }
}
