//! Copies inside the account: of what an object gives out, or of a manifest itself.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::access::Pass;
use super::download::Content;
use super::{Place, large, meta, objects, page, plain, upload, words_of};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::wire;

const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a copy takes over from the object and not from the request.
const NOT_TAKEN: [&str; 2] = ["x-object-manifest", "x-delete-at"];

/// `container/object` in a header.
fn named(header: &str, words: &str) -> Result<(String, String), Answer> {
    let text = percent_decode_str(header).decode_utf8_lossy();
    let (container, object) = text.trim_start_matches('/').split_once('/').unwrap_or_default();
    if container.is_empty() || object.is_empty() {
        return Err(words_of(412, &format!("{words} header must be of the form <container name>/<object name>")));
    }
    Ok((container.to_owned(), object.to_owned()))
}

/// A copy that its place asks for.
pub(super) fn here(call: &mut Call<'_>, place: &Place, name: &str, object: &str, pass: &Pass) -> Reply {
    let source = named(call.header("x-copy-from").unwrap_or_default(), "X-Copy-From")?;
    if !call.body.is_empty() {
        return Err(plain(400, "Copy requests require a zero byte body"));
    }
    copied(call, &place.project, source, (name.to_owned(), object.to_owned()), pass)
}

/// A copy that the object itself is asked for.
pub(super) fn away(call: &mut Call<'_>, place: &Place, name: &str, object: &str, pass: &Pass) -> Reply {
    let header = call.header("destination").filter(|header| !header.is_empty());
    let header = header.ok_or_else(|| words_of(412, "Destination header required"))?;
    let target = named(header, "Destination")?;
    copied(call, &place.project, (name.to_owned(), object.to_owned()), target, pass)
}

fn copied(
    call: &mut Call<'_>,
    project: &str,
    source: (String, String),
    target: (String, String),
    pass: &Pass,
) -> Reply {
    if !pass.reads(&source.0) || !pass.reads(&target.0) {
        return Err(page(403));
    }
    let row = objects::find(call, project, &source.0, &source.1)?.clone();
    let raw = call.param("multipart-manifest") == Some("get");
    let (mut doc, bytes) = if raw && row.doc.contains_key("slo") {
        let part = |key: &str| row.value(key);
        let doc = fields! {
            "slo": part("slo"), "slo_etag": part("slo_etag"), "hash": part("hash"), "bytes": part("bytes"),
        };
        (doc, Vec::new())
    } else {
        let bytes = Content::of(call, &row, pass)?.bytes(call)?;
        (fields! {"hash": large::md5(&bytes), "bytes": bytes.len()}, bytes)
    };
    let kind = call.header("content-type").filter(|kind| !kind.is_empty());
    doc.insert("content_type".to_owned(), kind.unwrap_or_else(|| row.text("content_type")).into());
    let fresh = call.header("x-fresh-metadata").is_some_and(|fresh| fresh.eq_ignore_ascii_case("true"));
    let mut said = row.doc.get("meta").and_then(Value::as_object).cloned().unwrap_or_default();
    said.retain(|name, _| !fresh && (!NOT_TAKEN.contains(&name.as_str()) || (raw && name == "x-object-manifest")));
    said.extend(meta::given(call, "object", &objects::KEPT)?);
    doc.insert("meta".to_owned(), Value::Object(said));
    let made = upload::write(call, project, &target.0, &target.1, doc, &bytes)?;
    let from = format!("{}/{}", source.0, source.1);
    let answer = meta::with(upload::written(&made), "x-copied-from", utf8_percent_encode(&from, &UNRESERVED));
    let answer = meta::with(answer, "x-copied-from-account", format!("AUTH_{project}"));
    let changed = wire::http(row.at.saturating_add(999_999));
    Ok(meta::with(answer, "x-copied-from-last-modified", changed))
}
