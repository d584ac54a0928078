//! What we offer: one file per kind, and the catalogue that lists them.
//!
//! A kind is a [`Definition`]: constants for its requests, the mapping of the cloud's words into ours, where its tag
//! lives, and pure functions for what differs. What is common to all kinds is written once, in the portal.

pub mod ask;
pub mod clients;
mod compute;
pub mod definition;
pub mod limits;
mod networking;
mod plain;
pub mod seen;
mod storage;
pub mod tag;

pub use ask::{ActAsk, Ask, Facts};
pub use compute::access;
pub use definition::{Act, Again, Around, ClusterWork, Deed, Definition, Kept, Lookup, Part, Step, Unkept, What};
pub use seen::Seen;
pub use storage::swift::object;
pub use tag::Tag;

/// Every kind, in the order of the navigation.
pub static CATALOGUE: &[&Definition] = &[
    &compute::VM,
    &compute::KEYPAIR,
    &compute::CLUSTER,
    &compute::CONTAINER,
    &compute::CAPSULE,
    &compute::IMAGE,
    &compute::FLAVOR,
    &compute::CLUSTER_TEMPLATE,
    &compute::ACCELERATOR_REQUEST,
    &compute::NODE,
    &compute::NODE_PORT,
    &compute::DEVICE,
    &compute::DEVICE_PROFILE,
    &storage::VOLUME,
    &storage::SNAPSHOT,
    &storage::VOLUME_TYPE,
    &storage::SHARE,
    &storage::ACCESS_RULE,
    &storage::EXPORT_LOCATION,
    &storage::SHARE_SNAPSHOT,
    &storage::SHARE_NETWORK,
    &storage::SHARE_TYPE,
    &storage::OBJECT_CONTAINER,
    &storage::OBJECT,
    &networking::NETWORK,
    &networking::SUBNET,
    &networking::ROUTER,
    &networking::FLOATING_IP,
    &networking::SECURITY_GROUP,
    &networking::SECURITY_GROUP_RULE,
    &networking::PORT,
    &networking::LOAD_BALANCER,
    &networking::LISTENER,
    &networking::POOL,
    &networking::MEMBER,
    &networking::ZONE,
    &networking::RECORDSET,
    &networking::DISTRIBUTION,
];

/// The kinds that lie in things of that kind.
pub fn within(slug: &str) -> impl Iterator<Item = &'static Definition> {
    let lies = move |kind: &&Definition| kind.kind.parent.as_ref().is_some_and(|parent| parent.kind == slug);
    CATALOGUE.iter().copied().filter(lies)
}

/// The kind of that slug.
pub fn find(slug: &str) -> Option<&'static Definition> {
    CATALOGUE.iter().copied().find(|definition| definition.kind.slug == slug)
}
