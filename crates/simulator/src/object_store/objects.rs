//! Objects as rows: what they say of themselves, and how they go.

use serde_json::{Value, json};

use super::{OBJECTS, Place, container, large, meta, object_key, page, plain};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::{BYTES, Row, Step};

/// Headers that an object keeps, beside its own metadata.
pub(super) const KEPT: [&str; 6] =
    ["content-disposition", "content-encoding", "content-language", "cache-control", "expires", "x-object-manifest"];

/// A time as Swift counts.
pub(super) fn timestamp(at: i64) -> String {
    format!("{}.{:05}", at / 1_000_000, at % 1_000_000 / 10)
}

pub(super) fn find<'c>(call: &'c Call<'_>, project: &str, container: &str, object: &str) -> Result<&'c Row, Answer> {
    call.get(OBJECTS, &object_key(project, container, object)).ok_or_else(|| page(404))
}

/// When it is to expire, in the header's words and as a step; both empty when never.
pub(super) fn expiry(call: &Call<'_>) -> Result<(Option<String>, Vec<Step>), Answer> {
    let now = call.now / 1_000_000;
    let (header, from) = match call.header("x-delete-after") {
        Some(_) => ("x-delete-after", now),
        None => ("x-delete-at", 0),
    };
    let Some(text) = call.header(header) else { return Ok((None, Vec::new())) };
    let name = if from > 0 { "X-Delete-After" } else { "X-Delete-At" };
    let seconds = text.parse::<i64>().map_err(|_| plain(400, &format!("Non-integer {name}")))?;
    let at = from.saturating_add(seconds);
    if at <= now {
        return Err(plain(400, &format!("{name} in past")));
    }
    let step = Step { at: at.saturating_mul(1_000_000), gone: true, ..Step::default() };
    Ok((Some(at.to_string()), vec![step]))
}

/// Replaces what it says of itself.
pub(super) fn change(call: &mut Call<'_>, place: &Place, name: &str, object: &str) -> Reply {
    find(call, &place.project, name, object)?;
    let mut given = meta::given(call, "object", &KEPT)?;
    let (until, then) = expiry(call)?;
    if let Some(until) = until {
        given.insert("x-delete-at".to_owned(), Value::from(until));
    }
    let kind = call.header("content-type").map(str::to_owned);
    call.change(OBJECTS, &object_key(&place.project, name, object), |row| {
        row.set("meta", Value::Object(given));
        if let Some(kind) = kind {
            row.set("content_type", kind);
        }
        row.then = then;
    });
    Ok(page(202))
}

/// Takes an object away, and its bytes with it.
pub(super) fn remove(call: &mut Call<'_>, project: &str, container: &str, object: &str) -> bool {
    let removed = call.remove(OBJECTS, &object_key(project, container, object));
    if let Some(row) = &removed
        && !row.text(BYTES).is_empty()
    {
        call.store.forget(row.text(BYTES));
    }
    removed.is_some()
}

pub(super) fn delete(call: &mut Call<'_>, place: &Place, name: &str, object: &str) -> Reply {
    container(call, &place.project, name)?;
    let row = find(call, &place.project, name, object)?.clone();
    if call.param("multipart-manifest") != Some("delete") {
        remove(call, &place.project, name, object);
        return Ok(Answer::empty(204));
    }
    let (mut deleted, mut missing) = (0, 0);
    let own = format!("/{name}/{object}");
    for path in large::paths(&row).into_iter().chain([own]) {
        match path.trim_start_matches('/').split_once('/') {
            Some((container, object)) if remove(call, &place.project, container, object) => deleted += 1,
            _ => missing += 1,
        }
    }
    if call.header("accept").is_some_and(|accept| accept.contains("application/json")) {
        let body = json!({
            "Number Deleted": deleted, "Number Not Found": missing, "Response Body": "", "Response Status": "200 OK",
            "Errors": [],
        });
        return Ok(Answer::ok(body));
    }
    Ok(plain(
        200,
        &format!(
            "Number Deleted: {deleted}\nNumber Not Found: {missing}\nResponse Body: \nResponse Status: 200 OK\nErrors:\n"
        ),
    ))
}
