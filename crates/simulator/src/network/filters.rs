//! Lists: exact filters on attributes, tags, `fields`, sorting, paging by marker.

use serde_json::{Map, Value, json};

use super::{Kind, bad, refuse};
use crate::answer::{Answer, Reply};
use crate::call::Call;

/// Parameters that say how to list, not what.
const CONTROLS: [&str; 6] = ["fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir"];
const TAGS: [&str; 4] = ["tags", "tags-any", "not-tags", "not-tags-any"];

/// As the value stands in a query.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn equals(has: &Value, wanted: &str) -> bool {
    match has {
        Value::Bool(flag) => {
            matches!((flag, wanted.to_ascii_lowercase().as_str()), (true, "true" | "1") | (false, "false" | "0"))
        }
        Value::Array(items) => items.iter().any(|item| plain(item) == wanted),
        other => plain(other) == wanted,
    }
}

/// `fixed_ips=ip_address=10.0.0.3` and `fixed_ips=subnet_id=…`.
fn address(item: &Value, wanted: &str) -> bool {
    let Some((key, value)) = wanted.split_once('=') else { return false };
    item["fixed_ips"].as_array().into_iter().flatten().any(|ip| ip[key] == value)
}

/// Whether something has all, any, not all or none of the tags that a filter names.
pub(crate) fn tagged(item: &Value, name: &str, wanted: &str) -> bool {
    let has = |tag: &str| item["tags"].as_array().is_some_and(|tags| tags.iter().any(|held| held == tag));
    let mut wanted = wanted.split(',');
    match name {
        "tags" => wanted.all(has),
        "tags-any" => wanted.any(has),
        "not-tags" => !wanted.all(has),
        _ => !wanted.any(has),
    }
}

/// Only the attributes that `fields` names, when it names any.
pub(super) fn only_fields(call: &Call<'_>, item: Value) -> Value {
    let fields = call.params("fields");
    match item {
        Value::Object(map) if !fields.is_empty() => {
            let kept: Map<String, Value> = map.into_iter().filter(|(key, _)| fields.contains(&key.as_str())).collect();
            Value::Object(kept)
        }
        whole => whole,
    }
}

/// What every collection can be filtered by.
const COMMON: [&str; 9] =
    ["id", "name", "project_id", "tenant_id", "status", "description", "revision_number", "created_at", "updated_at"];

/// Whether a collection can be filtered by this.
fn known(kind: &Kind, name: &str) -> bool {
    COMMON.contains(&name)
        || (kind.tagged && TAGS.contains(&name))
        || kind.filters.contains(&name)
        || kind.attributes.iter().any(|attribute| attribute.name == name)
}

/// Filters, sorts and pages a list.
pub(super) fn answer(call: &Call<'_>, kind: &Kind, mut items: Vec<Value>) -> Reply {
    let mut wanted: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, value) in &call.query {
        if CONTROLS.contains(&name.as_str()) {
            continue;
        }
        match wanted.iter_mut().find(|(held, _)| *held == name.as_str()) {
            Some((_, values)) => values.push(value),
            None => wanted.push((name, vec![value])),
        }
    }
    let strange: Vec<String> = wanted
        .iter()
        .filter(|(name, _)| !known(kind, name) && items.first().is_none_or(|item| item.get(*name).is_none()))
        .map(|(name, _)| format!("'{name}'"))
        .collect();
    if !strange.is_empty() {
        return Err(bad(&format!("[{}] is invalid attribute for filtering", strange.join(", "))));
    }
    items.retain(|item| {
        wanted.iter().all(|(name, values)| match *name {
            name if TAGS.contains(&name) => values.iter().all(|value| tagged(item, name, value)),
            "fixed_ips" => values.iter().any(|value| address(item, value)),
            name => values.iter().any(|value| equals(&item[name], value)),
        })
    });
    if let Some(key) = call.param("sort_key") {
        items.sort_by_key(|item| plain(&item[key]));
        if call.param("sort_dir") == Some("desc") {
            items.reverse();
        }
    }
    page(call, kind, items)
}

fn page(call: &Call<'_>, kind: &Kind, items: Vec<Value>) -> Reply {
    let limit = match call.param("limit") {
        None => None,
        Some(text) => Some(text.parse::<usize>().map_err(|_| {
            let message = format!("Bad limit request: Limit must be an integer 0 or greater and not '{text}'.");
            refuse::network(400, "BadRequest", &message)
        })?),
    }
    .filter(|limit| *limit > 0);
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => match items.iter().position(|item| item["id"] == marker) {
            Some(position) => position + 1,
            None => return Err(kind.missing(marker)),
        },
    };
    let rest = items.len() - start;
    let count = limit.map_or(rest, |limit| limit.min(rest));
    let shown: Vec<Value> = items.into_iter().skip(start).take(count).collect();
    let mut links = Vec::new();
    if let Some(limit) = limit {
        let kept: Vec<String> = call
            .raw_query
            .split('&')
            .filter(|part| !part.is_empty() && !part.starts_with("marker=") && !part.starts_with("page_reverse="))
            .map(str::to_owned)
            .collect();
        let link = |rel: &str, item: &Value, tail: &str| {
            let id = item["id"].as_str().unwrap_or_default();
            json!({"rel": rel, "href": format!("{}/v2.0/{}?{}&marker={id}{tail}", call.base, kind.path, kept.join("&"))})
        };
        if let Some(last) = shown.last().filter(|_| count == limit) {
            links.push(link("next", last, ""));
        }
        if let Some(first) = shown.first() {
            links.push(link("previous", first, "&page_reverse=True"));
        }
    }
    let shown: Vec<Value> = shown.into_iter().map(|item| only_fields(call, item)).collect();
    let mut body = json!({kind.many: shown});
    if !links.is_empty() {
        body[format!("{}_links", kind.many)] = json!(links);
    }
    Ok(Answer::ok(body))
}
