//! Share types.

use serde_json::{Value, json};

use super::{TYPES, until};
use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::store::Row;

/// The type of a share for which none is asked.
const DEFAULT: &str = "default";

fn view(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let mut specs = json!({
        "driver_handles_share_servers": "false", "snapshot_support": "true",
        "create_share_from_snapshot_support": "true",
    });
    // Members are told what an unset spec means, too.
    if v >= 24 && !call.who.admin() {
        specs["revert_to_snapshot_support"] = json!(false);
        specs["mount_snapshot_support"] = json!(false);
        if v >= 99 {
            specs["snapshot_inherit_share_access_support"] = json!(false);
        }
    }
    let public = if v >= 7 { "share_type_access:is_public" } else { "os-share-type-access:is_public" };
    let mut value = json!({
        "id": row.id, "name": row.text("name"), "description": row.value("description"), "extra_specs": specs,
        "required_extra_specs": {"driver_handles_share_servers": "false"}, public: true,
        "is_default": row.text("name") == DEFAULT,
    });
    until(&mut value, v, &[("description", 41), ("is_default", 46)]);
    value
}

pub(super) fn missing() -> Answer {
    refuse::fault(404, "Share type not found.")
}

/// A type by name or id.
pub(super) fn find(call: &Call<'_>, wanted: &str) -> Result<Row, Answer> {
    call.rows(TYPES).find(|row| row.id == wanted || row.text("name") == wanted).cloned().ok_or_else(missing)
}

/// The type of a share for which none is asked.
pub(super) fn default(call: &Call<'_>) -> Result<Row, Answer> {
    find(call, DEFAULT)
}

pub(super) fn list(call: &Call<'_>, v: u32) -> Answer {
    let types: Vec<Value> = call.rows(TYPES).map(|row| view(call, row, v)).collect();
    Answer::ok(json!({"share_types": types, "volume_types": types}))
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    let row = if id == "default" { default(call)? } else { call.get(TYPES, id).cloned().ok_or_else(missing)? };
    let value = view(call, &row, v);
    Ok(Answer::ok(json!({"share_type": value, "volume_type": value})))
}
