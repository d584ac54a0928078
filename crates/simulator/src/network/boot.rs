//! What Nova asks of Neutron for a server: which networks, which security groups, and ports on them.

use std::net::IpAddr;

use serde_json::Value;

use super::ports::{Wanted, default_group, plug};
use super::{GROUPS, NETWORKS, PORTS, SUBNETS, address, networks, quotas, set_all};
use crate::answer::{Answer, refuse};
use crate::call::{Call, fields};
use crate::store::Row;

/// One interface that a server shall have.
pub(crate) enum Nic {
    Network { network: Row, at: Option<(Row, IpAddr)> },
    Port(Row),
}

impl Nic {
    /// Whether the caller may see the network but not put a server on it.
    pub(crate) fn is_forbidden(&self, call: &Call<'_>) -> bool {
        matches!(self, Self::Network { network, .. } if network.flag("router:external") && !network.flag("shared") && !call.who.may(network))
    }
}

fn has_subnet(call: &Call<'_>, network: &Row) -> bool {
    call.rows(SUBNETS).any(|subnet| subnet.text("network_id") == network.id)
}

/// The network that is meant when none is named.
pub(crate) fn automatic(call: &Call<'_>) -> Result<Option<Nic>, Answer> {
    let mut usable = call
        .rows(NETWORKS)
        .filter(|row| call.who.owns(row) || row.flag("shared"))
        .filter(|row| !row.flag("router:external") || call.who.admin() && call.who.owns(row));
    match (usable.next(), usable.next()) {
        (Some(_), Some(_)) => {
            Err(refuse::fault(409, "Multiple possible networks found, use a Network ID to be more specific."))
        }
        (Some(network), None) => Ok(Some(Nic::Network { network: network.clone(), at: None })),
        (None, _) => Ok(None),
    }
}

/// The interface that one entry of `networks` means.
pub(crate) fn nic(call: &Call<'_>, asked: &Value) -> Result<Nic, Answer> {
    if let Some(id) = asked["port"].as_str() {
        let missing = || refuse::fault(400, &format!("Port id {id} could not be found."));
        let port = call.mine(PORTS, id).ok_or_else(missing)?;
        if !port.text("device_id").is_empty() {
            return Err(refuse::fault(409, &format!("Port {id} is still in use.")));
        }
        return Ok(Nic::Port(port.clone()));
    }
    let id = asked["uuid"].as_str().or(asked["net_id"].as_str()).unwrap_or_default();
    let network =
        networks::KIND.find(call, id).map_err(|_| refuse::fault(400, &format!("Network {id} could not be found.")))?;
    if !has_subnet(call, &network) {
        let message = format!("Network {id} requires a subnet in order to boot instances on.");
        return Err(refuse::fault(400, &message));
    }
    let at = match asked["fixed_ip"].as_str().or(asked["fixed_ips"][0]["ip_address"].as_str()) {
        None => None,
        Some(text) => {
            let used = || refuse::fault(400, &format!("Fixed IP {text} is already in use."));
            let ip: IpAddr =
                text.parse().map_err(|_| refuse::fault(400, &format!("Fixed IP {text} is not a valid address.")))?;
            let subnet = call
                .rows(SUBNETS)
                .find(|subnet| subnet.text("network_id") == id && address::is_free(call, subnet, ip))
                .ok_or_else(used)?;
            Some((subnet.clone(), ip))
        }
    };
    Ok(Nic::Network { network, at })
}

/// The ids of security groups given by name or id.
pub(crate) fn groups(call: &Call<'_>, asked: &[String]) -> Result<Vec<String>, Answer> {
    let find = |wanted: &String| {
        call.own_rows(GROUPS)
            .find(|row| row.id == *wanted || row.text("name") == wanted)
            .map(|row| row.id.clone())
            .ok_or_else(|| refuse::fault(400, &format!("Unable to find security_group with name or id '{wanted}'")))
    };
    asked.iter().map(find).collect()
}

/// Gives a server its interface; the answer is the port's id.
pub(crate) fn attach(call: &mut Call<'_>, server: &Row, nic: Nic, groups: &[String]) -> Result<String, Answer> {
    let name = server.text("hostname").to_owned();
    match nic {
        Nic::Port(port) => {
            let set = fields! {"device_id": server.id.clone(), "device_owner": "compute:nova", "status": "ACTIVE", "dns_name": name, "kept": true};
            set_all(call, PORTS, &port.id, set);
            Ok(port.id)
        }
        Nic::Network { network, at } => {
            quotas::check_ports(call).map_err(|_| refuse::fault(403, "Maximum number of ports exceeded"))?;
            let groups = if groups.is_empty() { default_group(call, &server.project) } else { groups.to_vec() };
            let wanted = Wanted {
                project: &server.project,
                network: &network,
                device_id: &server.id,
                device_owner: "compute:nova",
                at,
                groups,
                dns_name: &name,
            };
            let exhausted = |_| refuse::fault(400, "No fixed IP addresses available for network: ");
            plug(call, wanted).map(|port| port.id).map_err(exhausted)
        }
    }
}

/// Takes an interface away at that time: a port that was there before the server stays, without it.
pub(crate) fn detach_at(call: &mut Call<'_>, port: &str, at: i64) {
    if call.get(PORTS, port).is_some_and(|row| row.flag("kept")) {
        let set = fields! {"device_id": "", "device_owner": "", "status": "DOWN", "dns_name": "", "kept": false};
        call.change(PORTS, port, |row| row.then = vec![crate::store::Step { at, set, gone: false }]);
    } else {
        super::ports::unplug_at(call, port, at);
    }
}
