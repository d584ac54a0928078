//! Nodes.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{CONDUCTOR, List, NODES, PORTS, body, denied, fault, links, missing, update_time};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

/// The hardware type that there is.
const DRIVER: &str = "fake-hardware";

/// What a node is made with where nothing is said.
fn unsaid() -> Doc {
    fields! {
        "automated_clean": null, "bios_interface": "no-bios", "boot_interface": "fake", "chassis_uuid": null,
        "conductor_group": "", "console_interface": "no-console", "deploy_interface": "fake", "description": null,
        "driver_info": {}, "extra": {}, "inspect_interface": "no-inspect", "instance_info": {}, "instance_uuid": null,
        "lessee": null, "maintenance": false, "management_interface": "fake", "name": null, "network_data": {},
        "network_interface": "noop", "power_interface": "fake", "properties": {}, "protected": false,
        "raid_interface": "no-raid", "rescue_interface": "no-rescue", "resource_class": null, "retired": false,
        "storage_interface": "noop", "vendor_interface": "no-vendor",
    }
}

/// What a node says of itself and nobody gives it.
fn found() -> Doc {
    fields! {
        "allocation_uuid": null, "boot_mode": null, "clean_step": {}, "conductor": CONDUCTOR,
        "console_enabled": false, "deploy_step": {}, "driver_internal_info": {}, "fault": null,
        "inspection_finished_at": null, "inspection_started_at": null, "last_error": null,
        "maintenance_reason": null, "power_state": null, "protected_reason": null, "provision_state": "enroll",
        "provision_updated_at": null, "raid_config": {}, "reservation": null, "retired_reason": null,
        "secure_boot": null, "target_power_state": null, "target_provision_state": null, "target_raid_config": {},
        "traits": [],
    }
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let mut value = Value::Object(row.doc.clone());
    let path = format!("nodes/{}", row.id);
    (value["uuid"], value["owner"]) = (json!(row.id), json!(row.project));
    (value["created_at"], value["updated_at"]) = (json!(wire::offset(row.at)), update_time(row));
    value["links"] = links(call, &path);
    for inside in ["portgroups", "ports", "states", "volume"] {
        value[inside] = links(call, &format!("{path}/{inside}"));
    }
    value
}

/// A node by id or name.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    let meant = |row: &&Row| call.who.may(row) && (row.id == id || row.text("name") == id);
    call.rows(NODES).find(meant).cloned().ok_or_else(|| missing("Node", id))
}

/// A node that only administrators may change, and nobody while it changes by itself.
pub(super) fn free(call: &Call<'_>, id: &str, rule: &str) -> Result<Row, Answer> {
    let row = find(call, id)?;
    if !call.who.admin() {
        return Err(denied(rule));
    }
    match row.text("reservation") {
        "" => Ok(row),
        host => {
            let message = format!(
                "Node {} is locked by host {host}, please retry after the current operation is completed.",
                row.id
            );
            Err(fault(409, &message))
        }
    }
}

pub(super) fn list(call: &Call<'_>, detail: bool) -> Reply {
    const BRIEF: &str = "instance_uuid,maintenance,power_state,provision_state,uuid,name";
    let list = List {
        many: "nodes",
        path: if detail { "nodes/detail" } else { "nodes" },
        fields: (!detail).then_some(BRIEF),
        filters: &[
            "driver",
            "resource_class",
            "owner",
            "lessee",
            "provision_state",
            "maintenance",
            "conductor_group",
            "instance_uuid",
        ],
    };
    let rows = call.rows(NODES).filter(|row| call.who.may(row)).cloned();
    let shown = |row: &Row| {
        let mut whole = view(call, row);
        if detail {
            return whole;
        }
        let mut brief = json!({"links": whole["links"].take()});
        for key in BRIEF.split(',') {
            brief[key] = whole[key].take();
        }
        brief
    };
    list.answer(call, rows, |row, key| view(call, row)[key].take(), shown)
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(view(call, &find(call, id)?)))
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    if !call.who.admin() {
        return Err(denied("baremetal:node:create"));
    }
    let mut doc = unsaid();
    let known: Vec<&str> = doc.keys().map(String::as_str).chain(["driver", "uuid", "owner"]).collect();
    let mut given = body(call, "node", &known, &["driver"])?;
    let name = given.get("name").and_then(Value::as_str).unwrap_or_default();
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)) {
        return Err(fault(400, &format!("Cannot create node with invalid name '{name}'")));
    }
    if !name.is_empty() && call.rows(NODES).any(|row| row.text("name") == name) {
        return Err(fault(409, &format!("A node with name {name} already exists.")));
    }
    let driver = given.get("driver").and_then(Value::as_str).unwrap_or_default();
    if driver != DRIVER {
        let message = format!(
            "No valid host was found. Reason: No conductor service registered which supports driver {driver} for \
             conductor group \"\". Ensure the driver is valid and enabled."
        );
        return Err(fault(400, &message));
    }
    let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let id = text(given.remove("uuid")).unwrap_or_else(wire::uuid);
    let owner = text(given.remove("owner")).unwrap_or_else(|| call.who.project.clone());
    doc.extend(given);
    doc.extend(found());
    let row = call.insert_for(&owner, NODES, id, doc, Vec::new());
    let answer = Answer::json(StatusCode::CREATED.as_u16(), view(call, &row));
    Ok(answer.located(&format!("{}/v1/nodes/{}", call.base, row.id)))
}

/// A patch of attributes as wholes: nothing deeper is taken apart here.
pub(super) fn update(call: &mut Call<'_>, id: &str) -> Reply {
    let row = free(call, id, "baremetal:node:update")?;
    let steps = serde_json::from_slice::<Vec<Value>>(call.body).map_err(|_| fault(400, "A patch is a list."))?;
    let (unsaid, mut doc) = (unsaid(), row.doc.clone());
    for step in &steps {
        let path = step["path"].as_str().unwrap_or_default();
        let Some(key) = path.strip_prefix('/').filter(|key| unsaid.contains_key(*key)) else {
            return Err(fault(400, &format!("Couldn't apply patch '{step}'. Reason: can't replace {path}")));
        };
        let value = if step["op"] == "remove" { unsaid.get(key).cloned() } else { Some(step["value"].clone()) };
        doc.insert(key.to_owned(), value.unwrap_or_default());
    }
    let changed = call.change(NODES, &row.id, |row| row.doc = doc).ok_or_else(|| missing("Node", id))?;
    let mut shown = view(call, &changed);
    // The conductor that has just changed it still holds it.
    shown["reservation"] = json!(CONDUCTOR);
    Ok(Answer::ok(shown))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = free(call, id, "baremetal:node:delete")?;
    let state = row.text("provision_state");
    if !row.flag("maintenance") && !["manageable", "enroll", "adopt failed", "available"].contains(&state) {
        let message = format!(
            "Can not delete node \"{}\" while it is in provision state \"{state}\". Valid provision states to perform \
             deletion are: \"('manageable', 'enroll', 'adopt failed', 'available')\", or set the node into maintenance \
             mode",
            row.id
        );
        return Err(fault(409, &message));
    }
    let ports: Vec<String> =
        call.rows(PORTS).filter(|port| port.text("node_uuid") == row.id).map(|port| port.id.clone()).collect();
    for port in ports {
        call.remove(PORTS, &port);
    }
    call.remove(NODES, &row.id);
    Ok(Answer::empty(204))
}
