//! Containers: Zun.
mod capsule;
mod container;

pub(crate) use capsule::CAPSULE;
pub(crate) use container::CONTAINER;

use model::State;

/// Zun's words for states, which containers and capsules have in common.
fn state(status: &str) -> State {
    match status {
        "Creating" | "Pending" => State::Building,
        "Deleting" | "Deleted" => State::Deleting,
        "Error" | "Dead" => State::Failed,
        _ => State::Active,
    }
}
