//! Load balancers: one request makes all of one; members come and go.
use crate::scene::everywhere;
use model::State;
use serde_json::json;

#[tokio::test]
async fn one_request_makes_listener_pool_members_and_monitor_and_one_deletion_takes_them_along() {
    everywhere((10, 10, 100), async |scene| {
        let (portal, place) = (&scene.world.portal, &scene.place);
        let spec = json!({
            "name": "front", "vip_subnet_id": "private-subnet", "port": 443, "protocol": "TCP", "monitor": "TCP",
            "members": ["10.0.0.5:8443", "10.0.0.6:8443"],
        });
        let balancer = scene.made("octavia_load_balancer", spec).await;
        assert!(balancer.metadata["vip_address"].is_string(), "{:?}", balancer.metadata);
        let list = async |slug: &str, parent: &str| portal.list_in(&scene.operator, place, slug, parent).await.unwrap();
        let listeners = list("octavia_listener", "front").await.items;
        assert_eq!((listeners.len(), &listeners[0].metadata["port"]), (1, &json!(443)));
        let pools = list("octavia_pool", "front").await.items;
        let members = list("octavia_member", pools[0].id.as_str()).await.items;
        let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["10.0.0.5:8443", "10.0.0.6:8443"]);
        scene.remove(&balancer).await.unwrap();
        scene.until(&balancer.id, State::Gone).await;
        assert_eq!(list("octavia_listener", balancer.id.as_str()).await.items, []);
    })
    .await;
}

#[tokio::test]
async fn a_member_is_added_to_a_pool_and_removed_from_it() {
    everywhere((10, 10, 100), async |scene| {
        let balancer = scene.made("octavia_load_balancer", scene.example("octavia_load_balancer").await).await;
        let portal = &scene.world.portal;
        let members = async || {
            let list = portal.list_in(&scene.operator, &scene.place, "octavia_member", "pool").await.unwrap();
            list.items.len()
        };
        let member = json!({"pool_id": "pool", "address": "10.21.0.203", "port": 8080});
        assert_eq!(members().await, 2);
        scene.act(&balancer, "add_member", member).await.unwrap();
        assert_eq!(members().await, 3, "at once: the list of before is no longer true");
        scene.pass(10).await;
        let member = json!({"pool_id": "pool", "member_id": "10.21.0.203:8080"});
        scene.act(&balancer, "remove_member", member).await.unwrap();
        scene.pass(10).await;
        assert_eq!(members().await, 2);
        // Its page has the members beside their pool, and says in which pool one is to be added.
        let contents = portal.contents(&scene.operator, &scene.place, &balancer.id).await.unwrap();
        let found: Vec<_> = contents.iter().map(|one| (one.kind.slug.as_ref(), one.of.as_deref())).collect();
        let expected = [("octavia_listener", None), ("octavia_pool", None), ("octavia_member", Some("pool"))];
        assert_eq!(found, expected);
        assert_eq!(contents[2].given, [("pool_id".to_owned(), contents[1].list.items[0].id.to_string())]);
        assert_eq!(contents[2].adds.as_deref(), Some("Add member"));
        let statistics = scene.act(&balancer, "statistics", json!({})).await.unwrap().output.unwrap();
        assert!(statistics.contains(r#""label":"Bytes in","value":"#), "{statistics}");
        let status = scene.act(&balancer, "status", json!({})).await.unwrap().output.unwrap();
        assert!(status.contains(r#""noun":"Member","name":"10.21.0.201:8080","#), "{status}");
    })
    .await;
}

#[tokio::test]
async fn a_line_that_is_no_address_and_port_is_refused_at_its_field() {
    everywhere((10, 10, 100), async |scene| {
        for members in [json!(["10.0.0.5"]), json!(["web:80"]), json!(["10.0.0.5:0"]), json!(["10.0.0.5:80 x"])] {
            let spec = json!({"name": "front", "vip_subnet_id": "private-subnet", "members": members});
            let refused = scene.provision("octavia_load_balancer", spec).await.unwrap_err();
            assert!(refused.fields().contains_key("members"), "{refused:?}");
        }
    })
    .await;
}
