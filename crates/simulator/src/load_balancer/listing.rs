//! Lists: whose things, exact filters, tags, sorting, paging by marker.

use serde_json::{Value, json};

use super::{Kind, fault, forbidden};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::network::filters;
use crate::store::Row;

/// Parameters that say how to list, not what.
const CONTROLS: [&str; 7] = ["limit", "marker", "sort", "sort_key", "sort_dir", "fields", "page_reverse"];
const TAGS: [&str; 4] = ["tags", "tags-any", "not-tags", "not-tags-any"];
/// What every collection can be filtered by.
const COMMON: [&str; 8] = [
    "id",
    "name",
    "project_id",
    "admin_state_up",
    "provisioning_status",
    "operating_status",
    "created_at",
    "updated_at",
];

/// The project whose things are listed; none means all of them, which only administrators see.
pub(super) fn visible<'c>(call: &'c Call<'_>) -> Result<Option<&'c str>, Answer> {
    let own = call.who.project.as_str();
    match call.param("project_id") {
        asked if call.who.admin() => Ok(asked),
        None => Ok(Some(own)),
        Some(asked) if asked == own => Ok(Some(own)),
        Some(_) => Err(forbidden()),
    }
}

/// As the value stands in a query.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn wanted(row: &Row, item: &Value, name: &str, value: &str) -> bool {
    if TAGS.contains(&name) {
        return filters::tagged(item, name, value);
    }
    // Some are not shown under the name by which they are found.
    let held = match name {
        "loadbalancer_id" => row.value("load_balancer_id"),
        name => item.get(name).cloned().unwrap_or_else(|| row.value(name)),
    };
    plain(&held).eq_ignore_ascii_case(value) && (held.is_boolean() || plain(&held) == value)
}

/// What to sort by, and whether from the end; things made earlier come first.
fn order(call: &Call<'_>) -> Result<Vec<(String, bool)>, Answer> {
    let backward = |direction: &str| match direction.to_ascii_lowercase().as_str() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        other => Err(fault(400, &format!("Supplied sort direction '{other}' is not valid."))),
    };
    let mut keys = Vec::new();
    if let Some(sort) = call.param("sort") {
        for part in sort.split(',') {
            let (key, direction) = part.split_once(':').unwrap_or((part, "asc"));
            keys.push((key.to_owned(), backward(direction)?));
        }
    } else if let Some(sort) = call.param("sort_key") {
        let mut directions = call.param("sort_dir").unwrap_or_default().split(',').filter(|part| !part.is_empty());
        for key in sort.split(',') {
            keys.push((key.to_owned(), backward(directions.next().unwrap_or("asc"))?));
        }
    }
    Ok(keys)
}

/// Filters, sorts and pages a list of a kind, which is found at this path below `lbaas`.
pub(super) fn answer(call: &Call<'_>, kind: &Kind, path: &str, rows: Vec<&Row>) -> Reply {
    let filters: Vec<(&str, &str)> = call
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !CONTROLS.contains(name))
        .collect();
    let known = |name: &str| COMMON.contains(&name) || TAGS.contains(&name) || kind.filters.contains(&name);
    if filters.iter().any(|(name, _)| !known(name)) {
        return Err(fault(400, "One or more arguments are either duplicate or invalid"));
    }
    let mut items: Vec<Value> = rows
        .into_iter()
        .map(|row| (row, (kind.view)(call, row)))
        .filter(|(row, item)| filters.iter().all(|(name, value)| wanted(row, item, name, value)))
        .map(|(_, item)| item)
        .collect();
    for (key, backward) in order(call)?.into_iter().rev() {
        if !known(&key) {
            return Err(fault(400, &format!("Supplied sort key '{key}' is not valid.")));
        }
        items.sort_by(|one, other| {
            let order = plain(&one[&key]).cmp(&plain(&other[&key]));
            if backward { order.reverse() } else { order }
        });
    }
    page(call, kind, path, items)
}

fn page(call: &Call<'_>, kind: &Kind, path: &str, items: Vec<Value>) -> Reply {
    let limit = match call.param("limit") {
        None | Some("infinite") => None,
        Some(text) => match text.parse::<i64>() {
            Ok(limit) => usize::try_from(limit).ok().filter(|limit| *limit > 0),
            Err(_) => return Err(fault(400, &format!("Supplied pagination limit '{text}' is not valid."))),
        },
    };
    let marker = call.param("marker");
    let start = match marker {
        None => 0,
        Some(marker) => match items.iter().position(|item| item["id"] == marker) {
            Some(position) => position + 1,
            None => return Err(fault(400, &format!("Supplied pagination marker '{marker}' is not valid."))),
        },
    };
    let shown: Vec<Value> = items.into_iter().skip(start).take(limit.unwrap_or(usize::MAX)).collect();
    let mut links = Vec::new();
    if let (Some(limit), Some(first), Some(last)) = (limit, shown.first(), shown.last()) {
        let mut query = format!("limit={limit}");
        for key in ["sort", "sort_key"] {
            if let Some(value) = call.param(key) {
                query.push_str(&format!("&{key}={value}"));
            }
        }
        let root = format!("{}/v2/lbaas/{path}?{query}&marker=", call.base);
        let id = |item: &Value| plain(&item["id"]);
        if marker.is_some() {
            links.push(json!({"rel": "previous", "href": format!("{root}{}&page_reverse=True", id(first))}));
        }
        // A full page is followed by another one, whether or not there is anything in it.
        if shown.len() >= limit {
            links.push(json!({"rel": "next", "href": format!("{root}{}", id(last))}));
        }
    }
    let fields: Vec<&str> = call.params("fields");
    let shown: Vec<Value> = shown
        .into_iter()
        .map(|item| match item {
            Value::Object(map) if !fields.is_empty() => {
                map.into_iter().filter(|(key, _)| fields.contains(&key.as_str())).collect()
            }
            whole => whole,
        })
        .collect();
    Ok(Answer::ok(json!({kind.many: shown, format!("{}_links", kind.many): links})))
}
