//! What a body or a query may hold, and Zun's words for what does not fit: it repeats the part of its schema that
//! refused, as Python prints it.

use serde_json::Value;

use super::refuse;
use crate::answer::Answer;
use crate::store::Doc;
use crate::wire::python;

/// One condition; they are tried in the order in which the schema has them.
pub(super) enum Check {
    Type(&'static [&'static str]),
    MinLength(usize),
    MaxLength(usize),
    /// The pattern as Python writes it, and whether a text fits it.
    Pattern(&'static str, fn(&str) -> bool),
    /// The number, and the same as Python writes it. Texts count as the number that they are.
    Minimum(f64, &'static str),
    Maximum(f64, &'static str),
    /// The choices as Python writes them, and whether a value is one.
    Enum(&'static str, fn(&Value) -> bool),
}

/// The schema of one value.
pub(super) struct Rule {
    pub(super) checks: &'static [Check],
    /// As Python prints it, from the second line on behind five blanks.
    pub(super) printed: &'static str,
}

/// Where a value stands.
pub(super) struct Place<'a> {
    /// In the body, or in the query.
    pub(super) body: bool,
    /// The way to the rule without its last step: `['properties']['template']`.
    pub(super) schema: &'a str,
    /// The way to what holds the value: `['template']`.
    pub(super) instance: &'a str,
}

pub(super) const BODY: Place<'static> = Place { body: true, schema: "", instance: "" };
pub(super) const QUERY: Place<'static> = Place { body: false, schema: "", instance: "" };

/// The rules of an object's values, in the order of the schema.
pub(super) type Rules = [(&'static str, &'static Rule)];

fn is_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => name == "number" || (name == "integer" && !number.is_f64()),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// A number, also one in a text, and how Python writes it.
fn number(value: &Value) -> Option<(f64, String)> {
    match value {
        Value::Number(number) => Some((number.as_f64()?, number.to_string())),
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(whole) => Some((text.trim().parse().ok()?, whole.to_string())),
            Err(_) => text.trim().parse::<f64>().ok().map(|number| (number, format!("{number:?}"))),
        },
        _ => None,
    }
}

impl Check {
    /// The keyword and the sentence, when the value does not fit.
    fn refused(&self, value: &Value) -> Option<(&'static str, String)> {
        let text = value.as_str();
        let length = text.map(|text| text.chars().count());
        match self {
            Self::Type(names) => (!names.iter().any(|name| is_type(value, name))).then(|| {
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                ("type", format!("{} is not of type {}", python(value), names.join(", ")))
            }),
            Self::MinLength(least) => (length? < *least).then(|| {
                let words = if *least == 1 { "should be non-empty" } else { "is too short" };
                ("minLength", format!("{} {words}", python(value)))
            }),
            Self::MaxLength(most) => (length? > *most).then(|| ("maxLength", format!("{} is too long", python(value)))),
            Self::Pattern(pattern, fits) => {
                (!fits(text?)).then(|| ("pattern", format!("{} does not match {pattern}", python(value))))
            }
            Self::Minimum(least, words) => {
                let (number, written) = number(value)?;
                (number < *least).then(|| ("minimum", format!("{written} is less than the minimum of {words}")))
            }
            Self::Maximum(most, words) => {
                let (number, written) = number(value)?;
                (number > *most).then(|| ("maximum", format!("{written} is greater than the maximum of {words}")))
            }
            Self::Enum(choices, is_one) => {
                (!is_one(value)).then(|| ("enum", format!("{} is not one of {choices}", python(value))))
            }
        }
    }
}

/// Holds one value against its rule.
pub(super) fn fits(rule: &Rule, field: &str, value: &Value, place: &Place<'_>) -> Result<(), Answer> {
    let Some((keyword, why)) = rule.checks.iter().find_map(|check| check.refused(value)) else { return Ok(()) };
    let why = format!(
        "{why}\n\nFailed validating '{keyword}' in schema{}['properties']['{field}']:\n    {}\n\nOn instance{}:\n    {}",
        place.schema,
        rule.printed,
        place.instance,
        python(value)
    );
    Err(field_refused(field, value, &why, place.body))
}

/// The refusal of one field.
pub(super) fn field_refused(field: &str, value: &Value, why: &str, body: bool) -> Answer {
    let shown = crate::wire::python_bare(value);
    let detail = match body {
        true => format!("Invalid input for field '{field}'.Value: '{shown}'. {why}"),
        false => format!("Invalid input for query parameters '{field}'. Value: '{shown}'. {why}"),
    };
    refuse(400, "schema-validation-error", &detail)
}

/// Holds an object's values against their rules.
pub(super) fn values_fit(rules: &Rules, given: &Doc, place: &Place<'_>) -> Result<(), Answer> {
    for (field, rule) in rules {
        if let Some(value) = given.get(*field) {
            fits(rule, field, value, place)?;
        }
    }
    Ok(())
}

/// What an object lacks.
pub(super) fn required(given: &Doc, keys: &[&str]) -> Option<String> {
    keys.iter().find(|key| !given.contains_key(**key)).map(|key| format!("'{key}' is a required property"))
}

/// What an object has too much.
pub(super) fn unexpected(rules: &Rules, given: &Doc) -> Option<String> {
    let mut extras: Vec<String> = given
        .keys()
        .filter(|key| !rules.iter().any(|(known, _)| known == key))
        .map(|key| python(&Value::from(key.as_str())))
        .collect();
    extras.sort();
    let verb = if extras.len() == 1 { "was" } else { "were" };
    (!extras.is_empty())
        .then(|| format!("Additional properties are not allowed ({} {verb} unexpected)", extras.join(", ")))
}

/// A refusal that names no field.
pub(super) fn whole_refused(why: Option<String>) -> Result<(), Answer> {
    why.map_or(Ok(()), |why| Err(refuse(400, "schema-validation-error", &why)))
}
