//! Containers: one process each, on a machine of the cloud's choice.
//!
//! A command that is run in one may hold secrets, so the audit learns which program it was and how many words came with
//! it, and not these words.
//!
//! The row's id is a label. The whole list of the project is read to find it: Zun refuses a filter by labels.
use super::state;
use crate::{Act, ActAsk, Again, Ask, Definition, Kept, Part, Seen, Tag, clients::ZUN, plain::plain, tag::TAG_KEY};
use http::Method;
use model::{
    Action, Column, Field, Group, Kind, State, Usage,
    field::Str,
    kind::{Output, Show, Verb},
};
use openstack::{Collection, Microversion, Paging, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeMap};

static CONTAINERS: Collection = Collection {
    paging: Paging::Marker { by: "uuid" },
    // It takes a list of networks and a command as a list.
    microversion: Some(Microversion(1, 40)),
    // It runs at once.
    creates_with: Some(("run", "true")),
    // One that runs is stopped first.
    deletes_with: Some(("stop", "true")),
    ..Collection::new(&ZUN, "containers", "containers")
};

/// Containers.
pub(crate) static CONTAINER: Definition =
    Definition::new(
        Kind::kept(("zun_container", "Container", "Containers"), Group::Compute, "zun", "containers")
            .about("A container is one process from an image of a registry, without a server of your own.")
            .asks(
                const {
                    &[
                        Field::text("name", "Name").help("Letters, digits, dots, hyphens and underscores."),
                        Field::text("image", "Image").help("Of a registry, such as nginx:latest."),
                        Field::text("command", "Command")
                            .optional()
                            .help("What it runs, its words with spaces between; the image's own when left out."),
                        Field::number("vcpus", "vCPUs", 1, 16, "").optional().default("1"),
                        Field::number("ram_mib", "Memory", 4, 8192, "MiB").optional().default("512"),
                        Field::choice_where("network_id", "Network", "network", "external", "false")
                            .optional()
                            .help("Left out, it means the only network there is."),
                    ]
                },
                r#"{"name": "<name>", "image": "nginx:latest", "vcpus": 1, "ram_mib": 128, "network_id": "<network>"}"#,
            )
            .columns(
                const {
                    &[
                        Column::new("image", "Image", Show::Text),
                        Column::new("power", "State", Show::Text),
                        Column::new("addresses", "Addresses", Show::Mono),
                    ]
                },
            )
            .verbs(
                const {
                    &[Verb::list("list_containers"), Verb::create("create_container"), Verb::delete("delete_container")]
                },
            )
            .actions(ACTIONS),
        &CONTAINERS,
        read,
    )
    .detail(|seen| seen.text("image").to_owned())
    .kept(Kept {
        sole: &["network_id"],
        refuse: |spec| {
            let name = spec.get("name").and_then(Value::as_str).unwrap_or_default();
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            let good =
                name.len() >= 2 && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(allowed);
            let sentence = "Begin with a letter or digit; use letters, digits, dots, hyphens and underscores only.";
            (!good).then(|| ("name", sentence.to_owned()))
        },
        usage: |spec, _| {
            let number = |field: &str| spec.get(field).and_then(Value::as_i64).unwrap_or_default();
            Usage::compute(number("vcpus"), number("ram_mib"))
        },
        ..Kept::new(Tag::Metadata, &[Part { noun: "container", collection: &CONTAINERS, wanted: |_| true, body, read }])
    })
    .acts(ACTS);

const RUNS: &[Str] = &[Cow::Borrowed("running")];
const RESTS: &[Str] = &[Cow::Borrowed("created"), Cow::Borrowed("stopped")];

const ACTIONS: &[Action] = &[
    Action::new("start", "Start", "start_container").only("power", RESTS).after("stop"),
    Action::new("stop", "Stop", "stop_container").only("power", RUNS).danger("What runs in it stops."),
    Action::new("logs", "Show logs", "get_container_logs")
        .asks(const { &[Field::number("tail", "Lines", 1, 10_000, "").optional().default("200")] })
        .output(Output::Text)
        .inline(),
    Action::new("execute", "Run a command", "execute_command")
        .asks(const { &[Field::text("command", "Command").help(
            "Such as ls -l /tmp. It runs in the container. The audit learns the program's name, not what is said to it.",
        )] })
        .example(r#"{"command": "uname -a"}"#)
        .only("power", RUNS)
        .output(Output::Text)
        .inline(),
];

static ACTS: &[Act] = &[
    Act::change(Again::Refused, |ask| Some(about(ask, Method::POST, "start").expect(&[202]))),
    Act::change(Again::Refused, |ask| Some(about(ask, Method::POST, "stop").query("timeout", "10").expect(&[202]))),
    Act::reading(
        |ask| {
            let tail = ask.fields.get("tail").and_then(Value::as_i64).unwrap_or(200);
            let asked = about(ask, Method::GET, "logs").query("stdout", "true").query("stderr", "true");
            Some(asked.query("tail", tail.to_string()))
        },
        |answer| answer.as_str().map(plain),
    ),
    // It may do anything, so it is no reading, although nothing of the container changes.
    Act {
        again: Again::Repeated,
        noted: |fields| {
            let mut words = fields.get("command").and_then(Value::as_str).unwrap_or_default().split_whitespace();
            json!({ "program": program(words.next().unwrap_or_default()), "arguments": words.count() })
        },
        ..Act::reading(
            |ask| {
                let command = ask.fields.get("command")?.as_str()?;
                let asked = about(ask, Method::POST, "execute").query("command", command);
                Some(asked.query("run", "true").query("interactive", "false"))
            },
            |answer| {
                let output = plain(answer.get("output").and_then(Value::as_str).unwrap_or_default());
                Some(match answer.get("exit_code").and_then(Value::as_i64) {
                    None => output,
                    Some(code) => format!("{}\n(exit code {code})", output.trim_end_matches('\n')),
                })
            },
        )
    },
];

/// A program by its name. Words of a shell that may hold a value (`TOKEN=…`) are no name.
fn program(word: &str) -> &str {
    match word.split_once('=') {
        Some((variable, _)) => variable,
        None => word,
    }
}

fn about(ask: &ActAsk<'_>, method: Method, what: &str) -> Request {
    Request::new(&ZUN, method, ["containers", ask.id, what]).microversion(CONTAINERS.microversion)
}

fn body(ask: &Ask<'_>) -> Value {
    let mut container = json!({
        "name": ask.text("name"),
        "image": ask.text("image"),
        "cpu": ask.number("vcpus"),
        "memory": ask.number("ram_mib").map(|memory| memory.to_string()),
        "labels": { TAG_KEY: ask.tag },
    });
    if ask.has("command") {
        container["command"] = ask.text("command").split_whitespace().collect();
    }
    if let Some(network) = ask.facts.id("network_id") {
        container["nets"] = json!([{ "network": network }]);
    }
    container
}

/// <https://docs.openstack.org/api-ref/application-container/#show-details-of-a-container>
#[derive(Deserialize)]
struct Container {
    uuid: String,
    #[serde(default)]
    name: String,
    image: Option<String>,
    #[serde(default)]
    status: String,
    status_reason: Option<String>,
    task_state: Option<String>,
    project_id: Option<String>,
    cpu: Option<f64>,
    /// MiB, as text.
    memory: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    addresses: Option<BTreeMap<String, Vec<Address>>>,
}
#[derive(Deserialize)]
struct Address {
    addr: String,
}

fn read(value: &Value) -> Option<Seen> {
    let container = Container::deserialize(value).ok()?;
    let state = state(&container.status);
    let addresses = container.addresses.unwrap_or_default();
    let addresses: Vec<&str> = addresses.values().flatten().map(|address| address.addr.as_str()).collect();
    let memory = container.memory.as_deref().and_then(|text| text.trim_end_matches('M').parse::<i64>().ok());
    // A part of a processor counts as a whole one: quotas are of whole ones.
    let cpus = container.cpu.map(|cpus| format!("{:.0}", cpus.ceil())).and_then(|text| text.parse::<i64>().ok());
    let image = container.image.unwrap_or_default();
    let mut seen = Seen::new(&container.uuid, &container.name, container.project_id.as_deref())
        .in_state(state)
        .with("image", image.as_str())
        .with("power", container.status.to_lowercase())
        .with("addresses", addresses.join(", "))
        .asking("name", container.name.as_str())
        .asking("image", image)
        .asking("vcpus", cpus)
        .asking("ram_mib", memory);
    seen.takes = cpus.zip(memory).map(|(cpus, memory)| Usage::compute(cpus, memory));
    seen.fault = container.status_reason.filter(|_| state == State::Failed);
    seen.moving = container.task_state.is_some();
    seen.tag = container.labels.unwrap_or_default().get(TAG_KEY).cloned();
    Some(seen)
}
