//! Large objects: a manifest stands for parts that are objects of their own, those whose names begin the same (dynamic)
//! or those that it lists (static).

use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::access::Pass;
use super::{OBJECTS, container, listing, meta, objects, page, plain, words_of};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The ETag of parts together.
fn together<'p>(hashes: impl Iterator<Item = &'p str>) -> String {
    md5(hashes.collect::<String>().as_bytes())
}

/// The parts that a static manifest lists: `/container/object`.
pub(super) fn paths(row: &Row) -> Vec<String> {
    let listed = row.doc.get("slo").and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(|part| part["name"].as_str()).map(str::to_owned).collect()
}

/// The parts of a large object and the ETag of them all; nothing when it is none.
pub(super) fn parts(call: &Call<'_>, row: &Row, pass: &Pass) -> Result<Option<(Vec<Row>, String)>, Answer> {
    if row.doc.contains_key("slo") {
        let part = |path: String| -> Result<Row, Answer> {
            let (container, object) = path.trim_start_matches('/').split_once('/').ok_or_else(|| page(409))?;
            let found = objects::find(call, &row.project, container, object).ok().filter(|_| pass.reads(container));
            found.cloned().ok_or_else(|| page(409))
        };
        let parts = paths(row).into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
        return Ok(Some((parts, row.text("slo_etag").to_owned())));
    }
    let Some(manifest) = meta::held(row, "x-object-manifest") else { return Ok(None) };
    let manifest = percent_decode_str(manifest).decode_utf8_lossy();
    let Some((name, prefix)) = manifest.trim_start_matches('/').split_once('/') else { return Ok(None) };
    container(call, &row.project, name)?;
    if !pass.reads(name) {
        return Err(page(401));
    }
    let begins = |part: &&Row| {
        part.project == row.project && part.text("container") == name && part.text("name").starts_with(prefix)
    };
    let mut parts: Vec<Row> = call.rows(OBJECTS).filter(begins).cloned().collect();
    parts.sort_by(|one, other| one.text("name").cmp(other.text("name")));
    let etag = together(parts.iter().map(|part| part.text("hash")));
    Ok(Some((parts, etag)))
}

/// What a static manifest says when it is asked for itself.
pub(super) fn manifest(row: &Row) -> Vec<u8> {
    listing::json_text(&row.value("slo"))
}

/// A static manifest held against its parts: what the row remembers of it.
pub(super) fn listed(call: &Call<'_>, project: &str, own: &str) -> Result<Doc, Answer> {
    let given: Value =
        serde_json::from_slice(call.body).map_err(|_| words_of(400, "Manifest must be valid JSON.\n"))?;
    let given = given.as_array().ok_or_else(|| words_of(400, "Manifest must be a list.\n"))?;
    let (mut wrong, mut problems, mut listed, mut size) = (String::new(), String::new(), Vec::new(), 0);
    for (index, part) in given.iter().enumerate() {
        let Some(path) = part["path"].as_str().map(|path| path.trim_matches('/')) else {
            wrong += &format!("Index {index}: \"path\" must be a string\n");
            continue;
        };
        let Some((container, object)) = path.split_once('/') else {
            wrong += &format!(
                "Index {index}: path does not refer to an object. Path must be of the form /container/object.\n"
            );
            continue;
        };
        if path == own {
            wrong += &format!("Index {index}: manifest must not include itself as a segment\n");
            continue;
        }
        if !part["range"].is_null() || !part["data"].is_null() {
            wrong += &format!("Index {index}: ranges and inline data are not simulated\n");
            continue;
        }
        let Ok(row) = objects::find(call, project, container, object) else {
            problems += &format!("/{path}, 404 Not Found\n");
            continue;
        };
        let bytes = row.number("bytes");
        let wanted = |key: &str| Some(&part[key]).filter(|value| !value.is_null());
        let sized = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok()) == Some(bytes);
        if bytes < 1 && index + 1 < given.len() {
            problems += &format!("/{path}, Too small; each segment must be at least 1 byte.\n");
        }
        if wanted("size_bytes").is_some_and(|value| !sized(value)) {
            problems += &format!("/{path}, Size Mismatch\n");
        }
        if wanted("etag").is_some_and(|value| value != row.text("hash")) {
            problems += &format!("/{path}, Etag Mismatch\n");
        }
        size += bytes;
        listed.push(json!({
            "name": format!("/{path}"), "bytes": bytes, "hash": row.text("hash"),
            "content_type": row.text("content_type"), "last_modified": wire::naive(row.at),
        }));
    }
    if !wrong.is_empty() {
        return Err(plain(400, &wrong));
    }
    if !problems.is_empty() {
        return Err(plain(400, &format!("Errors:\n{problems}")));
    }
    let etag = together(listed.iter().filter_map(|part| part["hash"].as_str()));
    let hash = md5(&listing::json_text(&json!(listed)));
    Ok(fields! {"slo": listed, "slo_etag": etag, "hash": hash, "bytes": size})
}
