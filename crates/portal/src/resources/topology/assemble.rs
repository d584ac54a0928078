//! From lists to one picture: pure.
use super::{Lists, Read};
use model::{
    ExternalId,
    view::{CloudItem, Node, NodeKind, Range, Topology, TopologyQuery, Unread, Wire},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many servers, and how many floating IPs that belong to none of them, one page has.
pub(super) const PAGE: usize = 200;
/// How many networks and routers are shown, of each.
pub(super) const MOST: usize = 200;

/// Wires by their ends, with addresses.
type Wires = BTreeMap<(ExternalId, ExternalId), Vec<String>>;

/// Puts it together, as far as the query goes.
pub(super) fn assemble(lists: &Lists, query: &TopologyQuery) -> Topology {
    let items = |slug: &str| lists.get(slug).map(|read| read.list.items.as_slice()).unwrap_or_default();
    let mut nodes: Vec<Node> = items("network").iter().map(|item| network(item, items("neutron_subnet"))).collect();
    nodes.extend(
        items("neutron_router")
            .iter()
            .map(|item| Node { addresses: list(item, "gateway"), ..node(item, NodeKind::Router) }),
    );
    nodes.extend(
        items("vm").iter().map(|item| Node { addresses: list(item, "addresses"), ..node(item, NodeKind::Server) }),
    );
    nodes.extend(items("floating_ip").iter().map(floating_ip));
    nodes.sort_by(|a, b| (a.kind, &a.name, &a.id).cmp(&(b.kind, &b.name, &b.id)));
    let kinds: BTreeMap<ExternalId, NodeKind> = nodes.iter().map(|node| (node.id.clone(), node.kind)).collect();
    let wires = wires(items("neutron_router"), items("neutron_port"), items("floating_ip"), &kinds);
    for (from, to) in wires.keys() {
        if kinds.get(to) == Some(&NodeKind::Server)
            && let Some(network) = nodes.iter_mut().find(|node| node.id == *from && is_network(node.kind))
        {
            network.servers += 1;
        }
    }
    let networks = nodes.iter().filter(|node| is_network(node.kind));
    let networks = networks.map(|node| (node.id.clone(), node.name.clone())).collect();
    if let Some(asked) = query.network.as_deref().filter(|asked| !asked.is_empty()) {
        around(asked, &mut nodes, &wires, &kinds);
    }
    let (page, pages) = page_of(&mut nodes, &wires, query.page);
    let left_out = cap(&mut nodes);
    let kept: BTreeSet<&ExternalId> = nodes.iter().map(|node| &node.id).collect();
    let wires = wires.into_iter().filter(|((from, to), _)| kept.contains(from) && kept.contains(to));
    let wires = wires.map(|((from, to), addresses)| Wire { from, to, addresses }).collect();
    Topology {
        wires,
        networks,
        page,
        pages,
        left_out,
        as_of: lists.values().filter_map(|read| read.list.as_of).min(),
        trouble: trouble(lists),
        waiting: lists.values().any(|read| read.waiting),
        nodes,
    }
}

fn is_network(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::External | NodeKind::Network)
}

fn text<'a>(item: &'a CloudItem, key: &str) -> &'a str {
    item.metadata.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Addresses that stand in one text.
fn list(item: &CloudItem, key: &str) -> Vec<String> {
    text(item, key).split(", ").filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

fn node(item: &CloudItem, kind: NodeKind) -> Node {
    Node {
        id: item.id.clone(),
        kind,
        name: if item.name.is_empty() { item.id.to_string() } else { item.name.clone() },
        state: item.state,
        provisioned: item.managed.as_ref().map(|row| row.id.clone()),
        shared: item.shared,
        subnets: Vec::new(),
        addresses: Vec::new(),
        servers: 0,
    }
}

fn network(item: &CloudItem, subnets: &[CloudItem]) -> Node {
    let external = item.metadata.get("external") == Some(&Value::Bool(true));
    let lies_in = subnets.iter().filter(|subnet| text(subnet, "network_id") == item.id.as_str());
    let range = |subnet: &CloudItem| Range { name: subnet.name.clone(), cidr: text(subnet, "cidr").to_owned() };
    Node {
        subnets: lies_in.map(range).collect(),
        ..node(item, if external { NodeKind::External } else { NodeKind::Network })
    }
}

fn floating_ip(item: &CloudItem) -> Node {
    let mut node = node(item, NodeKind::FloatingIp);
    node.addresses = list(item, "fixed_address");
    let address = text(item, "address");
    if !address.is_empty() {
        node.name = address.to_owned();
    }
    node
}

/// What is connected with what, from the outside in. What is not among the nodes, because it is another project's, is left
/// out.
fn wires(
    routers: &[CloudItem],
    ports: &[CloudItem],
    floating_ips: &[CloudItem],
    kinds: &BTreeMap<ExternalId, NodeKind>,
) -> Wires {
    let mut wires = Wires::new();
    let known = |id: &str| kinds.get_key_value(&ExternalId::new(id));
    let mut wire = |from: &ExternalId, to: &ExternalId, addresses: Vec<String>| {
        let there = wires.entry((from.clone(), to.clone())).or_default();
        there.extend(addresses.into_iter().filter(|one| !there.contains(one)).collect::<Vec<_>>());
    };
    for router in routers {
        if let Some((outside, _)) = known(text(router, "gateway_network")) {
            wire(outside, &router.id, list(router, "gateway"));
        }
    }
    for port in ports {
        let Some((network, kind)) = known(text(port, "network_id")) else { continue };
        match known(text(port, "device_id")) {
            Some((router, NodeKind::Router)) if *kind == NodeKind::Network => {
                wire(router, network, list(port, "addresses"));
            }
            Some((device, NodeKind::Router | NodeKind::Server)) => wire(network, device, list(port, "addresses")),
            _ => {}
        }
    }
    let devices: BTreeMap<&str, &str> = ports.iter().map(|port| (port.id.as_str(), text(port, "device_id"))).collect();
    for ip in floating_ips {
        if let Some((outside, _)) = known(text(ip, "floating_network")) {
            wire(outside, &ip.id, Vec::new());
        }
        let device = devices.get(text(ip, "port_id")).and_then(|device| known(device));
        if let Some((server, NodeKind::Server)) = device {
            wire(&ip.id, server, list(ip, "fixed_address"));
        }
    }
    wires
}

/// Keeps what is connected with one network, and all that this in turn is connected with: of each router and server that is
/// shown, everything is.
fn around(asked: &str, nodes: &mut Vec<Node>, wires: &Wires, kinds: &BTreeMap<ExternalId, NodeKind>) {
    let meant = |node: &Node| {
        let row = node.provisioned.as_ref().is_some_and(|row| row.as_str() == asked);
        is_network(node.kind) && (node.id.as_str() == asked || row || node.name == asked)
    };
    let mut kept: BTreeSet<&ExternalId> = BTreeSet::new();
    kept.extend(nodes.iter().filter(|node| meant(node)).filter_map(|node| Some(kinds.get_key_value(&node.id)?.0)));
    let steps: [fn(NodeKind) -> bool; 3] =
        [is_network, |kind| !is_network(kind), |kind| matches!(kind, NodeKind::Server | NodeKind::FloatingIp)];
    for leads_on in steps {
        let leads = |id: &ExternalId| kept.contains(id) && kinds.get(id).copied().is_some_and(leads_on);
        let reached = wires.keys().filter_map(|(from, to)| match (leads(from), leads(to)) {
            (true, _) => Some(to),
            (_, true) => Some(from),
            _ => None,
        });
        let reached: Vec<&ExternalId> = reached.collect();
        kept.extend(reached);
    }
    nodes.retain(|node| kept.contains(&node.id));
}

/// Keeps a page of servers, with their floating IPs, and a page of those floating IPs that belong to none.
fn page_of(nodes: &mut Vec<Node>, wires: &Wires, asked: Option<i64>) -> (usize, usize) {
    let servers: Vec<ExternalId> =
        nodes.iter().filter(|node| node.kind == NodeKind::Server).map(|node| node.id.clone()).collect();
    let among: BTreeSet<&ExternalId> = servers.iter().collect();
    let bound: BTreeMap<&ExternalId, &ExternalId> =
        wires.keys().filter(|(_, to)| among.contains(to)).map(|(from, to)| (from, to)).collect();
    let of_server = |node: &Node| bound.get(&node.id).copied();
    let free: Vec<ExternalId> = nodes
        .iter()
        .filter(|node| node.kind == NodeKind::FloatingIp && of_server(node).is_none())
        .map(|node| node.id.clone())
        .collect();
    let pages = servers.len().max(free.len()).div_ceil(PAGE).max(1);
    let page = usize::try_from(asked.unwrap_or(1)).unwrap_or(1).clamp(1, pages);
    let part = |all: &[ExternalId]| -> BTreeSet<ExternalId> {
        all.iter().skip((page - 1) * PAGE).take(PAGE).cloned().collect()
    };
    let (here, free) = (part(&servers), part(&free));
    nodes.retain(|node| match node.kind {
        NodeKind::Server => here.contains(&node.id),
        NodeKind::FloatingIp => of_server(node).map_or_else(|| free.contains(&node.id), |server| here.contains(server)),
        _ => true,
    });
    (page, pages)
}

/// Keeps so many networks and routers; which kinds had more, and how many.
fn cap(nodes: &mut Vec<Node>) -> Vec<(NodeKind, usize)> {
    let mut counts: BTreeMap<NodeKind, usize> = BTreeMap::new();
    nodes.retain(|node| {
        let count = counts.entry(node.kind).or_default();
        *count += 1;
        *count <= MOST || matches!(node.kind, NodeKind::Server | NodeKind::FloatingIp)
    });
    let capped = |kind: &NodeKind| !matches!(kind, NodeKind::Server | NodeKind::FloatingIp);
    counts.into_iter().filter(|(kind, count)| capped(kind) && *count > MOST).map(|(kind, n)| (kind, n - MOST)).collect()
}

/// What could not be read or is old, each reason once.
fn trouble(lists: &Lists) -> Vec<Unread> {
    let mut all: Vec<Unread> = Vec::new();
    for Read { kind, list, .. } in lists.values() {
        let Some(why) = &list.trouble else { continue };
        let (name, missing) = (kind.kind.plural.to_string(), list.as_of.is_none());
        match all.iter_mut().find(|one| one.why == *why && one.missing == missing) {
            Some(one) => one.what.push(name),
            None => all.push(Unread { what: vec![name], missing, why: why.clone() }),
        }
    }
    all
}
