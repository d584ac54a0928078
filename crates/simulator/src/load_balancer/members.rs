//! Members of pools: where requests go.

use serde_json::{Value, json};

use super::fields::{MEMBER, MEMBER_CHANGE, check};
use super::{
    BALANCERS, Kind, LISTENERS, MEMBERS, POOLS, body, check_settled, create, fault, listing, naming, nowhere, outcome,
    parts, pend,
};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::network::vip;
use crate::store::{Doc, Row};
use crate::wire;

const KIND: Kind = Kind {
    one: "member",
    many: "members",
    table: MEMBERS,
    name: "Member",
    filters: &[
        "address",
        "protocol_port",
        "weight",
        "backup",
        "subnet_id",
        "monitor_address",
        "monitor_port",
        "pool_id",
        "vnic_type",
    ],
    view: shown,
};

pub(super) fn view(row: &Row) -> Value {
    super::view(
        row,
        &["address", "protocol_port", "weight", "backup", "subnet_id", "monitor_address", "monitor_port", "vnic_type"],
    )
}

fn shown(_: &Call<'_>, row: &Row) -> Value {
    view(row)
}

/// How a member begins that was asked for like this.
pub(super) fn new(pool: &str, given: &Doc) -> Doc {
    let mut doc = fields! {
        "name": "", "admin_state_up": true, "weight": 1, "backup": false, "subnet_id": null, "monitor_address": null,
        "monitor_port": null, "tags": [], "vnic_type": "normal",
    };
    create::lay_over(&mut doc, given);
    doc.remove("request_sriov");
    doc.extend(fields! {"pool_id": pool, "provisioning_status": "PENDING_CREATE", "operating_status": "NO_MONITOR"});
    doc
}

/// The refusal of a second member at the same place.
pub(super) fn taken(given: &Doc) -> Answer {
    let (address, port) = (&given["address"], &given["protocol_port"]);
    let address = address.as_str().unwrap_or_default();
    fault(409, &format!("Another member on this pool is already using ip {address} on protocol_port {port}"))
}

pub(super) fn serve(call: &mut Call<'_>, pool: &str, path: &[&str]) -> Reply {
    let Some(row) = call.get(POOLS, pool).cloned() else {
        // The pool is looked up before the request is understood, so that this is not said in Octavia's usual way.
        return Err(refuse::octavia_lookup(404, &format!("Pool {pool} not found."), "Bad Request"));
    };
    parts::POOL.find(call, &row.id)?;
    let member = |call: &Call<'_>, id: &str| {
        let found = KIND.find(call, id)?;
        if found.text("pool_id") == pool { Ok(found) } else { Err(super::lost(KIND.name, id)) }
    };
    match (call.method.as_str(), path) {
        ("GET", []) => listing::answer(
            call,
            &KIND,
            &format!("pools/{pool}/members"),
            naming(call, MEMBERS, "pool_id", pool).collect(),
        ),
        ("POST", []) => post(call, &row),
        ("GET", [id]) => Ok(Answer::ok(json!({"member": view(&member(call, id)?)}))),
        ("PUT", [id]) => {
            let given = body(call, "member")?;
            check("member_.member", MEMBER_CHANGE, &given)?;
            let found = member(call, id)?;
            change(call, &row, &found, &given)
        }
        ("DELETE", [id]) => {
            let found = member(call, id)?;
            check_settled(call, row.text("load_balancer_id"), &["ACTIVE"])?;
            let at = touch(call, &row);
            let then = call.vanishing(at);
            pend(call, MEMBERS, &found.id, "PENDING_DELETE", &then);
            Ok(Answer::empty(204))
        }
        _ => Err(nowhere()),
    }
}

/// Says of a pool and of what leads to it that they are being changed; the answer is when that ends.
fn touch(call: &mut Call<'_>, pool: &Row) -> i64 {
    let then = outcome(call);
    let listeners: Vec<String> =
        naming(call, LISTENERS, "default_pool_id", &pool.id).map(|row| row.id.clone()).collect();
    for listener in listeners {
        pend(call, LISTENERS, &listener, "PENDING_UPDATE", &then);
    }
    pend(call, POOLS, &pool.id, "PENDING_UPDATE", &then);
    pend(call, BALANCERS, pool.text("load_balancer_id"), "PENDING_UPDATE", &then);
    then.first().map_or_else(|| call.later(), |step| step.at)
}

fn post(call: &mut Call<'_>, pool: &Row) -> Reply {
    let given = body(call, "member")?;
    check("member_.member", MEMBER, &given)?;
    if let Some(subnet) = given.get("subnet_id").and_then(Value::as_str)
        && vip::subnet(call, subnet).is_none()
    {
        return Err(fault(400, &format!("Subnet {subnet} not found.")));
    }
    create::check_quota(call, MEMBERS, KIND.name, call.quotas.members, 1)?;
    check_settled(call, pool.text("load_balancer_id"), &["ACTIVE"])?;
    let same = |row: &Row| {
        row.doc.get("address") == given.get("address") && row.value("protocol_port") == given["protocol_port"]
    };
    if naming(call, MEMBERS, "pool_id", &pool.id).any(same) {
        return Err(taken(&given));
    }
    let mut doc = new(&pool.id, &given);
    if parts::monitor_of(call, &pool.id).is_some() {
        doc.insert("operating_status".to_owned(), json!("OFFLINE"));
    }
    let mut then = outcome(call);
    let at = touch(call, pool);
    then.iter_mut().for_each(|step| step.at = at);
    let row = call.insert_for(&pool.project, MEMBERS, wire::uuid(), doc, then);
    Ok(Answer::json(201, json!({"member": view(&row)})))
}

fn change(call: &mut Call<'_>, pool: &Row, member: &Row, given: &Doc) -> Reply {
    check_settled(call, pool.text("load_balancer_id"), &["ACTIVE"])?;
    let mut set = fields! {"name": "", "weight": 1, "backup": false, "admin_state_up": false, "tags": []};
    // A null takes a value back to what it is when it is not given.
    set.retain(|key, _| given.contains_key(key));
    create::lay_over(&mut set, given);
    for key in ["monitor_address", "monitor_port"] {
        if let Some(value) = given.get(key) {
            set.insert(key.to_owned(), value.clone());
        }
    }
    let mut then = outcome(call);
    let at = touch(call, pool);
    then.iter_mut().for_each(|step| step.at = at);
    call.change(MEMBERS, &member.id, |row| row.doc.extend(set));
    pend(call, MEMBERS, &member.id, "PENDING_UPDATE", &then);
    let row = KIND.find(call, &member.id)?;
    Ok(Answer::ok(json!({"member": view(&row)})))
}
