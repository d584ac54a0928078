//! Bare metal: Ironic's nodes and their ports, which are the administrators' business.
mod node;
mod port;

pub(crate) use node::NODE;
pub(crate) use port::NODE_PORT;

use openstack::Microversion;

/// The first with all the fields of nodes that are shown or asked for, as it was recorded.
const VERSION: Option<Microversion> = Some(Microversion(1, 81));
