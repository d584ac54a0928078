//! What a person asked for, complete: the checked fields, what names were resolved to, and what was answered so far.
use model::{ProjectId, Region, Spec, Usage};
use serde_json::{Map, Value};

/// What names and ids were resolved to when it was asked for, by field name or by a lookup's name: an object with `id`,
/// `name` and the columns of the kind it came from.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Facts(pub Map<String, Value>);

impl Facts {
    /// The cloud's id of what a field names.
    pub fn id(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.get("id")?.as_str()
    }
    /// Its name.
    pub fn name(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.get("name")?.as_str()
    }
    /// One of its columns as a number; 0 where it has none.
    pub fn number(&self, field: &str, column: &str) -> i64 {
        self.0.get(field).and_then(|fact| fact.get(column)).and_then(Value::as_i64).unwrap_or_default()
    }
    /// One of its columns as text; empty where it has none.
    pub fn text(&self, field: &str, column: &str) -> &str {
        self.0.get(field).and_then(|fact| fact.get(column)).and_then(Value::as_str).unwrap_or_default()
    }
    /// What a flavor takes.
    pub fn flavor(&self, field: &str) -> Usage {
        Usage::compute(self.number(field, "vcpus"), self.number(field, "ram_mib"))
    }
}

/// A request to create, as its parts see it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The checked fields, secrets included.
    pub spec: &'a Spec,
    /// What names were resolved to.
    pub facts: &'a Facts,
    /// The row's id.
    pub tag: &'a str,
    /// The binding's id, for names that must not meet those of other bindings.
    pub binding: &'a str,
    /// The project.
    pub project: &'a ProjectId,
    /// The ids of the parts made so far, in order.
    pub made: &'a [String],
}

impl<'a> Ask<'a> {
    /// A field as text; empty where it was not given.
    pub fn text(&self, field: &str) -> &'a str {
        self.spec.get(field).and_then(Value::as_str).unwrap_or_default()
    }
    /// A field as a number, if given.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.spec.get(field).and_then(Value::as_i64)
    }
    /// Whether a field was given.
    pub fn has(&self, field: &str) -> bool {
        self.spec.contains_key(field)
    }
}

/// A request to do something with one thing.
#[derive(Clone, Copy, Debug)]
pub struct ActAsk<'a> {
    /// The cloud's id of the thing.
    pub id: &'a str,
    /// Where it stands.
    pub region: &'a Region,
    /// The checked fields.
    pub fields: &'a Spec,
    /// What names were resolved to.
    pub facts: &'a Facts,
    /// What the cloud last said of it, by column key.
    pub observed: &'a Spec,
}
