//! Cyborg: devices, device profiles and accelerator requests.
//!
//! There is the one device of its fake driver. Requests are never bound, because that is Nova's to do.

mod arqs;
mod profiles;

use axum::http::HeaderName;
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::Row;
use crate::wire;

pub(crate) const DEVICES: &str = "accelerator_devices";
const PROFILES: &str = "device_profiles";
const REQUESTS: &str = "accelerator_requests";

/// Cyborg's way to say no: JSON in a text in JSON.
pub(crate) fn fault(status: u16, message: &str) -> Answer {
    let code = if status < 500 { "Client" } else { "Server" };
    let text = json!(message);
    let inside = format!(r#"{{"faultcode": "{code}", "faultstring": {text}, "debuginfo": null}}"#);
    Answer::json(status, json!({ "error_message": inside }))
}

fn missing(what: &str, by: &str, id: &str) -> Answer {
    fault(404, &format!("{what} not found with {by}={id}"))
}

fn denied(rule: &str) -> Answer {
    fault(403, &format!("Access was denied to the following resource: {rule}"))
}

fn link(call: &Call<'_>, path: &str) -> Value {
    json!([{"href": format!("{}/v2/{path}", call.base), "rel": "self"}])
}

/// Lists take these parameters and no others; no list has pages.
fn only(call: &Call<'_>, known: &[&str]) -> Result<(), Answer> {
    match call.query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(fault(400, &format!("Unknown argument: \"{name}\""))),
        None => Ok(()),
    }
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let answer = match path {
        [] => {
            let version = version(call);
            Ok(Answer::ok(json!({
                "name": "OpenStack Cyborg API", "versions": [version], "default_version": version,
                "description": "Cyborg is the OpenStack project for lifecycle management of hardware accelerators.",
            })))
        }
        ["v2"] => Ok(Answer::ok(version(call))),
        ["v2", rest @ ..] => route(call, rest),
        _ => Err(Answer::lost_page()),
    };
    let name = HeaderName::from_static("openstack-api-version");
    Ok(answer.unwrap_or_else(|refusal| refusal).with(name, "accelerator 2.0"))
}

fn version(call: &Call<'_>) -> Value {
    json!({
        "id": "v2.0", "links": link(call, ""), "max_version": "2.0", "min_version": "2.0", "status": "CURRENT",
    })
}

fn route(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["devices"]) => devices(call),
        ("GET", ["devices", id]) => {
            let row = call.get(DEVICES, id).ok_or_else(|| missing("Device", "uuid", id))?;
            Ok(Answer::ok(device(call, row)))
        }
        ("GET", ["deployables"]) => {
            only(call, &["filters"])?;
            let all: Vec<Value> = call.rows(DEVICES).map(|row| deployable(call, row)).collect();
            Ok(Answer::ok(json!({ "deployables": all })))
        }
        ("GET", ["device_profiles"]) => profiles::list(call),
        ("POST", ["device_profiles"]) => profiles::create(call),
        ("GET", ["device_profiles", id]) => profiles::show(call, id),
        ("DELETE", ["device_profiles", id]) => profiles::delete(call, id),
        ("GET", ["accelerator_requests"]) => arqs::list(call),
        ("POST", ["accelerator_requests"]) => arqs::create(call),
        ("DELETE", ["accelerator_requests"]) => arqs::delete(call),
        ("GET", ["accelerator_requests", id]) => arqs::show(call, id),
        _ => Err(fault(404, "Not Found")),
    }
}

fn devices(call: &Call<'_>) -> Reply {
    let filters = ["type", "vendor", "hostname"];
    only(call, &filters)?;
    let fits = |row: &&Row| filters.iter().all(|name| call.param(name).is_none_or(|wanted| row.text(name) == wanted));
    let all: Vec<Value> = call.rows(DEVICES).filter(fits).map(|row| device(call, row)).collect();
    Ok(Answer::ok(json!({ "devices": all })))
}

fn device(call: &Call<'_>, row: &Row) -> Value {
    let mut value = json!({
        "uuid": row.id, "created_at": wire::offset(row.at), "updated_at": null,
        "links": link(call, &format!("devices/{}", row.id)),
    });
    for key in ["hostname", "model", "std_board_info", "type", "vendor", "vendor_board_info"] {
        value[key] = row.value(key);
    }
    value
}

/// What of a device can be handed out: all of it.
fn deployable(call: &Call<'_>, row: &Row) -> Value {
    let id = row.text("deployable");
    let links = json!([
        {"href": format!("{}/v2/deployables/{id}", call.base), "rel": "self"},
        {"href": format!("{}/deployables/{id}", call.base), "rel": "bookmark"},
    ]);
    json!({
        "uuid": id, "name": format!("{}_FakeDevice", row.text("hostname")), "device_id": 1, "driver_name": "fake",
        "num_accelerators": 16, "parent_id": null, "root_id": null, "bitstream_id": null, "links": links,
        "rp_uuid": row.text("provider"), "created_at": wire::offset(row.at), "updated_at": wire::offset(row.changed),
        "attributes_list": "[{\"traits1\": \"CUSTOM_FAKE_DEVICE\"}, {\"rc\": \"FPGA\"}]",
    })
}
