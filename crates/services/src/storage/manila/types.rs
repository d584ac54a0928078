//! Share types: on which storage a share lies.
use super::collection;
use crate::{Definition, Seen};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

static TYPES: Collection = Collection { detail: None, ..collection("types", "share_type", "share_types") };

/// Share types.
pub(crate) static SHARE_TYPE: Definition = Definition::new(
    Kind::live(("manila_type", "Share type", "Share types"), Group::Storage, "manila", "types")
        .about("A share type says on which storage a share lies, and what that storage can do.")
        .columns(
            const {
                &[
                    Column::new("description", "Description", Show::Text),
                    Column::new("default", "Default", Show::Flag),
                    Column::new("snapshots", "Snapshots", Show::Flag),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_share_types")] }),
    &TYPES,
    read,
)
.detail(|seen| seen.text("description").to_owned());

/// <https://docs.openstack.org/api-ref/shared-file-system/#list-share-types>
#[derive(Deserialize)]
struct ShareType {
    id: String,
    name: String,
    description: Option<String>,
    #[serde(default)]
    is_default: bool,
    #[serde(default)]
    extra_specs: ExtraSpecs,
}
#[derive(Default, Deserialize)]
struct ExtraSpecs {
    // A word, or a flag, by the version.
    snapshot_support: Option<Value>,
}

fn read(value: &Value) -> Option<Seen> {
    let one = ShareType::deserialize(value).ok()?;
    let snapshots = match one.extra_specs.snapshot_support {
        Some(Value::Bool(flag)) => Some(flag),
        Some(Value::String(word)) => Some(word.eq_ignore_ascii_case("true")),
        _ => None,
    };
    let seen = Seen::new(&one.id, &one.name, None)
        .with("description", one.description.unwrap_or_default())
        .with("default", one.is_default)
        .with("snapshots", snapshots);
    Some(seen)
}
