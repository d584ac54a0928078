//! Objects as they go: whole, in part, or only what is said of them.

use axum::http::header;
use serde_json::Value;

use super::access::Pass;
use super::{JSON, broken, large, meta, objects, page};
use crate::answer::{Answer, Body, Reply};
use crate::call::Call;
use crate::store::{BYTES, Row};
use crate::wire;

/// An object as it is given out.
pub(super) struct Content {
    pub(super) kind: String,
    pub(super) etag: String,
    pub(super) length: i64,
    /// The rows whose bytes it consists of.
    pub(super) from: Vec<Row>,
    /// A static manifest itself, where that was asked for.
    manifest: Option<Vec<u8>>,
}

impl Content {
    pub(super) fn of(call: &Call<'_>, row: &Row, pass: &Pass) -> Result<Self, Answer> {
        let kind = row.text("content_type").to_owned();
        let raw = call.param("multipart-manifest") == Some("get");
        if raw && row.doc.contains_key("slo") {
            let bytes = large::manifest(row);
            let (etag, length) = (row.text("hash").to_owned(), i64::try_from(bytes.len()).unwrap_or_default());
            return Ok(Self { kind: JSON.to_owned(), etag, length, from: Vec::new(), manifest: Some(bytes) });
        }
        Ok(match large::parts(call, row, pass)?.filter(|_| !raw) {
            Some((parts, etag)) => {
                let length = parts.iter().map(|part| part.number("bytes")).sum();
                Self { kind, etag: format!("\"{etag}\""), length, from: parts, manifest: None }
            }
            None => Self {
                kind,
                etag: row.text("hash").to_owned(),
                length: row.number("bytes"),
                from: vec![row.clone()],
                manifest: None,
            },
        })
    }

    pub(super) fn bytes(&self, call: &Call<'_>) -> Result<Vec<u8>, Answer> {
        if let Some(bytes) = &self.manifest {
            return Ok(bytes.clone());
        }
        let mut all = Vec::new();
        for row in &self.from {
            all.extend(call.store.bytes(row.text(BYTES)).map_err(|error| broken(&error))?);
        }
        Ok(all)
    }
}

pub(super) fn get(call: &Call<'_>, project: &str, name: &str, object: &str, pass: &Pass) -> Reply {
    let row = objects::find(call, project, name, object)?.clone();
    let content = Content::of(call, &row, pass)?;
    let named = |header: &str| {
        call.header(header).map(|tags| {
            tags.split(',')
                .any(|tag| tag.trim() == "*" || tag.trim().trim_matches('"') == content.etag.trim_matches('"'))
        })
    };
    if named("if-match") == Some(false) {
        return Err(page(412));
    }
    if named("if-none-match") == Some(true) {
        return Ok(described(Answer::empty(304), &row, &content));
    }
    if call.method == "HEAD" {
        let answer = described(Answer::raw(200, &content.kind, Vec::new()), &row, &content);
        return Ok(answer.with(header::CONTENT_LENGTH, &content.length.to_string()));
    }
    let bytes = content.bytes(call)?;
    let answer = match call.header("range").and_then(|range| span(range, bytes.len())) {
        None => Answer::raw(200, &content.kind, bytes),
        Some(None) => return Err(page(416).with(header::CONTENT_RANGE, &format!("bytes */{}", bytes.len()))),
        Some(Some((first, last))) => {
            let part = bytes[first..=last].to_vec();
            let range = format!("bytes {first}-{last}/{}", bytes.len());
            Answer::raw(206, &content.kind, part).with(header::CONTENT_RANGE, &range)
        }
    };
    Ok(described(answer, &row, &content))
}

/// The one part that is asked for: nothing for several or none that can be read, an empty one beyond the end.
fn span(range: &str, length: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        let count = last.parse::<usize>().ok()?.min(length);
        return Some((count > 0).then(|| (length - count, length - 1)));
    }
    let first = first.parse::<usize>().ok()?;
    let last = if last.is_empty() { usize::MAX } else { last.parse().ok()? };
    if last < first {
        return None;
    }
    Some((first < length).then(|| (first, last.min(length - 1))))
}

fn described(answer: Answer, row: &Row, content: &Content) -> Answer {
    let bodiless = matches!(answer.body, Body::Empty);
    let answer = meta::with(answer, "etag", &content.etag);
    let answer = meta::with(answer, "last-modified", wire::http(row.at.saturating_add(999_999)));
    let answer = meta::with(answer, "x-timestamp", objects::timestamp(row.at));
    let answer = if bodiless { answer } else { meta::with(answer, "accept-ranges", "bytes") };
    let answer = match row.doc.get("slo") {
        Some(Value::Array(_)) => {
            let answer = meta::with(answer, "x-static-large-object", "True");
            meta::with(answer, "x-manifest-etag", row.text("hash"))
        }
        _ => answer,
    };
    meta::shown(answer, &row.doc, true)
}
