//! Volume types.

use serde_json::{Value, json};

use super::{TYPES, missing};
use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::store::Row;

fn view(row: &Row) -> Value {
    json!({
        "id": row.id, "name": row.text("name"), "is_public": true, "description": row.text("description"),
        "extra_specs": {},
    })
}

fn find_default<'c>(call: &'c Call<'_>) -> Option<&'c Row> {
    call.rows(TYPES).find(|row| row.flag("default"))
}

/// The type of a volume for which none is asked.
pub(super) fn default_name(call: &Call<'_>) -> String {
    find_default(call).map_or_else(String::new, |row| row.text("name").to_owned())
}

fn find<'c>(call: &'c Call<'_>, wanted: &str) -> Option<&'c Row> {
    call.rows(TYPES).find(|row| row.id == wanted || row.text("name") == wanted)
}

/// The name of a type given by name or id.
pub(super) fn name_of(call: &Call<'_>, wanted: &str) -> Result<String, Answer> {
    let missing = || {
        let how = if uuid::Uuid::parse_str(wanted).is_ok() { "" } else { "with name " };
        refuse::fault(404, &format!("Volume type {how}{wanted} could not be found."))
    };
    find(call, wanted).map(|row| row.text("name").to_owned()).ok_or_else(missing)
}

pub(super) fn id_of(call: &Call<'_>, name: &str) -> Option<String> {
    find(call, name).map(|row| row.id.clone())
}

pub(super) fn list(call: &Call<'_>) -> Answer {
    let types: Vec<Value> = call
        .rows(TYPES)
        .map(|row| {
            let mut value = view(row);
            value["os-volume-type-access:is_public"] = json!(true);
            value
        })
        .collect();
    Answer::ok(json!({"volume_types": types}))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    let row = if id == "default" { find_default(call) } else { call.get(TYPES, id) };
    let row = row.ok_or_else(|| missing("Volume type", id))?;
    Ok(Answer::ok(json!({"volume_type": view(row)})))
}
