//! Lists: sorting, filters by name and description, `limit` and `offset`, and the link to what follows.

use serde_json::{Value, json};

use super::bad;
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::{Doc, Row};

/// The most that one page holds.
const MOST: usize = 1000;

fn number(call: &Call<'_>, name: &str) -> Result<Option<usize>, Answer> {
    let Some(text) = call.param(name) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(number) => usize::try_from(number).map(Some).map_err(|_| bad(&format!("{name} param must be positive"))),
        Err(_) => Err(bad(&format!("{name} param must be an integer"))),
    }
}

/// The part of a list that `limit` and `offset` ask for. Manila links to a next page by a marker, and reads none.
pub(super) fn cut<T>(call: &Call<'_>, rows: Vec<T>) -> Result<Vec<T>, Answer> {
    let (limit, offset) = (number(call, "limit")?, number(call, "offset")?);
    Ok(rows.into_iter().skip(offset.unwrap_or(0)).take(limit.unwrap_or(MOST).min(MOST)).collect())
}

/// One collection as a list shows it.
pub(super) struct List<'a> {
    /// In the body and in links.
    pub(super) many: &'a str,
    /// The key of the link to the next page.
    pub(super) links: &'a str,
    /// Whether `with_count` is heard.
    pub(super) counted: bool,
}

/// Sorts a list by what is asked, newest first if nothing is, and cuts it.
pub(super) fn answer(call: &Call<'_>, list: &List<'_>, mut rows: Vec<&Row>, view: impl Fn(&Row) -> Value) -> Reply {
    let key = call.param("sort_key").unwrap_or("created_at");
    let field = match key {
        "display_name" => "name",
        "display_description" => "description",
        other => other,
    };
    match field {
        "created_at" => {}
        "updated_at" => rows.sort_by_key(|row| row.changed),
        field => rows.sort_by_key(|row| (row.number(field), row.text(field).to_owned())),
    }
    if call.param("sort_dir") != Some("asc") {
        rows.reverse();
    }
    let count = rows.len();
    let page = cut(call, rows)?;
    let mut body = json!({list.many: page.iter().map(|row| view(row)).collect::<Vec<_>>()});
    if list.counted && call.param("with_count").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        body["count"] = json!(count);
    }
    // A full page is followed by another one, whether or not there is anything in it.
    if let Some(last) = page.last().filter(|_| number(call, "limit").ok().flatten() == Some(page.len())) {
        let kept = call.raw_query.split('&').filter(|part| !part.is_empty() && !part.starts_with("marker="));
        let query: String = kept.map(|part| format!("{part}&")).collect();
        let href = format!("{}/v2/{}?{query}marker={}", call.base, list.many, last.id);
        body[list.links] = json!([{"rel": "next", "href": href}]);
    }
    Ok(Answer::ok(body))
}

/// Whether a row fits a filter by name or description, exact or in part; `None` when the filter is about something else.
pub(super) fn named(row: &Row, key: &str, wanted: &str) -> Option<bool> {
    let key = key.strip_prefix("display_").unwrap_or(key);
    let (field, part) = key.strip_suffix('~').map_or((key, false), |field| (field, true));
    matches!(field, "name" | "description").then(|| {
        let held = row.text(field);
        if part { held.contains(wanted) } else { held == wanted }
    })
}

/// A mapping as a query carries it: written in Python.
pub(super) fn mapping(text: &str) -> Doc {
    serde_json::from_str(&text.replace('\'', "\"")).unwrap_or_default()
}

/// Whether a row's metadata has all of a mapping.
pub(super) fn has_metadata(row: &Row, wanted: &str) -> bool {
    let held = row.value("metadata");
    mapping(wanted).iter().all(|(key, value)| held.get(key) == Some(value))
}
