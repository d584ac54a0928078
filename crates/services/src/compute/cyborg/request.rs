//! Accelerator requests: what a project was, or will be, given of accelerators. Nova makes one for each accelerator that a
//! server's flavor asks for, and binds it to the server; they are shown here.
use crate::{Definition, Seen, clients::CYBORG};
use model::{
    Column, Group, Kind, State,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;

static REQUESTS: Collection =
    Collection { paging: Paging::None, ..Collection::new(&CYBORG, "accelerator_requests", "arqs") };

/// Accelerator requests.
pub(crate) static ACCELERATOR_REQUEST: Definition = Definition::new(
    Kind::live(
        ("cyborg_arq", "Accelerator request", "Accelerator requests"),
        Group::Compute,
        "cyborg",
        "accelerator-requests",
    )
    .about("An accelerator request is one accelerator of a server's, or one that a server is waiting for.")
    .columns(
        const {
            &[
                Column::new("profile", "Device profile", Show::Text),
                Column::new("cloud_status", "Accelerator", Show::Text),
                Column::new("server", "Server", Show::Mono),
                Column::new("hostname", "Host", Show::Text),
            ]
        },
    )
    .verbs(const { &[Verb::list("list_accelerator_requests")] }),
    &REQUESTS,
    read,
);

/// <https://docs.openstack.org/api-ref/accelerator/#get-one-accelerator-request>
#[derive(Deserialize)]
struct AcceleratorRequest {
    uuid: String,
    project_id: Option<String>,
    state: String,
    device_profile_name: String,
    device_profile_group_id: i64,
    hostname: Option<String>,
    instance_uuid: Option<String>,
}

/// It has no name: its profile, and which of the profile's groups it is of, tell people what it is.
fn read(value: &Value) -> Option<Seen> {
    let request = AcceleratorRequest::deserialize(value).ok()?;
    let state = match request.state.as_str() {
        "BindFailed" => State::Failed,
        "BindStarted" | "Unbound" => State::Building,
        "Deleting" => State::Deleting,
        _ => State::Active,
    };
    let name = format!("{} {}", request.device_profile_name, request.device_profile_group_id + 1);
    let seen = Seen::new(&request.uuid, &name, request.project_id.as_deref())
        .in_state(state)
        .with("profile", request.device_profile_name)
        .with("cloud_status", request.state.to_lowercase())
        .with("server", request.instance_uuid)
        .with("hostname", request.hostname);
    Some(seen)
}
