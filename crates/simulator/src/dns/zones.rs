//! Zones.

use serde_json::{Value, json};

use super::listing::{List, answer};
use super::names::{Keys, check};
use super::{
    RECORDSETS, SERVER, ZONES, all_projects, bad, body, check_uuid, invalid, lost, mismatch, outcome, put_state, refuse,
};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{Doc, Row, Step};
use crate::wire;

/// The only pool.
const POOL: &str = "794ccc2c-d751-44fe-b57f-8894c9f5c842";
/// Of zones for which no other is asked, seconds.
pub(super) const TTL: i64 = 3600;

const KEYS: Keys = Keys {
    what: "zone",
    free: &["email", "description", "ttl", "pool_id", "masters"],
    fixed: &["name", "type", "attributes"],
};

fn view(call: &Call<'_>, row: &Row) -> Value {
    let updated = if row.changed == row.at { Value::Null } else { json!(wire::naive(row.changed)) };
    let mut value = json!({
        "id": row.id, "project_id": row.project, "pool_id": POOL, "created_at": wire::naive(row.at),
        "updated_at": updated, "transferred_at": null, "shared": false, "masters": [], "attributes": {},
        "type": "PRIMARY", "links": {"self": format!("{}/v2/zones/{}", call.base, row.id)},
    });
    for key in ["name", "email", "description", "ttl", "serial", "version"] {
        value[key] = row.value(key);
    }
    put_state(&mut value, row);
    value
}

/// A zone of the project's, or of any for an administrator who asks for all.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    check_uuid(call, "zone_id", id)?;
    let all = all_projects(call)?;
    let row = call.get(ZONES, id).filter(|row| all || call.who.owns(row));
    row.cloned().ok_or_else(|| lost(call, "zone_not_found", "Zone"))
}

/// As [`find`], but not one that is about to disappear.
pub(super) fn find_lasting(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    let row = find(call, id)?;
    if row.text("action") == "DELETE" { Err(bad(call, "Can not update a deleting zone")) } else { Ok(row) }
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let all = all_projects(call)?;
    let items = call.rows(ZONES).filter(|row| all || call.who.owns(row)).map(|row| view(call, row)).collect();
    let list = List {
        many: "zones",
        path: "zones",
        filters: &["name", "type", "email", "status", "description", "ttl"],
        sorts: &["created_at", "id", "updated_at", "name", "tenant_id", "serial", "ttl", "status"],
    };
    answer(call, &list, items)
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(view(call, &find(call, id)?)))
}

/// Whether a name lies below another one.
pub(super) fn below(name: &str, parent: &str) -> bool {
    name.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

/// Refuses a name that another zone has, or that lies above or below one of another project.
fn check_place(call: &Call<'_>, name: &str) -> Result<(), Answer> {
    for row in call.rows(ZONES) {
        let (held, own) = (row.text("name"), call.who.owns(row));
        if held == name {
            let message = if own { "Duplicate Zone" } else { "Zone already exists, owned by a different tenant" };
            return Err(refuse(call, 409, "duplicate_zone", message));
        }
        if !own && below(name, held) {
            let message = "Unable to create subzone in another tenants zone";
            return Err(refuse(call, 403, "illegal_child", message));
        }
        if !own && below(held, name) {
            let message = "Unable to create zone because another tenant owns a subzone of the zone";
            return Err(refuse(call, 403, "illegal_parent", message));
        }
    }
    Ok(())
}

fn required(call: &Call<'_>, key: &str, path: &Value, value: &Value) -> Answer {
    let message = format!("'{key}' is a required property");
    mismatch(call, vec![json!({"path": path, "validator": "required", "validator_value": value, "message": message})])
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let given = body(call)?;
    check(call, &KEYS, &given, &Value::Null)?;
    if let Some(kind) = given.get("type").filter(|kind| **kind != "PRIMARY") {
        return Err(invalid(call, &format!("Field value {} is invalid", wire::python_bare(kind))));
    }
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let email = text("email").ok_or_else(|| required(call, "email", &json!(["type"]), &json!("email")))?;
    let name = text("name").ok_or_else(|| required(call, "name", &json!(["records", 0]), &json!(["name"])))?;
    let held = i64::try_from(call.own_rows(ZONES).count()).unwrap_or(i64::MAX);
    if Call::exceeds(call.quotas.zones, held, 1) {
        return Err(refuse(call, 413, "over_quota", "Quota exceeded for zones."));
    }
    if name.trim_matches('.').split('.').count() < 2 {
        return Err(refuse(call, 400, "invalid_zone_name", "More than one label is required"));
    }
    check_place(call, name)?;
    let serial = call.now / 1_000_000;
    let doc = fields! {
        "name": name, "email": email, "description": text("description"), "serial": serial, "version": 1,
        "ttl": given.get("ttl").filter(|ttl| !ttl.is_null()).cloned().unwrap_or(json!(TTL)),
        "action": "CREATE", "status": "PENDING",
    };
    let then = outcome(call);
    let soa = soa(email, serial);
    let row = call.insert(ZONES, wire::uuid(), doc, then.clone());
    for (kind, record) in [("SOA", soa), ("NS", SERVER.to_owned())] {
        let doc = fields! {
            "zone_id": row.id, "name": row.value("name"), "type": kind, "records": [record], "ttl": null,
            "description": null, "version": 1, "managed": true, "action": "CREATE", "status": "PENDING",
        };
        call.insert(RECORDSETS, wire::uuid(), doc, then.clone());
    }
    let shown = view(call, &row);
    let link = shown["links"]["self"].as_str().unwrap_or_default().to_owned();
    Ok(Answer::json(202, shown).located(&link))
}

/// The record that begins a zone.
fn soa(email: &str, serial: i64) -> String {
    let (name, host) = email.split_once('@').unwrap_or((email, ""));
    format!("{SERVER} {}.{host}. {serial} 3600 600 86400 3600", name.replace('.', "\\."))
}

/// Sends a zone to the name servers again, with a new serial number in it and in its first record.
pub(super) fn touch(call: &mut Call<'_>, id: &str) {
    let Some(zone) = call.get(ZONES, id) else { return };
    let serial = (call.now / 1_000_000).max(zone.number("serial") + 1);
    let record = soa(zone.text("email"), serial);
    let mut then = outcome(call);
    let first = call.rows(RECORDSETS).find(|row| row.text("zone_id") == id && row.text("type") == "SOA");
    let first = first.map(|row| row.id.clone());
    for step in &mut then {
        step.set.insert("serial".to_owned(), json!(serial));
    }
    if let (Some(first), Some(at)) = (first, then.first().map(|step| step.at)) {
        let set = fields! {
            "records": [record], "updated": wire::naive(at), "action": "NONE", "status": "ACTIVE",
        };
        call.change(RECORDSETS, &first, |row| row.then = vec![Step { at, set, gone: false }]);
    }
    call.change(ZONES, id, |row| {
        row.doc.extend(fields! {"action": "UPDATE", "status": "PENDING", "version": row.number("version") + 1});
        row.then = then;
    });
}

pub(super) fn update(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find_lasting(call, id)?;
    let given = body(call)?;
    check(call, &KEYS, &given, &view(call, &row))?;
    let changes = |key: &String| matches!(key.as_str(), "email" | "description" | "ttl");
    let set: Doc = given.into_iter().filter(|(key, _)| changes(key)).collect();
    call.change(ZONES, id, |row| row.doc.extend(set));
    touch(call, id);
    Ok(Answer::json(202, view(call, &find(call, id)?)))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, id)?;
    if call.rows(ZONES).any(|other| below(other.text("name"), row.text("name"))) {
        let message = "Please delete any subzones before deleting this zone";
        return Err(refuse(call, 400, "zone_has_sub_zone", message));
    }
    let then = call.vanishing(call.later());
    let recordsets: Vec<String> =
        call.rows(RECORDSETS).filter(|other| other.text("zone_id") == id).map(|other| other.id.clone()).collect();
    for recordset in recordsets {
        call.change(RECORDSETS, &recordset, |row| row.then.clone_from(&then));
    }
    call.change(ZONES, id, |row| {
        row.doc.extend(fields! {"action": "DELETE", "status": "PENDING"});
        row.then = then;
    });
    Ok(Answer::json(202, view(call, &find(call, id)?)))
}
