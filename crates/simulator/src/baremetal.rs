//! Ironic: nodes, their power and provision states, and their ports.
//!
//! The hardware is as fake as that of the cloud that was recorded, and so are its interfaces: power and deployment always
//! do as asked, inspection and rescue are not there. Nothing is cleaned in between. All microversions answer as 1.81 does.

mod nodes;
mod ports;
mod states;

use axum::http::HeaderName;
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::{Doc, Row};
use crate::wire;

pub(crate) const NODES: &str = "baremetal_nodes";
const PORTS: &str = "baremetal_ports";

const MAX: u32 = 81;
/// The longest page.
const MOST: usize = 1000;
/// Who works on a node while it changes.
const CONDUCTOR: &str = "metal-1";

/// Ironic's way to say no: JSON in a text in JSON.
pub(crate) fn fault(status: u16, message: &str) -> Answer {
    let (code, text) = (if status < 500 { "Client" } else { "Server" }, json!(message));
    let inside = match status {
        // What the conductor refuses is written by another hand than what the API does.
        409 => format!(r#"{{"faultcode":"{code}","faultstring":{text},"debuginfo":null}}"#),
        _ => format!(r#"{{"faultcode": "{code}", "faultstring": {text}, "debuginfo": null}}"#),
    };
    Answer::json(status, json!({ "error_message": inside }))
}

fn denied(rule: &str) -> Answer {
    fault(403, &format!("Access was denied to the following resource: {rule}"))
}

fn missing(what: &str, id: &str) -> Answer {
    fault(404, &format!("{what} {id} could not be found."))
}

fn links(call: &Call<'_>, path: &str) -> Value {
    json!([
        {"href": format!("{}/v1/{path}", call.base), "rel": "self"},
        {"href": format!("{}/{path}", call.base), "rel": "bookmark"},
    ])
}

/// When it was last changed; never, as long as it is as it was made.
fn update_time(row: &Row) -> Value {
    if row.changed == row.at { Value::Null } else { json!(wire::offset(row.changed)) }
}

/// The body, which may have these keys and no others.
fn body(call: &Call<'_>, what: &str, known: &[&str], needed: &[&str]) -> Result<Doc, Answer> {
    let wrong = |why: String| fault(400, &format!("Schema error for {what}: {why}"));
    let given = call.object().ok_or_else(|| fault(400, "Invalid JSON in the body."))?;
    if let Some(key) = given.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(wrong(format!("Additional properties are not allowed ('{key}' was unexpected)")));
    }
    match needed.iter().find(|key| !given.contains_key(**key)) {
        Some(key) => Err(wrong(format!("'{key}' is a required property"))),
        None => Ok(given),
    }
}

/// What a list of any sort is asked with.
const PAGED: [&str; 5] = ["limit", "marker", "sort_key", "sort_dir", "fields"];

/// A list that can be told apart by these attributes: sorted, and a page of it. The link to what follows stands below
/// every full page, also the last one, and carries no filters.
struct List<'a> {
    many: &'a str,
    /// Below `v1`.
    path: &'a str,
    /// What the link names, of a list that shows some fields only.
    fields: Option<&'a str>,
    filters: &'a [&'a str],
}

impl List<'_> {
    fn answer(
        &self,
        call: &Call<'_>,
        rows: impl Iterator<Item = Row>,
        has: impl Fn(&Row, &str) -> Value,
        view: impl Fn(&Row) -> Value,
    ) -> Reply {
        let unknown: Vec<&str> = call.query.iter().map(|(name, _)| name.as_str()).collect();
        let unknown = unknown.into_iter().find(|name| !self.filters.contains(name) && !PAGED.contains(name));
        if let Some(name) = unknown {
            return Err(fault(400, &format!("Unexpected arguments: {name}")));
        }
        let limit = match call.param("limit") {
            None => MOST,
            Some(text) => match text.parse::<usize>() {
                Ok(0) => MOST,
                Ok(limit) => limit.min(MOST),
                Err(_) => return Err(fault(400, "Limit must be positive")),
            },
        };
        let fits = |row: &Row| {
            let filters = self.filters.iter().filter_map(|name| Some((name, call.param(name)?)));
            filters.into_iter().all(|(name, wanted)| wire::python_bare(&has(row, name)) == wanted)
        };
        let mut rows: Vec<Row> = rows.filter(fits).collect();
        let (key, direction) = (call.param("sort_key").unwrap_or("id"), call.param("sort_dir").unwrap_or("asc"));
        if key != "id" {
            rows.sort_by_cached_key(|row| has(row, key).to_string());
        }
        if direction == "desc" {
            rows.reverse();
        }
        let start = match call.param("marker") {
            None => 0,
            Some(marker) => rows.iter().position(|row| row.id == marker).ok_or_else(|| missing("Node", marker))? + 1,
        };
        let page: Vec<&Row> = rows.iter().skip(start).take(limit).collect();
        let mut body = json!({ self.many: page.iter().map(|row| view(row)).collect::<Vec<_>>() });
        if let Some(last) = page.last().filter(|_| page.len() == limit) {
            let fields = self.fields.map(|fields| format!("&fields={fields}")).unwrap_or_default();
            let sorted = format!("sort_key={key}&sort_dir={direction}{fields}&limit={limit}&marker={}", last.id);
            body["next"] = json!(format!("{}/v1/{}?{sorted}", call.base, self.path));
        }
        Ok(Answer::ok(body))
    }
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let rest = match path {
        [] => {
            let version = version(call);
            return Ok(Answer::ok(json!({
                "name": "OpenStack Ironic API", "versions": [version], "default_version": version,
                "description": "Ironic is an OpenStack project which enables the provision and management of \
                                baremetal machines.",
            })));
        }
        ["v1"] => {
            let mut one = json!({"id": "v1", "version": version(call), "links": links(call, "")});
            for many in ["nodes", "ports"] {
                one[many] = links(call, &format!("{many}/"));
            }
            return Ok(Answer::ok(one));
        }
        ["v1", rest @ ..] => rest,
        _ => return Err(Answer::lost_page()),
    };
    let Some(minor) = minor(call) else {
        return Err(fault(406, &format!("The version must be one of 1.1 to 1.{MAX}.")));
    };
    let answer = route(call, rest).unwrap_or_else(|refusal| refusal);
    Ok(answer
        .with(HeaderName::from_static("x-openstack-ironic-api-version"), &format!("1.{minor}"))
        .with(HeaderName::from_static("x-openstack-ironic-api-minimum-version"), "1.1")
        .with(HeaderName::from_static("x-openstack-ironic-api-maximum-version"), &format!("1.{MAX}")))
}

/// The asked microversion; none when there is no such.
fn minor(call: &Call<'_>) -> Option<u32> {
    let own = call.header("x-openstack-ironic-api-version");
    let text = match own.or_else(|| call.header("openstack-api-version")?.strip_prefix("baremetal ")) {
        None => return Some(1),
        Some("latest") => return Some(MAX),
        Some(text) => text,
    };
    let (major, minor) = text.split_once('.')?;
    minor.parse().ok().filter(|minor| major == "1" && (1..=MAX).contains(minor))
}

fn version(call: &Call<'_>) -> Value {
    let link = json!({"href": format!("{}/v1/", call.base), "rel": "self"});
    json!({"id": "v1", "links": [link], "status": "CURRENT", "min_version": "1.1", "version": format!("1.{MAX}")})
}

fn route(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["nodes"]) => nodes::list(call, false),
        ("GET", ["nodes", "detail"]) => nodes::list(call, true),
        ("POST", ["nodes"]) => nodes::create(call),
        ("GET", ["nodes", id]) => nodes::show(call, id),
        ("PATCH", ["nodes", id]) => nodes::update(call, id),
        ("DELETE", ["nodes", id]) => nodes::delete(call, id),
        ("GET", ["nodes", id, "states"]) => states::show(call, id),
        ("PUT", ["nodes", id, "states", "power"]) => states::power(call, id),
        ("PUT", ["nodes", id, "states", "provision"]) => states::provision(call, id),
        ("PUT", ["nodes", id, "maintenance"]) => states::maintain(call, id, true),
        ("DELETE", ["nodes", id, "maintenance"]) => states::maintain(call, id, false),
        ("GET", ["ports"]) => ports::list(call, false),
        ("GET", ["ports", "detail"]) => ports::list(call, true),
        ("POST", ["ports"]) => ports::create(call),
        ("GET", ["ports", id]) => ports::show(call, id),
        ("DELETE", ["ports", id]) => ports::delete(call, id),
        _ => Err(fault(404, "Not Found")),
    }
}
