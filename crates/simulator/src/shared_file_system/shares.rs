//! Shares: how they are shown, found, renamed and deleted.

use serde_json::{Value, json};

use super::listing::{List, answer, has_metadata, named};
use super::{RULES, SHARES, SNAPSHOTS, access, all_projects, bad, body, links, lost, renamed, types, until};
use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::store::{Doc, Row};
use crate::wire;

/// Since which microversion a share says what.
const SINCE: [(&str, u32); 17] = [
    ("snapshot_support", 2),
    ("task_state", 5),
    ("share_type_name", 6),
    ("access_rules_status", 10),
    ("replication_type", 11),
    ("has_replicas", 11),
    ("user_id", 16),
    ("create_share_from_snapshot_support", 24),
    ("revert_to_snapshot_support", 27),
    ("share_group_id", 31),
    ("source_share_group_snapshot_member_id", 31),
    ("mount_snapshot_support", 32),
    ("progress", 54),
    ("is_soft_deleted", 69),
    ("scheduled_to_be_deleted_at", 69),
    ("source_backup_id", 80),
    ("encryption_key_ref", 90),
];

pub(super) fn view(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let kind = types::find(call, row.text("share_type")).map(|kind| kind.text("name").to_owned()).ok();
    let mut value = json!({
        "id": row.id, "size": row.number("size"), "created_at": wire::naive(row.at), "status": row.text("status"),
        "project_id": row.project, "user_id": row.text("user"), "is_public": row.flag("is_public"),
        "share_type": if v >= 6 { row.value("share_type") } else { json!(kind) }, "share_type_name": kind,
        "volume_type": kind, "links": links(call, &format!("shares/{}", row.id)), "snapshot_support": true,
        "create_share_from_snapshot_support": true, "revert_to_snapshot_support": false,
        "mount_snapshot_support": false, "task_state": null, "replication_type": null, "has_replicas": false,
        "access_rules_status": access::status(call, &row.id), "share_group_id": null,
        "source_share_group_snapshot_member_id": null, "is_soft_deleted": false, "scheduled_to_be_deleted_at": null,
        "progress": if row.text("status") == "available" { json!("100%") } else { Value::Null },
        "source_backup_id": null, "encryption_key_ref": null,
    });
    for key in
        ["name", "description", "availability_zone", "snapshot_id", "share_network_id", "share_proto", "metadata"]
    {
        value[key] = row.value(key);
    }
    if v < 9 {
        let paths: Vec<Value> = locations(row).into_iter().map(|(_, path, _)| path.into()).collect();
        value["export_location"] = paths.first().cloned().unwrap_or_default();
        value["export_locations"] = paths.into();
    }
    if v >= 99 {
        value["snapshot_inherit_share_access_support"] = json!(false);
    }
    until(&mut value, v, &SINCE);
    value
}

/// What Manila says of a share that is not there, except where a share is the whole question.
pub(super) const MISSING: &str = "NotFound: Resource could not be found.";

pub(super) fn find(call: &Call<'_>, id: &str, missing: &str) -> Result<Row, Answer> {
    call.mine(SHARES, id).cloned().ok_or_else(|| refuse::fault(404, missing))
}

/// A share that is the whole question.
fn asked(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    call.mine(SHARES, id).cloned().ok_or_else(lost)
}

/// Filters; unknown ones are not heard.
fn wanted(call: &Call<'_>, row: &Row) -> bool {
    call.query.iter().all(|(key, value)| match key.as_str() {
        "status" | "snapshot_id" | "share_network_id" => row.text(key) == value,
        "share_type_id" | "volume_type_id" => row.text("share_type") == value,
        "project_id" if call.who.admin() => row.project == *value,
        "metadata" => has_metadata(row, value),
        "export_location_id" => locations(row).iter().any(|(id, ..)| id == value),
        "export_location_path" => locations(row).iter().any(|(_, path, _)| path == value),
        key => named(row, key, value).unwrap_or(true),
    })
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let all = all_projects(call);
    let rows = call.rows(SHARES).filter(|row| (all || call.who.owns(row)) && wanted(call, row)).collect();
    let list = List { many: "shares", links: "shares_links", counted: v >= 42 };
    answer(call, &list, rows, |row| {
        if detailed {
            view(call, row, v)
        } else {
            let links = links(call, &format!("shares/{}", row.id));
            json!({"id": row.id, "name": row.value("name"), "links": links})
        }
    })
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    Ok(Answer::ok(json!({"share": view(call, &asked(call, id)?, v)})))
}

pub(super) fn update(call: &mut Call<'_>, id: &str, v: u32) -> Reply {
    let set = renamed(&body(call, "share")?)?;
    asked(call, id)?;
    let row = call.change(SHARES, id, |row| row.doc.extend(set)).ok_or_else(lost)?;
    Ok(Answer::ok(json!({"share": view(call, &row, v)})))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = asked(call, id)?;
    let refused = |reason: &str| Err(refuse::fault(403, &format!("Invalid share: {reason}.")));
    if !matches!(row.text("status"), "available" | "error" | "inactive") {
        return refused("Share status must be one of ('available', 'error', 'inactive')");
    }
    let snapshots = call.rows(SNAPSHOTS).filter(|snapshot| snapshot.text("share_id") == id).count();
    if snapshots > 0 {
        return refused(&format!("Share still has {snapshots} dependent snapshots"));
    }
    let then = call.vanishing(call.later());
    // Its rules go with it.
    let rules: Vec<String> =
        call.rows(RULES).filter(|rule| rule.text("share_id") == id).map(|rule| rule.id.clone()).collect();
    for rule in rules {
        call.change(RULES, &rule, |row| row.then.clone_from(&then));
    }
    call.change(SHARES, id, |row| {
        row.set("status", "deleting");
        row.then = then;
    });
    Ok(Answer::empty(202))
}

/// Id, path and preference of each place where a share can be mounted.
fn locations(row: &Row) -> Vec<(String, String, bool)> {
    if !row.flag("exported") {
        return Vec::new();
    }
    let name = format!("share_{}_{}", row.id, row.text("instance")).replace('-', "_");
    let hosts = ["10.0.0.10", "10.0.0.20"];
    let at = |(id, host): (&str, &str)| (id.to_owned(), format!("{host}:/path/to/fake/share/{name}"), host == hosts[0]);
    row.texts("locations").zip(hosts).map(at).collect()
}

pub(super) fn export_locations(call: &Call<'_>, id: &str, v: u32) -> Reply {
    let row = find(call, id, &format!("Share '{id}' not found."))?;
    let shown: Vec<Value> = locations(&row)
        .into_iter()
        .map(|(id, path, preferred)| {
            let mut value = json!({"id": id, "path": path});
            if v >= 14 {
                value["preferred"] = json!(preferred);
            }
            if v >= 87 {
                value["metadata"] = json!({});
            }
            if call.who.admin() {
                value["share_instance_id"] = row.value("instance");
                value["is_admin_only"] = json!(false);
            }
            value
        })
        .collect();
    Ok(Answer::ok(json!({"export_locations": shown})))
}

/// Metadata of a thing to be: texts, neither empty nor too long.
pub(super) fn metadata_of(given: &Doc) -> Result<Doc, Answer> {
    let map = given.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, value) in &map {
        let length = value.as_str().map_or(0, |text| text.chars().count());
        let reason = match (key.chars().count(), length) {
            (0, _) => "key is blank.",
            (256.., _) => "key is greater than 255 characters.",
            (_, 0) => "value is blank.",
            (_, 1024..) => "value is greater than 1023 characters.",
            _ => continue,
        };
        return Err(bad(&format!("Metadata property {reason}")));
    }
    Ok(map)
}

pub(super) fn metadata(call: &mut Call<'_>, id: &str) -> Reply {
    let row = asked(call, id)?;
    let mut held = row.doc.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    match call.method.as_str() {
        "GET" => return Ok(Answer::ok(json!({"metadata": held}))),
        "POST" => held.extend(metadata_of(&call.object().unwrap_or_default())?),
        "PUT" => held = metadata_of(&call.object().unwrap_or_default())?,
        _ => return Err(lost()),
    }
    call.change(SHARES, id, |row| row.set("metadata", Value::Object(held.clone())));
    Ok(Answer::ok(json!({"metadata": held})))
}
