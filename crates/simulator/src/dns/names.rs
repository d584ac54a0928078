//! What names, addresses of people and other values have to look like.

use serde_json::Value;

use super::{invalid, refuse};
use crate::answer::Answer;
use crate::call::Call;
use crate::store::Doc;
use crate::wire::{python, python_bare};

const LARGEST: i64 = 2_147_483_647;

fn label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Labels with a dot behind each.
fn labels(text: &str) -> bool {
    text.len() < 255 && text.strip_suffix('.').is_some_and(|text| text.split('.').all(label))
}

fn long_label(text: &str) -> Result<(), String> {
    match text.split('.').find(|label| label.chars().count() > 63) {
        Some(label) => Err(format!("Host {label} is too long")),
        None => Ok(()),
    }
}

/// The name of a zone, or of a host that a record leads to.
pub(super) fn domain(text: &str) -> Result<(), String> {
    long_label(text)?;
    if !text.ends_with('.') {
        return Err(format!("Domain {text} does not end with a dot"));
    }
    if labels(text) { Ok(()) } else { Err(format!("Domain {text} is invalid")) }
}

/// The name of a record set, which may begin with a star.
fn host(text: &str) -> Result<(), String> {
    long_label(text)?;
    if !text.ends_with('.') {
        return Err(format!("Host name {text} does not end with a dot"));
    }
    let rest = text.strip_prefix("*.").unwrap_or(text);
    if labels(rest) { Ok(()) } else { Err(format!("Host name {text} is invalid")) }
}

fn email(text: &str) -> Result<(), String> {
    if text.matches('@').count() != 1 {
        return Err(format!("{text} is not an email"));
    }
    let name = format!("{}.", text.replace('@', "."));
    if labels(&name) { Ok(()) } else { Err(format!("Email {text} is invalid")) }
}

fn ttl(value: &Value) -> Result<(), String> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    match number {
        None => Err(format!("invalid literal for int() with base 10: {}", python(value))),
        Some(..0) => Err("Value must be >= 0 for field ttl".to_owned()),
        Some(number) if number > LARGEST => Err("Value too high for ttl".to_owned()),
        Some(_) => Ok(()),
    }
}

fn value(key: &str, zone: bool, value: &Value) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    let text = python_bare(value);
    match key {
        "name" if zone => domain(&text),
        "name" => host(&text),
        "ptrdname" => domain(&text),
        "email" => email(&text),
        "ttl" => ttl(value),
        "description" if text.chars().count() > 160 => Err(format!("Value too long for {key}")),
        _ => Ok(()),
    }
}

/// What a body may carry.
pub(super) struct Keys {
    /// In sentences: `zone`.
    pub(super) what: &'static str,
    /// What may always be given.
    pub(super) free: &'static [&'static str],
    /// What may be given once, and again as long as it stays the same.
    pub(super) fixed: &'static [&'static str],
}

/// Holds a body against what it may carry. `held` is how the thing is already; what is shown may be sent back.
pub(super) fn check(call: &Call<'_>, keys: &Keys, given: &Doc, held: &Value) -> Result<(), Answer> {
    let mut strange = Vec::new();
    for (key, asked) in given {
        let free = keys.free.contains(&key.as_str()) || keys.fixed.contains(&key.as_str()) && held.is_null();
        if !free && held.get(key) != Some(asked) {
            strange.push(Value::from(key.as_str()));
            continue;
        }
        value(key, keys.what == "zone", asked).map_err(|reason| invalid(call, &reason))?;
    }
    if strange.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Provided object does not match schema. Keys {} are not valid for {}",
        python(&Value::Array(strange)),
        keys.what
    );
    Err(refuse(call, 400, "invalid_object", &message))
}
