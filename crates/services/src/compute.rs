//! Compute: Nova, Glance, Magnum, Zun.
mod cluster;
mod flavor;
mod image;
mod keypair;
mod template;
mod vm;
mod zun;

pub(crate) use cluster::CLUSTER;
pub use cluster::access;
pub(crate) use flavor::FLAVOR;
pub(crate) use image::IMAGE;
pub(crate) use keypair::KEYPAIR;
pub(crate) use template::CLUSTER_TEMPLATE;
pub(crate) use vm::VM;
pub(crate) use zun::{CAPSULE, CONTAINER};
