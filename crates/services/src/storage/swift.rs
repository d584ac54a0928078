//! Swift: containers, and the objects in them.
mod acts;
mod container;
pub mod object;

pub(crate) use container::OBJECT_CONTAINER;
pub(crate) use object::OBJECT;
