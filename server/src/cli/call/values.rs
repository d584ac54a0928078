//! What was given for the fields of an operation, as the JSON that the portal takes.
use anyhow::{Context, bail};
use clap::ArgMatches;
use model::{Field, Input};
use serde_json::{Map, Value, json};
use std::io::Read;

/// Under which name clap keeps a field: it meets none of the command's own options.
pub(super) fn id(field: &Field) -> String {
    format!("spec.{}", field.name)
}

/// What was given: by options of the fields, and as NAME=VALUE.
pub(super) struct Given<'a> {
    matches: Option<&'a ArgMatches>,
    named: Vec<(String, String)>,
}

impl<'a> Given<'a> {
    pub(super) fn of(matches: &'a ArgMatches) -> Self {
        let named = matches.get_many::<String>("field").into_iter().flatten();
        // Without an equals sign it is the name of a field that is given nothing: told below.
        let named =
            named.map(|text| text.split_once('=').map_or((text.as_str(), None), |(name, value)| (name, Some(value))));
        let named = named.map(|(name, value)| (name.to_owned(), value.unwrap_or_default().to_owned()));
        Self { matches: Some(matches), named: named.collect() }
    }

    /// All values of a field, in their order.
    fn values(&self, field: &Field) -> Vec<String> {
        let option = self.matches.and_then(|matches| matches.try_get_many::<String>(&id(field)).ok().flatten());
        let named = self.named.iter().filter(|(name, _)| *name == field.name).map(|(_, value)| value.clone());
        option.into_iter().flatten().cloned().chain(named).collect()
    }
}

/// The fields that were given. One that the operation does not have goes along: the portal says so.
///
/// # Errors
/// A file that cannot be read; a field given twice that takes one value.
pub(super) fn body(fields: &[Field], given: &Given<'_>) -> anyhow::Result<Map<String, Value>> {
    let mut source = Source { stdin: false };
    let mut body = Map::new();
    for field in fields {
        let values = given.values(field);
        if values.is_empty() {
            continue;
        }
        let read = values.iter().map(|value| source.read(field, value)).collect::<anyhow::Result<Vec<_>>>()?;
        let value = match (&field.input, read.as_slice()) {
            (Input::Lines { .. }, lines) => json!(lines.iter().flat_map(|text| text.lines()).collect::<Vec<_>>()),
            (input, [one]) => typed(input, one),
            (_, _) => bail!("{} is given twice", field.name),
        };
        body.insert(field.name.to_string(), value);
    }
    for (name, value) in given.named.iter().filter(|(name, _)| !fields.iter().any(|field| field.name == *name)) {
        body.insert(name.clone(), json!(value));
    }
    Ok(body)
}

/// Text stays text when it is no number and no flag: the portal then says so at the field.
fn typed(input: &Input, text: &str) -> Value {
    match input {
        Input::Number { .. } => text.trim().parse::<i64>().map_or_else(|_| json!(text), Value::from),
        Input::Flag => match text {
            "yes" | "true" | "on" => json!(true),
            "no" | "false" | "off" => json!(false),
            _ => json!(text),
        },
        _ => json!(text),
    }
}

/// Where values are read from that do not stand on the command line.
struct Source {
    /// Whether standard input was read.
    stdin: bool,
}

impl Source {
    fn read(&mut self, field: &Field, value: &str) -> anyhow::Result<String> {
        let text = match (value, value.strip_prefix('@')) {
            ("-", _) if self.stdin => bail!("standard input can be the value of one field only"),
            ("-", _) => {
                self.stdin = true;
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).context("standard input cannot be read as text")?;
                text
            }
            (_, Some(rest)) if rest.starts_with('@') => return Ok(rest.to_owned()),
            ("@", _) | (_, None) => return Ok(value.to_owned()),
            (_, Some(path)) => {
                std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read as text"))?
            }
        };
        // An editor's last line break belongs to a text of several lines, not to a word.
        let lines = matches!(field.input, Input::LongText { .. } | Input::Lines { .. });
        let word = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
        Ok(if lines { text } else { word.unwrap_or(&text).to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        Field::text("name", "Name"),
        Field::number("size_gb", "Size", 1, 10, "GB"),
        Field::flag("shared", "Shared"),
        Field::lines("records", "Records", 5, 255),
    ];

    fn given(named: &[(&str, &str)]) -> Given<'static> {
        let named = named.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Given { matches: None, named: named.collect() }
    }

    fn read(named: &[(&str, &str)]) -> Value {
        Value::Object(body(FIELDS, &given(named)).unwrap())
    }

    #[test]
    fn numbers_flags_and_lists_are_typed_by_the_field() {
        let all = [("name", "42"), ("size_gb", "7"), ("shared", "yes"), ("records", "a"), ("records", "b")];
        assert_eq!(read(&all), json!({"name": "42", "size_gb": 7, "shared": true, "records": ["a", "b"]}));
    }

    #[test]
    fn what_does_not_fit_its_field_goes_to_the_portal_as_it_is() {
        let odd = [("size_gb", "many"), ("shared", "perhaps"), ("colour", "red")];
        assert_eq!(read(&odd), json!({"size_gb": "many", "shared": "perhaps", "colour": "red"}));
    }

    #[test]
    fn a_value_can_stand_in_a_file_and_begin_with_an_at_sign() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("word");
        std::fs::write(&path, "secret\n").unwrap();
        let file = format!("@{}", path.display());
        assert_eq!(read(&[("name", &file)]), json!({"name": "secret"}));
        assert_eq!(read(&[("records", &file)]), json!({"records": ["secret"]}));
        assert_eq!(read(&[("name", "@@home")]), json!({"name": "@home"}));
        assert!(body(FIELDS, &given(&[("name", "@/nowhere/at/all")])).is_err());
    }

    #[test]
    fn a_field_that_takes_one_value_is_not_given_twice() {
        assert!(body(FIELDS, &given(&[("name", "a"), ("name", "b")])).is_err());
    }
}
