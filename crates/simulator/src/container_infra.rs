//! Magnum: cluster templates, clusters and their certificates.

mod certificates;
mod clusters;
mod templates;

use axum::http::{HeaderName, header};
use serde_json::{Value, json};

use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::compute;
use crate::store::Row;

pub(crate) const TEMPLATES: &str = "clustertemplates";
pub(crate) const CLUSTERS: &str = "clusters";

const MAX: u32 = 14;

/// A body of Magnum's may carry these keys and no others.
fn only(what: &str, given: &crate::store::Doc, known: &[&str]) -> Result<(), Answer> {
    match given.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(refuse::infra(400, &format!("Unknown attribute for argument {what}: {key}"))),
        None => Ok(()),
    }
}

fn invalid(field: &str, value: &Value, reason: &str) -> Answer {
    let value = crate::wire::python_bare(value);
    refuse::infra(400, &format!("Invalid input for field/attribute {field}. Value: '{value}'. {reason}"))
}

fn missing(what: &str, id: &str) -> Answer {
    refuse::infra(404, &format!("{what} {id} could not be found."))
}

fn links(call: &Call<'_>, path: &str) -> Value {
    json!([
        {"href": format!("{}/v1/{path}", call.base), "rel": "self"},
        {"href": format!("{}/{path}", call.base), "rel": "bookmark"},
    ])
}

/// A name: a letter, then letters, digits and `_.-`; up to 242 characters.
fn name(value: &Value) -> Result<String, Answer> {
    let text = value.as_str().unwrap_or_default();
    let fits = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    if !fits {
        return Err(invalid("name", value, "Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$"));
    }
    if text.len() > 242 {
        return Err(invalid("name", value, "Value should have a maximum character requirement of 242"));
    }
    Ok(text.to_owned())
}

/// Labels: an object whose values are texts.
fn labels(value: Option<&Value>) -> Result<Value, Answer> {
    match value {
        None | Some(Value::Null) => Ok(json!({})),
        Some(Value::Object(map)) if map.values().all(Value::is_string) => Ok(json!(map)),
        Some(other) => Err(invalid("labels", other, "Value should be a mapping of texts")),
    }
}

/// Cuts a page out of a list, oldest first; Magnum links with `next`.
fn listed(call: &Call<'_>, many: &str, what: &str, rows: Vec<&Row>, view: impl Fn(&Row) -> Value) -> Reply {
    let limit = match call.param("limit") {
        None => 1000,
        Some(text) => match text.parse::<usize>() {
            Ok(limit) if limit > 0 => limit.min(1000),
            _ => return Err(refuse::infra(400, "Limit must be positive")),
        },
    };
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => rows.iter().position(|row| row.id == marker).ok_or_else(|| missing(what, marker))? + 1,
    };
    let more = rows.len() - start > limit;
    let page: Vec<&Row> = rows.into_iter().skip(start).take(limit).collect();
    let items: Vec<Value> = page.iter().map(|row| view(row)).collect();
    let mut body = json!({many: items});
    if let Some(last) = page.last().filter(|_| more) {
        body["next"] = json!(format!("{}/v1/{many}?limit={limit}&marker={}", call.base, last.id));
    }
    Ok(Answer::ok(body))
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let rest = match path {
        [] => {
            let version = json!({"id": "v1", "links": [{"href": format!("{}/v1/", call.base), "rel": "self"}], "status": "CURRENT", "max_version": format!("1.{MAX}"), "min_version": "1.1"});
            return Ok(Answer::ok(json!({
                "name": "OpenStack Magnum API", "versions": [version],
                "description": "Magnum is an OpenStack project which aims to provide container cluster management.",
            })));
        }
        ["v1"] => return Ok(Answer::ok(version_one(call))),
        ["v1", rest @ ..] => rest,
        _ => return Err(refuse::infra(404, "")),
    };
    let asked = compute::named(call.header("openstack-api-version"), "container-infra");
    let minor = match asked.as_deref() {
        None => 1,
        Some("latest") => MAX,
        Some(text) => match text.split_once('.').and_then(|(major, minor)| Some((major, minor.parse::<u32>().ok()?))) {
            Some(("1", minor)) if (1..=MAX).contains(&minor) => minor,
            _ => return Err(unsupported()),
        },
    };
    let answer = route(call, rest, minor).unwrap_or_else(|refusal| refusal);
    Ok(answer
        .with(HeaderName::from_static("openstack-api-version"), &format!("container-infra 1.{minor}"))
        .with(header::VARY, "OpenStack-API-Version")
        .with(HeaderName::from_static("openstack-api-minimum-version"), "container-infra 1.1")
        .with(HeaderName::from_static("openstack-api-maximum-version"), &format!("container-infra 1.{MAX}")))
}

fn unsupported() -> Answer {
    let help = json!({"rel": "help", "href": "http://docs.openstack.org/api-guide/compute/microversions.html"});
    let error = json!({
        "max_version": format!("1.{MAX}"), "min_version": "1.1", "code": "magnum.microversion-unsupported",
        "links": [help], "title": "Requested microversion is unsupported",
    });
    Answer::json(406, json!({"errors": [error]}))
}

fn version_one(call: &Call<'_>) -> Value {
    let mut body = json!({
        "id": "v1",
        "media_types": [{"base": "application/json", "type": "application/vnd.openstack.magnum.v1+json"}],
        "links": [{"href": format!("{}/v1/", call.base), "rel": "self"}],
    });
    for name in [TEMPLATES, CLUSTERS, "certificates"] {
        body[name] = links(call, &format!("{name}/"));
    }
    body
}

fn route(call: &mut Call<'_>, path: &[&str], v: u32) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["clustertemplates"] | ["clustertemplates", "detail"]) => templates::list(call),
        ("POST", ["clustertemplates"]) => templates::create(call),
        ("GET", ["clustertemplates", id]) => templates::show(call, id),
        ("DELETE", ["clustertemplates", id]) => templates::delete(call, id),
        ("GET", ["clusters"]) => clusters::list(call, v, false),
        ("GET", ["clusters", "detail"]) => clusters::list(call, v, true),
        ("POST", ["clusters"]) => clusters::create(call),
        ("GET", ["clusters", id]) => clusters::show(call, id, v),
        ("DELETE", ["clusters", id]) => clusters::delete(call, id),
        ("POST", ["clusters", id, "actions", "resize"]) => clusters::resize(call, id),
        ("GET", ["certificates", cluster]) => certificates::show(call, cluster),
        ("POST", ["certificates"]) => certificates::sign(call),
        _ => Err(Answer::json(
            404,
            json!({"errors": [{"request_id": "", "code": "", "status": 404, "title": "", "detail": "", "links": []}]}),
        )),
    }
}
