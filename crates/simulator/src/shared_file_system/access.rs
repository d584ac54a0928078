//! Access rules: who may mount a share.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::listing::has_metadata;
use super::shares::{self, MISSING, metadata_of};
use super::{RULES, bad, until, updated};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire::{self, python_bare};

const LEVELS: [&str; 2] = ["rw", "ro"];

fn of<'c>(call: &'c Call<'_>, share: &str) -> impl Iterator<Item = &'c Row> {
    call.rows(RULES).filter(move |row| row.text("share_id") == share)
}

/// Whether all the rules of a share are in force.
pub(super) fn status(call: &Call<'_>, share: &str) -> &'static str {
    let states: Vec<&str> = of(call, share).map(|row| row.text("state")).collect();
    if states.contains(&"error") {
        "error"
    } else if states.iter().any(|state| *state != "active") {
        "syncing"
    } else {
        "active"
    }
}

fn view(row: &Row, v: u32, alone: bool) -> Value {
    let mut value = json!({
        "id": row.id, "access_key": null, "created_at": wire::naive(row.at), "updated_at": updated(row),
        "metadata": row.value("metadata"),
    });
    for key in ["access_type", "access_to", "access_level", "state"] {
        value[key] = row.value(key);
    }
    if alone {
        value["share_id"] = row.value("share_id");
    }
    until(&mut value, v, &[("access_key", 21), ("created_at", 33), ("updated_at", 33), ("metadata", 45)]);
    value
}

/// An address or a network, in the words of Python's `ipaddress`.
fn check_address(text: &str) -> Result<(), Answer> {
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    match net {
        None => Err(bad(&format!("'{text}' does not appear to be an IPv4 or IPv6 network"))),
        Some(net) if net.trunc() != net => Err(bad(&format!("{text} has host bits set"))),
        Some(_) => Ok(()),
    }
}

pub(super) fn allow(call: &mut Call<'_>, id: &str, argument: &Value, v: u32) -> Reply {
    let share = shares::find(call, id, MISSING)?;
    let (kind, to) = (argument["access_type"].as_str().unwrap_or_default(), python_bare(&argument["access_to"]));
    match kind {
        "ip" => check_address(&to)?,
        "user" | "cert" | "cephx" => {}
        _ => return Err(bad("Only 'ip', 'user', 'cert' or 'cephx' access types are supported.")),
    }
    let level = argument["access_level"].as_str().unwrap_or("rw");
    if !LEVELS.contains(&level) {
        return Err(bad(&format!("Invalid access rule: Invalid share access level: {level}.")));
    }
    let metadata = metadata_of(argument.as_object().unwrap_or(&serde_json::Map::new()))?;
    if of(call, id).any(|row| row.text("access_type") == kind && row.text("access_to") == to) {
        return Err(bad(&format!("Share access {kind}:{to} exists.")));
    }
    if share.text("status") != "available" {
        return Err(bad(
            "New access rules cannot be applied while the share or any of its replicas or migration copies lacks a valid host or is in an invalid state.",
        ));
    }
    let doc = fields! {
        "share_id": id, "access_type": kind, "access_to": to, "access_level": level, "metadata": metadata,
        "state": "queued_to_apply",
    };
    let then = call.building(fields! {"state": "active"}, |_| fields! {"state": "error"});
    let row = call.insert_for(&share.project, RULES, wire::uuid(), doc, then);
    Ok(Answer::ok(json!({"access": view(&row, v, true)})))
}

pub(super) fn deny(call: &mut Call<'_>, id: &str, argument: &Value) -> Reply {
    shares::find(call, id, MISSING)?;
    let rule = argument["access_id"].as_str().unwrap_or_default();
    if !of(call, id).any(|row| row.id == rule) {
        return Err(refuse::fault(404, "Resource could not be found."));
    }
    let then = call.vanishing(call.later());
    call.change(RULES, rule, |row| {
        row.set("state", "queued_to_deny");
        row.then = then;
    });
    Ok(Answer::empty(202))
}

/// The rules of one share, as the action of older microversions lists them.
pub(super) fn list_of(call: &Call<'_>, share: &str, v: u32) -> Reply {
    shares::find(call, share, MISSING)?;
    Ok(shown(of(call, share), v))
}

fn shown<'r>(rows: impl Iterator<Item = &'r Row>, v: u32) -> Answer {
    let rules: Vec<Value> = rows.map(|row| view(row, v, false)).collect();
    Answer::ok(json!({"access_list": rules}))
}

pub(super) fn list(call: &Call<'_>, v: u32) -> Reply {
    let share = call.param("share_id").ok_or_else(|| bad("The field 'share_id' has to be specified."))?;
    shares::find(call, share, "").map_err(|_| bad(&format!("Share {share} not found.")))?;
    let wanted = |row: &&Row| {
        call.query.iter().all(|(key, value)| match key.as_str() {
            "metadata" => has_metadata(row, value),
            "access_type" | "access_to" | "access_level" if v >= 82 => row.text(key) == value,
            _ => true,
        })
    };
    Ok(shown(of(call, share).filter(wanted), v))
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    let row = call.mine(RULES, id);
    let row = row.ok_or_else(|| refuse::fault(404, &format!("Share access rule {id} not found.")))?;
    Ok(Answer::ok(json!({"access": view(row, v, true)})))
}
