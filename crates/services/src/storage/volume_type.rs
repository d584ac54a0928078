//! Volume types: how fast and how safe a volume is.
use crate::{Definition, Seen, clients::CINDER};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

/// Volume types.
pub(crate) static VOLUME_TYPE: Definition = Definition::new(
    Kind::live(("cinder_type", "Volume type", "Volume types"), Group::Storage, "cinder", "types")
        .about("A volume type says on which storage a volume lies: how fast and how safe.")
        .columns(const { &[Column::new("description", "Description", Show::Text)] })
        .verbs(const { &[Verb::list("list_volume_types")] }),
    const { &Collection { one: Some("volume_type"), ..Collection::new(&CINDER, "types", "volume_types") } },
    read,
)
.detail(|seen| seen.text("description").to_owned());

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
