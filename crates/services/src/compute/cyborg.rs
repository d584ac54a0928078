//! Accelerators: Cyborg's devices and device profiles, which are the administrators' business, and the requests of
//! projects.
mod device;
mod profile;
mod request;

pub(crate) use device::DEVICE;
pub(crate) use profile::DEVICE_PROFILE;
pub(crate) use request::ACCELERATOR_REQUEST;
