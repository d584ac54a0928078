//! Lists: filters with stars, sorting, and pages that are followed by links.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{bad, records, refuse};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::wire::python;

const CONTROLS: [&str; 4] = ["limit", "marker", "sort_key", "sort_dir"];
/// The length of a page for which none is asked.
const USUAL: usize = 20;
const MOST: usize = 1000;
/// What stays as it is in a link.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'+');

/// One collection as a list shows it.
pub(super) struct List<'a> {
    /// In the body.
    pub(super) many: &'a str,
    /// Below `/v2`.
    pub(super) path: &'a str,
    pub(super) filters: &'a [&'a str],
    pub(super) sorts: &'a [&'a str],
}

fn encoded(text: &str) -> String {
    // A plus is a space here, so a real one is written out first.
    let text = text.replace('+', "%2B").replace(' ', "+");
    text.split("%2B").map(|part| utf8_percent_encode(part, KEPT).to_string()).collect::<Vec<_>>().join("%2B")
}

/// A link to this list with these parameters.
pub(super) fn link<'p>(call: &Call<'_>, path: &str, params: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    let query: Vec<String> = params.map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    let root = format!("{}/v2/{path}", call.base);
    if query.is_empty() { root } else { format!("{root}?{}", query.join("&")) }
}

/// As the value stands in a query.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Whether a text is like a pattern, in which a star stands for anything.
fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

fn wanted(item: &Value, key: &str, pattern: &str) -> bool {
    match key {
        "data" => item["records"].as_array().into_iter().flatten().any(|record| like(pattern, &plain(record))),
        key => like(pattern, &plain(&item[key])),
    }
}

fn limit(call: &Call<'_>) -> Result<usize, Answer> {
    match call.param("limit") {
        None => Ok(USUAL),
        Some(text) if text.eq_ignore_ascii_case("max") => Ok(MOST),
        Some(text) => match text.parse::<usize>() {
            Ok(limit) if limit > 0 => Ok(limit.min(MOST)),
            _ => Err(refuse(call, 400, "invalid_limit", &format!("limit should be an integer between 1 and {MOST}"))),
        },
    }
}

/// Filters, sorts and pages a list; what was made first comes first.
pub(super) fn answer(call: &Call<'_>, list: &List<'_>, mut items: Vec<Value>) -> Reply {
    let limit = limit(call)?;
    let backward = match call.param("sort_dir") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => {
            return Err(refuse(call, 400, "invalid_sort_dir", "Unknown sort direction, must be 'desc' or 'asc'"));
        }
    };
    let key = call.param("sort_key");
    if key.is_some_and(|key| !list.sorts.contains(&key)) {
        let message = format!("sort key must be one of {}", python(&json!(list.sorts)));
        return Err(refuse(call, 400, "invalid_sort_key", &message));
    }
    let params = || call.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let filters: Vec<(&str, &str)> = params().filter(|(key, _)| !CONTROLS.contains(key)).collect();
    let strange: Vec<&str> = filters.iter().map(|(key, _)| *key).filter(|key| !list.filters.contains(key)).collect();
    if !strange.is_empty() {
        return Err(bad(call, &format!("Invalid filters {}", strange.join(", "))));
    }
    items.retain(|item| filters.iter().all(|(key, pattern)| wanted(item, key, pattern)));
    match key {
        Some("ttl" | "serial") => items.sort_by_key(|item| item[key.unwrap_or_default()].as_i64()),
        Some("type") => items.sort_by_key(|item| records::rank(item["type"].as_str().unwrap_or_default())),
        Some(key) => items.sort_by_key(|item| plain(&item[key])),
        None => {}
    }
    if backward {
        items.reverse();
    }
    let count = items.len();
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => match items.iter().position(|item| item["id"] == marker) {
            Some(position) => position + 1,
            // By then Designate has forgotten which marker it was.
            None => return Err(refuse(call, 400, "marker_not_found", "Marker None could not be found")),
        },
    };
    let shown: Vec<Value> = items.into_iter().skip(start).take(limit).collect();
    let mut links = json!({"self": link(call, list.path, params())});
    // A full page is followed by another one, whether or not there is anything in it.
    if let Some(last) = shown.last().filter(|_| shown.len() == limit) {
        let marker = plain(&last["id"]);
        let params = params().filter(|(key, _)| *key != "marker").chain([("marker", marker.as_str())]);
        links["next"] = json!(link(call, list.path, params));
    }
    Ok(Answer::ok(json!({list.many: shown, "links": links, "metadata": {"total_count": count}})))
}
