//! What a body may carry, and in which words Neutron refuses the rest.

use serde_json::Value;

use super::{Kind, bad, refuse};
use crate::answer::Answer;
use crate::call::Call;
use crate::identity::PROJECTS;
use crate::store::Doc;
use crate::wire;

/// One attribute of a body.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// May be changed after creation.
    pub(crate) mutable: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Text,
    Flag,
    Uuid,
    UuidOrNull,
    List,
    Any,
}

/// An attribute that may be given at creation and changed later.
pub(crate) const fn free(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, shape, required: false, mutable: true }
}

/// An attribute that is settled at creation.
pub(crate) const fn fixed(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, shape, required: false, mutable: false }
}

/// As [`fixed`], and it must be given.
pub(crate) const fn needed(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, shape, required: true, mutable: false }
}

fn invalid(name: &str, value: &Value, reason: &str) -> Answer {
    bad(&format!("Invalid input for {name}. Reason: '{}' {reason}.", wire::python_bare(value)))
}

fn check(attribute: &Attribute, value: &Value) -> Result<(), Answer> {
    let name = attribute.name;
    let uuid = |value: &Value| value.as_str().is_some_and(|text| uuid::Uuid::parse_str(text).is_ok());
    match attribute.shape {
        Shape::Text => match value.as_str() {
            None => Err(invalid(name, value, "is not a valid string")),
            Some(text) if text.chars().count() > 255 => Err(invalid(name, value, "exceeds maximum length of 255")),
            Some(_) => Ok(()),
        },
        Shape::Flag if !value.is_boolean() => {
            let value = wire::python_bare(value);
            let message = format!("Invalid input for operation: '{value}' cannot be converted to boolean.");
            Err(refuse::network(400, "InvalidInput", &message))
        }
        Shape::Uuid if !uuid(value) => Err(invalid(name, value, "is not a valid UUID")),
        Shape::UuidOrNull if !value.is_null() && !uuid(value) => Err(invalid(name, value, "is not a valid UUID")),
        Shape::List if !value.is_array() => Err(invalid(name, value, "is not a list")),
        _ => Ok(()),
    }
}

/// Refuses attributes that the kind does not have.
fn unknown(kind: &Kind, given: &Doc) -> Result<(), Answer> {
    let known = |name: &str| kind.attributes.iter().any(|attribute| attribute.name == name);
    let strange: Vec<&str> = given.keys().map(String::as_str).filter(|name| !known(name)).collect();
    match strange.as_slice() {
        [] => Ok(()),
        names => Err(bad(&format!("Unrecognized attribute(s) '{}'", names.join(", ")))),
    }
}

/// Checks the body of a creation and settles whose it shall be: `project_id` is always in the result.
pub(super) fn for_create(call: &Call<'_>, kind: &Kind, mut given: Doc) -> Result<Doc, Answer> {
    let asked = given.remove("project_id").or(given.remove("tenant_id"));
    let project = match asked.as_ref().and_then(Value::as_str) {
        None => call.who.project.clone(),
        Some(project) if project == call.who.project => project.to_owned(),
        Some(project) if call.who.admin() && call.store.get(PROJECTS, project).is_some() => project.to_owned(),
        Some(_) => {
            return Err(bad(
                "Specifying 'project_id' other than the authenticated project in request is not allowed for the current user.",
            ));
        }
    };
    if given.contains_key("tags") {
        return Err(bad("Attribute 'tags' not allowed in POST"));
    }
    for attribute in kind.attributes {
        match given.get(attribute.name) {
            Some(value) => check(attribute, value)?,
            None if attribute.required => {
                let message = format!("Failed to parse request. Required attribute '{}' not specified", attribute.name);
                return Err(bad(&message));
            }
            None => {}
        }
    }
    unknown(kind, &given)?;
    for name in ["shared", "router:external"] {
        if given.get(name) == Some(&Value::Bool(true)) && !call.who.admin() {
            let rule = format!("(rule:create_{0} and rule:create_{0}:{name})", kind.one);
            return Err(super::disallowed(&rule));
        }
    }
    given.insert("project_id".to_owned(), project.into());
    Ok(given)
}

/// Checks the body of a change; `shown` is how the thing is now.
pub(super) fn for_update(kind: &Kind, shown: &Value, given: Doc) -> Result<Doc, Answer> {
    let attribute = |name: &str| kind.attributes.iter().find(|attribute| attribute.name == name);
    for (name, value) in &given {
        match attribute(name) {
            Some(attribute) if attribute.mutable => check(attribute, value)?,
            None if shown.get(name).is_none() => unknown(kind, &given)?,
            _ => return Err(bad(&format!("Cannot update read-only attribute {name}"))),
        }
    }
    Ok(given)
}

/// Takes the owner that [`for_create`] settled out of a checked body.
pub(crate) fn take_project(given: &mut Doc) -> String {
    match given.remove("project_id") {
        Some(Value::String(project)) => project,
        _ => String::new(),
    }
}
