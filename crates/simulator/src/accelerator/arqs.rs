//! Accelerator requests: one for each accelerator that a profile asks for.

use serde_json::{Value, json};

use super::profiles::named;
use super::{REQUESTS, fault, link, missing, only};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire;

fn view(call: &Call<'_>, row: &Row) -> Value {
    json!({
        "uuid": row.id, "project_id": row.project, "state": "Initial", "device_profile_name": row.text("profile"),
        "device_profile_group_id": row.number("group"), "attach_handle_info": {}, "attach_handle_type": "",
        "attach_handle_uuid": null, "device_rp_uuid": null, "hostname": null, "instance_uuid": null,
        "created_at": wire::offset(row.at), "updated_at": null,
        "links": link(call, &format!("accelerator_requests/{}", row.id)),
    })
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    only(call, &["bind_state", "instance"])?;
    // None is ever bound to a server.
    let none = call.query.iter().any(|(name, _)| name == "instance");
    let all = call.rows(REQUESTS).filter(|row| !none && call.who.may(row));
    Ok(Answer::ok(json!({ "arqs": all.map(|row| view(call, row)).collect::<Vec<_>>() })))
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.mine(REQUESTS, id).ok_or_else(|| missing("ExtArq", "uuid", id))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(view(call, find(call, id)?)))
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let given = call.object().unwrap_or_default();
    let Some(name) = given.get("device_profile_name").and_then(Value::as_str) else {
        return Err(fault(500, "DeviceProfile name needed."));
    };
    let groups = named(call, name)?.value("groups");
    let mut made = Vec::new();
    for (number, group) in groups.as_array().into_iter().flatten().enumerate() {
        let resources = group.as_object().into_iter().flatten().filter(|(key, _)| key.starts_with("resources:"));
        let count = |value: &Value| value.as_str().and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
        for _ in 0..resources.map(|(_, value)| count(value)).sum() {
            let doc = fields! {"profile": name, "group": number};
            let row = call.insert(REQUESTS, wire::uuid(), doc, Vec::new());
            made.push(view(call, &row));
        }
    }
    Ok(Answer::json(201, json!({ "arqs": made })))
}

pub(super) fn delete(call: &mut Call<'_>) -> Reply {
    let asked = call.param("arqs").unwrap_or_default().to_owned();
    let ids: Vec<&str> = asked.split(',').filter(|id| !id.is_empty()).collect();
    for id in &ids {
        find(call, id)?;
    }
    for id in ids {
        call.remove(REQUESTS, id);
    }
    Ok(Answer::empty(204))
}
