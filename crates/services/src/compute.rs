//! Compute: Nova, Glance, Magnum.
mod cluster;
mod flavor;
mod image;
mod keypair;
mod template;
mod vm;

pub(crate) use cluster::CLUSTER;
pub(crate) use flavor::FLAVOR;
pub(crate) use image::IMAGE;
pub(crate) use keypair::KEYPAIR;
pub(crate) use template::CLUSTER_TEMPLATE;
pub(crate) use vm::VM;
