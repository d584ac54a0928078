//! Storage: Cinder, Manila, Swift.
mod manila;
mod snapshot;
pub(crate) mod swift;
mod volume;
mod volume_type;

pub(crate) use manila::{ACCESS_RULE, EXPORT_LOCATION, SHARE, SHARE_NETWORK, SHARE_SNAPSHOT, SHARE_TYPE};
pub(crate) use snapshot::SNAPSHOT;
pub(crate) use swift::{OBJECT, OBJECT_CONTAINER};
pub(crate) use volume::VOLUME;
pub(crate) use volume_type::VOLUME_TYPE;
