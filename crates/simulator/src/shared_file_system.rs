//! Manila: shares with their access rules and export locations, snapshots, share networks, types, messages, limits.
//!
//! There is one back end, and it makes no share servers: a share that is asked for in a share network ends in `error`,
//! as on the cloud that the answers were recorded from.

mod access;
mod actions;
mod create;
mod limits;
mod listing;
mod messages;
mod networks;
mod shares;
mod snapshots;
mod types;

use axum::http::{HeaderName, header};
use serde_json::{Value, json};

use crate::answer::{Answer, Body, Reply, refuse};
use crate::call::Call;
use crate::store::{Doc, Row};

pub(crate) const TYPES: &str = "share_types";
const SHARES: &str = "shares";
const SNAPSHOTS: &str = "share_snapshots";
const NETWORKS: &str = "share_networks";
const RULES: &str = "share_access_rules";
const MESSAGES: &str = "share_messages";

const MAX: u32 = 99;
const HEADER: HeaderName = HeaderName::from_static("x-openstack-manila-api-version");
/// The only zone that there is.
const ZONE: &str = "nova";

fn versions(call: &Call<'_>) -> Value {
    json!({"versions": [{
        "id": "v2.0", "status": "CURRENT", "version": format!("2.{MAX}"), "min_version": "2.0",
        "updated": "2015-08-27T11:33:21Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"},
            {"rel": "self", "href": format!("{}/v2/", call.base)},
        ],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.share+json;version=1"}],
    }]})
}

/// The microversion asked for: the part after the point. Manila knows no `latest`.
fn version(call: &Call<'_>) -> Result<u32, Answer> {
    let Some(text) = call.header(HEADER.as_str()) else { return Ok(0) };
    let parsed =
        text.split_once('.').and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    match parsed {
        Some((2, minor)) if minor <= MAX => Ok(minor),
        Some(_) => {
            let message = format!("Version {text} is not supported by the API. Minimum is 2.0 and maximum is 2.{MAX}.");
            Err(refuse::fault(406, &message))
        }
        None => {
            let message =
                format!("API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.");
            Err(bad(&message))
        }
    }
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let rest = match path {
        [] => return Ok(Answer::json(300, versions(call))),
        ["v2"] => return Ok(Answer::ok(versions(call))),
        ["v2", rest @ ..] => rest,
        _ => return Err(Answer::lost_page()),
    };
    let v = version(call)?;
    let answer = route(call, rest, v).unwrap_or_else(|refusal| refusal);
    if matches!(answer.body, Body::Html(_)) {
        return Ok(answer);
    }
    Ok(answer.with(HEADER, &format!("2.{v}")).with(header::VARY, "X-OpenStack-Manila-API-Version"))
}

fn route(call: &mut Call<'_>, path: &[&str], v: u32) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["shares"]) => shares::list(call, v, false),
        ("GET", ["shares", "detail"]) => shares::list(call, v, true),
        ("POST", ["shares"]) => create::create(call, v),
        ("GET", ["shares", id]) => shares::show(call, id, v),
        ("PUT", ["shares", id]) => shares::update(call, id, v),
        ("DELETE", ["shares", id]) => shares::delete(call, id),
        ("POST", ["shares", id, "action"]) => actions::act(call, id, v),
        (_, ["shares", id, "metadata"]) => shares::metadata(call, id),
        ("GET", ["shares", id, "export_locations"]) if v >= 9 => shares::export_locations(call, id, v),
        ("GET", ["snapshots"]) => snapshots::list(call, v, false),
        ("GET", ["snapshots", "detail"]) => snapshots::list(call, v, true),
        ("POST", ["snapshots"]) => snapshots::create(call, v),
        ("GET", ["snapshots", id]) => snapshots::show(call, id, v),
        ("PUT", ["snapshots", id]) => snapshots::update(call, id, v),
        ("DELETE", ["snapshots", id]) => snapshots::delete(call, id),
        ("GET", ["share-networks"]) => networks::list(call, v, false),
        ("GET", ["share-networks", "detail"]) => networks::list(call, v, true),
        ("POST", ["share-networks"]) => networks::create(call, v),
        ("GET", ["share-networks", id]) => networks::show(call, id, v),
        ("PUT", ["share-networks", id]) => networks::update(call, id, v),
        ("DELETE", ["share-networks", id]) => networks::delete(call, id),
        ("GET", ["share-access-rules"]) if v >= 45 => access::list(call, v),
        ("GET", ["share-access-rules", id]) if v >= 45 => access::show(call, id, v),
        ("GET", ["types"]) => Ok(types::list(call, v)),
        ("GET", ["types", id]) => types::show(call, id, v),
        ("GET", ["messages"]) if v >= 37 => messages::list(call),
        ("GET", ["messages", id]) if v >= 37 => messages::show(call, id),
        ("GET", ["limits"]) => Ok(limits::limits(call, v)),
        // For an older microversion than what it came with, it is not there.
        (_, ["shares", _, "export_locations"] | ["share-access-rules" | "messages", ..]) => Err(lost()),
        _ => Err(Answer::lost_page()),
    }
}

fn lost() -> Answer {
    refuse::fault(404, "The resource could not be found.")
}

fn bad(message: &str) -> Answer {
    refuse::fault(400, message)
}

/// What Manila's own checks refuse; the reason comes without its full stop.
fn input(reason: &str) -> Answer {
    bad(&format!("Invalid input received: {reason}."))
}

/// The object under one key of the body.
fn body(call: &Call<'_>, key: &str) -> Result<Doc, Answer> {
    match call.object().and_then(|mut body| body.remove(key)) {
        Some(Value::Object(given)) => Ok(given),
        _ => Err(refuse::fault(422, "Unable to process the contained instructions")),
    }
}

/// A name or a description; an empty one is none.
fn words(given: &Doc, key: &str) -> Result<Value, Answer> {
    match given.get(key).and_then(Value::as_str) {
        Some(text) if text.chars().count() > 255 => Err(input(&format!("{key} can only be 255 characters long"))),
        Some(text) if !text.is_empty() => Ok(json!(text)),
        _ => Ok(Value::Null),
    }
}

/// What a body changes: `display_name` and `display_description`, as they are called only there.
fn renamed(given: &Doc) -> Result<Doc, Answer> {
    let mut set = Doc::new();
    for (key, name) in [("display_name", "name"), ("display_description", "description")] {
        if given.contains_key(key) {
            set.insert(name.to_owned(), words(given, key)?);
        }
    }
    Ok(set)
}

fn links(call: &Call<'_>, path: &str) -> Value {
    json!([
        {"rel": "self", "href": format!("{}/v2/{path}", call.base)},
        {"rel": "bookmark", "href": format!("{}/{path}", call.base)},
    ])
}

/// Takes out of a view what came with a later microversion.
fn until(view: &mut Value, v: u32, since: &[(&str, u32)]) {
    if let Value::Object(map) = view {
        map.retain(|key, _| since.iter().all(|(name, from)| name != key || v >= *from));
    }
}

/// When a thing was changed last; null when it never was.
fn updated(row: &Row) -> Value {
    if row.changed == row.at { Value::Null } else { json!(crate::wire::naive(row.changed)) }
}

/// Whether an administrator asks for what all projects have.
fn all_projects(call: &Call<'_>) -> bool {
    let on = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "" | "1" | "true" | "yes" | "on" | "t" | "y");
    call.who.admin() && call.param("all_tenants").is_some_and(on)
}
