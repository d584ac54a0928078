//! Load balancers: Octavia.
mod health;
mod load_balancer;
mod member;
mod parts;

pub(crate) use load_balancer::LOAD_BALANCER;
pub(crate) use member::MEMBER;
pub(crate) use parts::{LISTENER, POOL};

use model::State;
use serde::Deserialize;

/// What every thing of Octavia's has.
#[derive(Deserialize)]
struct Common {
    id: String,
    #[serde(default)]
    name: String,
    project_id: Option<String>,
    provisioning_status: String,
    #[serde(default)]
    operating_status: String,
}

impl Common {
    fn state(&self) -> State {
        match self.provisioning_status.as_str() {
            "PENDING_CREATE" => State::Building,
            "PENDING_DELETE" | "DELETED" => State::Deleting,
            "ERROR" => State::Failed,
            _ => State::Active,
        }
    }

    /// As people read it: `no monitor`.
    fn health(&self) -> String {
        self.operating_status.to_lowercase().replace('_', " ")
    }
}
