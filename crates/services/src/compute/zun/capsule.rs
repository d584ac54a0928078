//! Capsules: several containers that share an address, as pods do.
use super::state;
use crate::{Definition, Seen, clients::ZUN};
use model::{
    Column, Group, Kind, State,
    kind::{Show, Verb},
};
use openstack::{Collection, Microversion, Paging};
use serde::Deserialize;
use serde_json::Value;

static CAPSULES: Collection = Collection {
    paging: Paging::Marker { by: "uuid" },
    microversion: Some(Microversion(1, 40)),
    ..Collection::new(&ZUN, "capsules", "capsules")
};

/// Capsules.
pub(crate) static CAPSULE: Definition = Definition::new(
    Kind::live(("zun_capsule", "Capsule", "Capsules"), Group::Compute, "zun", "capsules")
        .about("A capsule is several containers that share an address and live and die together.")
        .columns(
            const {
                &[
                    Column::new("power", "State", Show::Text),
                    Column::new("containers", "Containers", Show::Number),
                    Column::new("ram_mib", "Memory", Show::Mib),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_capsules")] }),
    &CAPSULES,
    read,
);

/// <https://docs.openstack.org/api-ref/application-container/#show-details-of-a-capsule>
#[derive(Deserialize)]
struct Capsule {
    uuid: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    status_reason: Option<String>,
    project_id: Option<String>,
    /// MiB, as text.
    memory: Option<String>,
    #[serde(default)]
    containers: Vec<Value>,
}

fn read(value: &Value) -> Option<Seen> {
    let capsule = Capsule::deserialize(value).ok()?;
    let state = state(&capsule.status);
    let mut seen = Seen::new(&capsule.uuid, &capsule.name, capsule.project_id.as_deref())
        .in_state(state)
        .with("power", capsule.status.to_lowercase())
        .with("containers", capsule.containers.len())
        .with("ram_mib", capsule.memory.and_then(|text| text.trim_end_matches('M').parse::<i64>().ok()));
    seen.fault = capsule.status_reason.filter(|_| state == State::Failed);
    Some(seen)
}
