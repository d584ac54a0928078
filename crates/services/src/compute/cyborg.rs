//! Accelerators: Cyborg's devices and device profiles, which are the administrators' business.
mod device;
mod profile;

pub(crate) use device::DEVICE;
pub(crate) use profile::DEVICE_PROFILE;
