//! Snapshots of volumes: Cinder.
//!
//! The row's id stands in the metadata, because Cinder has no tags. The whole list of the project is read to find it, as
//! with volumes.
use crate::{Ask, Definition, Kept, Part, Seen, Tag, clients::CINDER, tag::TAG_KEY};
use model::{
    Column, Field, Group, Kind, State, Usage,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

static SNAPSHOTS: Collection =
    Collection { detail: Some("detail"), one: Some("snapshot"), ..Collection::new(&CINDER, "snapshots", "snapshots") };

/// Snapshots of volumes.
pub(crate) static SNAPSHOT: Definition = Definition::new(Kind::kept(("cinder_snapshot", "Volume snapshot", "Volume snapshots"), Group::Storage, "cinder", "snapshots")
.about("A snapshot keeps what a volume holds at a moment; new volumes can be made of it.")
.asks(const { &[
            Field::text("name", "Name"),
            Field::choice("volume_id", "Volume", "volume").help(
                "Of one that is attached, it holds what has reached the disk: stop what writes to it, or flush it first.",
            ),
        ] }, r#"{"name": "<name>", "volume_id": "<volume>"}"#)
.columns(const { &[
            Column::new("size_gb", "Size", Show::Gb),
            Column::new("volume_id", "Volume", Show::Mono),
        ] })
.verbs(const { &[
            Verb::list("list_snapshots"),
            Verb::create("create_snapshot"),
            Verb::delete("delete_snapshot"),
        ] }), &SNAPSHOTS, read)
.detail(|seen| format!("{} GB", seen.number("size_gb")))
.takes(|seen| Usage::storage(seen.number("size_gb")))
.kept(Kept {
        // Cinder counts a snapshot as large as its volume, however little it takes.
        usage: |_, facts| Usage::storage(facts.number("volume_id", "size_gb")),
        ..Kept::new(Tag::Metadata, &[Part { noun: "snapshot", collection: &SNAPSHOTS, wanted: |_| true, body, read }])
    });

/// `force` takes one of a volume that is attached, too; versions from 3.66 on do so without it.
fn body(ask: &Ask<'_>) -> Value {
    json!({
        "name": ask.text("name"),
        "volume_id": ask.facts.id("volume_id"),
        "force": true,
        "metadata": { TAG_KEY: ask.tag },
    })
}

/// <https://docs.openstack.org/api-ref/block-storage/v3/#show-a-snapshot-s-details>
#[derive(Deserialize)]
struct Snapshot {
    id: String,
    #[serde(default)]
    name: Option<String>,
    status: String,
    /// GiB, of the volume.
    size: i64,
    volume_id: String,
    // Only where it is shown with details.
    #[serde(rename = "os-extended-snapshot-attributes:project_id")]
    project_id: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

fn read(value: &Value) -> Option<Seen> {
    let snapshot = Snapshot::deserialize(value).ok()?;
    let state = match snapshot.status.as_str() {
        "creating" => State::Building,
        "deleting" => State::Deleting,
        status if status.starts_with("error") => State::Failed,
        _ => State::Active,
    };
    let name = snapshot.name.as_deref().unwrap_or_default();
    let mut seen = Seen::new(&snapshot.id, name, snapshot.project_id.as_deref())
        .in_state(state)
        .with("size_gb", snapshot.size)
        .with("volume_id", snapshot.volume_id.as_str())
        .with("cloud_status", snapshot.status.as_str())
        .asking("name", name)
        .asking("volume_id", snapshot.volume_id.as_str());
    seen.takes = Some(Usage::storage(snapshot.size));
    seen.fault = (state == State::Failed).then(|| format!("Cinder says: {}", snapshot.status));
    seen.tag = snapshot.metadata.get(TAG_KEY).cloned();
    Some(seen)
}
