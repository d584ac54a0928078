//! Zun: containers and capsules.
//!
//! Nothing runs, as in the cloud that was recorded: statuses follow the calls, no container gets an address, a log
//! holds one line that says so, and no volume is touched. All microversions answer as the newest one does.

mod actions;
mod capsules;
mod checks;
mod containers;
mod rules;
mod schema;

use axum::http::{HeaderName, header};
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::{Doc, Row};
use crate::wire;

pub(crate) const CONTAINERS: &str = "containers";
pub(crate) const CAPSULES: &str = "capsules";

const MAX: u32 = 40;
/// The longest page.
const MOST: usize = 1000;

/// Zun's way to say no: what kind of fault it is stands behind the service's name.
fn refuse(status: u16, kind: &str, message: &str) -> Answer {
    titled(status, kind, message, message)
}

fn titled(status: u16, kind: &str, title: &str, detail: &str) -> Answer {
    let code = format!("container.{kind}");
    let error =
        json!({"request_id": "", "code": code, "status": status, "title": title, "detail": detail, "links": []});
    Answer::json(status, json!({"errors": [error]}))
}

/// A failure of the service itself.
pub(crate) fn fault(status: u16, message: &str) -> Answer {
    let title = match status {
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    titled(status, "", title, message)
}

fn bad(message: &str) -> Answer {
    refuse(400, "invalid-value", message)
}

fn missing(id: &str) -> Answer {
    refuse(404, "container-not-found", &format!("Container {id} could not be found."))
}

fn forbidden(action: &str) -> Answer {
    refuse(403, "policy-not-authorized", &format!("Policy doesn't allow {action} to be performed."))
}

fn links(call: &Call<'_>, many: &str, id: &str) -> Value {
    json!([
        {"href": format!("{}/v1/{many}/{id}", call.base), "rel": "self"},
        {"href": format!("{}/{many}/{id}", call.base), "rel": "bookmark"},
    ])
}

/// A time as it was just taken, and not read back from a database.
fn fresh_time(at: i64) -> String {
    wire::naive(at).replace('T', " ")
}

fn time(at: i64) -> String {
    wire::seconds(at).replace('T', " ").trim_end_matches('Z').to_owned()
}

/// When it was last changed; never, as long as it is as it was made.
fn update_time(row: &Row) -> Value {
    if row.changed == row.at { Value::Null } else { json!(time(row.changed)) }
}

/// A made-up name: a Greek letter and a number.
fn made_up() -> String {
    const LETTERS: [&str; 8] = ["alpha", "beta", "gamma", "delta", "kappa", "lambda", "sigma", "omega"];
    let bytes = wire::random(1);
    format!("{}-{}", LETTERS[usize::from(bytes[0]) % LETTERS.len()], bytes[1] % 24 + 1)
}

/// A row by id or name.
fn find(call: &Call<'_>, kind: &str, id: &str) -> Result<Row, Answer> {
    if uuid::Uuid::parse_str(id).is_ok() {
        return call.mine(kind, id).cloned().ok_or_else(|| missing(id));
    }
    let mut found = call.rows(kind).filter(|row| call.who.may(row) && row.text("name") == id);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => {
            let message = "Multiple containers exist with same name. Please use the container uuid instead.";
            Err(refuse(409, "conflict", message))
        }
        (Some(row), None) => Ok(row.clone()),
        (None, _) => Err(missing(id)),
    }
}

/// The parameters of the query as an object.
fn query(call: &Call<'_>) -> Doc {
    call.query.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
}

/// Whether a parameter says yes.
fn says_yes(call: &Call<'_>, name: &str, otherwise: bool) -> bool {
    call.param(name).and_then(rules::truth).unwrap_or(otherwise)
}

/// What a list can be sorted by, beside the order of creation.
const SORTED_BY: [&str; 14] = [
    "name",
    "uuid",
    "project_id",
    "user_id",
    "image",
    "cpu",
    "memory",
    "status",
    "task_state",
    "hostname",
    "disk",
    "auto_remove",
    "created_at",
    "updated_at",
];

fn sort_value(row: &Row, key: &str) -> (f64, String) {
    match key {
        "uuid" => (0.0, row.id.clone()),
        "project_id" => (0.0, row.project.clone()),
        "user_id" => (0.0, row.text("user").to_owned()),
        "created_at" => (0.0, wire::micros(row.at)),
        "updated_at" => (0.0, wire::micros(row.changed)),
        _ => match row.value(key) {
            Value::Number(number) => (number.as_f64().unwrap_or_default(), String::new()),
            other => (0.0, wire::python_bare(&other)),
        },
    }
}

/// Sorts a list and cuts a page out of it. The link to what follows carries no filters, and stands below every full
/// page, also the last one.
fn listed(call: &Call<'_>, many: &str, mut rows: Vec<&Row>, view: impl Fn(&Row) -> Value) -> Reply {
    let limit = match call.param("limit") {
        None => MOST,
        Some(text) => match text.parse::<usize>() {
            Ok(limit) if limit > 0 => limit.min(MOST),
            _ => return Err(bad("Limit must be positive integer")),
        },
    };
    let direction = call.param("sort_dir").unwrap_or("asc");
    if !["asc", "desc"].contains(&direction) {
        let message = format!("Invalid sort direction: {direction}. Acceptable values are 'asc' or 'desc'");
        return Err(bad(&message));
    }
    let key = call.param("sort_key").unwrap_or("id");
    if SORTED_BY.contains(&key) {
        rows.sort_by(|one, other| {
            let ((number, text), (next_number, next_text)) = (sort_value(one, key), sort_value(other, key));
            number.total_cmp(&next_number).then_with(|| text.cmp(&next_text))
        });
    } else if key != "id" {
        let message = format!("The sort_key value \"{key}\" is an invalid field for sorting");
        return Err(refuse(400, "invalid-parameter-value", &message));
    }
    if direction == "desc" {
        rows.reverse();
    }
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => rows.iter().position(|row| row.id == marker).ok_or_else(|| missing(marker))? + 1,
    };
    let page: Vec<&Row> = rows.into_iter().skip(start).take(limit).collect();
    let next = page.last().filter(|_| page.len() == limit).map(|last| {
        format!("{}/v1/{many}?sort_key={key}&sort_dir={direction}&limit={limit}&marker={}", call.base, last.id)
    });
    let items: Vec<Value> = page.iter().map(|row| view(row)).collect();
    Ok(Answer::ok(json!({many: items, "next": next})))
}

/// The rows that a list is made of: the project's, or an administrator's look at all.
fn listable<'c>(call: &'c Call<'_>, kind: &str) -> Vec<&'c Row> {
    let all = says_yes(call, "all_projects", false) && call.who.admin();
    call.rows(kind).filter(|row| all || call.who.owns(row)).collect()
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let rest = match path {
        [] => {
            let version = version(call);
            return Ok(Answer::ok(json!({
                "name": "OpenStack Zun API", "versions": [version], "default_version": version,
                "description": "Zun is an OpenStack project which aims to provide containers service.",
            })));
        }
        ["v1", rest @ ..] => rest,
        _ => return Err(nowhere(404)),
    };
    let minor = minor(call.header("openstack-api-version")).ok_or_else(|| nowhere(406))?;
    let answer = if rest.is_empty() { Ok(Answer::ok(version_one(call))) } else { route(call, rest) };
    Ok(answer
        .unwrap_or_else(|refusal| refusal)
        .with(HeaderName::from_static("openstack-api-version"), &format!("container 1.{minor}"))
        .with(header::VARY, "OpenStack-API-Version")
        .with(HeaderName::from_static("openstack-api-minimum-version"), "container 1.1")
        .with(HeaderName::from_static("openstack-api-maximum-version"), &format!("container 1.{MAX}")))
}

/// What is refused before it comes to the part of the service that would have words for it.
fn nowhere(status: u16) -> Answer {
    titled(status, "", "", "")
}

fn minor(header: Option<&str>) -> Option<u32> {
    let Some(header) = header else { return Some(1) };
    let (service, text) = header.split_once(' ')?;
    if service != "container" {
        return None;
    }
    if text.eq_ignore_ascii_case("latest") {
        return Some(MAX);
    }
    let (major, minor) = text.split_once('.')?;
    minor.parse().ok().filter(|minor| major == "1" && (1..=MAX).contains(minor))
}

fn version(call: &Call<'_>) -> Value {
    let link = json!({"href": format!("{}/v1/", call.base), "rel": "self"});
    json!({"id": "v1", "links": [link], "status": "CURRENT", "max_version": format!("1.{MAX}"), "min_version": "1.1"})
}

fn version_one(call: &Call<'_>) -> Value {
    let help = json!({"href": "https://docs.openstack.org/developer/zun/dev/api-spec-v1.html", "rel": "describedby", "type": "text/html"});
    let mut body = json!({
        "id": "v1",
        "media_types": [{"base": "application/json", "type": "application/vnd.openstack.zun.v1+json"}],
        "links": [{"href": format!("{}/v1/", call.base), "rel": "self"}, help],
    });
    for many in [CONTAINERS, CAPSULES] {
        body[many] = links(call, many, "");
    }
    body
}

fn route(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["containers"]) => containers::list(call),
        ("POST", ["containers"]) => containers::create(call),
        ("GET", ["containers", id]) => containers::show(call, id),
        ("PATCH", ["containers", id]) => containers::update(call, id),
        ("DELETE", ["containers", id]) => containers::delete(call, id),
        ("GET", ["containers", id, "logs"]) => actions::logs(call, id),
        ("POST", ["containers", id, "execute"]) => actions::execute(call, id),
        ("POST", ["containers", id, verb]) => actions::act(call, id, verb),
        ("GET", ["capsules"]) => capsules::list(call),
        ("POST", ["capsules"]) => capsules::create(call),
        ("GET", ["capsules", id]) => capsules::show(call, id),
        ("DELETE", ["capsules", id]) => capsules::delete(call, id),
        _ => Err(nowhere(404)),
    }
}
