//! High availability: Masakari. Failover segments. The row's id stands in the description.
use crate::{
    Ask, Definition, Kept, Part, Seen, Tag,
    tag::{tag_of, tag_text},
};
use model::{
    Column, Field, Group, Kind,
    field::Str,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging, Service};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// <https://docs.openstack.org/api-ref/instance-ha/>
pub(crate) static MASAKARI: Service = Service {
    title: "Instance high availability (Masakari)",
    service_type: "instance-ha",
    aliases: &["ha"],
    major: 1,
    path: "v1",
    project_in_path: false,
    microversions: None,
};

static SEGMENTS: Collection = Collection {
    one: Some("segment"),
    paging: Paging::Marker { by: "uuid" },
    ..Collection::new(&MASAKARI, "segments", "segments")
};

const METHODS: &[(Str, Str)] =
    &[(Cow::Borrowed("auto"), Cow::Borrowed("On any host")), (Cow::Borrowed("reserved_host"), Cow::Borrowed("On a reserve"))];

/// Segments.
pub(crate) static SEGMENT: Definition = Definition::new(
    Kind::kept(("masakari_segment", "Segment", "Segments"), Group::WorkloadLifecycle, "masakari", "segments")
        .about("A segment says how servers are brought back when their host fails.")
        .asks(
            const {
                &[
                    Field::text("name", "Name"),
                    Field::one_of("recovery_method", "Recovery", METHODS).optional().default("auto"),
                ]
            },
            r#"{"name": "<name>"}"#,
        )
        .columns(const { &[Column::new("recovery_method", "Recovery", Show::Text)] })
        .verbs(
            const { &[Verb::list("list_segments"), Verb::create("create_segment"), Verb::delete("delete_segment")] },
        ),
    &SEGMENTS,
    read,
)
.kept(Kept::new(Tag::Description, &[Part { noun: "segment", collection: &SEGMENTS, wanted: |_| true, body, read }]));

fn body(ask: &Ask<'_>) -> Value {
    json!({
        "name": ask.text("name"), "recovery_method": ask.text("recovery_method"), "service_type": "compute",
        "description": tag_text(ask.tag),
    })
}

#[derive(Deserialize)]
struct Segment {
    uuid: String,
    name: String,
    description: Option<String>,
    recovery_method: String,
}

fn read(value: &Value) -> Option<Seen> {
    let segment = Segment::deserialize(value).ok()?;
    let mut seen = Seen::new(&segment.uuid, &segment.name, None).with("recovery_method", segment.recovery_method);
    seen.tag = segment.description.as_deref().and_then(tag_of);
    Some(seen.asking("name", segment.name))
}
