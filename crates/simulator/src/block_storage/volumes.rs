//! Volumes.

use serde_json::{Value, json};

use super::{SNAPSHOTS, VOLUMES, bad, bad_limit, body, limits, missing, types};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::compute::{cut, listed};
use crate::image;
use crate::store::{Doc, Row};
use crate::wire::{self, python, python_bare};

const BUSY: &str = "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.";

fn links(call: &Call<'_>, id: &str) -> Value {
    json!([
        {"rel": "self", "href": format!("{}/v3/volumes/{id}", call.base)},
        {"rel": "bookmark", "href": format!("{}/volumes/{id}", call.base)},
    ])
}

fn view(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let mut value = json!({
        "id": row.id, "status": row.text("status"), "size": row.number("size"), "availability_zone": "nova",
        "created_at": wire::naive(row.at),
        "updated_at": if row.changed == row.at { Value::Null } else { json!(wire::naive(row.changed)) },
        "name": row.value("name"), "description": row.value("description"), "volume_type": row.text("volume_type"),
        "snapshot_id": row.value("snapshot_id"), "source_volid": row.value("source_volid"),
        "metadata": row.value("metadata"), "links": links(call, &row.id), "user_id": row.text("user"),
        "bootable": if row.flag("bootable") { "true" } else { "false" }, "encrypted": false, "replication_status": null,
        "consistencygroup_id": null, "multiattach": false, "attachments": row.value("attachments"),
    });
    if let Some(image) = row.doc.get("image") {
        value["volume_image_metadata"] = image.clone();
    }
    if v >= 13 {
        value["group_id"] = Value::Null;
    }
    if v >= 63 {
        value["volume_type_id"] = types::id_of(call, row.text("volume_type")).map_or(Value::Null, Value::from);
    }
    if v >= 65 {
        value["consumes_quota"] = json!(true);
    }
    value
}

fn detail(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let mut value = view(call, row, v);
    value["os-vol-tenant-attr:tenant_id"] = json!(row.project);
    value
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.mine(VOLUMES, id).ok_or_else(|| missing("Volume", id))
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    Ok(Answer::ok(json!({"volume": detail(call, find(call, id)?, v)})))
}

/// Filters are for administrators: for others Cinder drops those that its operator did not allow by name.
fn wanted(call: &Call<'_>, row: &Row) -> bool {
    !call.who.admin()
        || call.query.iter().all(|(key, value)| match key.as_str() {
            "name" => row.text("name") == value,
            "status" => row.text("status") == value,
            "project_id" => row.project == *value,
            "metadata" => {
                let pairs: Doc = serde_json::from_str(&value.replace('\'', "\"")).unwrap_or_default();
                pairs.iter().all(|(key, value)| row.doc["metadata"][key] == *value)
            }
            _ => true,
        })
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let all = call.who.admin() && call.param("all_tenants").is_some_and(|value| value != "0" && value != "False");
    let rows: Vec<&Row> =
        call.rows(VOLUMES).filter(|row| (all || call.who.owns(row)) && wanted(call, row)).rev().collect();
    let count = rows.len();
    let (page, more) = cut(call, rows, bad_limit, |marker| missing("Volume", marker))?;
    let items = page
        .iter()
        .map(|row| {
            if detailed {
                detail(call, row, v)
            } else {
                json!({"id": row.id, "name": row.value("name"), "links": links(call, &row.id)})
            }
        })
        .collect();
    let last = page.last().filter(|_| more).map(|row| row.id.clone());
    let path = if detailed { "v3/volumes/detail" } else { "v3/volumes" };
    let mut answer = listed(call, "volumes", path, items, last);
    if v >= 45
        && call.param("with_count").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        && let crate::answer::Body::Json(body) = &mut answer.body
    {
        body["count"] = json!(count);
    }
    Ok(answer)
}

/// The largest size that the schema takes, GiB.
const LARGEST: i64 = 2_147_483_647;

/// A size in GiB, at least 1.
fn size(field: &str, value: &Value) -> Result<i64, Answer> {
    let invalid = |reason: String| {
        bad(&format!("Invalid input for field/attribute {field}. Value: {}. {reason}", python_bare(value)))
    };
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(size) if size > LARGEST => Err(invalid(format!("{size} is greater than the maximum of {LARGEST}"))),
            Some(size) if size >= 1 => Ok(size),
            Some(size) => Err(invalid(format!("{size} is less than the minimum of 1"))),
            None => Err(invalid(format!("{number} is not of type 'integer', 'string', 'null'"))),
        },
        Value::String(text) => match text.parse::<i64>() {
            Ok(size) if (1..=LARGEST).contains(&size) && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(size),
            _ => Err(invalid(format!("'{text}' does not match '^[0-9]+$'"))),
        },
        other => Err(invalid(format!("{} is not of type 'integer', 'string', 'null'", python(other)))),
    }
}

fn short(given: &Doc, key: &str) -> Result<Value, Answer> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if text.chars().count() <= 255 => Ok(json!(text.trim())),
        Some(Value::String(text)) => {
            let length = text.chars().count();
            Err(bad(&format!("Invalid input received: {key} has {length} characters, more than 255.")))
        }
        Some(value) => Err(bad(&format!(
            "Invalid input for field/attribute {key}. Value: {}. {} is not of type 'string', 'null'",
            python_bare(value),
            python(value)
        ))),
    }
}

pub(super) fn metadata_of(given: &Doc) -> Result<Doc, Answer> {
    let Some(value) = given.get("metadata").filter(|value| !value.is_null()) else { return Ok(Doc::new()) };
    let Some(map) = value.as_object() else {
        return Err(bad(&format!(
            "Invalid input for field/attribute metadata. Value: {}. {} is not of type 'object'",
            python_bare(value),
            python(value)
        )));
    };
    for (key, held) in map {
        let refused = |reason: &str| {
            let value = python_bare(held);
            Err(bad(&format!("Invalid input for field/attribute {key}. Value: {value}. {} {reason}", python(held))))
        };
        match held.as_str() {
            None => return refused("is not of type 'string'"),
            Some(text) if text.chars().count() > 255 || key.chars().count() > 255 => return refused("is too long"),
            Some(_) => {}
        }
    }
    Ok(map.clone())
}

pub(super) fn create(call: &mut Call<'_>, v: u32) -> Reply {
    let given = body(call, "volume")?;
    let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
    let (name, description) = (short(&given, "name")?, short(&given, "description")?);
    let metadata = metadata_of(&given)?;
    let asked = match given.get("size") {
        None | Some(Value::Null) => None,
        Some(value) => Some(size("size", value)?),
    };
    let mut least = None;
    let mut kind = text("volume_type");
    let mut image = None;
    if let Some(id) = text("snapshot_id") {
        let snapshot = call.mine(SNAPSHOTS, &id).ok_or_else(|| missing("Snapshot", &id))?;
        if snapshot.text("status") != "available" {
            return Err(bad(&format!(
                "Invalid snapshot: Originating snapshot status must be one of 'available' values. Originating snapshot is {}.",
                snapshot.text("status")
            )));
        }
        least = Some(snapshot.number("size"));
        let origin = call.get(VOLUMES, snapshot.text("volume_id")).map(|row| row.text("volume_type").to_owned());
        kind = kind.or(origin);
    } else if let Some(id) = text("source_volid") {
        let volume = find(call, &id)?;
        least = Some(volume.number("size"));
        kind = kind.or_else(|| Some(volume.text("volume_type").to_owned()));
    } else if let Some(id) = text("imageRef").or_else(|| text("image_id")) {
        let found = image::bootable(call, &id)
            .ok_or_else(|| bad("Invalid image identifier or unable to access requested image."))?;
        if asked.is_some_and(|size| size < found.number("min_disk")) {
            return Err(bad(&format!(
                "Invalid input received: Volume size {}GB cannot be smaller than the image minDisk size {}GB.",
                asked.unwrap_or(0),
                found.number("min_disk")
            )));
        }
        image = Some(json!({"image_id": id, "image_name": found.text("name")}));
    }
    let size = match (asked, least) {
        (Some(size), Some(least)) if size < least => {
            let (what, origin) = match text("snapshot_id") {
                Some(_) => ("the snapshot size ", "original snapshot size"),
                None => ("original volume size  ", "original volume size"),
            };
            return Err(bad(&format!(
                "Invalid input received: Volume size '{size}'GB cannot be smaller than {what}{least}GB. They must be >= {origin}."
            )));
        }
        (Some(size), _) => size,
        (None, Some(least)) => least,
        (None, None) => {
            return Err(bad(
                "The server could not comply with the request since it is either malformed or otherwise incorrect.",
            ));
        }
    };
    let kind = match kind {
        None => types::default_name(call),
        Some(wanted) => types::name_of(call, &wanted)?,
    };
    limits::check_volume(call, size)?;
    let mut doc = fields! {
        "name": name, "description": description, "size": size, "status": "creating", "volume_type": kind,
        "snapshot_id": given.get("snapshot_id"), "source_volid": given.get("source_volid"), "metadata": metadata,
        "user": call.who.user.clone(), "bootable": image.is_some(), "attachments": [],
    };
    if let Some(image) = image {
        doc.insert("image".to_owned(), image);
    }
    let then = call.building(fields! {"status": "available"}, |_| fields! {"status": "error"});
    let row = call.insert(VOLUMES, wire::uuid(), doc, then);
    Ok(Answer::json(202, json!({"volume": view(call, &row, v)})))
}

pub(super) fn update(call: &mut Call<'_>, id: &str, v: u32) -> Reply {
    let given = body(call, "volume")?;
    find(call, id)?;
    let mut set = Doc::new();
    for key in ["name", "description"] {
        if given.contains_key(key) {
            set.insert(key.to_owned(), short(&given, key)?);
        }
    }
    if given.contains_key("metadata") {
        set.insert("metadata".to_owned(), metadata_of(&given)?.into());
    }
    let row = call.change(VOLUMES, id, |row| row.doc.extend(set)).ok_or_else(|| missing("Volume", id))?;
    Ok(Answer::ok(json!({"volume": view(call, &row, v)})))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, id)?;
    if row.text("status") == "deleting" {
        return Ok(Answer::empty(202));
    }
    let snapshots = call.rows(SNAPSHOTS).any(|snapshot| snapshot.text("volume_id") == id);
    let removable = matches!(row.text("status"), "available" | "error" | "error_extending");
    if !removable || snapshots {
        return Err(bad(BUSY));
    }
    let then = call.vanishing(call.later());
    call.change(VOLUMES, id, |row| {
        row.set("status", "deleting");
        row.then = then;
    });
    Ok(Answer::empty(202))
}

pub(super) fn act(call: &mut Call<'_>, id: &str) -> Reply {
    let given = call.object().unwrap_or_default();
    let row = find(call, id)?;
    match given.iter().next() {
        Some((name, argument)) if name == "os-extend" => {
            let (held, status) = (row.number("size"), row.text("status").to_owned());
            if argument.get("new_size").is_none() {
                let value = python_bare(argument);
                let message = format!(
                    "Invalid input for field/attribute os-extend. Value: {value}. 'new_size' is a required property"
                );
                return Err(bad(&message));
            }
            let new = size("new_size", &argument["new_size"])?;
            if !matches!(status.as_str(), "available" | "in-use") {
                return Err(bad(&format!(
                    "Invalid volume: Volume {id} status must be '('available', 'in-use')' to extend, but current status is {status}."
                )));
            }
            if new <= held {
                return Err(bad(&format!(
                    "Invalid input received: New size for extend must be greater than current size. (current: {held}, extended: {new})."
                )));
            }
            limits::check_gigabytes(call, new - held)?;
            let then =
                call.building(fields! {"status": status, "size": new}, |_| fields! {"status": "error_extending"});
            call.change(VOLUMES, id, |row| {
                row.set("status", "extending");
                row.then = then;
            });
            Ok(Answer::empty(202))
        }
        Some((name, _)) if name == "os-reset_status" && !call.who.admin() => Err(refuse::fault(
            403,
            "Policy doesn't allow volume_extension:volume_admin_actions:reset_status to be performed.",
        )),
        Some((name, _)) => Err(bad(&format!(
            "There is no such action: {name}. Verify the request body and Content-Type header and try again."
        ))),
        None => Err(bad("Malformed request body")),
    }
}

pub(super) fn metadata(call: &mut Call<'_>, id: &str) -> Reply {
    let mut held = find(call, id)?.doc.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let method = call.method.clone();
    if method != "GET" {
        let given = metadata_of(&call.object().unwrap_or_default())?;
        if method == "PUT" {
            held = given;
        } else {
            held.extend(given);
        }
        call.change(VOLUMES, id, |row| row.set("metadata", Value::Object(held.clone())));
    }
    Ok(Answer::ok(json!({"metadata": held})))
}
