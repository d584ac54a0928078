//! Compute: Nova, Glance, Magnum, Zun, Ironic, Cyborg.
mod cluster;
mod cyborg;
mod flavor;
mod image;
mod ironic;
mod keypair;
mod template;
mod vm;
mod zun;

pub(crate) use cluster::CLUSTER;
pub use cluster::access;
pub(crate) use cyborg::{ACCELERATOR_REQUEST, DEVICE, DEVICE_PROFILE};
pub(crate) use flavor::FLAVOR;
pub(crate) use image::IMAGE;
pub(crate) use ironic::{NODE, NODE_PORT};
pub(crate) use keypair::KEYPAIR;
pub(crate) use template::CLUSTER_TEMPLATE;
pub(crate) use vm::VM;
pub(crate) use zun::{CAPSULE, CONTAINER};
