//! Storage: Cinder.
mod snapshot;
mod volume;
mod volume_type;

pub(crate) use snapshot::SNAPSHOT;
pub(crate) use volume::VOLUME;
pub(crate) use volume_type::VOLUME_TYPE;
