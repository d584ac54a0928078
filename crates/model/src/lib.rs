//! Words both sides share: ids, places, states, usage, kind descriptors, views and errors.
//!
//! No I/O. This crate builds for wasm32, so that the browser and the server mean the same thing by each word.

pub mod applied;
pub mod audit;
pub mod drift;
pub mod error;
pub mod example;
pub mod field;
pub mod handed;
pub mod ids;
pub mod kind;
pub mod ledger;
pub mod objects;
pub mod place;
pub mod spec;
pub mod state;
pub mod text;
pub mod usage;
pub mod view;

pub use audit::{AuditEvent, Outcome as AuditOutcome};
pub use error::{Error, Fields, Result};
pub use field::{Field, Input};
pub use ids::*;
pub use kind::{Action, Column, Custody, Group, Identity, Kind, Scope};
pub use place::{Environment, Place, Role};
pub use spec::{FormValues, Spec};
pub use state::State;
pub use usage::Usage;
