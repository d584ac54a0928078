//! Keypairs: they belong to a user, not to a project.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::checks::{bad, body, invalid, name, only, required};
use super::{KEYPAIRS, paging, policy};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire;

/// Keypairs are named per user, so the user is part of the row's id.
pub(super) fn key(user: &str, name: &str) -> String {
    format!("{user}/{name}")
}

/// The fingerprint that OpenSSH once showed, and Nova still does: the MD5 of the key itself.
fn fingerprint(public_key: &str) -> Option<String> {
    let mut parts = public_key.split_whitespace();
    let (kind, encoded) = (parts.next()?, parts.next()?);
    let blob = STANDARD.decode(encoded).ok()?;
    // The blob begins with the length and the text of the kind that stands before it.
    let length = u32::from_be_bytes(blob.get(..4)?.try_into().ok()?);
    let named = blob.get(4..4 + usize::try_from(length).ok()?)?;
    if named != kind.as_bytes() {
        return None;
    }
    Some(Md5::digest(&blob).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"))
}

fn summary(row: &Row, v: u32) -> Value {
    let mut value = json!({
        "name": row.text("name"), "public_key": row.text("public_key"), "fingerprint": row.text("fingerprint"),
    });
    if v >= 2 {
        value["type"] = json!("ssh");
    }
    value
}

/// Whose keypairs are spoken about: an administrator may name another user.
fn owner(call: &Call<'_>, v: u32, rule: &str) -> Result<String, Answer> {
    match call.param("user_id").filter(|_| v >= 10) {
        Some(user) if user != call.who.user && !call.who.admin() => Err(policy(&format!("os-keypairs:{rule}"))),
        Some(user) => Ok(user.to_owned()),
        None => Ok(call.who.user.clone()),
    }
}

pub(super) fn serve(call: &mut Call<'_>, path: &[&str], v: u32) -> Reply {
    let missing = |user: &str, name: &str| refuse::fault(404, &format!("Keypair {name} not found for user {user}"));
    match (call.method.as_str(), path) {
        ("GET", []) => list(call, v),
        ("POST", []) => create(call, v),
        ("GET", [name]) => {
            let user = owner(call, v, "show")?;
            let row = call.get(KEYPAIRS, &key(&user, name)).ok_or_else(|| missing(&user, name))?;
            let mut value = summary(row, v);
            value["user_id"] = json!(user);
            value["created_at"] = json!(wire::naive(row.at));
            value["id"] = json!(row.seq);
            value["deleted"] = json!(false);
            value["deleted_at"] = Value::Null;
            value["updated_at"] = Value::Null;
            Ok(Answer::ok(json!({"keypair": value})))
        }
        ("DELETE", [name]) => {
            let user = owner(call, v, "delete")?;
            call.remove(KEYPAIRS, &key(&user, name)).ok_or_else(|| missing(&user, name))?;
            Ok(Answer::empty(if v >= 2 { 204 } else { 202 }))
        }
        _ => Err(Answer::lost_page()),
    }
}

fn list(call: &Call<'_>, v: u32) -> Reply {
    let user = owner(call, v, "index")?;
    let mut rows: Vec<&Row> = call.rows(KEYPAIRS).filter(|row| row.text("user") == user).collect();
    rows.sort_by(|one, other| one.text("name").cmp(other.text("name")));
    if v < 35 {
        let items: Vec<Value> = rows.iter().map(|row| json!({"keypair": summary(row, v)})).collect();
        return Ok(Answer::ok(json!({"keypairs": items})));
    }
    // The marker is a name here, so the page is cut by hand.
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => {
            let at = rows.iter().position(|row| row.text("name") == marker);
            at.ok_or_else(|| bad(&format!("marker [{marker}] not found")))? + 1
        }
    };
    let limit = call.param("limit").and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let page: Vec<&Row> = rows.into_iter().skip(start).take(limit).collect();
    let last = page.last().filter(|_| page.len() == limit).map(|row| row.text("name").to_owned());
    let items = page.iter().map(|row| json!({"keypair": summary(row, v)})).collect();
    Ok(paging::listed(call, "keypairs", "v2.1/os-keypairs", items, last))
}

fn create(call: &mut Call<'_>, v: u32) -> Reply {
    let given = body(call, "keypair")?;
    required("keypair", &given, "name")?;
    // Nova below 2.92 would make the pair itself; this one imports only, at every version.
    required("keypair", &given, "public_key")?;
    let known: &[&str] = match v {
        10.. => &["name", "public_key", "type", "user_id"],
        2.. => &["name", "public_key", "type"],
        _ => &["name", "public_key"],
    };
    only("keypair", &given, known)?;
    let label = name("name", &given["name"])?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || " @._-".contains(c);
    if v >= 92 && !label.chars().all(allowed) {
        return Err(invalid(
            "name",
            &given["name"],
            &format!("{} does not match '^[_\\\\-\\\\@\\\\. a-zA-Z0-9]+$'", wire::python(&given["name"])),
        ));
    }
    if given.get("type").is_some_and(|kind| kind != "ssh") {
        return Err(invalid(
            "type",
            &given["type"],
            &format!("{} is not one of ['ssh', 'x509']", wire::python(&given["type"])),
        ));
    }
    let user = match given.get("user_id").and_then(Value::as_str) {
        Some(user) if user != call.who.user && !call.who.admin() => return Err(policy("os-keypairs:create")),
        Some(user) => user.to_owned(),
        None => call.who.user.clone(),
    };
    let public_key = given["public_key"].as_str().unwrap_or_default().to_owned();
    let fingerprint =
        fingerprint(&public_key).ok_or_else(|| bad("Keypair data is invalid: failed to generate fingerprint"))?;
    let id = key(&user, &label);
    if call.get(KEYPAIRS, &id).is_some() {
        return Err(refuse::fault(409, &format!("Key pair '{label}' already exists.")));
    }
    let held = call.rows(KEYPAIRS).filter(|row| row.text("user") == user).count();
    if Call::exceeds(call.quotas.key_pairs, i64::try_from(held).unwrap_or(i64::MAX), 1) {
        return Err(refuse::fault(403, "Quota exceeded, too many key pairs."));
    }
    let doc = fields! {"name": label, "user": user.clone(), "public_key": public_key, "fingerprint": fingerprint};
    let row = call.insert_for("", KEYPAIRS, id, doc, Vec::new());
    let mut value = summary(&row, v);
    value["user_id"] = json!(user);
    Ok(Answer::json(if v >= 2 { 201 } else { 200 }, json!({"keypair": value})))
}
