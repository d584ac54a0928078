//! Designate: zones, their record sets, and the names of floating IPs.
//!
//! Zones are primary ones, in one pool with one name server. Names are unique over the cloud; everything else is seen
//! by its own project, and by an administrator who asks for all projects in a header.

mod listing;
mod names;
mod pointers;
mod records;
mod recordsets;
mod zones;

use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::{Doc, Row};

const ZONES: &str = "dns_zones";
const RECORDSETS: &str = "dns_recordsets";
const POINTERS: &str = "dns_pointers";

/// The only name server.
const SERVER: &str = "ns1.cloud.example.";

/// Version, day, whether it is the newest.
const VERSIONS: [(&str, &str); 6] = [
    ("v2", "2022-06-29T00:00:00Z"),
    ("v2.0", "2022-06-29T00:00:00Z"),
    ("v2.1", "2023-01-25T00:00:00Z"),
    ("v2.2", "2025-08-25T00:00:00Z"),
    ("v2.3", "2026-04-06T00:00:00Z"),
    ("v2.4", "2026-04-13T00:00:00Z"),
];

/// Designate's way to say no. Some refusals have no words.
pub(crate) fn fault(request_id: &str, status: u16, kind: &str, message: &str) -> Answer {
    let mut body = json!({"code": status, "type": kind, "request_id": request_id});
    if !message.is_empty() {
        body["message"] = json!(message);
    }
    Answer::json(status, body)
}

fn refuse(call: &Call<'_>, status: u16, kind: &str, message: &str) -> Answer {
    fault(call.request_id, status, kind, message)
}

fn bad(call: &Call<'_>, message: &str) -> Answer {
    refuse(call, 400, "bad_request", message)
}

/// A value that does not fit, in the words of what noticed it.
fn invalid(call: &Call<'_>, reason: &str) -> Answer {
    let message = format!("Provided object is not valid. Got a ValueError error with message {reason}");
    refuse(call, 400, "invalid_object", &message)
}

/// Values that a schema refuses, each with its place.
fn mismatch(call: &Call<'_>, errors: Vec<Value>) -> Answer {
    let mut answer = refuse(call, 400, "invalid_object", "");
    if let crate::answer::Body::Json(body) = &mut answer.body {
        body["errors"] = json!({"errors": errors});
    }
    answer
}

fn lost(call: &Call<'_>, kind: &str, what: &str) -> Answer {
    refuse(call, 404, kind, &format!("Could not find {what}"))
}

/// Whether an administrator asks for what all projects have.
fn all_projects(call: &Call<'_>) -> Result<bool, Answer> {
    let on = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "1" | "t" | "true" | "on" | "y" | "yes");
    match call.header("x-auth-all-projects").is_some_and(on) {
        true if !call.who.admin() => Err(refuse(call, 403, "forbidden", "")),
        asked => Ok(asked),
    }
}

fn check_uuid(call: &Call<'_>, name: &str, id: &str) -> Result<(), Answer> {
    match uuid::Uuid::parse_str(id) {
        Ok(_) => Ok(()),
        Err(_) => Err(refuse(call, 400, "invalid_uuid", &format!("Invalid UUID {name}: {id}"))),
    }
}

fn body(call: &Call<'_>) -> Result<Doc, Answer> {
    if call.body.is_empty() {
        return Err(refuse(call, 400, "empty_request_body", "Request Body is empty"));
    }
    call.object().ok_or_else(|| refuse(call, 400, "invalid_json", "Request Body is not valid JSON"))
}

/// What a thing says of the work that is done on it.
fn put_state(value: &mut Value, row: &Row) {
    for key in ["action", "status"] {
        value[key] = row.value(key);
    }
}

/// What a thing says when that work is done, and when it is not.
fn outcome(call: &Call<'_>) -> Vec<crate::store::Step> {
    use crate::call::fields;
    call.building(fields! {"action": "NONE", "status": "ACTIVE"}, |_| fields! {"status": "ERROR"})
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match path {
        [] => {
            let links = json!([
                {"href": format!("{}/v2", call.base), "rel": "self"},
                {"href": "https://docs.openstack.org/api-ref/dns", "rel": "help"},
            ]);
            let status = |id: &str| if id == "v2.4" { "CURRENT" } else { "SUPPORTED" };
            let versions: Vec<Value> = VERSIONS
                .iter()
                .map(|(id, updated)| json!({"id": id, "status": status(id), "updated": updated, "links": links}))
                .collect();
            Ok(Answer::ok(json!({"versions": versions})))
        }
        ["v2", rest @ ..] => route(call, rest),
        _ => Err(refuse(call, 404, "not_found", "")),
    }
}

fn route(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["zones"]) => zones::list(call),
        ("POST", ["zones"]) => zones::create(call),
        ("GET", ["zones", id]) => zones::show(call, id),
        ("PATCH", ["zones", id]) => zones::update(call, id),
        ("DELETE", ["zones", id]) => zones::delete(call, id),
        ("GET", ["zones", zone, "recordsets"]) => recordsets::list(call, Some(zone)),
        ("POST", ["zones", zone, "recordsets"]) => recordsets::create(call, zone),
        ("GET", ["zones", zone, "recordsets", id]) => recordsets::show(call, zone, id),
        ("PUT", ["zones", zone, "recordsets", id]) => recordsets::update(call, zone, id),
        ("DELETE", ["zones", zone, "recordsets", id]) => recordsets::delete(call, zone, id),
        ("GET", ["recordsets"]) => recordsets::list(call, None),
        ("GET", ["recordsets", id]) => recordsets::redirect(call, id),
        ("GET", ["reverse", "floatingips"]) => pointers::list(call),
        ("GET", ["reverse", "floatingips", key]) => pointers::show(call, key),
        ("PATCH", ["reverse", "floatingips", key]) => pointers::set(call, key),
        _ => Err(refuse(call, 404, "not_found", "")),
    }
}
