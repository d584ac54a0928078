//! The network topology of a place, against the simulator.
use crate::scene::{Scene, everywhere};
use model::{
    Error,
    view::{Node, NodeKind, Topology, TopologyQuery},
};
use serde_json::json;
use simulator::{Effect, Fault};

impl Scene<'_> {
    async fn topology(&self) -> Topology {
        let query = TopologyQuery::default();
        self.world.portal.topology(&self.operator, &self.place, &query).await.unwrap()
    }
}

fn named<'a>(topology: &'a Topology, kind: NodeKind, name: &str) -> &'a Node {
    topology.of(kind).find(|node| node.name == name).unwrap_or_else(|| panic!("no {name}: {topology:?}"))
}

fn beside(topology: &Topology, node: &Node, kind: NodeKind) -> Vec<String> {
    topology.beside(&node.id, kind).map(|(other, _)| other.name.clone()).collect()
}

#[tokio::test]
async fn what_is_connected_in_the_cloud_is_connected_in_the_topology() {
    everywhere((10, 10, 100), async |scene| {
        let backend = scene.made("network", json!({"name": "backend", "subnet_cidr": "10.77.0.0/24"})).await;
        let router = scene.made("neutron_router", json!({"name": "edge", "external_network_id": "public"})).await;
        scene.act(&router, "add_interface", json!({"subnet_id": "backend-subnet"})).await.unwrap();
        let server = json!({
            "name": "web", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": "backend",
        });
        let server = scene.made("vm", server).await;
        let ip = scene.made("floating_ip", json!({"network_name": "public", "server_id": "web"})).await;
        scene.make_outside("network", json!({"name": "by-hand"})).await;
        scene.world.clock.advance(crate::world::SECOND * 10);
        let topology = scene.topology().await;
        assert_eq!(topology.trouble, []);
        let network = named(&topology, NodeKind::Network, "backend");
        assert_eq!((network.provisioned.as_ref(), network.servers), (Some(&backend.id), 1));
        assert_eq!(network.subnets[0].cidr, "10.77.0.0/24");
        assert_eq!(beside(&topology, network, NodeKind::Router), ["edge"]);
        assert_eq!(beside(&topology, network, NodeKind::Server), ["web"]);
        let edge = named(&topology, NodeKind::Router, "edge");
        assert_eq!(beside(&topology, edge, NodeKind::External), ["public"]);
        let web = named(&topology, NodeKind::Server, "web");
        assert_eq!(web.provisioned.as_ref(), Some(&server.id));
        let bound: Vec<_> =
            topology.beside(&web.id, NodeKind::FloatingIp).map(|(ip, _)| ip.provisioned.clone()).collect();
        assert_eq!(bound, [Some(ip.id)]);
        assert_eq!(named(&topology, NodeKind::Network, "by-hand").provisioned, None, "it was made outside");
        let public = named(&topology, NodeKind::External, "public");
        assert!(public.shared && public.provisioned.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_topology_of_a_place_is_none_of_a_strangers_business() {
    everywhere((10, 10, 100), async |scene| {
        let stranger = scene.world.user("sam").await;
        let query = TopologyQuery::default();
        let refused = scene.world.portal.topology(&stranger, &scene.place, &query).await.unwrap_err();
        assert!(matches!(refused, Error::NotFound { .. }), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_service_that_fails_leaves_its_part_out_and_that_is_said() {
    everywhere((10, 10, 100), async |scene| {
        scene.server("web").await.unwrap();
        let path = Some("/v2.0/".to_owned());
        scene.cloud.add(Fault { path, effect: Effect::InternalError, ..Fault::default() });
        scene.world.clock.advance(crate::world::SECOND * 3600);
        let topology = scene.topology().await;
        assert_eq!(topology.of(NodeKind::Server).count(), 1, "Nova answers");
        let said: Vec<String> = topology.trouble.iter().flat_map(|one| one.what.clone()).collect();
        assert!(said.contains(&"Routers".to_owned()) && !said.contains(&"Servers".to_owned()), "{said:?}");
    })
    .await;
}
