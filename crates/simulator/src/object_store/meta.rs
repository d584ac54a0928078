//! What accounts, containers and objects are told about themselves, in headers.

use axum::http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::plain;
use crate::answer::Answer;
use crate::call::Call;
use crate::store::{Doc, Row};

const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 256;
const MOST: usize = 90;

/// One header that a row keeps.
pub(super) fn held<'r>(row: &'r Row, header: &str) -> Option<&'r str> {
    row.doc.get("meta")?.get(header)?.as_str()
}

/// The headers of a kind that a request carries, by their names in small letters.
pub(super) fn given(call: &Call<'_>, kind: &str, more: &[&str]) -> Result<Doc, Answer> {
    let prefix = format!("x-{kind}-meta-");
    let mut found = Doc::new();
    let mut count = 0;
    for (name, value) in call.headers {
        let name = name.as_str();
        let Some(end) = name.strip_prefix(&prefix) else {
            if more.contains(&name) {
                found.insert(name.to_owned(), text(value).into());
            }
            continue;
        };
        let value = text(value);
        count += 1;
        let refusal = if end.is_empty() {
            Some("Metadata name cannot be empty".to_owned())
        } else if end.len() > LONGEST_NAME {
            Some(format!("Metadata name too long: {prefix}{end}"))
        } else if value.len() > LONGEST_VALUE {
            Some(format!("Metadata value longer than {LONGEST_VALUE}: {prefix}{end}"))
        } else if count > MOST {
            Some(format!("Too many metadata items; max {MOST}"))
        } else {
            None
        };
        if let Some(words) = refusal {
            return Err(plain(400, &words));
        }
        found.insert(name.to_owned(), value.into());
    }
    Ok(found)
}

/// As [`given`], with what is to be taken away as empty texts.
pub(super) fn changes(call: &Call<'_>, kind: &str, more: &[&str]) -> Result<Doc, Answer> {
    let mut found = given(call, kind, more)?;
    for (name, _) in call.headers {
        let Some(end) = name.as_str().strip_prefix("x-remove-") else { continue };
        let name = format!("x-{end}");
        if name.starts_with(&format!("x-{kind}-meta-")) || more.contains(&name.as_str()) {
            found.insert(name, Value::from(""));
        }
    }
    Ok(found)
}

/// Puts changes into what is held; an empty text takes away.
pub(super) fn apply(held: &mut Doc, changes: Doc) {
    let mut meta = match held.remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Doc::new(),
    };
    meta.extend(changes);
    meta.retain(|_, value| value.as_str().is_some_and(|text| !text.is_empty()));
    held.insert("meta".to_owned(), Value::Object(meta));
}

/// A header's value: texts of people need not be ASCII.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// Adds what is held to an answer, but for what only the owner may see.
pub(super) fn shown(mut answer: Answer, held: &Doc, owner: bool) -> Answer {
    for (name, value) in held.get("meta").and_then(Value::as_object).into_iter().flatten() {
        let secret =
            ["x-container-read", "x-container-write"].contains(&name.as_str()) || name.contains("-temp-url-key");
        if secret && !owner {
            continue;
        }
        let value = HeaderValue::from_bytes(value.as_str().unwrap_or_default().as_bytes());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
            answer.headers.push((name, value));
        }
    }
    answer
}

/// Adds a header.
pub(super) fn with(answer: Answer, name: &'static str, value: impl std::fmt::Display) -> Answer {
    answer.with(HeaderName::from_static(name), &value.to_string())
}
