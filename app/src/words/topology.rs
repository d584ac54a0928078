//! Words of the page of the network topology.
use model::view::NodeKind;

/// The page.
pub const TOPOLOGY: &str = "Network topology";
/// The picture, for those who do not see it.
pub const PICTURE_HELP: &str = "From left to right: external networks, routers, networks and servers. Lines connect what is connected; the same stands in the tables below.";
/// A place without networks.
pub const NO_TOPOLOGY: &str = "Nothing is connected yet";
/// A place without networks: what the page is for, and what to do.
pub const NO_TOPOLOGY_HELP: &str = "Networks, the routers between them and the servers on them are drawn here. Begin with a network and its subnet; a router then leads it outside.";
/// The filter.
pub const ALL_NETWORKS: &str = "All networks";
/// What the filter chooses.
pub const NETWORK: &str = "Network";
/// Zooms.
pub const ZOOM: &str = "Zoom";
/// Larger.
pub const ZOOM_IN: &str = "Larger";
/// Smaller.
pub const ZOOM_OUT: &str = "Smaller";
/// As large as there is room.
pub const FIT: &str = "Fit";
/// The frame of the picture, which scrolls.
pub const PICTURE: &str = "Picture of the network topology";
/// What the lines and colours mean.
pub const LEGEND: &str = "Legend";
/// A box with a whole border.
pub const LEGEND_KEPT: &str = "Made here";
/// A box with a broken border.
pub const LEGEND_OUTSIDE: &str = "Made outside, or shared with you";
/// A pill.
pub const LEGEND_FLOATING: &str = "Floating IP";
/// A dot.
pub const LEGEND_ACTIVE: &str = "Active";
/// A dot.
pub const LEGEND_CHANGING: &str = "Changing";
/// A dot.
pub const LEGEND_FAILED: &str = "Failed or vanished";
/// A column.
pub const SUBNETS: &str = "Subnets";
/// A column.
pub const ROUTERS: &str = "Routers";
/// A column.
pub const SERVERS: &str = "Servers";
/// A column.
pub const NETWORKS: &str = "Networks";
/// A column.
pub const FLOATING_IPS: &str = "Floating IPs";
/// A column.
pub const GATEWAY: &str = "Gateway";
/// A column.
pub const ADDRESS: &str = "Address";
/// A column.
pub const EXTERNAL_NETWORK: &str = "External network";
/// A column.
pub const BOUND_TO: &str = "Bound to";
/// Something is waited for.
pub const TOPOLOGY_WAITS: &str = "This page looks again by itself.";
/// A network that leads outside.
pub const EXTERNAL: &str = "External";
/// Lists that could not be read.
pub const PART_MISSING: &str = "are missing here.";
/// Lists that are old.
pub const PART_OLD: &str = "may be out of date.";

/// What a node is.
pub const fn node(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::External => "External network",
        NodeKind::Router => "Router",
        NodeKind::Network => "Network",
        NodeKind::Server => "Server",
        NodeKind::FloatingIp => "Floating IP",
    }
}

/// Many of them.
pub const fn nodes(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::External => "External networks",
        NodeKind::Router => ROUTERS,
        NodeKind::Network => NETWORKS,
        NodeKind::Server => SERVERS,
        NodeKind::FloatingIp => FLOATING_IPS,
    }
}

/// Servers of a network that are not drawn.
pub fn more_servers(count: usize) -> String {
    format!("+ {count} more server{}", if count == 1 { "" } else { "s" })
}

/// Lines of a box that do not fit.
pub fn more(count: usize) -> String {
    format!("+ {count} more")
}

/// Networks or routers that did not fit into the picture.
pub fn left_out(kind: NodeKind, count: usize) -> String {
    format!(
        "{count} more {} are left out. Choose a network to see what is connected with it.",
        nodes(kind).to_lowercase()
    )
}

/// Which page of servers this is.
pub fn page_of(page: usize, pages: usize) -> String {
    format!("Servers and floating IPs: page {page} of {pages}.")
}
