//! The part of OpenAPI's schemas by which custom resources are checked: types, properties, items, what is required,
//! and the least and greatest number.

use serde_json::Value;

use super::status::Fault;

/// Adds what is wrong with a value at a path.
pub(crate) fn check(schema: &Value, value: &Value, path: &str, faults: &mut Vec<Fault>) {
    if let Some(wanted) = schema["type"].as_str()
        && !fits(wanted, value)
    {
        let found = Value::from(type_of(value));
        faults.push(Fault::invalid(path, &found, &format!("{path} in body must be of type {wanted}: {found}")));
        return;
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            faults.push(Fault::required(below(name)));
        }
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            check(inner, value, &below(name), faults);
        }
    }
    if schema["items"].is_object() {
        for (at, item) in value.as_array().into_iter().flatten().enumerate() {
            check(&schema["items"], item, &format!("{path}[{at}]"), faults);
        }
    }
    if let (Some(least), Some(number)) = (schema["minimum"].as_f64(), value.as_f64())
        && number < least
    {
        faults.push(Fault::invalid(path, value, &format!("{path} in body should be greater than or equal to {least}")));
    }
    if let (Some(greatest), Some(number)) = (schema["maximum"].as_f64(), value.as_f64())
        && number > greatest
    {
        faults.push(Fault::invalid(path, value, &format!("{path} in body should be less than or equal to {greatest}")));
    }
}

fn fits(wanted: &str, value: &Value) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => true,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
