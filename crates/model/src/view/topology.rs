//! The topology of a place: its networks, routers, servers and floating IPs, and what is connected with what.
use super::Timestamp;
use crate::{ExternalId, ResourceId, State};
use serde::{Deserialize, Serialize};

/// Which part of it. Also the query of its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopologyQuery {
    /// Only what is connected with this network: its id, its row's, or its name.
    pub network: Option<String>,
    /// Which page of servers and floating IPs, from 1 on.
    pub page: Option<i64>,
}

/// Networks, routers, servers and floating IPs of a place, as far as one picture holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// By kind, then by name.
    pub nodes: Vec<Node>,
    /// What is connected with what. Both ends are among the nodes.
    pub wires: Vec<Wire>,
    /// Every network by id and name, whatever the query was.
    pub networks: Vec<(ExternalId, String)>,
    /// Which page of servers and floating IPs this is.
    pub page: usize,
    /// How many there are; at least 1.
    pub pages: usize,
    /// Networks and routers that did not fit, and how many.
    pub left_out: Vec<(NodeKind, usize)>,
    /// When the oldest of what it is made of was read; none when nothing was.
    pub as_of: Option<Timestamp>,
    /// What could not be read, or is old.
    pub trouble: Vec<Unread>,
    /// Whether a service has not answered yet, and may at the next look.
    pub waiting: bool,
}

/// Lists that could not be read, or are old, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The kinds, in the plural.
    pub what: Vec<String>,
    /// Whether nothing at all is known of them, instead of something old.
    pub missing: bool,
    /// Why.
    pub why: String,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A network that leads outside.
    External,
    /// A router.
    Router,
    /// A network of the project's own, or shared with it.
    Network,
    /// A server.
    Server,
    /// A floating IP.
    FloatingIp,
}

impl NodeKind {
    /// As it stands in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Router => "router",
            Self::Network => "network",
            Self::Server => "server",
            Self::FloatingIp => "floating_ip",
        }
    }
    /// The slug of the kind whose list has such things.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::External | Self::Network => "network",
            Self::Router => "neutron_router",
            Self::Server => "vm",
            Self::FloatingIp => "floating_ip",
        }
    }
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The cloud's id; the row's while the cloud has none.
    pub id: ExternalId,
    /// What it is.
    pub kind: NodeKind,
    /// Its name; of a floating IP its address.
    pub name: String,
    /// What it is doing.
    pub state: State,
    /// Our row, if the platform keeps it; otherwise it was made outside.
    pub provisioned: Option<ResourceId>,
    /// Belongs to another project and is shared or external.
    pub shared: bool,
    /// A network's subnets, as far as the project may see them.
    pub subnets: Vec<Range>,
    /// A router's gateway addresses, a server's addresses, the address that a floating IP leads to.
    pub addresses: Vec<String>,
    /// How many servers of the project are in a network, on all pages.
    pub servers: usize,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Its name.
    pub name: String,
    /// Its addresses, such as `10.0.0.0/24`.
    pub cidr: String,
}

/// Two things that are connected: a network with a router or a server, a floating IP with its network or its server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    /// What is nearer to the outside.
    pub from: ExternalId,
    /// What is further from it.
    pub to: ExternalId,
    /// The addresses that the router or the server has there.
    pub addresses: Vec<String>,
}

/// Topology as a page is given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The topology.
    pub topology: Topology,
    /// Whether the caller may create.
    pub may: bool,
}

impl Topology {
    /// The nodes of a kind.
    pub fn of(&self, kind: NodeKind) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// What a node is connected with, of a kind, and the addresses there.
    pub fn beside(&self, id: &ExternalId, kind: NodeKind) -> impl Iterator<Item = (&Node, &Wire)> {
        self.wires.iter().filter_map(move |wire| {
            let other = match (wire.from == *id, wire.to == *id) {
                (true, _) => &wire.to,
                (_, true) => &wire.from,
                _ => return None,
            };
            let node = self.nodes.iter().find(|node| node.id == *other && node.kind == kind)?;
            Some((node, wire))
        })
    }
}
