//! Specs: what a person asks for, checked against the fields of a kind. The same check runs at every door and in the
//! browser.
use crate::{Error, Field, Input, Result, error::Fields};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A checked request: typed values by field name, absent where nothing was given.
pub type Spec = Map<String, Value>;
/// What a form sends: text by field name.
pub type FormValues = BTreeMap<String, String>;

/// Types what a form sent, then checks it. An empty input counts as not given.
///
/// # Errors
/// [`Error::Invalid`] naming each bad field.
pub fn from_form(fields: &[Field], form: &FormValues) -> Result<Spec> {
    let typed = form
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| {
            let input = fields.iter().find(|field| field.name == *name).map(|field| &field.input);
            (name.clone(), typed(input, text))
        })
        .collect();
    check(fields, &typed)
}

/// Text stays text when it is no number: `check` then says so at the field.
fn typed(input: Option<&Input>, text: &str) -> Value {
    match input {
        Some(Input::Number { .. }) => text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Some(Input::Lines { .. }) => text.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        Some(Input::Flag) => Value::from(matches!(text, "true" | "on" | "1")),
        _ => Value::from(text),
    }
}

/// Checks a spec: every required field is there, every value fits its field, nothing else is there.
///
/// # Errors
/// [`Error::Invalid`] naming each bad field.
pub fn check(fields: &[Field], given: &Map<String, Value>) -> Result<Spec> {
    let mut bad = Fields::new();
    let mut spec = Spec::new();
    for name in given.keys().filter(|name| !fields.iter().any(|field| field.name == **name)) {
        bad.insert(name.clone(), vec!["There is no such field.".to_owned()]);
    }
    for field in fields {
        match given.get(field.name.as_ref()) {
            None | Some(Value::Null) if field.required => {
                bad.insert(field.name.to_string(), vec!["This field is required.".to_owned()]);
            }
            None | Some(Value::Null) => {}
            Some(value) => match fits(field, value) {
                Ok(value) => {
                    spec.insert(field.name.to_string(), value);
                }
                Err(sentence) => {
                    bad.insert(field.name.to_string(), vec![sentence]);
                }
            },
        }
    }
    if bad.is_empty() { Ok(spec) } else { Err(Error::Invalid { fields: bad }) }
}

fn fits(field: &Field, value: &Value) -> Result<Value, String> {
    match &field.input {
        Input::Text { max } => line(value, *max as usize).map(Value::from),
        Input::Choice { .. } => line(value, 255).map(Value::from),
        Input::LongText { max } => {
            let text = value.as_str().ok_or("This must be text.")?;
            match text.len() <= *max as usize {
                true => Ok(Value::from(text)),
                false => Err(format!("This is {} bytes long; {max} at most.", text.len())),
            }
        }
        Input::Lines { most, max } => {
            let lines = value.as_array().filter(|lines| !lines.is_empty()).ok_or("This must be a list of text.")?;
            if lines.len() > *most as usize {
                return Err(format!("These are {} lines; {most} at most.", lines.len()));
            }
            lines.iter().map(|one| line(one, *max as usize).map(Value::from)).collect()
        }
        Input::Number { min, max, unit } => {
            let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
            match value.as_i64() {
                Some(number) if (*min..=*max).contains(&number) => Ok(Value::from(number)),
                _ => Err(format!("This must be a whole number from {min} to {max}{unit}.")),
            }
        }
        Input::Flag => value.as_bool().map(Value::from).ok_or_else(|| "This must be true or false.".to_owned()),
        Input::Cidr => cidr(value.as_str().ok_or("This must be text.")?).map(Value::from),
        Input::OneOf { options } => match value.as_str() {
            Some(word) if options.iter().any(|(known, _)| known == word) => Ok(Value::from(word)),
            _ => {
                let words: Vec<&str> = options.iter().map(|(known, _)| known.as_ref()).collect();
                Err(format!("Choose one of {}.", words.join(", ")))
            }
        },
    }
}

/// One line of text: not blank, no control characters, so many characters at most.
fn line(value: &Value, max: usize) -> Result<&str, String> {
    let text = value.as_str().ok_or("This must be text.")?;
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err("This must not be empty.".to_owned());
    }
    if length > max {
        return Err(format!("This is {length} characters long; {max} at most."));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(format!("This must not contain control characters (U+{:04X}).", c as u32)),
        None => Ok(text),
    }
}

/// A network without host bits: `10.0.0.1/24` is a host in a network, and the network is what is asked for.
fn cidr(text: &str) -> Result<String, String> {
    let network: ipnet::IpNet =
        text.trim().parse().map_err(|_| "This must be a network such as 10.0.0.0/24.".to_owned())?;
    match network.trunc() == network {
        true => Ok(network.to_string()),
        false => Err(format!("This has host bits set; the network is {}.", network.trunc())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FIELDS: &[Field] = &[
        Field::text("name", "Name"),
        Field::number("size_gb", "Size", 1, 16_384, "GB"),
        Field::cidr("subnet_cidr", "Subnet").optional(),
        Field::lines("records", "Records", 2, 255).optional(),
    ];

    fn bad(spec: Value) -> Vec<String> {
        match check(FIELDS, spec.as_object().unwrap()) {
            Err(Error::Invalid { fields }) => fields.into_keys().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_bad_field_is_named() {
        assert_eq!(bad(json!({})), ["name", "size_gb"]);
        for size in [json!(0), json!(-1), json!(1_000_000_000_000_i64), json!("10"), json!(1.5)] {
            assert_eq!(bad(json!({"name": "a", "size_gb": size})), ["size_gb"], "{size}");
        }
        for name in ["", "  ", "a\u{7}", "a\nb", &"x".repeat(300)] {
            assert_eq!(bad(json!({"name": name, "size_gb": 1})), ["name"], "{name:?}");
        }
        for cidr in ["10.0.0.0/33", "10.0.0.1/24", "x", "10.0.0.0"] {
            assert_eq!(bad(json!({"name": "a", "size_gb": 1, "subnet_cidr": cidr})), ["subnet_cidr"], "{cidr}");
        }
        for records in [json!("a"), json!([]), json!(["a", ""]), json!([1]), json!(["a", "b", "c"])] {
            assert_eq!(bad(json!({"name": "a", "size_gb": 1, "records": records})), ["records"], "{records}");
        }
        assert_eq!(bad(json!({"name": "a", "size_gb": 1, "colour": "red"})), ["colour"]);
    }

    #[test]
    fn markup_emoji_and_right_to_left_marks_are_names() {
        for name in ["<b>&amp;", "🦀", "\u{202e}abc", "日本"] {
            assert!(check(FIELDS, json!({"name": name, "size_gb": 1}).as_object().unwrap()).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_form_and_a_json_body_mean_the_same() {
        let form = FormValues::from([
            ("name".to_owned(), "a".to_owned()),
            ("size_gb".to_owned(), "10".to_owned()),
            ("subnet_cidr".to_owned(), String::new()),
            ("records".to_owned(), "192.0.2.1\r\n\n 192.0.2.2\n".to_owned()),
        ]);
        let json = json!({"name": "a", "size_gb": 10, "records": ["192.0.2.1", "192.0.2.2"]});
        assert_eq!(from_form(FIELDS, &form), check(FIELDS, json.as_object().unwrap()));
    }
}
