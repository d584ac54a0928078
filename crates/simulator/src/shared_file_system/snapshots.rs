//! Snapshots of shares.

use serde_json::{Value, json};

use super::listing::{List, answer, has_metadata, named};
use super::shares::{self, MISSING, metadata_of};
use super::{SNAPSHOTS, all_projects, bad, body, limits, links, lost, renamed, until, words};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

fn view(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let mut value = json!({
        "id": row.id, "created_at": wire::naive(row.at), "project_id": row.project, "user_id": row.text("user"),
        "links": links(call, &format!("snapshots/{}", row.id)),
    });
    for key in ["name", "description", "share_id", "share_size", "share_proto", "size", "status", "metadata"] {
        value[key] = row.value(key);
    }
    until(&mut value, v, &[("project_id", 17), ("user_id", 17), ("metadata", 73)]);
    value
}

/// What is said where a snapshot is needed for something else.
pub(super) fn missing(id: &str) -> Answer {
    refuse::fault(404, &format!("ShareSnapshotNotFound: Snapshot {id} could not be found."))
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.mine(SNAPSHOTS, id).ok_or_else(lost)
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let all = all_projects(call);
    let wanted = |row: &&Row| {
        (all || call.who.owns(row))
            && call.query.iter().all(|(key, value)| match key.as_str() {
                "share_id" | "status" => row.text(key) == value,
                "size" => row.number("size").to_string() == *value,
                "metadata" if v >= 73 => has_metadata(row, value),
                key => named(row, key, value).unwrap_or(true),
            })
    };
    let rows = call.rows(SNAPSHOTS).filter(wanted).collect();
    let list = List { many: "snapshots", links: "share_snapshots_links", counted: v >= 79 };
    answer(call, &list, rows, |row| {
        if detailed {
            view(call, row, v)
        } else {
            let links = links(call, &format!("snapshots/{}", row.id));
            json!({"id": row.id, "name": row.value("name"), "links": links})
        }
    })
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    Ok(Answer::ok(json!({"snapshot": view(call, find(call, id)?, v)})))
}

pub(super) fn create(call: &mut Call<'_>, v: u32) -> Reply {
    let given = body(call, "snapshot")?;
    let id = given.get("share_id").and_then(Value::as_str).unwrap_or_default();
    let share = shares::find(call, id, MISSING)?;
    let (name, description) = (words(&given, "name")?, words(&given, "description")?);
    let metadata = if v >= 73 { metadata_of(&given)? } else { Doc::new() };
    if share.text("status") != "available" {
        return Err(bad("Invalid share: Source share status must be available."));
    }
    let size = share.number("size");
    limits::check_snapshot(call, size)?;
    let doc = fields! {
        "name": name, "description": description, "share_id": id, "size": size, "share_size": size,
        "share_proto": share.value("share_proto"), "status": "creating", "metadata": metadata,
        "user": call.who.user.clone(),
    };
    let then = call.building(fields! {"status": "available"}, |_| fields! {"status": "error"});
    let row = call.insert(SNAPSHOTS, wire::uuid(), doc, then);
    Ok(Answer::json(202, json!({"snapshot": view(call, &row, v)})))
}

pub(super) fn update(call: &mut Call<'_>, id: &str, v: u32) -> Reply {
    let set = renamed(&body(call, "snapshot")?)?;
    find(call, id)?;
    let row = call.change(SNAPSHOTS, id, |row| row.doc.extend(set)).ok_or_else(lost)?;
    Ok(Answer::ok(json!({"snapshot": view(call, &row, v)})))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    if !matches!(find(call, id)?.text("status"), "available" | "error") {
        return Err(bad("Invalid share snapshot: Share Snapshot status must be one of ('available', 'error')."));
    }
    let then = call.vanishing(call.later());
    call.change(SNAPSHOTS, id, |row| {
        row.set("status", "deleting");
        row.then = then;
    });
    Ok(Answer::empty(202))
}
