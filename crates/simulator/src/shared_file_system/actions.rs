//! What can be done with a share: access, and more room.

use serde_json::Value;

use super::shares::{self, MISSING};
use super::{SHARES, access, bad, input, limits};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};

pub(super) fn act(call: &mut Call<'_>, id: &str, v: u32) -> Reply {
    let given = call.object().unwrap_or_default();
    let Some((name, argument)) = given.iter().next() else { return Err(bad("Malformed request body")) };
    // The names had a prefix before 2.7.
    let known = if v >= 7 { Some(name.as_str()) } else { name.strip_prefix("os-") };
    match known {
        Some("allow_access") => access::allow(call, id, argument, v),
        Some("deny_access") => access::deny(call, id, argument),
        Some("access_list") if v < 45 => access::list_of(call, id, v),
        Some("extend") => extend(call, id, argument),
        _ => Err(bad(&format!("There is no such action: {name}"))),
    }
}

fn extend(call: &mut Call<'_>, id: &str, argument: &Value) -> Reply {
    let row = shares::find(call, id, MISSING.trim_start_matches("NotFound: "))?;
    let asked = &argument["new_size"];
    let new = asked.as_i64().or_else(|| asked.as_str()?.trim().parse().ok());
    let new = new.ok_or_else(|| bad("New share size must be specified as an integer."))?;
    let (held, status) = (row.number("size"), row.text("status"));
    if status != "available" {
        return Err(bad(&format!(
            "Invalid share: Share {id} status must be 'available' to extend, but current status is: {status}."
        )));
    }
    if new <= held {
        return Err(input(&format!(
            "New size for extend must be greater than current size. (current: {held}, extended: {new})"
        )));
    }
    if limits::too_big(call, new - held) {
        return Err(refuse::fault(403, limits::TOO_BIG));
    }
    let then = call.building(fields! {"status": "available", "size": new}, |_| fields! {"status": "extending_error"});
    call.change(SHARES, id, |row| {
        row.set("status", "extending");
        row.then = then;
    });
    Ok(Answer::empty(202))
}
