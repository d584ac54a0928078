//! Snapshots of volumes.

use serde_json::{Value, json};

use super::volumes::metadata_of;
use super::{SNAPSHOTS, VOLUMES, bad, bad_limit, body, limits, missing};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::compute::{cut, listed};
use crate::store::{Doc, Row};
use crate::wire;

fn view(row: &Row) -> Value {
    json!({
        "id": row.id, "created_at": wire::naive(row.at),
        "updated_at": if row.changed == row.at { Value::Null } else { json!(wire::naive(row.changed)) },
        "name": row.value("name"), "description": row.value("description"), "volume_id": row.text("volume_id"),
        "status": row.text("status"), "size": row.number("size"), "metadata": row.value("metadata"),
    })
}

fn detail(row: &Row) -> Value {
    let mut value = view(row);
    let done = row.text("status") == "available";
    value["os-extended-snapshot-attributes:project_id"] = json!(row.project);
    value["os-extended-snapshot-attributes:progress"] = json!(if done { "100%" } else { "0%" });
    value
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.mine(SNAPSHOTS, id).ok_or_else(|| missing("Snapshot", id))
}

pub(super) fn list(call: &Call<'_>, detailed: bool) -> Reply {
    let all = call.who.admin() && call.param("all_tenants").is_some_and(|value| value != "0");
    let rows: Vec<&Row> = call
        .rows(SNAPSHOTS)
        .filter(|row| all || call.who.owns(row))
        .filter(|row| call.param("volume_id").is_none_or(|volume| row.text("volume_id") == volume))
        .rev()
        .collect();
    let (page, more) = cut(call, rows, bad_limit, |marker| missing("Snapshot", marker))?;
    let items = page.iter().map(|row| if detailed { detail(row) } else { view(row) }).collect();
    let last = page.last().filter(|_| more).map(|row| row.id.clone());
    Ok(listed(call, "snapshots", if detailed { "v3/snapshots/detail" } else { "v3/snapshots" }, items, last))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(json!({"snapshot": detail(find(call, id)?)})))
}

/// A name or a description; the schema counts their characters.
fn words(given: &Doc, key: &str) -> Result<Value, Answer> {
    match given.get(key) {
        Some(value @ Value::String(text)) if text.chars().count() > 255 => {
            let long = wire::python(value);
            Err(bad(&format!("Invalid input for field/attribute {key}. Value: {text}. {long} is too long")))
        }
        value => Ok(value.cloned().unwrap_or_default()),
    }
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let given = body(call, "snapshot")?;
    let metadata = metadata_of(&given)?;
    let (name, description) = (words(&given, "name")?, words(&given, "description")?);
    let Some(id) = given.get("volume_id").and_then(Value::as_str) else {
        let value = wire::python_bare(&Value::Object(given));
        let message =
            format!("Invalid input for field/attribute snapshot. Value: {value}. 'volume_id' is a required property");
        return Err(bad(&message));
    };
    let volume = call.mine(VOLUMES, id).ok_or_else(|| missing("Volume", id))?.clone();
    let forced = matches!(given.get("force"), Some(Value::Bool(true)));
    if volume.text("status") != "available" && !(forced && volume.text("status") == "in-use") {
        let status = volume.text("status");
        return Err(bad(&format!(
            "Invalid volume: Volume {id} status must be available, but current status is: {status}."
        )));
    }
    limits::check_snapshot(call, volume.number("size"))?;
    let doc = fields! {
        "name": name, "description": description, "volume_id": id,
        "size": volume.number("size"), "status": "creating", "metadata": metadata,
    };
    let then = call.building(fields! {"status": "available"}, |_| fields! {"status": "error"});
    let row = call.insert(SNAPSHOTS, wire::uuid(), doc, then);
    Ok(Answer::json(202, json!({"snapshot": view(&row)})))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    match find(call, id)?.text("status") {
        "deleting" => return Ok(Answer::empty(202)),
        "available" | "error" => {}
        _ => return Err(bad("Invalid snapshot: Snapshot status must be available or error.")),
    }
    let then = call.vanishing(call.later());
    call.change(SNAPSHOTS, id, |row| {
        row.set("status", "deleting");
        row.then = then;
    });
    Ok(Answer::empty(202))
}
