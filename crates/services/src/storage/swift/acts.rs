//! What is done with objects through their container: deleting one, copying one, an address that opens one for a while.
use super::object::{self, about};
use crate::{Act, Again, Step, definition::Around};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use model::{Action, Field, Spec, State, kind::Output, objects::SEGMENTS};
use openstack::{Reads, Request};
use serde_json::Value;
use std::borrow::Cow;

/// In which header Swift keeps the key of a container's signed addresses.
const KEY: &str = "x-container-meta-temp-url-key";
/// The longest that a signed address holds, in seconds: 30 days.
const LONGEST: i64 = 30 * 24 * 60 * 60;
const NO_OBJECT: (u16, &str) = (404, "There is no such object.");

const fn object(name: &'static str, label: &'static str) -> Field {
    Field::text(name, label).longest(1024)
}

pub(super) const ACTIONS: &[Action] = &[
    Action::new("delete_object", "Delete object", "delete_object")
        .asks(const { &[object("object", "Object").help("Its whole name, folders included.")] })
        // A container that is to go waits until it is empty.
        .when(&[State::Active, State::Deleting])
        .danger("The object is deleted for good.")
        .example(r#"{"object": "<swift_object>"}"#),
    Action::new("copy_object", "Copy object", "copy_object")
        .asks(
            const {
                &[
                    object("object", "Object").help("Its whole name, folders included."),
                    object("to_name", "Copy to").help("The name of the copy, folders included."),
                    Field::choice("to_container", "In container", "swift_container")
                        .optional()
                        .help("This one when left out."),
                    Field::flag("overwrite", "Replace what is there").optional(),
                ]
            },
        )
        .example(r#"{"object": "<swift_object>", "to_name": "copy of <swift_object>", "overwrite": true}"#),
    Action::new("generate_temp_url", "Temporary link", "generate_temp_url")
        .asks(
            const {
                &[
                    object("object", "Object").help("Its whole name, folders included."),
                    Field::one_of(
                        "method",
                        "For",
                        &[
                            (Cow::Borrowed("GET"), Cow::Borrowed("Download")),
                            (Cow::Borrowed("PUT"), Cow::Borrowed("Upload")),
                        ],
                    )
                    .optional()
                    .default("GET"),
                    Field::number("seconds", "Holds for", 60, LONGEST, "seconds")
                        .optional()
                        .default("3600")
                        .help("Whoever has the link needs no account, until then."),
                ]
            },
        )
        .example(r#"{"object": "<swift_object>"}"#)
        .output(Output::Text),
];

pub(super) const ACTS: &[Act] = &[
    Act::stepwise(Again::Refused, delete),
    Act { refuse: |spec| among_parts(spec, "to_name"), ..Act::stepwise(Again::Refused, copy) },
    Act { refuse: is_no_link, ..Act::stepwise(Again::Same, sign) },
];

/// Where the parts of large objects lie, nobody else puts anything.
fn among_parts(spec: &Spec, field: &'static str) -> Option<(&'static str, String)> {
    let name = spec.get(field).and_then(Value::as_str)?;
    let why = || format!("Names that begin with {SEGMENTS} are those of parts of large objects.");
    name.starts_with(SEGMENTS).then(|| (field, why()))
}

/// The same, of a link by which somebody sends something.
fn is_no_link(spec: &Spec) -> Option<(&'static str, String)> {
    let sends = spec.get("method").is_some_and(|method| method == "PUT");
    among_parts(spec, "object").filter(|_| sends)
}

/// A large object goes with its segments, which takes another request than a plain one.
fn delete(around: &Around<'_>, answers: &[Value]) -> Step {
    let (container, object) = (around.ask.id, around.text("object"));
    match answers {
        [] => Step::Send(about(Method::HEAD, container, object), &[NO_OBJECT]),
        [head] => {
            let request = about(Method::DELETE, container, object).expect(&[200, 204]);
            let large = head.get("x-static-large-object").is_some();
            let request = match large {
                true => request
                    .query("multipart-manifest", "delete")
                    .reads(Reads::Json)
                    .header("accept", "application/json"),
                false => request,
            };
            Step::Send(request, &[NO_OBJECT])
        }
        [_, said, ..] => match refusal(said) {
            Some(why) => Step::Fail(why),
            None => Step::Done(None),
        },
    }
}

/// What of a large object could not be deleted. The answer's status is 200 whatever became of it; see
/// <https://docs.openstack.org/swift/latest/middleware.html#deleting-a-large-object>.
fn refusal(said: &Value) -> Option<String> {
    let errors = said.get("Errors")?.as_array()?;
    let first = errors.first()?;
    let text = |at: usize| first.get(at).and_then(Value::as_str).unwrap_or_default();
    Some(format!("{} of its segments were not deleted; the first: {}, {}", errors.len(), text(0), text(1)))
}

fn copy(around: &Around<'_>, answers: &[Value]) -> Step {
    if !answers.is_empty() {
        return Step::Done(None);
    }
    let from = about(Method::GET, around.ask.id, around.text("object")).encoded_path();
    let to = around.ask.facts.id("to_container").unwrap_or(around.ask.id);
    let fresh = around.ask.fields.get("overwrite").and_then(Value::as_bool) != Some(true);
    let request = object::put(to, around.text("to_name"), None, fresh).header("x-copy-from", format!("/{from}"));
    Step::Send(
        request,
        &[NO_OBJECT, (412, "An object of that name is there already. Choose another, or let it be replaced.")],
    )
}

/// An address signed with the container's key; one is made where there is none. What was made is read again: somebody
/// else may have made one in the same moment, and the last one holds.
fn sign(around: &Around<'_>, answers: &[Value]) -> Step {
    let container = around.ask.id;
    let key = |head: &Value| head.get(KEY).and_then(Value::as_str).filter(|key| !key.is_empty()).map(str::to_owned);
    let head = || {
        let request = Request::new(&crate::clients::SWIFT, Method::HEAD, [container]);
        Step::Send(request.reads(Reads::Headers).expect(&[200, 204]), &[])
    };
    match answers {
        [] => head(),
        [first] => match key(first) {
            Some(key) => Step::Done(Some(signed(around, &key))),
            None => {
                let request = Request::new(&crate::clients::SWIFT, Method::POST, [container]);
                let made: String = around.seed.iter().map(|byte| format!("{byte:02x}")).collect();
                Step::Send(request.header(KEY, made).reads(Reads::Headers).expect(&[204]), &[])
            }
        },
        [_, _] => head(),
        [.., last] => match key(last) {
            Some(key) => Step::Done(Some(signed(around, &key))),
            None => Step::Fail("Swift did not keep the key that signs addresses.".to_owned()),
        },
    }
}

/// <https://docs.openstack.org/swift/latest/api/temporary_url_middleware.html>
fn signed(around: &Around<'_>, key: &str) -> String {
    let fields = around.ask.fields;
    let method = fields.get("method").and_then(Value::as_str).unwrap_or("GET");
    let until = around.now + fields.get("seconds").and_then(Value::as_i64).unwrap_or(3600);
    let object = around.text("object");
    // What is signed is the path as it is meant, not as it is escaped.
    let root = around.root.find("://").and_then(|at| around.root[at + 3..].find('/').map(|path| at + 3 + path));
    let path = &around.root[root.unwrap_or(around.root.len())..];
    let text = format!("{method}\n{until}\n{path}/{}/{object}", around.ask.id);
    let signature = match Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        }
        // An HMAC takes a key of any length.
        Err(_) => String::new(),
    };
    let escaped = about(Method::GET, around.ask.id, object).encoded_path();
    format!("{}/{escaped}?temp_url_sig={signature}&temp_url_expires={until}", around.root)
}
