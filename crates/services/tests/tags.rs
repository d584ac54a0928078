//! `docs/tags.md` says of every kind where its tag lives, and is made of the catalogue. Write it anew with
//! `INSTA_UPDATE=always`, as snapshots are.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#[path = "support/document.rs"]
mod document;

use openstack::Request;
use services::{Again, CATALOGUE, Definition, Part, Tag};
use std::{borrow::Cow, fmt::Write};

const BEGINNING: &str = "\
# Tags: how a thing is found again after a lost answer

Made of `crates/services` by its test `tags`; written anew with `INSTA_UPDATE=always cargo test -p services --test tags`.

A create cannot be repeated safely in OpenStack. So each carries the id of our row in the place that its service has for
it, and after an answer that did not come, or was a failure, the thing is looked for there before anything is asked for
again. `<row>` is the id of the row in the inventory, `<project>` that of the bound project.

| kind | part | service | where the id is | looked up by | where there is none |
|---|---|---|---|---|---|
";

const TWICE: &str = "
Somebody who takes the id away in the cloud does harm only between a creation and its answer: then a second one is made,
and drift shows the first as created outside. Afterwards the row knows the cloud's own id.

Two with one id (a request that was thought lost was only slow): the one with the smaller id stays, the other is deleted,
and the audit says so.

## Why there

";

const LIVE: &str = "
## Kinds without a tag

These have no row: they are shown and chosen, or made and removed in what they lie in, and a second one of the same name
takes the place of the first: ";

const UNKEPT: &str = ".

These belong to the whole cloud and not to a project, so no row is kept of them, and nothing of ours is put into them.
Platform administrators make and change them; each request is sent once, and its intent and its outcome are events of the
platform's audit. When an answer is lost, who asked is told so (504), and the audit says the same; what may have been done
is looked for by people: ";

const ACTIONS: &str = ".

## Actions

An action has no place for an id. None is sent again when its answer was lost: the operation fails, and says that the
cloud may have done it all the same. What a second one would do, for whoever tries it again by hand:

| kind | action | function | a second one |
|---|---|---|---|
";

/// The request that finds a part of a kind again.
fn lookup(kind: &'static Definition, part: &Part, tag: Tag) -> String {
    if tag.is_name() {
        let name = if tag == Tag::Name { "<binding>-<name>" } else { "<name>" };
        return line(&part.collection.get("NAME")).replace("NAME", name);
    }
    let mut request = part.collection.list();
    request.query = kind.own_query("<project>");
    request.query.extend(tag.filter("<row>").map(|(name, value)| (Cow::Borrowed(name), value)));
    line(&request)
}

fn line(request: &Request) -> String {
    let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let sign = if query.is_empty() { "" } else { "?" };
    format!("`{} /{}{sign}{}`", request.method, request.encoded_path(), query.join("&"))
}

fn document() -> String {
    let mut text = BEGINNING.to_owned();
    for kind in CATALOGUE {
        let Some(kept) = &kind.kept else { continue };
        let tag = kept.tag;
        for part in kept.parts {
            let (slug, noun, service) = (kind.slug(), part.noun, part.collection.service.title);
            let found = lookup(kind, part, tag);
            let how = match tag.filter("") {
                None if !tag.is_name() => format!("{found}, the whole list"),
                _ => found,
            };
            writeln!(text, "| `{slug}` | {noun} | {service} | {} | {how} | {} |", tag.place(), tag.lacking()).unwrap();
        }
    }
    text.push_str(TWICE);
    for tag in Tag::ALL {
        let of = CATALOGUE.iter().filter(|kind| kind.kept.as_ref().is_some_and(|kept| kept.tag == tag));
        let kinds: Vec<String> = of.map(|kind| format!("`{}`", kind.slug())).collect();
        assert!(!kinds.is_empty(), "{tag:?} is of no kind");
        writeln!(text, "- **{}** ({}): {}", upper(tag.place()), kinds.join(", "), tag.limits()).unwrap();
    }
    text.push_str(LIVE);
    let names = |unkept: bool| {
        let live = CATALOGUE.iter().filter(|kind| kind.kept.is_none() && kind.unkept.is_some() == unkept);
        live.map(|kind| format!("`{}`", kind.slug())).collect::<Vec<_>>().join(", ")
    };
    text.push_str(&names(false));
    text.push_str(UNKEPT);
    text.push_str(&names(true));
    text.push_str(ACTIONS);
    for kind in CATALOGUE {
        for (action, act) in kind.kind.actions.iter().zip(kind.acts) {
            let again = match act.again {
                Again::Same => "changes nothing",
                Again::Refused => "is refused",
                Again::Repeated => "**does it again**",
            };
            writeln!(text, "| `{}` | `{}` | `{}` | {again} |", kind.slug(), action.name, action.function).unwrap();
        }
    }
    text
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[test]
fn the_document_about_tags_says_what_the_catalogue_does() {
    document::stands("tags.md", &document());
}
