//! The names of floating IPs: those of the caller's project, in all regions.

use serde_json::{Value, json};

use super::names::{Keys, check};
use super::{POINTERS, bad, body, listing, outcome, put_state, refuse, zones};
use crate::REGIONS;
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::network::FLOATING;
use crate::store::Row;

const KEYS: Keys = Keys { what: "floatingip", free: &["ptrdname", "description", "ttl"], fixed: &[] };

/// A floating IP of the project's, which Neutron knows, with the region that it is in.
struct Address<'c> {
    region: &'c str,
    row: &'c Row,
}

fn key(region: &str, id: &str) -> String {
    format!("{region}:{id}")
}

/// The floating IPs that the project has in a region.
fn addresses<'c>(call: &'c Call<'_>, region: &'c str) -> impl Iterator<Item = Address<'c>> {
    let rows = call.store.rows(&format!("{region}/{FLOATING}"));
    rows.filter(|row| call.who.owns(row)).map(move |row| Address { region, row })
}

/// Region and id.
fn parts<'k>(call: &Call<'_>, key: &'k str) -> Result<(&'k str, &'k str), Answer> {
    let region = |text: &str| {
        (1..=100).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let parts = key.split_once(':').filter(|(name, id)| region(name) && uuid::Uuid::parse_str(id).is_ok());
    parts.ok_or_else(|| bad(call, &format!("Floating IP {key} is not in the format of <region>:<uuid>")))
}

fn find<'c>(call: &'c Call<'_>, region: &str, id: &str) -> Result<Address<'c>, Answer> {
    let region = REGIONS.into_iter().find(|known| *known == region);
    // Of a region without a Neutron Designate says no more than that.
    let region = region.ok_or_else(|| refuse(call, 403, "no_endpoint", ""))?;
    addresses(call, region).find(|address| address.row.id == id).ok_or_else(|| {
        let message = format!("FloatingIP {id} in {region} is not associated for project \"{}\"", call.who.project);
        refuse(call, 404, "not_found", &message)
    })
}

fn view(call: &Call<'_>, address: &Address<'_>) -> Value {
    let key = key(address.region, &address.row.id);
    let link = format!("{}/v2/reverse/floatingips/{key}", call.base);
    let mut value = json!({
        "id": key, "address": address.row.text("floating_ip_address"), "links": {"self": link}, "ptrdname": null,
        "ttl": null, "description": null, "action": "NONE", "status": "INACTIVE",
    });
    if let Some(row) = call.get(POINTERS, &key) {
        for key in ["ptrdname", "ttl", "description"] {
            value[key] = row.value(key);
        }
        put_state(&mut value, row);
    }
    value
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let items: Vec<Value> = REGIONS
        .iter()
        .flat_map(|region| addresses(call, region).map(|address| view(call, &address)).collect::<Vec<_>>())
        .collect();
    let params = call.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let link = listing::link(call, "reverse/floatingips", params);
    Ok(Answer::ok(json!({"floatingips": items, "links": {"self": link}})))
}

pub(super) fn show(call: &Call<'_>, key: &str) -> Reply {
    let (region, id) = parts(call, key)?;
    Ok(Answer::ok(view(call, &find(call, region, id)?)))
}

/// Names a floating IP, or takes the name away.
pub(super) fn set(call: &mut Call<'_>, key: &str) -> Reply {
    let (region, id) = parts(call, key)?;
    let given = body(call)?;
    check(call, &KEYS, &given, &Value::Null)?;
    let held = call.get(POINTERS, key).filter(|row| call.who.owns(row)).is_some();
    let name = match given.get("ptrdname") {
        Some(Value::String(name)) => name.clone(),
        Some(_) if held => {
            let then = call.vanishing(call.later());
            call.change(POINTERS, key, |row| {
                row.doc.extend(fields! {"action": "DELETE", "status": "PENDING"});
                row.then = then;
            });
            return Ok(Answer::json(202, Value::Null));
        }
        Some(_) => return Err(refuse(call, 404, "not_found", &format!("No such FloatingIP {key}"))),
        None => return Err(refuse(call, 400, "invalid_object", "")),
    };
    find(call, region, id)?;
    let doc = fields! {
        "ptrdname": name, "description": given.get("description"), "status": "PENDING",
        "ttl": given.get("ttl").filter(|ttl| !ttl.is_null()).cloned().unwrap_or(json!(zones::TTL)),
        "action": if held { "UPDATE" } else { "CREATE" },
    };
    let then = outcome(call);
    if held {
        call.change(POINTERS, key, |row| {
            row.doc.extend(doc);
            row.then = then;
        });
    } else {
        call.insert(POINTERS, key.to_owned(), doc, then);
    }
    let shown = view(call, &find(call, region, id)?);
    Ok(Answer::json(202, shown))
}
