//! What is put together from lists.
use super::{
    Lists, Read,
    assemble::{MOST, PAGE, assemble},
};
use model::{
    ExternalId, State,
    view::{CloudItem, CloudList, NodeKind, Timestamp, Topology, TopologyQuery},
};
use serde_json::{Value, json};

fn item(id: &str, metadata: &Value) -> CloudItem {
    let metadata = metadata.as_object().unwrap().clone();
    let (id, name) = (ExternalId::new(id), format!("the {id}"));
    CloudItem { id, name, state: State::Active, metadata, managed: None, shared: false }
}

fn lists(all: impl IntoIterator<Item = (&'static str, Vec<CloudItem>)>) -> Lists {
    let list = |items| CloudList { items, as_of: Some(Timestamp(7)), trouble: None, next: None };
    let read = |slug, items| Read { kind: services::find(slug).unwrap(), list: list(items), waiting: false };
    all.into_iter().map(|(slug, items)| (slug, read(slug, items))).collect()
}

/// An external network, a router, two networks, a server in both and one in the second, two floating IPs.
fn example() -> Lists {
    let port = |id: &str, network: &str, device: &str, address: &str| {
        item(id, &json!({"network_id": network, "device_id": device, "addresses": address}))
    };
    lists([
        ("network", vec![item("ext", &json!({"external": true})), item("one", &json!({})), item("two", &json!({}))]),
        ("neutron_subnet", vec![item("sub", &json!({"network_id": "one", "cidr": "10.0.0.0/24"}))]),
        ("neutron_router", vec![item("r", &json!({"gateway_network": "ext", "gateway": "203.0.113.2"}))]),
        (
            "neutron_port",
            vec![
                port("p1", "one", "r", "10.0.0.1"),
                port("p2", "one", "both", "10.0.0.5"),
                port("p3", "two", "both", "10.1.0.5"),
                port("p4", "two", "second", "10.1.0.6"),
                port("p5", "two", "a dhcp agent", "10.1.0.2"),
                port("p6", "another project's", "second", "10.9.0.2"),
            ],
        ),
        (
            "floating_ip",
            vec![
                item(
                    "f1",
                    &json!({"floating_network": "ext", "address": "203.0.113.9", "port_id": "p2", "fixed_address": "10.0.0.5"}),
                ),
                item("f2", &json!({"floating_network": "ext", "address": "203.0.113.8"})),
            ],
        ),
        ("vm", vec![item("both", &json!({})), item("second", &json!({}))]),
    ])
}

fn wires(topology: &Topology) -> Vec<String> {
    let said = |wire: &model::view::Wire| format!("{}-{} {}", wire.from, wire.to, wire.addresses.join("+"));
    topology.wires.iter().map(said).collect()
}

fn ids(topology: &Topology, kind: NodeKind) -> Vec<&str> {
    topology.of(kind).map(|node| node.id.as_str()).collect()
}

#[test]
fn what_is_in_two_networks_is_there_once_with_two_wires() {
    let topology = assemble(&example(), &TopologyQuery::default());
    assert_eq!(
        wires(&topology),
        [
            "ext-f1 ",
            "ext-f2 ",
            "ext-r 203.0.113.2",
            "f1-both 10.0.0.5",
            "one-both 10.0.0.5",
            "r-one 10.0.0.1",
            "two-both 10.1.0.5",
            "two-second 10.1.0.6",
        ]
    );
    assert_eq!(ids(&topology, NodeKind::Server), ["both", "second"]);
    assert_eq!(topology.of(NodeKind::Network).map(|node| node.servers).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(topology.of(NodeKind::Network).next().unwrap().subnets[0].cidr, "10.0.0.0/24");
    assert_eq!(
        topology.of(NodeKind::FloatingIp).map(|node| node.name.as_str()).collect::<Vec<_>>(),
        ["203.0.113.8", "203.0.113.9"]
    );
}

#[test]
fn of_one_network_there_is_what_is_connected_with_it_and_all_that_this_is_connected_with() {
    let of = |network: &str| {
        let query = TopologyQuery { network: Some(network.to_owned()), page: None };
        let topology = assemble(&example(), &query);
        topology.nodes.iter().map(|node| node.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of("one"), ["ext", "r", "one", "two", "both", "f1"]);
    assert_eq!(of("the two"), ["ext", "one", "two", "both", "second", "f1"], "by its name");
    assert!(of("none-such").is_empty());
}

#[test]
fn a_page_has_no_more_than_a_picture_holds_and_all_pages_together_have_all() {
    let many = |start: &str, count: usize| (0..count).map(|n| item(&format!("{start}{n:05}"), &json!({}))).collect();
    let servers: Vec<CloudItem> = many("s", 2 * PAGE + 7);
    let port = |server: &CloudItem| {
        item(
            &format!("p-{}", server.id),
            &json!({"network_id": "n00000", "device_id": server.id, "addresses": "10.0.0.9"}),
        )
    };
    let ports = servers.iter().map(port).collect();
    let lists = lists([
        ("vm", servers),
        ("neutron_port", ports),
        ("network", many("n", MOST + 3)),
        ("floating_ip", many("f", 10)),
    ]);
    let page = |page| assemble(&lists, &TopologyQuery { network: None, page: Some(page) });
    let counts: Vec<usize> = (1..=3).map(|n| page(n).of(NodeKind::Server).count()).collect();
    assert_eq!((counts.as_slice(), page(1).pages), ([PAGE, PAGE, 7].as_slice(), 3));
    assert_eq!(page(3).of(NodeKind::FloatingIp).count(), 0);
    assert_eq!((page(99).page, page(-1).page), (3, 1), "there is no page behind the last");
    assert_eq!(page(2).left_out, [(NodeKind::Network, 3)]);
    assert_eq!(page(2).of(NodeKind::Network).next().unwrap().servers, 2 * PAGE + 7);
    assert_eq!(page(2).wires.len(), PAGE, "both ends of each are there");
}

#[test]
fn what_could_not_be_read_is_said_once_for_each_reason() {
    let mut lists = example();
    for slug in ["neutron_router", "neutron_port"] {
        let list = &mut lists.get_mut(slug).unwrap().list;
        (list.trouble, list.as_of) = (Some("Neutron has not answered yet.".to_owned()), None);
        list.items.clear();
    }
    let topology = assemble(&lists, &TopologyQuery::default());
    let said: Vec<(String, bool)> = topology.trouble.iter().map(|one| (one.what.join(", "), one.missing)).collect();
    assert_eq!(said, [("Ports, Routers".to_owned(), true)]);
    assert_eq!(ids(&topology, NodeKind::Server), ["both", "second"], "the rest is there");
}
