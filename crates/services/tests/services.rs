//! `docs/services.md` says of every function of the guide through which doors it is called and what it was held against,
//! and lists every function that there is. It is made of the catalogue; write it anew with `INSTA_UPDATE=always`, as
//! snapshots are.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#[path = "support/document.rs"]
mod document;
#[path = "support/guide.rs"]
mod guide;
#[path = "support/recorded.rs"]
mod recorded;

use guide::{GROUPS, NOT_CALLED, System};
use model::{
    Action, Field, Identity, Input, Scope,
    kind::{Does, Group},
};
use openstack::Paging;
use recorded::Known;
use services::{CATALOGUE, Definition};
use std::{collections::BTreeSet, fmt::Write};

const BEGINNING: &str = "\
# Services: every function that there is

Made of `crates/services` by its test `services`; written anew with
`INSTA_UPDATE=always cargo test -p services --test services`.

Each works from three doors: a page in the browser (below `/w/{workspace}/{environment}/`), a request of the REST API
(below `/api/services`), and `atonix call KIND OPERATION`, which sends that request. The place (`workspace_id`,
`environment_id`) goes with each, in the query or in the body. A region that lacks a service says so.
What stands below `/admin` belongs to no project: platform administrators alone reach it, and a `region` goes with each
request instead of a place.

## The guide's functions

*walked* means that `every_kind` in `server/tests/doors` does it against the simulator, through forms and through the API,
and fails when a function is left out; that the command line has each with all of its fields, a test in
`server/src/cli/call.rs` sees. *replayed* means more: what a real service was asked and answered was recorded, and the
simulator gives the same answer to the same request (`crates/simulator/tests/replayed`).

In the last column, *run* means that the function was called on a real cloud, through the portal, by the last
`make test-cloud`, which leaves its results in `docs/real-cloud.json`; *recorded* that the request is one that a real
service was once sent and fulfilled: what it answered is what our reader is tested with.

";

/// What can be done with a kind.
#[derive(Clone, Copy)]
enum Operation {
    Verb(Does),
    Act(&'static Action),
}

/// A function of the catalogue.
struct Function {
    definition: &'static Definition,
    operation: Operation,
    name: &'static str,
}

fn functions() -> impl Iterator<Item = Function> {
    CATALOGUE.iter().copied().flat_map(|definition| {
        let verbs = definition.kind.verbs.iter().map(|verb| (Operation::Verb(verb.does), verb.function.as_ref()));
        let acts = definition.kind.actions.iter().map(|action| (Operation::Act(action), action.function.as_ref()));
        verbs.chain(acts).map(move |(operation, name)| Function { definition, operation, name })
    })
}

impl Function {
    /// Its page in the browser.
    fn page(&self) -> String {
        let kind = &self.definition.kind;
        match (self.operation, &kind.parent) {
            (Operation::Verb(Does::List), Some(parent)) => format!("on `r/{{id}}` of a `{}`", parent.kind),
            (Operation::Verb(Does::List), None) => format!("`{}`", self.all()),
            (Operation::Verb(Does::Show), _) => "`r/{id}`".to_owned(),
            (Operation::Verb(Does::Create), _) => format!("`{}/new`", self.all()),
            (Operation::Verb(Does::Delete), _) if kind.scope == Scope::Admin => {
                format!("`{}/{{id}}/delete`", self.all())
            }
            (Operation::Verb(Does::Delete), _) => "`r/{id}/delete`".to_owned(),
            (Operation::Verb(Does::Upload | Does::Download), _) => "`r/{id}`".to_owned(),
            (Operation::Act(action), _) if kind.scope == Scope::Admin => {
                format!("`{}/{{id}}/do/{}`", self.all(), action.name)
            }
            (Operation::Act(action), _) => format!("`r/{{id}}/do/{}`", action.name),
        }
    }

    /// The page of all of its kind.
    fn all(&self) -> String {
        let kind = &self.definition.kind;
        match kind.scope {
            Scope::Project => format!("k/{}", kind.slug),
            Scope::Admin => format!("/admin/cloud/{{region}}/{}", kind.slug),
        }
    }

    /// Its request of the REST API.
    fn request(&self) -> String {
        let kind = &self.definition.kind;
        let all = format!("/{}/{}/{}/", kind.area(), kind.service, kind.collection);
        let parent = if kind.parent.is_some() { "?parent=" } else { "" };
        match self.operation {
            Operation::Verb(Does::List) => format!("GET {all}{parent}"),
            Operation::Verb(Does::Show) => format!("GET {all}{{id}}/{parent}"),
            Operation::Verb(Does::Create) => format!("POST {all}"),
            Operation::Verb(Does::Delete) => format!("DELETE {all}{{id}}/"),
            Operation::Verb(Does::Upload) => format!("PUT {all}{{id}}/content/{parent}"),
            Operation::Verb(Does::Download) => format!("GET {all}{{id}}/content/{parent}"),
            Operation::Act(action) => format!("POST {all}{{id}}/{}/", action.name),
        }
    }

    /// Its word in the names of recordings, and on the command line.
    fn word(&self) -> &'static str {
        match self.operation {
            Operation::Verb(Does::List) => "list",
            Operation::Verb(Does::Show) => "get",
            Operation::Verb(Does::Create) => "create",
            Operation::Verb(Does::Delete) => "delete",
            Operation::Verb(Does::Upload) => "upload",
            Operation::Verb(Does::Download) => "download",
            Operation::Act(action) => &action.name,
        }
    }

    /// How the command line does it.
    fn command(&self) -> String {
        let word = if matches!(self.operation, Operation::Verb(Does::Show)) { "show" } else { self.word() };
        format!("`{} {}`", self.definition.kind.slug, word).replace('_', "-")
    }

    fn fields(&self) -> &'static [Field] {
        match self.operation {
            Operation::Verb(Does::Create) => &self.definition.kind.fields,
            Operation::Act(action) => &action.fields,
            Operation::Verb(_) => &[],
        }
    }

    /// What a service is asked for it.
    fn asks(&self) -> Vec<serde_json::Value> {
        let requests = recorded::requests(&self.definition.kind.slug);
        let part = match self.operation {
            Operation::Verb(Does::List) => &requests["list"],
            Operation::Verb(Does::Show) => &requests["get"],
            // What its row is called by is what its first part answers.
            Operation::Verb(Does::Create) => &requests["create"][0],
            Operation::Verb(Does::Delete) => &requests["delete"],
            Operation::Verb(Does::Upload) => &requests["upload"],
            Operation::Verb(Does::Download) => &requests["download"],
            Operation::Act(action) => {
                let all = requests["actions"].as_array().unwrap().iter();
                return all.filter_map(|one| one.get(action.name.as_ref())).flat_map(recorded::all_in).collect();
            }
        };
        recorded::all_in(part)
    }

    /// What the simulator is held against.
    fn simulated(&self, known: &Known) -> String {
        let recorded = known.recorded(&self.definition.kind.slug, self.word(), &self.asks());
        match recorded.into_iter().find(|name| known.is_followed(name)) {
            Some(name) => format!("replayed: `{name}`"),
            None => "walked".to_owned(),
        }
    }

    /// What is known of it on a real cloud; none when nothing is.
    fn real(&self, known: &Known) -> Option<String> {
        let service = self.definition.collection.service;
        if self.definition.kind.is_simulated() {
            return Some("no OpenStack service does this: the portal answers itself".to_owned());
        }
        if let Some((outcome, version)) = known.run(self.name, service.service_type) {
            return Some(format!("{outcome}: {version}"));
        }
        let recorded = known.recorded(&self.definition.kind.slug, self.word(), &self.asks());
        recorded.first().map(|name| format!("recorded: `{name}`"))
    }
}

/// The functions of a system: each by the guide's name, with ours if there is one.
fn of(system: &System) -> Vec<(&'static str, Option<Function>)> {
    let found = |names: &&'static str| {
        let guides = names.split('/').next().unwrap();
        // What one system's API does may be asked of another's thing, as the name of a floating IP is; but where two systems
        // have a function of one name, it is that of its own.
        let ours: Vec<&str> = names.split('/').collect();
        let is = |function: &Function| {
            ours.contains(&function.name) && (ours.len() == 1 || function.definition.kind.service == system.service)
        };
        (guides, functions().find(is))
    };
    system.functions.iter().map(found).collect()
}

fn guides(text: &mut String, known: &Known) {
    let cloud = known
        .cloud()
        .map_or_else(|| "No run has left results yet.".to_owned(), |cloud| format!("The run was on {cloud}."));
    writeln!(text, "{cloud}").unwrap();
    for (group, systems) in &GROUPS {
        writeln!(text, "\n### {group}").unwrap();
        for system in *systems {
            writeln!(text, "\n{}\n", system.title).unwrap();
            text.push_str("| function | browser | REST | `atonix call` | simulator | real OpenStack |\n|---|---|---|---|---|---|\n");
            for (name, function) in of(system) {
                let Some(function) = function else {
                    writeln!(text, "| `{name}` | missing | missing | missing | missing | missing: {} |", system.gap)
                        .unwrap();
                    continue;
                };
                let ours = if function.name == name { String::new() } else { format!(" (`{}`)", function.name) };
                let (page, request, command) = (function.page(), function.request(), function.command());
                let (simulated, real) = (function.simulated(known), function.real(known));
                let why = NOT_CALLED.iter().find(|(function, _)| *function == name).map(|(_, why)| *why);
                let real = real.unwrap_or_else(|| format!("not called yet: {}", why.unwrap_or_default()));
                writeln!(text, "| `{name}`{ours} | {page} | `{request}` | {command} | {simulated} | {real} |").unwrap();
            }
        }
    }
}

/// Whose lists come as a whole.
fn unpaged(text: &mut String) {
    text.push_str(
        "\n## Long lists\n\nA page of a list asks the service for that page: one request, or two where what is open to all \
         follows what is the\nproject's own (lists that fit on one page together take one each). These services cannot \
         page, so that the list is read\nonce, kept for five seconds, and cut by the portal:\n\n",
    );
    for definition in CATALOGUE.iter().filter(|definition| definition.collection.paging == Paging::None) {
        let (kind, title) = (&definition.kind, definition.collection.service.title);
        let rows = if kind.identity == Identity::Name { ", which are listed by the portal's own rows" } else { "" };
        writeln!(text, "- `{}`: {} of {title}{rows}", kind.slug, kind.plural.to_lowercase()).unwrap();
    }
}

fn document() -> String {
    let mut text = BEGINNING.to_owned();
    guides(&mut text, &Known::read());
    unpaged(&mut text);
    text.push_str(
        "\n## Every function\n\nFields in *italics* may be left out; what names another thing takes its id or its name.\n",
    );
    for group in Group::ALL {
        let kinds = || CATALOGUE.iter().filter(|definition| definition.kind.group == group);
        if kinds().next().is_none() {
            continue;
        }
        writeln!(text, "\n### {}", group.title()).unwrap();
        for definition in kinds() {
            let (kind, service) = (&definition.kind, definition.collection.service.title);
            writeln!(text, "\n#### {} (`{}`)\n\n{} {service}.\n", kind.title, kind.slug, kind.about).unwrap();
            text.push_str("| function | request below `/api/services` | fields |\n|---|---|---|\n");
            for function in functions().filter(|function| function.definition.kind.slug == kind.slug) {
                let fields: Vec<String> = function.fields().iter().map(field).collect();
                writeln!(text, "| `{}` | `{}` | {} |", function.name, function.request(), fields.join(", ")).unwrap();
            }
        }
    }
    text
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

#[test]
fn a_function_of_the_guide_is_there_or_its_system_says_why_not_and_says_nothing_when_all_are_there() {
    for system in GROUPS.iter().flat_map(|(_, systems)| *systems) {
        let missing: Vec<&str> =
            of(system).into_iter().filter(|(_, ours)| ours.is_none()).map(|(name, _)| name).collect();
        let why = system.gap;
        assert_eq!(missing.is_empty(), why.is_empty(), "{}: {missing:?} is missing, because {why:?}", system.service);
    }
}

#[test]
fn every_function_of_the_guide_that_is_there_was_called_or_recorded_on_a_real_cloud() {
    let known = Known::read();
    for (name, function) in GROUPS.iter().flat_map(|(_, systems)| *systems).flat_map(of) {
        let Some(function) = function else { continue };
        let why = NOT_CALLED.iter().find(|(function, _)| *function == name);
        let known = function.real(&known);
        assert_eq!(
            known.is_none(),
            why.is_some(),
            "{name}: whether a contract run or a recording has its request: {known:?}"
        );
    }
}

#[test]
fn what_a_contract_run_left_behind_is_of_functions_that_there_are() {
    let known = Known::read();
    let names: BTreeSet<&str> = functions().map(|function| function.name).collect();
    for (function, outcome) in known.ran() {
        assert!(names.contains(function), "docs/real-cloud.json has {function}, which is no function");
        assert!(["run", "failed"].contains(&outcome), "{function}: {outcome}");
    }
}
