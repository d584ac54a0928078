//! Volumes: Cinder.
//!
//! The row's id stands in the metadata, because Cinder has no tags. The whole list of the project is read to find it: a
//! filter by metadata is dropped without a word where the operator does not let members use it.
use crate::{
    Act, ActAsk, Again, Ask, Definition, Kept, Part, Seen, Tag,
    clients::{CINDER, NOVA},
    tag::TAG_KEY,
};
use http::Method;
use model::{
    Action, Column, Field, Group, Kind, State, Usage,
    field::Str,
    kind::{Show, Verb},
};
use openstack::{Collection, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeMap};

static VOLUMES: Collection =
    Collection { detail: Some("detail"), one: Some("volume"), ..Collection::new(&CINDER, "volumes", "volumes") };

/// Volumes.
pub(crate) static VOLUME: Definition = Definition::new(
    Kind::kept(("volume", "Volume", "Volumes"), Group::Storage, "cinder", "volumes")
        .about("A volume is a disk that outlives the server it is attached to.")
        .asks(
            const {
                &[
                    Field::text("name", "Name"),
                    Field::number("size_gb", "Size", 1, 65_536, "GB"),
                    Field::choice("volume_type", "Volume type", "cinder_type")
                        .optional()
                        .help("How fast and how safe. Left out, it means the project's default."),
                    Field::choice("snapshot_id", "Snapshot", "cinder_snapshot")
                        .optional()
                        .help("What it holds at first; then it is as large as the snapshot at least."),
                ]
            },
            r#"{"name": "<name>", "size_gb": 2}"#,
        )
        .columns(
            const {
                &[
                    Column::new("size_gb", "Size", Show::Gb),
                    Column::new("volume_type", "Type", Show::Text),
                    Column::new("attached_to", "Attached to", Show::Mono),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_volumes"), Verb::create("create_volume"), Verb::delete("delete_volume")] })
        .actions(ACTIONS),
    &VOLUMES,
    read,
)
.own("project_id")
.detail(|seen| format!("{} GB", seen.number("size_gb")))
.takes(|seen| Usage::storage(seen.number("size_gb")))
.kept(Kept {
    usage: |spec, _| Usage::storage(spec.get("size_gb").and_then(Value::as_i64).unwrap_or_default()),
    ..Kept::new(Tag::Metadata, &[Part { noun: "volume", collection: &VOLUMES, wanted: |_| true, body, read }])
})
.acts(&[
    Act {
        becomes: |ask, spec, _| {
            spec.extend(ask.fields.get("new_size_gb").map(|size| ("size_gb".to_owned(), size.clone())))
        },
        ..Act::change(Again::Refused, |ask| {
            let size = ask.fields.get("new_size_gb").and_then(Value::as_i64)?;
            Some(VOLUMES.action(ask.id, json!({ "os-extend": { "new_size": size } })))
        })
    },
    Act::change(Again::Refused, attach),
    Act::change(Again::Refused, detach),
]);

const ACTIONS: &[Action] = &[
    Action::new("extend", "Extend", "extend_volume")
        .asks(
            const {
                &[Field::number("new_size_gb", "New size", 1, 65_536, "GB")
                    .help("Larger than it is now. A volume never shrinks.")]
            },
        )
        .example(r#"{"new_size_gb": 3}"#),
    Action::new("attach", "Attach", "attach_volume")
        .asks(const { &[Field::choice("server_id", "Server", "vm")] })
        .example(r#"{"server_id": "<vm>"}"#)
        .only("cloud_status", FREE),
    Action::new("detach", "Detach", "detach_volume")
        .asks(
            const {
                &[Field::choice("server_id", "Server", "vm")
                    .optional()
                    .help("Left out, it means the only server that the volume is attached to.")]
            },
        )
        .example(r#"{"server_id": "<vm>"}"#)
        .after("attach")
        .only("cloud_status", IN_USE)
        .danger("What is not written to it yet is lost, unless the server has let go of it before."),
];

/// Cinder's states in which Nova attaches a volume, and those in which it is attached.
const FREE: &[Str] = &[Cow::Borrowed("available")];
const IN_USE: &[Str] = &[Cow::Borrowed("in-use")];

/// Attaching is asked of Nova, which asks Cinder: <https://docs.openstack.org/api-ref/compute/#attach-a-volume-to-an-instance>
fn attach(ask: &ActAsk<'_>) -> Option<Request> {
    let body = json!({ "volumeAttachment": { "volumeId": ask.id } });
    Some(
        Request::new(&NOVA, Method::POST, ["servers", ask.facts.id("server_id")?, "os-volume_attachments"])
            .json(body)
            .expect(&[200, 202]),
    )
}

/// From the server that is named, or else from the only one that has it.
fn detach(ask: &ActAsk<'_>) -> Option<Request> {
    let attached = ask.observed.get("attached_to").and_then(Value::as_str).unwrap_or_default();
    let only = Some(attached).filter(|servers| !servers.is_empty() && !servers.contains(','));
    let server = ask.facts.id("server_id").or(only)?;
    let path = ["servers", server, "os-volume_attachments", ask.id];
    Some(Request::new(&NOVA, Method::DELETE, path).expect(&[202]))
}

/// The states of a volume that stands and will soon be another.
const MOVING: [&str; 7] = ["attaching", "backing-up", "detaching", "extending", "reserved", "retyping", "uploading"];

fn body(ask: &Ask<'_>) -> Value {
    let mut volume = json!({
        "name": ask.text("name"),
        "size": ask.number("size_gb"),
        "metadata": { TAG_KEY: ask.tag },
    });
    if let Some(volume_type) = ask.facts.id("volume_type") {
        volume["volume_type"] = json!(volume_type);
    }
    if let Some(snapshot) = ask.facts.id("snapshot_id") {
        volume["snapshot_id"] = json!(snapshot);
    }
    volume
}

/// <https://docs.openstack.org/api-ref/block-storage/v3/#show-a-volume-s-details>
#[derive(Deserialize)]
struct Volume {
    id: String,
    #[serde(default)]
    name: Option<String>,
    status: String,
    size: i64,
    volume_type: Option<String>,
    #[serde(rename = "os-vol-tenant-attr:tenant_id")]
    tenant_id: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
}
#[derive(Deserialize)]
struct Attachment {
    // None where it is attached to something that is no server.
    server_id: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let volume = Volume::deserialize(value).ok()?;
    let state = match volume.status.as_str() {
        "creating" | "downloading" => State::Building,
        "deleting" => State::Deleting,
        status if status.starts_with("error") => State::Failed,
        _ => State::Active,
    };
    let attached: Vec<&str> = volume.attachments.iter().filter_map(|one| one.server_id.as_deref()).collect();
    let name = volume.name.as_deref().unwrap_or_default();
    let volume_type = volume.volume_type.as_deref().unwrap_or_default();
    let mut seen = Seen::new(&volume.id, name, volume.tenant_id.as_deref())
        .in_state(state)
        .with("size_gb", volume.size)
        .with("volume_type", volume_type)
        .with("attached_to", attached.join(", "))
        .with("cloud_status", volume.status.as_str())
        .asking("name", name)
        .asking("size_gb", volume.size)
        .asking("volume_type", volume_type);
    seen.takes = Some(Usage::storage(volume.size));
    seen.fault = (state == State::Failed).then(|| format!("Cinder says: {}", volume.status));
    seen.moving = MOVING.contains(&volume.status.as_str());
    seen.tag = volume.metadata.get(TAG_KEY).cloned();
    Some(seen)
}
