//! Making a share: new, or of a snapshot.

use serde_json::{Value, json};

use super::messages::{Why, leave};
use super::shares::{metadata_of, view};
use super::{NETWORKS, SHARES, SNAPSHOTS, TYPES, ZONE, bad, body, input, limits, networks, snapshots, types, words};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::knobs::Build;
use crate::store::{Doc, Row};
use crate::wire::{self, python_bare};

fn required(given: &Doc, key: &str) -> Result<Value, Answer> {
    given.get(key).cloned().ok_or_else(|| {
        let value = python_bare(&Value::Object(given.clone()));
        bad(&format!("Invalid input for field/attribute share. Value: {value}. '{key}' is a required property"))
    })
}

/// The snapshot and its share.
fn origin(call: &Call<'_>, id: &str) -> Result<(Row, Row), Answer> {
    let missing = || snapshots::missing(id);
    let snapshot = call.mine(SNAPSHOTS, id).ok_or_else(missing)?;
    let share = call.get(SHARES, snapshot.text("share_id")).ok_or_else(missing)?;
    Ok((snapshot.clone(), share.clone()))
}

/// The type that is asked for, or the one that fits.
fn kind(call: &Call<'_>, given: &Doc, origin: Option<&(Row, Row)>) -> Result<Row, Answer> {
    let (share, volume) = (given.get("share_type"), given.get("volume_type"));
    if share.is_some() && volume.is_some() {
        return Err(bad("Cannot specify both share_type and volume_type"));
    }
    match (share.or(volume).and_then(Value::as_str).filter(|text| !text.is_empty()), origin) {
        (Some(wanted), _) => types::find(call, wanted),
        (None, Some((_, share))) => call.get(TYPES, share.text("share_type")).cloned().ok_or_else(types::missing),
        (None, None) => types::default(call),
    }
}

fn size(asked: &Value, snapshot: Option<&Row>) -> Result<i64, Answer> {
    let number = asked.as_i64().or_else(|| asked.as_str()?.trim().parse().ok());
    let number = number.or_else(|| snapshot.filter(|_| asked.is_null()).map(|row| row.number("size")));
    let shown = python_bare(asked);
    let size = number.filter(|size| *size > 0);
    let size = size.ok_or_else(|| input(&format!("Share size '{shown}' must be an integer and greater than 0")))?;
    match snapshot {
        Some(row) if size < row.number("size") => {
            Err(input(&format!("Share size '{size}' must be equal or greater than snapshot size")))
        }
        _ => Ok(size),
    }
}

/// The share network that is asked for, or the one of the snapshot's share.
fn network(call: &Call<'_>, given: &Doc, origin: Option<&(Row, Row)>) -> Result<Value, Answer> {
    let asked = given.get("share_network_id").and_then(Value::as_str).filter(|text| !text.is_empty());
    let held = origin.map(|(_, share)| share.text("share_network_id"));
    let id = match (asked, held) {
        (Some(asked), Some(held)) if asked != held => {
            return Err(bad("Share network ID should be the same as snapshot's parent share's or empty"));
        }
        (Some(asked), _) => asked,
        (None, Some(held)) if !held.is_empty() => held,
        (None, _) => return Ok(Value::Null),
    };
    call.mine(NETWORKS, id).map(|row| json!(row.id)).ok_or_else(|| networks::missing(id))
}

pub(super) fn create(call: &mut Call<'_>, v: u32) -> Reply {
    let given = body(call, "share")?;
    let (name, description) = (words(&given, "name")?, words(&given, "description")?);
    let (asked, protocol) = (required(&given, "size")?, required(&given, "share_proto")?);
    let zone = given.get("availability_zone").and_then(Value::as_str).filter(|zone| !zone.is_empty());
    if let Some(zone) = zone.filter(|zone| *zone != ZONE) {
        return Err(refuse::fault(404, &format!("Availability zone {zone} could not be found.")));
    }
    let origin = match given.get("snapshot_id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
        None => None,
        Some(id) => Some(origin(call, id)?),
    };
    let network = network(call, &given, origin.as_ref())?;
    let kind = kind(call, &given, origin.as_ref())?;
    let metadata = metadata_of(&given)?;
    if let Some((snapshot, _)) = &origin
        && snapshot.text("status") != "available"
    {
        return Err(bad("Invalid share snapshot: status must be 'available'."));
    }
    let size = size(&asked, origin.as_ref().map(|(snapshot, _)| snapshot))?;
    if origin.as_ref().is_some_and(|(_, share)| share.text("share_type") != kind.id) {
        return Err(input(
            "Invalid share type specified: the requested share type must match the type of the source share. If a share type is not specified when requesting a new share from a snapshot, the share type of the source share will be applied to the new share",
        ));
    }
    let protocol = python_bare(&protocol).to_uppercase();
    if !matches!(protocol.as_str(), "NFS" | "CIFS") {
        return Err(input(&format!(
            "Invalid share protocol provided: {protocol}. It is either disabled or unsupported. Available protocols: ['NFS', 'CIFS']"
        )));
    }
    limits::check_share(call, size)?;
    let zone = zone.map(str::to_owned).or_else(|| origin.as_ref().map(|_| ZONE.to_owned()));
    let doc = fields! {
        "name": name, "description": description, "size": size, "share_proto": protocol, "share_type": kind.id,
        "metadata": metadata, "snapshot_id": origin.map(|(snapshot, _)| snapshot.id), "share_network_id": network,
        "availability_zone": zone, "status": "creating", "is_public": given.get("is_public") == Some(&json!(true)),
        "user": call.who.user.clone(), "instance": wire::uuid(), "locations": [wire::uuid(), wire::uuid()],
    };
    let failed = fields! {"status": "error", "availability_zone": ZONE};
    // No back end here makes share servers, which a share in a share network needs.
    let why = match &call.build {
        Build::Succeeds if network.is_null() => None,
        Build::Succeeds => {
            Some(("003", "Driver does not expect share-network to be provided with current configuration.".to_owned()))
        }
        Build::Fails(message) => Some(("001", message.clone())),
        Build::Sticks => None,
    };
    let then = match &why {
        Some(_) => call.settling(call.later(), failed),
        None => call.building(
            fields! {"status": "available", "availability_zone": ZONE, "exported": true},
            |_| fields! {"status": "error"},
        ),
    };
    let row = call.insert(SHARES, wire::uuid(), doc, then);
    if let (Some((detail, text)), Some(step)) = (why, row.then.first()) {
        leave(call, &row.id, step.at, &Why { detail, text: &text });
    }
    Ok(Answer::ok(json!({"share": view(call, &row, v)})))
}
