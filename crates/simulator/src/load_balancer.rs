//! Octavia: load balancers made in one request with all their parts, the parts to look at, and members to change.
//!
//! Nothing balances, so operating statuses stay what they are on a cloud whose balancers report nothing: `OFFLINE`.
//! What is shared by the collections is here, driven by one [`Kind`] each.

mod balancers;
mod create;
mod fields;
mod listing;
mod members;
mod parts;

use serde_json::{Value, json};

use crate::answer::{Answer, Body, Reply, refuse};
use crate::call::Call;
use crate::store::{Doc, Row, Step};
use crate::wire;

pub(crate) const BALANCERS: &str = "load_balancers";
const LISTENERS: &str = "lb_listeners";
const POOLS: &str = "lb_pools";
const MEMBERS: &str = "lb_members";
const MONITORS: &str = "lb_monitors";

/// The versions, which differ in what they can and not in how they are asked; with the day of each.
const VERSIONS: [(&str, &str); 31] = [
    ("v2.0", "2016-12-11T00:00:00Z"),
    ("v2.1", "2018-04-20T00:00:00Z"),
    ("v2.2", "2018-07-31T00:00:00Z"),
    ("v2.3", "2018-12-18T00:00:00Z"),
    ("v2.4", "2018-12-19T00:00:00Z"),
    ("v2.5", "2019-01-21T00:00:00Z"),
    ("v2.6", "2019-01-25T00:00:00Z"),
    ("v2.7", "2018-01-25T12:00:00Z"),
    ("v2.8", "2019-02-12T00:00:00Z"),
    ("v2.9", "2019-03-04T00:00:00Z"),
    ("v2.10", "2019-03-05T00:00:00Z"),
    ("v2.11", "2019-06-24T00:00:00Z"),
    ("v2.12", "2019-09-11T00:00:00Z"),
    ("v2.13", "2019-09-13T00:00:00Z"),
    ("v2.14", "2019-11-10T00:00:00Z"),
    ("v2.15", "2020-03-10T00:00:00Z"),
    ("v2.16", "2020-03-15T00:00:00Z"),
    ("v2.17", "2020-04-29T00:00:00Z"),
    ("v2.18", "2020-04-29T01:00:00Z"),
    ("v2.19", "2020-05-12T00:00:00Z"),
    ("v2.20", "2020-08-02T00:00:00Z"),
    ("v2.21", "2020-09-03T00:00:00Z"),
    ("v2.22", "2020-09-04T00:00:00Z"),
    ("v2.23", "2020-09-07T00:00:00Z"),
    ("v2.24", "2020-10-15T00:00:00Z"),
    ("v2.25", "2021-10-02T00:00:00Z"),
    ("v2.26", "2022-08-29T00:00:00Z"),
    ("v2.27", "2023-05-05T00:00:00Z"),
    ("v2.28", "2023-11-08T00:00:00Z"),
    ("v2.29", "2024-10-15T00:00:00Z"),
    ("v2.30", "2025-02-26T00:00:00Z"),
];

/// One collection.
struct Kind {
    /// In bodies: `loadbalancer`.
    one: &'static str,
    /// In bodies and in the path: `loadbalancers`.
    many: &'static str,
    table: &'static str,
    /// In sentences: `Load Balancer`.
    name: &'static str,
    /// What lists can be filtered by, besides what all can.
    filters: &'static [&'static str],
    view: fn(&Call<'_>, &Row) -> Value,
}

const KINDS: [&Kind; 4] = [&balancers::KIND, &parts::LISTENER, &parts::POOL, &parts::MONITOR];

impl Kind {
    /// A thing that the caller may see and change; that it exists is no secret.
    fn find(&self, call: &Call<'_>, id: &str) -> Result<Row, Answer> {
        let row = call.get(self.table, id).ok_or_else(|| lost(self.name, id))?;
        if call.who.may(row) { Ok(row.clone()) } else { Err(forbidden()) }
    }

    fn show(&self, call: &Call<'_>, id: &str) -> Reply {
        let row = self.find(call, id)?;
        Ok(Answer::ok(json!({self.one: (self.view)(call, &row)})))
    }
}

/// Octavia's way to say no, as its framework writes it.
pub(crate) fn fault(status: u16, message: &str) -> Answer {
    let code = if status < 500 { "Client" } else { "Server" };
    Answer::json(status, json!({"debuginfo": null, "faultcode": code, "faultstring": message}))
}

fn lost(what: &str, id: &str) -> Answer {
    fault(404, &format!("{what} {id} not found."))
}

fn forbidden() -> Answer {
    fault(403, "Policy does not allow this request to be performed.")
}

fn invalid(detail: &str) -> Answer {
    fault(400, &format!("Validation failure: {detail}"))
}

/// What Neutron refused, said by Octavia.
fn from_network(refusal: &Answer) -> Answer {
    let message = match &refusal.body {
        Body::Json(body) => body["NeutronError"]["message"].as_str().unwrap_or_default(),
        Body::Empty | Body::Html(_) | Body::Raw { .. } => "",
    };
    fault(refusal.status.as_u16(), message)
}

/// The object under one key of the body.
fn body(call: &Call<'_>, key: &str) -> Result<Doc, Answer> {
    match call.object().and_then(|mut body| body.remove(key)) {
        Some(Value::Object(given)) => Ok(given),
        _ => Err(fault(400, &format!("Missing argument: \"{key}\""))),
    }
}

/// What everything here says of itself, and the attributes of these names.
fn view(row: &Row, keys: &[&str]) -> Value {
    let updated = if row.changed == row.at { Value::Null } else { json!(wire::plain(row.changed)) };
    let mut value = json!({
        "id": row.id, "project_id": row.project, "tenant_id": row.project, "created_at": wire::plain(row.at),
        "updated_at": updated,
    });
    for key in ["name", "tags", "admin_state_up", "provisioning_status", "operating_status"].iter().chain(keys) {
        value[*key] = row.value(key);
    }
    value
}

fn ids<'r>(rows: impl Iterator<Item = &'r Row>) -> Value {
    rows.map(|row| json!({"id": row.id})).collect()
}

/// The rows of a table that name a thing in one of their attributes.
fn naming<'c>(call: &'c Call<'_>, table: &str, key: &'c str, id: &'c str) -> impl Iterator<Item = &'c Row> {
    call.rows(table).filter(move |row| row.text(key) == id)
}

/// Refuses a change while another one is on its way.
fn check_settled(call: &Call<'_>, balancer: &str, allowed: &[&str]) -> Result<(), Answer> {
    let status = call.get(BALANCERS, balancer).map(|row| row.text("provisioning_status")).unwrap_or_default();
    if allowed.contains(&status) {
        return Ok(());
    }
    Err(fault(409, &format!("Invalid state {status} of loadbalancer resource {balancer}")))
}

/// Says of a thing that it is being changed, and what comes of that.
fn pend(call: &mut Call<'_>, table: &str, id: &str, status: &str, then: &[Step]) {
    call.change(table, id, |row| {
        row.set("provisioning_status", status);
        row.then = then.to_vec();
    });
}

/// How a change ends that starts now.
fn outcome(call: &Call<'_>) -> Vec<Step> {
    let status = |status: &str| crate::call::fields! {"provisioning_status": status};
    call.building(status("ACTIVE"), |_| status("ERROR"))
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match path {
        [] => {
            let link = json!([{"href": format!("{}/v2", call.base), "rel": "self"}]);
            let status = |id: &str| if id == "v2.30" { "CURRENT" } else { "SUPPORTED" };
            let versions: Vec<Value> = VERSIONS
                .iter()
                .map(|(id, updated)| json!({"id": id, "status": status(id), "updated": updated, "links": link}))
                .collect();
            Ok(Answer::ok(json!({"versions": versions})))
        }
        ["v2" | "v2.0", "lbaas", rest @ ..] => route(call, rest),
        _ => Err(nowhere()),
    }
}

fn nowhere() -> Answer {
    refuse::octavia_lookup(404, "The resource could not be found.", "Not Found")
}

fn route(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("POST", ["loadbalancers"]) => create::create(call),
        ("PUT", ["loadbalancers", id]) => balancers::update(call, id),
        ("DELETE", ["loadbalancers", id]) => balancers::delete(call, id),
        ("GET", ["loadbalancers", id, "stats"]) => balancers::stats(call, id),
        ("GET", ["loadbalancers", id, "status" | "statuses"]) => balancers::status(call, id),
        (_, ["pools", pool, "members", rest @ ..]) => members::serve(call, pool, rest),
        ("GET", [many]) => {
            let kind = KINDS.into_iter().find(|kind| kind.many == *many).ok_or_else(nowhere)?;
            let projects = listing::visible(call)?;
            let rows = call.rows(kind.table).filter(|row| projects.is_none_or(|project| row.project == project));
            listing::answer(call, kind, many, rows.collect())
        }
        ("GET", [many, id]) => KINDS.into_iter().find(|kind| kind.many == *many).ok_or_else(nowhere)?.show(call, id),
        _ => Err(nowhere()),
    }
}
