//! Storage: Cinder.
mod volume;
mod volume_type;

pub(crate) use volume::VOLUME;
pub(crate) use volume_type::VOLUME_TYPE;
