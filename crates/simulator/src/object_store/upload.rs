//! Objects as they come.

use serde_json::Value;

use super::access::Pass;
use super::{OBJECTS, Place, broken, container, copy, large, meta, object_key, objects, page, plain, used, words_of};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{BYTES, Doc, Row};
use crate::wire;

const LONGEST_NAME: usize = 1024;

/// What is known by the end of a name.
const TYPES: [(&str, &str); 16] = [
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("csv", "text/csv"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("css", "text/css"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("xml", "text/xml"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("tar", "application/x-tar"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("gif", "image/gif"),
    ("svg", "image/svg+xml"),
];

fn guessed(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    TYPES.iter().find(|(known, _)| *known == end).map_or("application/octet-stream", |(_, kind)| kind)
}

/// The type that the request names, or that the name lets guess.
fn kind(call: &Call<'_>, object: &str) -> String {
    call.header("content-type").filter(|kind| !kind.is_empty()).unwrap_or_else(|| guessed(object)).to_owned()
}

pub(super) fn put(call: &mut Call<'_>, place: &Place, name: &str, object: &str, pass: &Pass) -> Reply {
    if call.header("x-copy-from").is_some_and(|from| !from.is_empty()) {
        return copy::here(call, place, name, object, pass);
    }
    let mut doc = match call.param("multipart-manifest") {
        Some("put") => large::listed(call, &place.project, &format!("{name}/{object}"))?,
        _ => fields! {"hash": large::md5(call.body), "bytes": call.body.len()},
    };
    doc.insert("content_type".to_owned(), kind(call, object).into());
    doc.insert("meta".to_owned(), Value::Object(meta::given(call, "object", &objects::KEPT)?));
    let bytes = if doc.contains_key("slo") { &[][..] } else { call.body };
    let bytes = bytes.to_vec();
    let row = write(call, &place.project, name, object, doc, &bytes)?;
    Ok(written(&row))
}

/// The answer once it is there.
pub(super) fn written(row: &Row) -> Answer {
    let etag = match row.doc.contains_key("slo") {
        true => format!("\"{}\"", row.text("slo_etag")),
        false => row.text("hash").to_owned(),
    };
    let answer = meta::with(Answer::empty(201), "etag", etag);
    meta::with(answer, "last-modified", wire::http(row.at.saturating_add(999_999)))
}

/// Refuses what would exceed the container's own limits or the project's.
fn within(call: &Call<'_>, project: &str, name: &str, object: &str, bytes: i64, stored: i64) -> Result<(), Answer> {
    let replaced = objects::find(call, project, name, object).ok();
    let row = container(call, project, name)?;
    let limit = |end: &str| meta::held(row, &format!("x-container-meta-quota-{end}"))?.parse::<i64>().ok();
    let (count, held) = used(call, project, name);
    let less = replaced.map_or(0, |row| row.number("bytes"));
    // A manifest says how many bytes its parts have, and has none itself.
    let has = |row: &Row| if row.doc.contains_key("slo") { 0 } else { row.number("bytes") };
    let all: i64 = call.rows(OBJECTS).filter(|row| row.project == project).map(has).sum();
    let over = limit("bytes").is_some_and(|limit| held - less + bytes > limit)
        || limit("count").is_some_and(|limit| count + 1 > limit)
        || Call::exceeds(call.quotas.object_bytes, all - replaced.map_or(0, has), stored);
    if over { Err(words_of(413, "Upload exceeds quota.")) } else { Ok(()) }
}

/// Puts an object where it belongs, in the place of the one that was there.
pub(super) fn write(
    call: &mut Call<'_>,
    project: &str,
    name: &str,
    object: &str,
    mut doc: Doc,
    bytes: &[u8],
) -> Result<Row, Answer> {
    container(call, project, name)?;
    if object.len() > LONGEST_NAME {
        let words = format!("Object name length of {} longer than {LONGEST_NAME}", object.len());
        return Err(plain(400, &words));
    }
    let manifest = doc.get("meta").and_then(|meta| meta.get("x-object-manifest")).and_then(Value::as_str);
    if manifest.is_some_and(|manifest| !manifest.trim_matches('/').contains('/') || manifest.contains(['?', '&'])) {
        return Err(words_of(400, "X-Object-Manifest must be in the format container/prefix"));
    }
    if call.header("if-none-match") == Some("*") && objects::find(call, project, name, object).is_ok() {
        return Err(page(412));
    }
    let etag = if doc.contains_key("slo") { "slo_etag" } else { "hash" };
    let expected = call.header("etag").map(|etag| etag.trim_matches('"').to_ascii_lowercase());
    if expected.is_some_and(|expected| !expected.is_empty() && doc.get(etag).is_none_or(|held| *held != expected)) {
        return Err(page(422));
    }
    let (until, then) = objects::expiry(call)?;
    if let (Some(until), Some(meta)) = (until, doc.get_mut("meta").and_then(Value::as_object_mut)) {
        meta.insert("x-delete-at".to_owned(), until.into());
    }
    let said = doc.get("bytes").and_then(Value::as_i64).unwrap_or_default();
    within(call, project, name, object, said, i64::try_from(bytes.len()).unwrap_or(i64::MAX))?;
    let kept = call.store.keep(bytes).map_err(|error| broken(&error))?;
    objects::remove(call, project, name, object);
    doc.extend(fields! {"container": name, "name": object, BYTES: kept});
    Ok(call.insert_for(project, OBJECTS, object_key(project, name, object), doc, then))
}
