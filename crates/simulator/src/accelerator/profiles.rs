//! Device profiles: what a server may ask of accelerators, by name.

use serde_json::{Value, json};

use super::{PROFILES, denied, fault, link, missing, only};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire;

fn view(call: &Call<'_>, row: &Row) -> Value {
    json!({
        "uuid": row.id, "name": row.text("name"), "description": row.value("description"),
        "groups": row.value("groups"), "created_at": wire::offset(row.at), "updated_at": null,
        "links": link(call, &format!("device_profiles/{}", row.id)),
    })
}

/// By id or name.
fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    let meant = |row: &&Row| row.id == id || row.text("name") == id;
    call.rows(PROFILES).find(meant).ok_or_else(|| missing("Device Profile", "uuid", id))
}

pub(super) fn named<'c>(call: &'c Call<'_>, name: &str) -> Result<&'c Row, Answer> {
    let meant = |row: &&Row| row.text("name") == name;
    call.rows(PROFILES).find(meant).ok_or_else(|| missing("Device Profile", "name", name))
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    only(call, &["name"])?;
    let meant = |row: &&Row| call.param("name").is_none_or(|name| row.text("name") == name);
    let all: Vec<Value> = call.rows(PROFILES).filter(meant).map(|row| view(call, row)).collect();
    Ok(Answer::ok(json!({ "device_profiles": all })))
}

/// One by itself is wrapped, and its times are as Python prints them.
pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    let mut shown = view(call, find(call, id)?);
    shown["created_at"] = json!(shown["created_at"].as_str().unwrap_or_default().replace('T', " "));
    shown["updated_at"] = json!("None");
    Ok(Answer::ok(json!({ "device_profile": shown })))
}

/// The body is a list of one, the answer is that one.
pub(super) fn create(call: &mut Call<'_>) -> Reply {
    if !call.who.admin() {
        return Err(denied("cyborg:device_profile:create"));
    }
    let given = serde_json::from_slice::<Vec<Value>>(call.body).unwrap_or_default();
    let [given] = given.as_slice() else {
        return Err(fault(400, "Only one device profile can be created at a time."));
    };
    let name = given["name"].as_str().unwrap_or_default();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        return Err(fault(400, "Device profile name must be of the form ^[a-zA-Z0-9-_]+$"));
    }
    let Some(groups) = given["groups"].as_array().filter(|groups| !groups.is_empty()) else {
        return Err(fault(500, "DeviceProfile needs groups field."));
    };
    let known = |key: &String| ["resources:", "trait:", "accel:"].iter().any(|start| key.starts_with(start));
    if !groups.iter().filter_map(Value::as_object).flat_map(|group| group.keys()).all(known) {
        return Err(fault(400, "Device profile group keys must be of the form ^(resources:|trait:|accel:)"));
    }
    if named(call, name).is_ok() {
        return Err(fault(409, &format!("A device_profile with name {name} already exists.")));
    }
    let doc = fields! {"name": name, "groups": groups, "description": given["description"]};
    let row = call.insert(PROFILES, wire::uuid(), doc, Vec::new());
    Ok(Answer::json(201, view(call, &row)))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let id = find(call, id)?.id.clone();
    if !call.who.admin() {
        return Err(denied("cyborg:device_profile:delete"));
    }
    call.remove(PROFILES, &id);
    Ok(Answer::empty(204))
}
