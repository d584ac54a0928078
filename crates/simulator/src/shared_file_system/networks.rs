//! Share networks: which network a share shall be on. Nobody looks it up in Neutron before a share server is made.

use serde_json::{Value, json};

use super::listing::cut;
use super::{NETWORKS, SHARES, ZONE, all_projects, bad, body, limits, until, updated};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

/// The microversion that gave share networks subnets.
const SUBNETS: u32 = 51;
/// What a share server would settle.
const LATER: [&str; 6] = ["cidr", "gateway", "ip_version", "mtu", "network_type", "segmentation_id"];
const SINCE: [(&str, u32); 5] = [
    ("gateway", 18),
    ("mtu", 20),
    ("status", 63),
    ("security_service_update_support", 63),
    ("network_allocation_update_support", 70),
];

/// What a share network of old says itself, and a subnet today.
fn place(row: &Row) -> Doc {
    let mut place =
        fields! {"neutron_net_id": row.value("neutron_net_id"), "neutron_subnet_id": row.value("neutron_subnet_id")};
    place.extend(LATER.map(|key| (key.to_owned(), Value::Null)));
    place
}

fn view(row: &Row, v: u32) -> Value {
    let mut value = json!({
        "id": row.id, "name": row.value("name"), "description": row.value("description"), "project_id": row.project,
        "created_at": wire::naive(row.at), "updated_at": updated(row), "status": "active",
        "security_service_update_support": true, "network_allocation_update_support": true,
    });
    until(&mut value, v, &SINCE);
    let mut place = Value::Object(place(row));
    if v >= SUBNETS {
        place["id"] = row.value("subnet");
        place["availability_zone"] = row.value("availability_zone");
        place["created_at"] = json!(wire::naive(row.at));
        place["updated_at"] = Value::Null;
        if v >= 78 {
            place["metadata"] = json!({});
        }
        value["share_network_subnets"] = json!([place]);
    } else {
        until(&mut place, v, &SINCE);
        if let (Value::Object(value), Value::Object(place)) = (&mut value, place) {
            value.extend(place);
        }
    }
    value
}

pub(super) fn missing(id: &str) -> Answer {
    refuse::fault(404, &format!("Share network {id} could not be found."))
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.mine(NETWORKS, id).ok_or_else(|| missing(id))
}

/// Parameters that are no filters. All others are, also those that no share network has.
const CONTROLS: [&str; 7] =
    ["all_tenants", "created_since", "created_before", "limit", "offset", "security_service_id", "project_id"];

fn wanted(row: &Row, key: &str, value: &str, v: u32) -> bool {
    let has = |key: &str| {
        let text = |held: &Value| held.as_str().map(str::to_owned);
        let own = match key {
            "id" => Some(row.id.clone()),
            _ => row.doc.get(key).and_then(text),
        };
        own.or_else(|| place(row).get(key).and_then(text))
    };
    match key.strip_suffix('~').filter(|_| v >= 36) {
        Some(key) => has(key).is_some_and(|held| held.contains(value)),
        None => has(key).as_deref() == Some(value),
    }
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let project = call.param("project_id").filter(|_| call.who.admin());
    let all = all_projects(call);
    let seen = |row: &&Row| project.map_or_else(|| all || call.who.owns(row), |project| row.project == project);
    let filters = || call.query.iter().filter(|(key, _)| !CONTROLS.contains(&key.as_str()));
    let rows: Vec<&Row> = call
        .rows(NETWORKS)
        .filter(seen)
        .filter(|row| filters().all(|(key, value)| wanted(row, key, value, v)))
        .collect();
    let shown: Vec<Value> = cut(call, rows)?
        .into_iter()
        .map(|row| if detailed { view(row, v) } else { json!({"id": row.id, "name": row.value("name")}) })
        .collect();
    Ok(Answer::ok(json!({"share_networks": shown})))
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    Ok(Answer::ok(json!({"share_network": view(find(call, id)?, v)})))
}

pub(super) fn create(call: &mut Call<'_>, v: u32) -> Reply {
    let given = body(call, "share_network")?;
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let zone = text("availability_zone").filter(|_| v >= SUBNETS);
    if let Some(zone) = zone.filter(|zone| *zone != ZONE) {
        return Err(bad(&format!("The provided availability zone {zone} does not exist.")));
    }
    if given.contains_key("neutron_net_id") != given.contains_key("neutron_subnet_id") {
        return Err(bad(
            "When creating a new share network subnet you need to specify both neutron_net_id and neutron_subnet_id or none of them.",
        ));
    }
    limits::check_network(call)?;
    // Nothing but the database looks at the length.
    if ["name", "description"].iter().any(|key| text(key).is_some_and(|text| text.chars().count() > 255)) {
        return Err(refuse::fault(500, "Could not create share network."));
    }
    let doc = fields! {
        "name": text("name"), "description": text("description"), "neutron_net_id": text("neutron_net_id"),
        "neutron_subnet_id": text("neutron_subnet_id"), "availability_zone": zone, "subnet": wire::uuid(),
    };
    let row = call.insert(NETWORKS, wire::uuid(), doc, Vec::new());
    Ok(Answer::ok(json!({"share_network": view(&row, v)})))
}

pub(super) fn update(call: &mut Call<'_>, id: &str, v: u32) -> Reply {
    let given = body(call, "share_network")?;
    find(call, id)?;
    let kept = |key: &String| matches!(key.as_str(), "name" | "description");
    let set: Doc = given.into_iter().filter(|(key, _)| kept(key)).collect();
    let row = call.change(NETWORKS, id, |row| row.doc.extend(set)).ok_or_else(|| missing(id))?;
    Ok(Answer::ok(json!({"share_network": view(&row, v)})))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    find(call, id)?;
    let shares = call.rows(SHARES).filter(|share| share.text("share_network_id") == id).count();
    if shares > 0 {
        let message = format!("Can not delete share network {id}, it has {shares} share(s).");
        return Err(refuse::fault(409, &message));
    }
    call.remove(NETWORKS, id);
    Ok(Answer::empty(202))
}
