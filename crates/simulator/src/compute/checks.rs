//! The words in which Nova's schemas refuse a body.

use serde_json::Value;

use crate::answer::{Answer, refuse};
use crate::call::Call;
use crate::store::Doc;
use crate::wire::{python, python_bare};

pub(super) fn bad(message: &str) -> Answer {
    refuse::fault(400, message)
}

pub(super) fn invalid(field: &str, value: &Value, reason: &str) -> Answer {
    bad(&format!("Invalid input for field/attribute {field}. Value: {}. {reason}", python_bare(value)))
}

/// The object under one key of the body.
pub(super) fn body(call: &Call<'_>, key: &str) -> Result<Doc, Answer> {
    let mut body = call.object().ok_or_else(|| bad("Malformed request body"))?;
    match body.remove(key) {
        Some(Value::Object(given)) => Ok(given),
        Some(other) => Err(invalid(key, &other, &format!("{} is not of type 'object'", python(&other)))),
        None => Err(bad(&format!("'{key}' is a required property"))),
    }
}

/// Refuses keys that the schema does not have.
pub(super) fn only(field: &str, given: &Doc, known: &[&str]) -> Result<(), Answer> {
    let strange: Vec<&str> = given.keys().map(String::as_str).filter(|key| !known.contains(key)).collect();
    let reason = match strange.as_slice() {
        [] => return Ok(()),
        [one] => format!("Additional properties are not allowed ('{one}' was unexpected)"),
        many => {
            let quoted: Vec<String> = many.iter().map(|key| format!("'{key}'")).collect();
            format!("Additional properties are not allowed ({} were unexpected)", quoted.join(", "))
        }
    };
    Err(invalid(field, &Value::Object(given.clone()), &reason))
}

pub(super) fn required(field: &str, given: &Doc, key: &str) -> Result<(), Answer> {
    if given.contains_key(key) {
        return Ok(());
    }
    Err(invalid(field, &Value::Object(given.clone()), &format!("'{key}' is a required property")))
}

/// A name: 1 to 255 characters, printable, not padded.
pub(super) fn name(field: &str, value: &Value) -> Result<String, Answer> {
    let Some(text) = value.as_str() else {
        return Err(invalid(field, value, &format!("{} is not of type 'string'", python(value))));
    };
    if text.is_empty() {
        return Err(invalid(field, value, "'' should be non-empty"));
    }
    if text.chars().count() > 255 {
        return Err(invalid(field, value, &format!("{} is too long", python(value))));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(bad(
            "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.",
        ));
    }
    Ok(text.to_owned())
}

/// Keys and values of metadata: texts of up to 255 characters.
pub(super) fn metadata(value: Option<&Value>) -> Result<Doc, Answer> {
    let Some(value) = value else { return Ok(Doc::new()) };
    let Some(map) = value.as_object() else {
        return Err(invalid("metadata", value, &format!("{} is not of type 'object'", python(value))));
    };
    for (key, held) in map {
        let short = |text: &str| text.chars().count() <= 255;
        match held.as_str() {
            None => return Err(invalid(key, held, &format!("{} is not of type 'string'", python(held)))),
            Some(text) if !short(text) || !short(key) || key.is_empty() => {
                return Err(invalid(key, held, &format!("{} is too long", python(held))));
            }
            Some(_) => {}
        }
    }
    Ok(map.clone())
}

/// Refuses a page length.
pub(super) fn limit(text: &str) -> Answer {
    bad(&format!("Invalid input for query parameters limit. Value: {text}. '{text}' does not match '^[0-9]*$'"))
}
