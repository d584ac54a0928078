//! Record sets: the records of one name and type in a zone.

use serde_json::{Value, json};

use super::listing::{List, answer};
use super::names::{Keys, check};
use super::{
    RECORDSETS, ZONES, all_projects, bad, body, check_uuid, lost, mismatch, outcome, put_state, records, refuse, zones,
};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire::{self, python_bare};

const KEYS: Keys = Keys { what: "recordset", free: &["records", "description", "ttl"], fixed: &["name", "type"] };

fn link(call: &Call<'_>, row: &Row) -> String {
    format!("{}/v2/zones/{}/recordsets/{}", call.base, row.text("zone_id"), row.id)
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let zone = call.get(ZONES, row.text("zone_id")).map(|zone| zone.text("name").to_owned());
    let mut value = json!({
        "id": row.id, "project_id": row.project, "created_at": wire::naive(row.at), "updated_at": row.value("updated"),
        "zone_name": zone, "links": {"self": link(call, row)},
    });
    for key in ["zone_id", "name", "type", "records", "ttl", "description", "version"] {
        value[key] = row.value(key);
    }
    put_state(&mut value, row);
    value
}

fn find(call: &Call<'_>, zone: &Row, id: &str) -> Result<Row, Answer> {
    check_uuid(call, "recordset_id", id)?;
    let row = call.get(RECORDSETS, id).filter(|row| row.text("zone_id") == zone.id);
    row.cloned().ok_or_else(|| lost(call, "recordset_not_found", "RecordSet"))
}

pub(super) fn list(call: &Call<'_>, zone: Option<&str>) -> Reply {
    let mut sorts = vec!["created_at", "id", "updated_at", "zone_id", "tenant_id", "name", "type", "ttl", "records"];
    let (path, rows): (String, Vec<&Row>) = match zone {
        Some(id) => {
            zones::find(call, id)?;
            let rows = call.rows(RECORDSETS).filter(|row| row.text("zone_id") == id);
            (format!("zones/{id}/recordsets"), rows.collect())
        }
        None => {
            sorts.retain(|key| !matches!(*key, "id" | "records"));
            let all = all_projects(call)?;
            ("recordsets".to_owned(), call.rows(RECORDSETS).filter(|row| all || call.who.owns(row)).collect())
        }
    };
    let filters = ["name", "type", "ttl", "data", "status", "description"];
    let list = List { many: "recordsets", path: &path, filters: &filters, sorts: &sorts };
    answer(call, &list, rows.into_iter().map(|row| view(call, row)).collect())
}

pub(super) fn show(call: &Call<'_>, zone: &str, id: &str) -> Reply {
    check_uuid(call, "recordset_id", id)?;
    let zone = zones::find(call, zone)?;
    Ok(Answer::ok(view(call, &find(call, &zone, id)?)))
}

/// Where a record set is that is asked for without its zone.
pub(super) fn redirect(call: &Call<'_>, id: &str) -> Reply {
    check_uuid(call, "recordset_id", id)?;
    let all = all_projects(call)?;
    let row = call.get(RECORDSETS, id).filter(|row| all || call.who.owns(row));
    let row = row.ok_or_else(|| lost(call, "recordset_not_found", "RecordSet"))?;
    Ok(Answer::empty(301).located(&link(call, row)))
}

/// The records of a body, each once.
fn records_of(call: &Call<'_>, given: &Doc) -> Result<Vec<String>, Answer> {
    match given.get("records") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            let mut records: Vec<String> = Vec::with_capacity(items.len());
            for item in items {
                let record = python_bare(item);
                if !records.contains(&record) {
                    records.push(record);
                }
            }
            Ok(records)
        }
        Some(other) => {
            let message = format!("'{}' is not a valid list of records", python_bare(other));
            let error =
                json!({"path": ["records"], "validator": "type", "validator_value": ["list"], "message": message});
            Err(mismatch(call, vec![error]))
        }
    }
}

fn check_records(call: &Call<'_>, kind: &str, held: &[String]) -> Result<(), Answer> {
    if !records::is_type(kind) {
        let message = format!("'{kind}' is not a valid record type");
        let error = json!({
            "path": ["recordset", "type"], "validator": "value", "validator_value": [kind], "message": message,
        });
        return Err(mismatch(call, vec![error]));
    }
    let bad: Vec<Value> = held
        .iter()
        .enumerate()
        .filter(|(_, record)| !records::fits(kind, record))
        .map(|(at, record)| {
            let message = format!("'{record}' is not a '{kind}' Record");
            json!({"path": ["records", at], "validator": "format", "validator_value": [kind], "message": message})
        })
        .collect();
    if bad.is_empty() { Ok(()) } else { Err(mismatch(call, bad)) }
}

/// Refuses a name that cannot be in a zone, or not beside what is there.
fn check_place(call: &Call<'_>, zone: &Row, name: &str, kind: &str) -> Result<(), Answer> {
    let nowhere = |message: &str| Err(refuse(call, 400, "invalid_recordset_location", message));
    let apex = zone.text("name");
    if name != apex && !zones::below(name, apex) {
        return nowhere("RecordSet is not contained within it's parent zone");
    }
    if kind == "CNAME" && name == apex {
        return nowhere("CNAME recordsets may not be created at the zone apex");
    }
    let mut same = call.rows(RECORDSETS).filter(|row| row.text("zone_id") == zone.id && row.text("name") == name);
    if same.any(|row| row.text("type") != kind && (kind == "CNAME" || row.text("type") == "CNAME")) {
        return nowhere("CNAME recordsets may not share a name with any other records");
    }
    let child = call.rows(ZONES).find(|child| {
        zones::below(child.text("name"), apex) && (name == child.text("name") || zones::below(name, child.text("name")))
    });
    if let Some(child) = child.filter(|_| name != apex) {
        return nowhere(&format!("RecordSet belongs in a child zone: {}", child.text("name")));
    }
    Ok(())
}

fn check_count(call: &Call<'_>, kind: &str, records: &[String]) -> Result<(), Answer> {
    if kind == "CNAME" && records.len() > 1 {
        return Err(bad(call, "CNAME recordsets may not have more than 1 record"));
    }
    Ok(())
}

pub(super) fn create(call: &mut Call<'_>, zone: &str) -> Reply {
    check_uuid(call, "zone_id", zone)?;
    let given = body(call)?;
    check(call, &KEYS, &given, &Value::Null)?;
    let records = records_of(call, &given)?;
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let kind = text("type").unwrap_or("None");
    check_records(call, kind, &records)?;
    if kind == "SOA" {
        return Err(bad(call, "Creating a SOA recordset is not allowed"));
    }
    let zone = zones::find_lasting(call, zone)?;
    let Some(name) = text("name") else { return Err(refuse(call, 400, "invalid_object", "")) };
    let held = call.rows(RECORDSETS).filter(|row| row.text("zone_id") == zone.id).count();
    if Call::exceeds(call.quotas.zone_recordsets, i64::try_from(held).unwrap_or(i64::MAX), 1) {
        return Err(refuse(call, 413, "over_quota", "Quota exceeded for zone_recordsets."));
    }
    check_place(call, &zone, name, kind)?;
    check_count(call, kind, &records)?;
    let same = |row: &Row| row.text("zone_id") == zone.id && row.text("name") == name && row.text("type") == kind;
    if call.rows(RECORDSETS).any(same) {
        return Err(refuse(call, 409, "duplicate_recordset", "Duplicate RecordSet"));
    }
    let doc = fields! {
        "zone_id": zone.id, "name": name, "type": kind, "records": records, "ttl": given.get("ttl"),
        "description": text("description"), "version": 1, "action": "CREATE", "status": "PENDING",
    };
    let then = outcome(call);
    let row = call.insert_for(&zone.project, RECORDSETS, wire::uuid(), doc, then);
    zones::touch(call, &zone.id);
    let link = link(call, &row);
    Ok(Answer::json(202, view(call, &row)).located(&link))
}

pub(super) fn update(call: &mut Call<'_>, zone: &str, id: &str) -> Reply {
    check_uuid(call, "recordset_id", id)?;
    let zone = zones::find(call, zone)?;
    let row = find(call, &zone, id)?;
    if row.flag("managed") {
        return Err(bad(call, "Managed records may not be updated"));
    }
    let given = body(call)?;
    check(call, &KEYS, &given, &view(call, &row))?;
    let mut set: Doc = given
        .iter()
        .filter(|(key, _)| matches!(key.as_str(), "ttl" | "description"))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    if given.contains_key("records") {
        let records = records_of(call, &given)?;
        check_records(call, row.text("type"), &records)?;
        check_count(call, row.text("type"), &records)?;
        set.insert("records".to_owned(), records.into());
    }
    zones::find_lasting(call, &zone.id)?;
    set.extend(fields! {
        "action": "UPDATE", "status": "PENDING", "updated": wire::naive(call.now), "version": row.number("version") + 1,
    });
    let then = outcome(call);
    call.change(RECORDSETS, id, |row| {
        row.doc.extend(set);
        row.then = then;
    });
    zones::touch(call, &zone.id);
    Ok(Answer::json(202, view(call, &find(call, &zone, id)?)))
}

pub(super) fn delete(call: &mut Call<'_>, zone: &str, id: &str) -> Reply {
    check_uuid(call, "recordset_id", id)?;
    let zone = zones::find(call, zone)?;
    let row = find(call, &zone, id)?;
    if row.text("type") == "SOA" {
        return Err(bad(call, "Deleting a SOA recordset is not allowed"));
    }
    zones::find_lasting(call, &zone.id)?;
    if row.flag("managed") {
        return Err(bad(call, "Managed records may not be deleted"));
    }
    let then = call.vanishing(call.later());
    call.change(RECORDSETS, id, |row| {
        row.doc.extend(fields! {"action": "DELETE", "status": "PENDING"});
        row.then = then;
    });
    zones::touch(call, &zone.id);
    Ok(Answer::json(202, view(call, &find(call, &zone, id)?)))
}
