//! `docs/services.md` lists every function that there is, and is made of the catalogue. Write it anew with
//! `INSTA_UPDATE=always`, as snapshots are.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#[path = "support/document.rs"]
mod document;

use model::{
    Field, Input, Kind,
    kind::{Does, Group},
};
use services::CATALOGUE;
use std::fmt::Write;

const BEGINNING: &str = "\
# Services: every function that there is

Made of `crates/services` by its test `services`; written anew with
`INSTA_UPDATE=always cargo test -p services --test services`.

Each works from three doors: a page in the browser, a request of the REST API, and `atonix call METHOD PATH BODY`, which
sends that request. The place (`workspace_id`, `environment_id`) goes with each, in the query or in the body. Fields in
*italics* may be left out; what names another thing takes its id or its name. A region that lacks a service says so.
What stands below `/admin` belongs to no project: platform administrators alone reach it, and a `region` goes with each
request instead of a place.
";

fn document() -> String {
    let mut text = BEGINNING.to_owned();
    for group in Group::ALL {
        let kinds = || {
            CATALOGUE.iter().map(|definition| (definition, &definition.kind)).filter(|(_, kind)| kind.group == group)
        };
        if kinds().next().is_none() {
            continue;
        }
        writeln!(text, "\n## {}", group.title()).unwrap();
        for (definition, kind) in kinds() {
            let (title, service) = (&kind.title, definition.collection.service.title);
            writeln!(text, "\n### {title} (`{}`)\n\n{} {service}.\n", kind.slug, kind.about).unwrap();
            text.push_str("| function | request below `/api/services` | fields |\n|---|---|---|\n");
            rows(&mut text, kind);
        }
    }
    text
}

fn rows(text: &mut String, kind: &Kind) {
    let all = format!("/{}/{}/{}/", kind.area(), kind.service, kind.collection);
    let parent = if kind.parent.is_some() { "?parent=" } else { "" };
    let mut row = |function: &str, request: String, fields: &[Field]| {
        let fields: Vec<String> = fields.iter().map(field).collect();
        writeln!(text, "| `{function}` | `{request}` | {} |", fields.join(", ")).unwrap();
    };
    for verb in kind.verbs.iter() {
        match verb.does {
            Does::List => row(&verb.function, format!("GET {all}{parent}"), &[]),
            Does::Create => row(&verb.function, format!("POST {all}"), &kind.fields),
            Does::Delete => row(&verb.function, format!("DELETE {all}{{id}}/"), &[]),
            Does::Upload => row(&verb.function, format!("PUT {all}{{id}}/content/{parent}"), &[]),
            Does::Download => row(&verb.function, format!("GET {all}{{id}}/content/{parent}"), &[]),
        }
    }
    for action in kind.actions.iter() {
        row(&action.function, format!("POST {all}{{id}}/{}/", action.name), &action.fields);
    }
}

fn field(field: &Field) -> String {
    let takes = match &field.input {
        Input::OneOf { options } => {
            let words: Vec<&str> = options.iter().map(|(word, _)| word.as_ref()).collect();
            format!(": {}", words.join(", "))
        }
        Input::Choice { of, .. } => format!(": a `{of}`"),
        Input::Lines { .. } => ": a list of text".to_owned(),
        Input::Number { unit, .. } if !unit.is_empty() => format!(": {unit}"),
        _ => String::new(),
    };
    let mark = if field.required { "" } else { "*" };
    match takes.is_empty() {
        true => format!("{mark}`{}`{mark}", field.name),
        false => format!("{mark}`{}`{mark} ({})", field.name, &takes[2..]),
    }
}

#[test]
fn the_document_about_services_lists_what_the_catalogue_has() {
    document::stands("services.md", &document());
}
