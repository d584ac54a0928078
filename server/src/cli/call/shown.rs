//! What the portal answered, for people at a terminal: nothing of it moves their cursor.
use super::kebab;
use crate::cli::{print_table, say};
use model::{
    Field, Kind,
    applied::{Applied, Became},
    handed::Handed,
    kind::Does,
    text::steers,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::io;

/// What a text may not do to a terminal: control characters, and marks that turn the direction of what follows.
fn harmless(text: &str, lines: bool) -> String {
    let keeps = |c: char| lines && matches!(c, '\n' | '\t');
    let plain = |c: char| if steers(c) && !keeps(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.replace("\r\n", "\n").chars().map(plain).collect()
}

/// A value in one line.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => harmless(text, false),
        Some(Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(", "),
        Some(other) => harmless(&other.to_string(), false),
    }
}

/// A list as a table of what its page shows.
pub(super) fn list(kind: &Kind, answer: &Map<String, Value>) -> io::Result<()> {
    let rows = answer.get("resources").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let folders = answer.get("folders").and_then(Value::as_array).into_iter().flatten();
    let folders: Vec<Value> = folders.map(|folder| json!({ "name": folder })).collect();
    let rows = || folders.iter().chain(rows);
    // An object is its name, and has no state.
    let own = |key: &&str| *key == "name" || rows().next().is_none() || rows().any(|row| row.get(key).is_some());
    let columns = || {
        let own = ["name", "status", "id"].into_iter().filter(own);
        own.chain(kind.columns.iter().map(|column| column.key.as_ref()))
    };
    let heads: Vec<String> = columns().map(|key| key.replace('_', " ").to_uppercase()).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = rows().map(|row| columns().map(|key| cell(row.get(key))).collect()).collect();
    print_table(heads, &rows)?;
    if let Some(next) = answer.get("next").and_then(Value::as_str) {
        let option = if kind.can(Does::Upload) { "marker" } else { "cursor" };
        eprintln!("atonix: there are more; --{option} {} shows the next page", harmless(next, false));
    }
    if let Some(why) = answer.get("trouble").and_then(Value::as_str) {
        eprintln!("atonix: this may be old or incomplete: {}", harmless(why, false));
    }
    Ok(())
}

/// One thing, a line for each thing that is known of it. What is handed over beside it stands alone on standard output, to
/// be kept in a file.
pub(super) fn one(answer: &Map<String, Value>) -> io::Result<()> {
    if let Some(applied) = applied(answer) {
        lines(answer).iter().for_each(|line| eprintln!("{line}"));
        return objects(&applied);
    }
    let lines = lines(answer);
    match handed(answer) {
        Some(text) => {
            lines.iter().for_each(|line| eprintln!("{line}"));
            let text = harmless(&text, true);
            say(text.strip_suffix('\n').unwrap_or(&text))
        }
        None => lines.iter().try_for_each(|line| say(line)),
    }
}

/// What is handed over beside a thing, as text. What became of the objects of a manifest is a table of its own.
fn handed(answer: &Map<String, Value>) -> Option<String> {
    let of = |name: &str| Handed::deserialize(answer.get(name)?).ok();
    // An empty list may be one of objects.
    let handed = ["output", "private_key"].into_iter().find_map(of)?;
    Some(handed)
        .filter(|handed| !matches!(handed, Handed::Figures(none) if none.is_empty()))
        .map(|handed| handed.text())
}

/// What became of the objects of a manifest, where the answer says that.
fn applied(answer: &Map<String, Value>) -> Option<Vec<Applied>> {
    let output = answer.get("output").filter(|output| output.is_array())?;
    serde_json::from_value(output.clone()).ok()
}

/// Whether all that was asked for was done: an answer of success may tell of single objects that were refused.
pub(super) fn is_done(answer: &Map<String, Value>) -> bool {
    applied(answer).is_none_or(|all| all.iter().all(|one| one.result != Became::Failed))
}

fn objects(applied: &[Applied]) -> io::Result<()> {
    let row = |one: &Applied| {
        let kind = format!("{} ({})", one.kind, one.api_version);
        let namespace = one.namespace.as_deref().unwrap_or_default();
        let message = one.message.as_deref().unwrap_or_default();
        [one.result.as_str(), &kind, namespace, &one.name, message].map(|text| harmless(text, false)).to_vec()
    };
    print_table(["RESULT", "KIND", "NAMESPACE", "NAME", "MESSAGE"], &applied.iter().map(row).collect::<Vec<_>>())
}

fn lines(answer: &Map<String, Value>) -> Vec<String> {
    const FIRST: [&str; 4] = ["name", "status", "id", "fault"];
    let part = |name: &str| answer.get(name).and_then(Value::as_object);
    let Some(resource) = part("resource") else { return Vec::new() };
    let row = part("provisioned").and_then(|row| row.get("id"));
    let line = |(name, value): (&str, Option<&Value>)| {
        Some(format!("{}: {}", name.replace('_', " "), cell(value)))
            .filter(|_| value.is_some_and(|value| !value.is_null() && *value != ""))
    };
    let first = FIRST.map(|name| (name, resource.get(name))).into_iter().chain([("row", row)]);
    // The row stands inside of what a list shows; it has a line of its own.
    let rest = resource.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()) && *name != "provisioned");
    let rest = rest.map(|(name, value)| (name.as_str(), Some(value)));
    first.chain(rest).filter_map(line).collect()
}

/// Why the portal says no: its sentence, and a line for each field that it names, as the option that gave it.
pub(super) fn refusal(problem: &Map<String, Value>, fields: &[Field]) -> String {
    let text = |name: &str| problem.get(name).and_then(Value::as_str).map(|text| harmless(text, false));
    let mut said = text("detail").or_else(|| text("title")).unwrap_or_else(|| "the portal says no".to_owned());
    let named = problem.get("errors").and_then(Value::as_object).into_iter().flatten();
    for (name, sentences) in named {
        let option = match name.as_str() {
            "workspace_id" => "--workspace".to_owned(),
            "environment_id" => "--environment".to_owned(),
            other if ["parent", "region"].contains(&other) || fields.iter().any(|field| field.name == other) => {
                format!("--{}", kebab(other))
            }
            other => harmless(other, false),
        };
        said.push_str(&format!("\n  {option}: {}", cell(Some(sentences))));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(cell(Some(&json!("\u{1b}[31mred\u{202e}\n"))), "\u{fffd}[31mred\u{fffd}\u{fffd}");
        assert_eq!(harmless("a\r\nb\tc\u{7}", true), "a\nb\tc\u{fffd}");
    }

    #[test]
    fn texts_and_figures_stand_alone_and_what_became_of_objects_does_not() {
        let said = |output: Value| handed(json!({"resource": {}, "output": output}).as_object().unwrap());
        assert_eq!(said(json!("a\nb\n")).as_deref(), Some("a\nb\n"));
        let figures = json!([{"label": "Bytes in", "value": 5, "unit": "bytes"}]);
        assert_eq!(said(figures).as_deref(), Some("Bytes in: 5 bytes"));
        let object = json!({
            "api_version": "v1", "kind": "Service", "namespace": null, "name": "web", "result": "created", "message": null,
        });
        assert_eq!([json!([object]), json!([]), Value::Null].map(said), [None, None, None]);
    }

    #[test]
    fn a_manifest_of_which_one_object_failed_is_not_done() {
        let one = |result: &str| {
            json!({"api_version": "v1", "kind": "ConfigMap", "namespace": "default", "name": "a", "result": result,
                "message": null})
        };
        let answer = |results: &[&str]| {
            let output: Vec<Value> = results.iter().map(|result| one(result)).collect();
            json!({"resource": {}, "output": output}).as_object().unwrap().clone()
        };
        assert!(is_done(&answer(&["created", "unchanged"])) && !is_done(&answer(&["created", "failed"])));
        assert!(is_done(json!({"output": "a log"}).as_object().unwrap()));
    }

    #[test]
    fn a_refusal_names_the_options_that_it_is_about() {
        let problem = json!({"detail": "Some fields are wrong.", "errors": {"size_gb": ["Too small."], "environment_id": ["No."]}});
        let said = refusal(problem.as_object().unwrap(), &[Field::number("size_gb", "Size", 1, 2, "GB")]);
        assert_eq!(said, "Some fields are wrong.\n  --environment: No.\n  --size-gb: Too small.");
    }
}
