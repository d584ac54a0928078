//! Volume types: how fast and how safe a volume is.
use crate::{Definition, Seen, clients::CINDER};
use model::{
    Column, Custody, Group, Identity, Kind, Scope, Usage,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Volume types.
pub(crate) static VOLUME_TYPE: Definition = Definition {
    kind: Kind {
        slug: Cow::Borrowed("cinder_type"),
        title: Cow::Borrowed("Volume type"),
        plural: Cow::Borrowed("Volume types"),
        about: Cow::Borrowed("A volume type says on which storage a volume lies: how fast and how safe."),
        group: Group::Storage,
        service: Cow::Borrowed("cinder"),
        collection: Cow::Borrowed("types"),
        fields: Cow::Borrowed(&[]),
        example: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[Column::new("description", "Description", Show::Text)]),
        verbs: Cow::Borrowed(&[Verb::list("list_volume_types")]),
        actions: Cow::Borrowed(&[]),
        scope: Scope::Project,
        identity: Identity::Id,
        custody: Custody::Live,
        parent: None,
        listed: true,
    },
    collection: Collection {
        service: &CINDER,
        path: "types",
        detail: None,
        one: Some("volume_type"),
        many: "volume_types",
        paging: Paging::Marker { by: "id" },
        microversion: None,
    },
    own: None,
    open: &[],
    read,
    detail: |seen| seen.text("description").to_owned(),
    takes: |_| Usage::ZERO,
    kept: None,
    acts: &[],
};

/// <https://docs.openstack.org/api-ref/block-storage/v3/#list-all-volume-types>
#[derive(Deserialize)]
struct VolumeType {
    id: String,
    name: String,
    description: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let one = VolumeType::deserialize(value).ok()?;
    Some(Seen::new(&one.id, &one.name, None).with("description", one.description.unwrap_or_default()))
}
