//! `limit` and `marker`, and the link to what follows.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::store::Row;

/// The most that one page holds, as a cloud is set up by default.
const MOST: usize = 1000;

/// Cuts a page out of a list, and says whether something may follow.
pub(crate) fn cut<'r>(
    call: &Call<'_>,
    rows: Vec<&'r Row>,
    bad_limit: impl FnOnce(&str) -> Answer,
    lost: impl FnOnce(&str) -> Answer,
) -> Result<(Vec<&'r Row>, bool), Answer> {
    let asked = match call.param("limit") {
        None => None,
        Some(text) => Some(text.parse::<usize>().map_err(|_| bad_limit(text))?),
    };
    let limit = asked.unwrap_or(MOST).min(MOST);
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => rows.iter().position(|row| row.id == marker).map(|at| at + 1).ok_or_else(|| lost(marker))?,
    };
    let more = rows.len() - start >= limit && limit > 0;
    // Nova names a next page as soon as this one is full, except where nobody asked for pages and nothing is left.
    let more = more && (asked.is_some() || rows.len() - start > limit);
    Ok((rows.into_iter().skip(start).take(limit).collect(), more))
}

/// A list with its link to the next page.
pub(crate) fn listed(call: &Call<'_>, many: &str, path: &str, items: Vec<Value>, last: Option<String>) -> Answer {
    let mut body = json!({many: items});
    if let Some(last) = last {
        let mut query: Vec<&str> =
            call.raw_query.split('&').filter(|part| !part.is_empty() && !part.starts_with("marker=")).collect();
        let marker = format!("marker={last}");
        query.push(&marker);
        let href = format!("{}/{path}?{}", call.base, query.join("&"));
        body[format!("{many}_links")] = json!([{"rel": "next", "href": href}]);
    }
    Answer::ok(body)
}
