//! Virtual machines: Nova servers.
//!
//! The row's id is a tag of the server, given in the create: Nova lists by it, and nobody inside of the server is shown
//! it, as they would be its metadata.
use crate::{
    Act, ActAsk, Again, Ask, Definition, Kept, Part, Seen, Tag,
    clients::NOVA,
    plain::plain,
    tag::{tag_of, tag_text},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    Action, Column, Field, Group, Kind, State, Usage,
    field::Str,
    kind::{Output, Show, Verb},
};
use openstack::{Collection, Microversion};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The most user data, in bytes: Nova takes 65,535 characters of base64.
const USER_DATA_MAX: u32 = 49_149;

// Tags at the creation. It includes `networks: auto` (2.37) and the embedded flavor (2.47).
static SERVERS: Collection = Collection {
    detail: Some("detail"),
    one: Some("server"),
    microversion: Some(Microversion(2, 52)),
    ..Collection::new(&NOVA, "servers", "servers")
};

/// Virtual machines.
pub(crate) static VM: Definition = Definition::new(
    Kind::kept(("vm", "Server", "Servers"), Group::Compute, "nova", "servers")
        .about("A server is a virtual machine: an image, started with the vCPUs and memory of a flavor, on a network.")
        .asks(
            FIELDS,
            r#"{"name": "<name>", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": "<network>"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("flavor", "Flavor", Show::Text),
                    Column::new("power", "Power", Show::Text),
                    Column::new("addresses", "Addresses", Show::Mono),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_servers"), Verb::create("create_server"), Verb::delete("delete_server")] })
        .actions(ACTIONS),
    &SERVERS,
    read,
)
.own("project_id")
.detail(|seen| seen.text("addresses").to_owned())
.kept(Kept { sole: &["network_id"], usage: |_, facts| facts.flavor("flavor_id"), ..Kept::new(Tag::Tags, PARTS) })
.acts(ACTS);

static PARTS: &[Part] = &[Part { noun: "server", collection: &SERVERS, wanted: |_| true, body, read }];

const FIELDS: &[Field] = &[
    Field::text("name", "Name").help("What the server is called here and in OpenStack."),
    Field::choice("flavor_id", "Flavor", "nova_flavor").help("How many vCPUs and how much memory."),
    Field::choice("image_id", "Image", "glance_image").help("What its disk starts with."),
    Field::choice_where("network_id", "Network", "network", "external", "false")
        .optional()
        .help("Left out, it means the only network there is."),
    Field::choice("key_name", "Keypair", "nova_keypair")
        .optional()
        .help("Its public key is put into the server, so that you can sign in with the private one."),
    Field::choice("security_group_id", "Security group", "neutron_security_group")
        .optional()
        .advanced()
        .help("Which traffic reaches it. Left out, it means the project's default group."),
    Field::long_text("user_data", "User data", USER_DATA_MAX)
        .optional()
        .secret()
        .advanced()
        .help("A cloud-init script or configuration. It is handed to the cloud and not kept here."),
];

const REBOOTS: &[(Str, Str)] = &[
    (Cow::Borrowed("SOFT"), Cow::Borrowed("Soft: ask the operating system")),
    (Cow::Borrowed("HARD"), Cow::Borrowed("Hard: switch off and on")),
];

/// Nova's states from which it starts a server, and those from which it stops one; in small letters, as we show them.
const OFF: &[Str] = &[Cow::Borrowed("shutoff"), Cow::Borrowed("stopped")];
const ON: &[Str] = &[Cow::Borrowed("active")];
/// Those in which it resizes one, and the one in which it waits for a word about that.
const STANDING: &[Str] = &[Cow::Borrowed("active"), Cow::Borrowed("shutoff")];
const RESIZED: &[Str] = &[Cow::Borrowed("verify_resize")];

const ACTIONS: &[Action] = &[
    Action::new("start", "Start", "start_server").after("stop").only("power", OFF),
    Action::new("stop", "Stop", "stop_server").only("power", ON).danger("What runs on it stops."),
    Action::new("reboot", "Reboot", "reboot_server")
        .asks(const { &[Field::one_of("type", "How", REBOOTS).optional().default("SOFT")] })
        .danger("What runs on it is interrupted."),
    Action::new("resize", "Resize", "resize_server")
        .asks(const { &[Field::choice("flavor_id", "Flavor", "nova_flavor").help("How many vCPUs and how much memory.")] })
        .example(r#"{"flavor_id": "m1.small"}"#)
        .only("power", STANDING)
        .danger("It is shut down and started on the new flavor. Until you confirm, it takes the larger of both, and can go back."),
    Action::new("confirm_resize", "Confirm resize", "confirm_server_resize")
        .only("power", RESIZED)
        .after("resize")
        .danger("From then on it cannot go back to the old flavor."),
    Action::new("revert_resize", "Revert resize", "revert_server_resize")
        .only("power", RESIZED)
        .after("resize")
        .danger("It is shut down and started on the old flavor."),
    Action::new("console", "Console log", "get_console_log")
        .asks(const { &[Field::number("length", "Lines", 1, 10_000, "").optional().default("200")] })
        .output(Output::Text),
];

static ACTS: &[Act] = &[
    Act::change(Again::Refused, |ask| Some(SERVERS.action(ask.id, json!({ "os-start": null })))),
    Act::change(Again::Refused, |ask| Some(SERVERS.action(ask.id, json!({ "os-stop": null })))),
    Act::change(Again::Repeated, |ask| {
        let how = ask.fields.get("type").and_then(Value::as_str).unwrap_or("SOFT");
        Some(SERVERS.action(ask.id, json!({ "reboot": { "type": how } })))
    }),
    Act {
        becomes: |ask, spec, facts| {
            let Some(flavor) = ask.facts.0.get("flavor_id") else { return };
            // To find the way back.
            let former = facts.0.insert("flavor_id".to_owned(), flavor.clone());
            facts.0.extend(former.map(|former| (FORMER.to_owned(), former)));
            spec.extend(ask.fields.get("flavor_id").map(|flavor| ("flavor_id".to_owned(), flavor.clone())));
        },
        ..Act::change(Again::Refused, |ask| {
            Some(SERVERS.action(ask.id, json!({ "resize": { "flavorRef": ask.facts.id("flavor_id")? } })))
        })
    },
    Act {
        becomes: |_, _, facts| {
            facts.0.remove(FORMER);
        },
        ..Act::change(Again::Refused, |ask| Some(SERVERS.action(ask.id, json!({ "confirmResize": null }))))
    },
    Act {
        becomes: |_, spec, facts| {
            let Some(former) = facts.0.remove(FORMER) else { return };
            spec.extend(former.get("name").map(|name| ("flavor_id".to_owned(), name.clone())));
            facts.0.insert("flavor_id".to_owned(), former);
        },
        ..Act::change(Again::Refused, |ask| Some(SERVERS.action(ask.id, json!({ "revertResize": null }))))
    },
    Act::reading(console, |answer| answer.get("output").and_then(Value::as_str).map(plain)),
];

/// The fact of the flavor that a server had before it was resized.
const FORMER: &str = "former_flavor";

/// Nova's states of a server that stands and will be another by itself or by a word of ours. What it takes is settled only
/// then: the larger of both flavors, until it is confirmed or has gone back.
const RESIZING: [&str; 3] = ["RESIZE", "VERIFY_RESIZE", "REVERT_RESIZE"];

fn console(ask: &ActAsk<'_>) -> Option<openstack::Request> {
    let length = ask.fields.get("length").and_then(Value::as_i64).unwrap_or(200);
    Some(SERVERS.action(ask.id, json!({ "os-getConsoleOutput": { "length": length } })))
}

/// <https://docs.openstack.org/api-ref/compute/#create-server>
#[derive(Serialize)]
struct NewServer<'a> {
    name: &'a str,
    #[serde(rename = "flavorRef")]
    flavor: Option<&'a str>,
    #[serde(rename = "imageRef")]
    image: Option<&'a str>,
    networks: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    security_groups: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_data: Option<String>,
    tags: [String; 1],
}

fn body(ask: &Ask<'_>) -> Value {
    let server = NewServer {
        name: ask.text("name"),
        flavor: ask.facts.id("flavor_id"),
        image: ask.facts.id("image_id"),
        networks: ask.facts.id("network_id").map_or_else(|| json!("none"), |id| json!([{ "uuid": id }])),
        key_name: ask.facts.id("key_name"),
        // Nova takes the id here, although the word is `name`.
        security_groups: ask.facts.id("security_group_id").map(|id| json!({ "name": id })).into_iter().collect(),
        user_data: ask.has("user_data").then(|| BASE64_STANDARD.encode(ask.text("user_data"))),
        tags: [tag_text(ask.tag)],
    };
    json!(server)
}

/// <https://docs.openstack.org/api-ref/compute/#show-server-details>
#[derive(Deserialize)]
struct Server {
    id: String,
    // An answer to a creation has little more than the id.
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    tenant_id: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    addresses: std::collections::BTreeMap<String, Vec<Address>>,
    flavor: Option<Flavor>,
    fault: Option<Fault>,
    #[serde(rename = "OS-EXT-STS:task_state")]
    task: Option<String>,
}
#[derive(Deserialize)]
struct Address {
    addr: String,
}
#[derive(Deserialize)]
struct Flavor {
    #[serde(default)]
    original_name: String,
    vcpus: Option<i64>,
    /// MiB.
    ram: Option<i64>,
}
#[derive(Deserialize)]
struct Fault {
    #[serde(default)]
    message: String,
}

fn read(value: &Value) -> Option<Seen> {
    let server = Server::deserialize(value).ok()?;
    let addresses: Vec<&str> = server.addresses.values().flatten().map(|address| address.addr.as_str()).collect();
    let state = match (server.status.as_str(), server.task.as_deref()) {
        (_, Some("deleting")) | ("DELETED" | "SOFT_DELETED", _) => State::Deleting,
        ("ERROR", _) => State::Failed,
        ("BUILD" | "" | "UNKNOWN", _) => State::Building,
        _ => State::Active,
    };
    let flavor = server.flavor.as_ref();
    let flavor_name = flavor.map_or("", |flavor| flavor.original_name.as_str());
    let mut seen = Seen::new(&server.id, &server.name, server.tenant_id.as_deref())
        .in_state(state)
        .with("power", server.status.to_lowercase())
        .with("addresses", addresses.join(", "))
        .with("flavor", flavor_name)
        .asking("name", server.name.as_str())
        .asking("flavor_id", flavor_name);
    seen.takes = flavor.and_then(|flavor| Some(Usage::compute(flavor.vcpus?, flavor.ram?)));
    seen.fault = server.fault.map(|fault| fault.message);
    seen.moving = server.task.is_some() || RESIZING.contains(&server.status.as_str());
    seen.tag = server.tags.iter().find_map(|tag| tag_of(tag));
    Some(seen)
}
