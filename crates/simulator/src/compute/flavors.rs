//! Flavors.

use serde_json::{Value, json};

use super::checks::bad;
use super::{FLAVORS, checks, paging};
use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::store::Row;

pub(super) fn missing(id: &str) -> String {
    format!("Flavor {id} could not be found.")
}

fn links(call: &Call<'_>, id: &str) -> Value {
    json!([
        {"rel": "self", "href": format!("{}/v2.1/flavors/{id}", call.base)},
        {"rel": "bookmark", "href": format!("{}/flavors/{id}", call.base)},
    ])
}

fn detail(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let mut value = json!({
        "id": row.id, "name": row.text("name"), "ram": row.number("ram"), "disk": row.number("disk"),
        "swap": if v >= 75 { json!(0) } else { json!("") }, "OS-FLV-EXT-DATA:ephemeral": 0,
        "OS-FLV-DISABLED:disabled": false, "vcpus": row.number("vcpus"), "os-flavor-access:is_public": true,
        "rxtx_factor": 1.0, "links": links(call, &row.id),
    });
    if v >= 55 {
        value["description"] = Value::Null;
    }
    if v >= 61 {
        value["extra_specs"] = json!({});
    }
    value
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let least = |name: &str| call.param(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (ram, disk) = (least("minRam"), least("minDisk"));
    let mut rows: Vec<&Row> =
        call.rows(FLAVORS).filter(|row| row.number("ram") >= ram && row.number("disk") >= disk).collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    let (page, more) = paging::cut(call, rows, checks::limit, |marker| bad(&format!("marker [{marker}] not found")))?;
    let items = page
        .iter()
        .map(|row| {
            if detailed {
                return detail(call, row, v);
            }
            let mut value = json!({"id": row.id, "name": row.text("name"), "links": links(call, &row.id)});
            if v >= 55 {
                value["description"] = Value::Null;
            }
            value
        })
        .collect();
    let last = page.last().filter(|_| more).map(|row| row.id.clone());
    let path = if detailed { "v2.1/flavors/detail" } else { "v2.1/flavors" };
    Ok(paging::listed(call, "flavors", path, items, last))
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.get(FLAVORS, id).ok_or_else(|| refuse::fault(404, &missing(id)))
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    Ok(Answer::ok(json!({"flavor": detail(call, find(call, id)?, v)})))
}

pub(super) fn extra_specs(call: &Call<'_>, id: &str) -> Reply {
    find(call, id)?;
    Ok(Answer::ok(json!({"extra_specs": {}})))
}
