//! Snapshots of shares. The row's id stands in the description; lists filter by it.
use super::{collection, state};
use crate::{
    Ask, Definition, Kept, Part, Seen, Tag,
    tag::{tag_of, tag_text},
};
use model::{
    Column, Field, Group, Kind, State, Usage,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};

static SNAPSHOTS: Collection = collection("snapshots", "snapshot", "snapshots");

/// Snapshots of shares.
pub(crate) static SHARE_SNAPSHOT: Definition = Definition::new(
    Kind::kept(("manila_snapshot", "Share snapshot", "Share snapshots"), Group::Storage, "manila", "snapshots")
        .about("A snapshot keeps what a share holds at a moment; new shares can be made of it.")
        .asks(
            const { &[Field::text("name", "Name"), Field::choice("share_id", "Share", "manila_share")] },
            r#"{"name": "<name>", "share_id": "<manila_share>"}"#,
        )
        .columns(const { &[Column::new("size_gb", "Size", Show::Gb), Column::new("share_id", "Share", Show::Mono)] })
        .verbs(
            const {
                &[
                    Verb::list("list_share_snapshots"),
                    Verb::create("create_share_snapshot"),
                    Verb::delete("delete_share_snapshot"),
                ]
            },
        ),
    &SNAPSHOTS,
    read,
)
.detail(|seen| format!("{} GB", seen.number("size_gb")))
.takes(|seen| Usage::storage(seen.number("size_gb")))
.kept(Kept {
    // Manila counts a snapshot as large as its share, however little it takes.
    usage: |_, facts| Usage::storage(facts.number("share_id", "size_gb")),
    ..Kept::new(Tag::Description, &[Part { noun: "snapshot", collection: &SNAPSHOTS, wanted: |_| true, body, read }])
});

fn body(ask: &Ask<'_>) -> Value {
    json!({ "name": ask.text("name"), "share_id": ask.facts.id("share_id"), "description": tag_text(ask.tag) })
}

/// <https://docs.openstack.org/api-ref/shared-file-system/#show-share-snapshot-details>
#[derive(Deserialize)]
struct Snapshot {
    id: String,
    name: Option<String>,
    description: Option<String>,
    status: String,
    /// GiB, of the share.
    size: i64,
    share_id: String,
    project_id: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let snapshot = Snapshot::deserialize(value).ok()?;
    let (state, name) = (state(&snapshot.status), snapshot.name.unwrap_or_default());
    let mut seen = Seen::new(&snapshot.id, &name, snapshot.project_id.as_deref())
        .in_state(state)
        .with("size_gb", snapshot.size)
        .with("share_id", snapshot.share_id.as_str())
        .with("cloud_status", snapshot.status.as_str())
        .asking("name", name)
        .asking("share_id", snapshot.share_id);
    seen.takes = Some(Usage::storage(snapshot.size));
    seen.fault = (state == State::Failed).then(|| format!("Manila says: {}", snapshot.status));
    seen.tag = snapshot.description.as_deref().and_then(tag_of);
    Some(seen)
}
