//! Shared file systems: Manila.
mod access;
mod network;
mod share;
mod snapshot;
mod types;

pub(crate) use access::{ACCESS_RULE, EXPORT_LOCATION};
pub(crate) use network::SHARE_NETWORK;
pub(crate) use share::SHARE;
pub(crate) use snapshot::SHARE_SNAPSHOT;
pub(crate) use types::SHARE_TYPE;

use crate::clients::MANILA;
use model::State;
use openstack::{Collection, Microversion, Paging};

/// A collection of Manila's, at the version that has access rules as things of their own (2.45) and share networks with
/// subnets (2.51).
const fn collection(path: &'static str, one: &'static str, many: &'static str) -> Collection {
    Collection {
        one: Some(one),
        paging: Paging::Offset,
        detail: Some("detail"),
        microversion: Some(Microversion(2, 51)),
        ..Collection::new(&MANILA, path, many)
    }
}

/// Manila's words for states, which shares and their snapshots have in common.
fn state(status: &str) -> State {
    match status {
        "creating" | "creating_from_snapshot" | "manage_starting" => State::Building,
        "deleting" | "unmanage_starting" => State::Deleting,
        // What could not grow or shrink stands, and says so in its status.
        "extending_error" | "shrinking_error" => State::Active,
        status if status.contains("error") => State::Failed,
        _ => State::Active,
    }
}
