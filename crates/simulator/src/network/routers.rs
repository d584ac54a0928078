//! Routers, their gateway to an external network, their interfaces on subnets.

use serde_json::{Value, json};

use super::attributes::{Shape, fixed, free, take_project};
use super::ports::{Wanted, plug};
use super::{FLOATING, Kind, PORTS, ROUTERS, address, bad, bad_request, conflict, networks, refuse, set_all, subnets};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) const KIND: Kind = Kind {
    one: "router",
    many: ROUTERS,
    path: "routers",
    missing: ("RouterNotFound", "Router ", " could not be found"),
    attributes: &[
        free("name", Shape::Text),
        free("description", Shape::Text),
        free("admin_state_up", Shape::Flag),
        free("external_gateway_info", Shape::Any),
        free("routes", Shape::List),
        fixed("availability_zone_hints", Shape::List),
        fixed("flavor_id", Shape::UuidOrNull),
        fixed("distributed", Shape::Flag),
        fixed("ha", Shape::Flag),
    ],
    filters: &[],
    tagged: true,
    shared: super::not_shared,
    view,
    create,
    update,
    delete,
};

const INTERFACE: &str = "network:router_interface";
const GATEWAY: &str = "network:router_gateway";

fn view(_: &Call<'_>, row: &Row) -> Value {
    json!({
        "name": row.text("name"), "admin_state_up": row.value("admin_state_up"), "status": "ACTIVE",
        "external_gateway_info": row.value("external_gateway_info"), "description": row.text("description"),
        "availability_zones": [], "availability_zone_hints": [], "routes": row.value("routes"), "flavor_id": null,
    })
}

/// The ports of a router of one owner.
fn ports<'c>(call: &'c Call<'_>, router: &'c str, owner: &'c str) -> impl Iterator<Item = &'c Row> {
    call.rows(PORTS).filter(move |port| port.text("device_id") == router && port.text("device_owner") == owner)
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    let gateway = given.remove("external_gateway_info");
    let external = match &gateway {
        Some(Value::Object(info)) => Some(external_network(call, info)?),
        _ => None,
    };
    let mut doc = fields! {
        "name": "", "description": "", "admin_state_up": true, "routes": [], "external_gateway_info": null, "tags": [],
        "revision": 1,
    };
    doc.extend(given);
    let row = call.insert_for(&project, ROUTERS, wire::uuid(), doc, Vec::new());
    match external {
        None => Ok(row),
        Some(network) => match connect(call, &row, &network) {
            Ok(()) => call.get(ROUTERS, &row.id).cloned().ok_or_else(|| KIND.missing(&row.id)),
            Err(refusal) => {
                call.remove(ROUTERS, &row.id);
                Err(refusal)
            }
        },
    }
}

fn external_network(call: &Call<'_>, info: &Doc) -> Result<Row, Answer> {
    let id = info.get("network_id").cloned().unwrap_or_default();
    let Some(id) = id.as_str().filter(|id| uuid::Uuid::parse_str(id).is_ok()) else {
        let message = format!(
            "Invalid input for external_gateway_info. Reason: '{}' is not a valid UUID.",
            wire::python_bare(&id)
        );
        return Err(bad(&message));
    };
    let network = networks::KIND.find(call, id)?;
    if network.flag("router:external") {
        Ok(network)
    } else {
        Err(bad_request("router", &format!("Network {id} is not an external network.")))
    }
}

/// Gives a router its gateway port.
fn connect(call: &mut Call<'_>, row: &Row, network: &Row) -> Result<(), Answer> {
    // Gateway ports belong to the cloud, so that projects do not see them in their lists.
    let wanted = Wanted {
        project: "",
        network,
        device_id: &row.id,
        device_owner: GATEWAY,
        at: None,
        groups: Vec::new(),
        dns_name: "",
    };
    let port = plug(call, wanted)?;
    let info = json!({"network_id": network.id, "external_fixed_ips": port.value("fixed_ips"), "enable_snat": true});
    set_all(call, ROUTERS, &row.id, fields! {"external_gateway_info": info});
    Ok(())
}

fn disconnect(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    if call.rows(FLOATING).any(|floating| floating.text("router_id") == row.id) {
        let network =
            row.doc.get("external_gateway_info").and_then(|info| info["network_id"].as_str()).unwrap_or_default();
        let message = format!(
            "Gateway cannot be updated for router {}, since a gateway to external network {network} is required by one or more floating IPs.",
            row.id
        );
        return Err(conflict("RouterExternalGatewayInUseByFloatingIp", &message));
    }
    let held: Vec<String> = ports(call, &row.id, GATEWAY).map(|port| port.id.clone()).collect();
    for port in held {
        call.remove(PORTS, &port);
    }
    set_all(call, ROUTERS, &row.id, fields! {"external_gateway_info": null});
    Ok(())
}

fn update(call: &mut Call<'_>, row: &Row, mut given: Doc) -> Result<(), Answer> {
    match given.remove("external_gateway_info") {
        None => {}
        Some(Value::Object(info)) if !info.is_empty() => {
            let network = external_network(call, &info)?;
            let held =
                row.doc.get("external_gateway_info").is_some_and(|held| held["network_id"] == network.id.as_str());
            if !held {
                disconnect(call, row)?;
                connect(call, row, &network)?;
            }
        }
        Some(_) => disconnect(call, row)?,
    }
    set_all(call, ROUTERS, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    let held: Vec<&str> = ports(call, &row.id, INTERFACE).map(|port| port.id.as_str()).collect();
    if !held.is_empty() {
        let message = format!("Router {} has ports still attached: {}", row.id, held.join(", "));
        return Err(conflict("RouterInUse", &message));
    }
    disconnect(call, row)
}

/// `add_router_interface` and `remove_router_interface`.
pub(super) fn interface(call: &mut Call<'_>, id: &str, action: &str) -> Reply {
    let router = KIND.find_own(call, id, action)?;
    let given = call.object().ok_or_else(|| bad("Body contains invalid data"))?;
    for name in ["port_id", "subnet_id"] {
        if let Some(value) = given.get(name)
            && value.as_str().is_none_or(|text| uuid::Uuid::parse_str(text).is_err())
        {
            return Err(bad_request("router", &format!("'{}' is not a valid UUID.", wire::python_bare(value))));
        }
    }
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let port = match (action, text("port_id"), text("subnet_id")) {
        ("add_router_interface", Some(port), _) => add_port(call, &router, &port)?,
        ("add_router_interface", None, Some(subnet)) => add_subnet(call, &router, &subnet)?,
        ("remove_router_interface", port, subnet) if port.is_some() || subnet.is_some() => {
            remove(call, &router, port.as_deref(), subnet.as_deref())?
        }
        _ => return Err(bad_request("router", "Either subnet_id or port_id must be specified.")),
    };
    let subnets: Vec<Value> =
        port.doc["fixed_ips"].as_array().into_iter().flatten().map(|ip| ip["subnet_id"].clone()).collect();
    super::touch(call, ROUTERS, id);
    Ok(Answer::ok(json!({
        "id": router.id, "project_id": router.project, "port_id": port.id,
        "network_id": port.text("network_id"), "subnet_id": subnets.first(), "subnet_ids": subnets,
    })))
}

fn add_subnet(call: &mut Call<'_>, router: &Row, subnet: &str) -> Result<Row, Answer> {
    let subnet = subnets::KIND.find(call, subnet)?;
    if ports(call, &router.id, INTERFACE).any(|port| address::on(port, &subnet.id).next().is_some()) {
        return Err(bad_request("router", &format!("Router already has a port on subnet {}.", subnet.id)));
    }
    let gateway = subnet
        .text("gateway_ip")
        .parse()
        .map_err(|_| bad_request("router", "Subnet for router interface must have a gateway IP."))?;
    if !address::is_free(call, &subnet, gateway) {
        let message = format!("IP address {gateway} already allocated in subnet {}", subnet.id);
        return Err(conflict("IpAddressAlreadyAllocated", &message));
    }
    let network = networks::KIND.find(call, subnet.text("network_id"))?;
    let wanted = Wanted {
        project: &router.project,
        network: &network,
        device_id: &router.id,
        device_owner: INTERFACE,
        at: Some((subnet, gateway)),
        groups: Vec::new(),
        dns_name: "",
    };
    plug(call, wanted)
}

fn add_port(call: &mut Call<'_>, router: &Row, port: &str) -> Result<Row, Answer> {
    let port = super::ports::KIND.find_own(call, port, "update")?;
    let device = port.text("device_id");
    if !device.is_empty() {
        let message = format!(
            "Unable to complete operation on port {} for network {}. Port already has an attached device {device}.",
            port.id,
            port.text("network_id")
        );
        return Err(conflict("PortInUse", &message));
    }
    set_all(call, PORTS, &port.id, fields! {"device_id": router.id, "device_owner": INTERFACE, "status": "ACTIVE"});
    Ok(port)
}

fn remove(call: &mut Call<'_>, router: &Row, port: Option<&str>, subnet: Option<&str>) -> Result<Row, Answer> {
    let fits = |held: &Row| match (port, subnet) {
        (Some(port), _) => held.id == port,
        (None, Some(subnet)) => address::on(held, subnet).next().is_some(),
        (None, None) => false,
    };
    let held =
        ports(call, &router.id, INTERFACE).find(|held| fits(held)).cloned().ok_or_else(|| match (port, subnet) {
            (Some(port), _) => refuse::network(
                404,
                "RouterInterfaceNotFound",
                &format!("Router {} does not have an interface with id {port}", router.id),
            ),
            (None, subnet) => {
                let message = format!("Router {} has no interface on subnet {}", router.id, subnet.unwrap_or_default());
                refuse::network(404, "RouterInterfaceNotFoundForSubnet", &message)
            }
        })?;
    let on: Vec<&str> =
        held.doc["fixed_ips"].as_array().into_iter().flatten().filter_map(|ip| ip["subnet_id"].as_str()).collect();
    let needed = call.rows(FLOATING).filter(|floating| floating.text("router_id") == router.id).any(|floating| {
        call.get(PORTS, floating.text("port_id"))
            .is_some_and(|port| on.iter().any(|subnet| address::on(port, subnet).next().is_some()))
    });
    if needed {
        let message = format!(
            "Router interface for subnet {} on router {} cannot be deleted, as it is required by one or more floating IPs.",
            on.join(", "),
            router.id
        );
        return Err(conflict("RouterInterfaceInUseByFloatingIP", &message));
    }
    call.remove(PORTS, &held.id);
    Ok(held)
}

/// The router that leads from a subnet to an external network.
pub(super) fn between(call: &Call<'_>, subnet: &str, external: &str) -> Option<String> {
    call.rows(PORTS)
        .filter(|port| port.text("device_owner") == INTERFACE && address::on(port, subnet).next().is_some())
        .filter_map(|port| call.get(ROUTERS, port.text("device_id")))
        .find(|router| router.doc.get("external_gateway_info").is_some_and(|info| info["network_id"] == external))
        .map(|router| router.id.clone())
}
