//! A value of a column or of an attribute.
use crate::{parts::copy::Copy, words};
use leptos::prelude::*;
use model::kind::Show;
use serde_json::Value;

/// The value as text; nothing when there is none.
pub fn text(show: Show, value: Option<&Value>) -> Option<String> {
    let value = value.filter(|value| !value.is_null())?;
    let number = value.as_i64();
    Some(match (show, value) {
        (Show::Gb, _) => format!("{} GB", number?),
        (Show::Mib, _) => words::memory(number?),
        (Show::Bytes, _) => words::bytes(number?),
        (Show::Flag, Value::Bool(true)) => words::YES.to_owned(),
        (Show::Flag, Value::Bool(false)) => words::NO.to_owned(),
        (_, Value::String(text)) if text.is_empty() => return None,
        (_, Value::String(text)) => text.clone(),
        (_, Value::Array(several)) if several.is_empty() => return None,
        (_, Value::Array(several)) => several
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        (_, other) => other.to_string(),
    })
}

/// The value as it stands in a table.
pub fn cell(show: Show, value: Option<&Value>) -> AnyView {
    match (show, text(show, value)) {
        (_, None) => view! { <span class="quiet">{words::NONE}</span> }.into_any(),
        (Show::Mono, Some(text)) => mono(text).into_any(),
        (Show::Lines, Some(text)) => match value.and_then(Value::as_array) {
            Some(several) => {
                let line = |one: &Value| view! { <li><code>{one.as_str().map(str::to_owned)}</code></li> };
                view! { <ul class="lines mono">{several.iter().map(line).collect_view()}</ul> }.into_any()
            }
            None => mono(text).into_any(),
        },
        (_, Some(text)) => view! { <span>{text}</span> }.into_any(),
    }
}

/// An id, an address: in the mono face, with a copy button.
pub fn mono(text: String) -> impl IntoView {
    view! { <span class="mono"><code>{text.clone()}</code> <Copy text/></span> }
}
