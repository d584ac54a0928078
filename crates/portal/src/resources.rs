//! What is asked of a cloud, and how it is followed up: provision, act, remove, advance, reconcile, list.

mod act;
mod advance;
mod cdn;
pub(crate) mod changes;
mod cloud;
mod cluster;
mod drift;
mod effect;
mod form;
mod keys;
mod ledger;
pub(crate) mod lifecycle;
mod list;
mod listed;
pub(crate) mod names;
mod objects;
mod part;
mod provision;
mod quota;
mod reconcile;
mod remove;
mod resolve;
mod row;
pub(crate) mod seal;
mod settle;
mod shelf;
mod steps;
mod tallies;
mod topology;

pub use cloud::ScopedCloud;
pub(crate) use cloud::{Clouds, MOST};
pub(crate) use cluster::ClusterError;
pub(crate) use form::{environment, may_provision};
pub(crate) use keys::{LIFE as KEY_LIFE, key_mac};
pub(crate) use listed::Listed;
pub(crate) use names::{Search, folded, letter};
pub use objects::{Bytes, Incoming, Outgoing};
pub(crate) use row::{Row as ResourceRow, SELECT};
pub use shelf::Freshened;
pub(crate) use tallies::Tally;

use crate::error::{Error, Result};
use model::{FormValues, Kind, Scope, Spec, spec};
use services::Definition;

/// A request's fields as a door received them: typed JSON, or the text of a form.
#[derive(Clone, Debug)]
pub enum SpecInput {
    /// JSON from a script.
    Json(serde_json::Map<String, serde_json::Value>),
    /// Text from a form.
    Form(FormValues),
}

impl SpecInput {
    /// Checks the fields of a form or of an action, and fills in defaults of those that were left out.
    pub(crate) fn check(&self, fields: &[model::Field]) -> model::Result<Spec> {
        let mut checked = match self {
            Self::Json(given) => spec::check(fields, given)?,
            Self::Form(form) => spec::from_form(fields, form)?,
        };
        let plain = |field: &&model::Field| !matches!(field.input, model::Input::Choice { .. });
        for field in fields.iter().filter(plain) {
            if !field.default.is_empty() && !checked.contains_key(field.name.as_ref()) {
                let default = FormValues::from([(field.name.to_string(), field.default.to_string())]);
                checked.extend(spec::from_form(std::slice::from_ref(field), &default)?);
            }
        }
        Ok(checked)
    }

    /// The fields as they came, for an idempotency key's comparison.
    fn canonical(&self) -> String {
        match self {
            Self::Json(given) => serde_json::Value::Object(given.clone()).to_string(),
            Self::Form(form) => serde_json::json!(form).to_string(),
        }
    }
}

/// Every kind, for navigation, REST and its documentation.
pub fn catalogue() -> impl Iterator<Item = &'static Kind> {
    services::CATALOGUE.iter().map(|definition| &definition.kind)
}

/// The kind of that slug that a place may have, or 404: what is the whole cloud's is in none.
fn kind_in_place(slug: &str) -> Result<&'static Definition> {
    let kind = kind(slug)?;
    match kind.kind.scope {
        Scope::Project => Ok(kind),
        Scope::Admin => Err(Error::from(model::Error::not_found(format!("kind {slug}")))),
    }
}

/// The kind of that slug, or 404.
fn kind(slug: &str) -> Result<&'static Definition> {
    services::find(slug).ok_or_else(|| Error::from(model::Error::not_found(format!("kind {slug}"))))
}
