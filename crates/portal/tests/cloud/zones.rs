//! Zones, their record sets, and the names of floating IPs.
use crate::scene::{Scene, everywhere};
use model::{Error, view::ResourceView};
use serde_json::json;

impl Scene<'_> {
    async fn zone(&self, name: &str) -> ResourceView {
        self.made("designate_zone", json!({"name": name, "email": "dns@example.com"})).await
    }

    async fn records(&self, zone: &str) -> Vec<String> {
        let portal = &self.world.portal;
        let list = portal.list_in(&self.operator, &self.place, "designate_recordset", zone).await.unwrap();
        list.items.into_iter().map(|item| item.name).collect()
    }
}

#[tokio::test]
async fn a_zones_name_ends_without_a_dot_here_and_with_one_in_the_cloud() {
    everywhere((10, 10, 100), async |scene| {
        let zone = scene.zone("shop.example.").await;
        assert_eq!(zone.resource_name, "shop.example");
        assert_eq!(zone.metadata["domain"], "shop.example.");
        let page = scene.compare().await;
        let found = page.items.iter().find(|one| one.resource_type == "designate_zone");
        assert_eq!(found, None, "the dot is no difference");
        let refused = scene.provision("designate_zone", json!({"name": "com", "email": "a@b.example"})).await;
        assert!(refused.unwrap_err().fields().contains_key("name"));
        let refused = scene.provision("designate_zone", json!({"name": "b.example", "email": "nobody"})).await;
        assert!(refused.unwrap_err().fields().contains_key("email"));
    })
    .await;
}

#[tokio::test]
async fn record_sets_are_added_changed_and_removed_by_their_name_within_the_zone() {
    everywhere((10, 10, 100), async |scene| {
        let zone = scene.zone("shop.example").await;
        assert_eq!(scene.records("shop.example").await, ["@ NS", "@ SOA"]);
        let add = json!({"record_name": "www", "type": "A", "records": ["192.0.2.7", "192.0.2.8"]});
        scene.act(&zone, "create_recordset", add.clone()).await.unwrap();
        assert_eq!(scene.records("shop.example").await, ["@ NS", "@ SOA", "www A"]);
        let twice = scene.act(&zone, "create_recordset", add).await.unwrap_err();
        assert!(matches!(twice, Error::Refused { .. }), "{twice:?}");
        let change = json!({"recordset_id": "www A", "records": ["192.0.2.9"]});
        scene.act(&zone, "update_recordset", change).await.unwrap();
        let bad = json!({"record_name": "bad", "type": "A", "records": ["not-an-address"]});
        let bad = scene.act(&zone, "create_recordset", bad).await.unwrap_err();
        assert!(bad.fields()["records"][0].contains("not-an-address"), "before anything is sent: {bad:?}");
        let bad = json!({"recordset_id": "www A", "records": ["www.example."]});
        let bad = scene.act(&zone, "update_recordset", bad).await.unwrap_err();
        assert!(bad.fields().contains_key("records"), "by the type that it has: {bad:?}");
        for (action, more) in [("delete_recordset", json!({})), ("update_recordset", json!({"records": ["ns."]}))] {
            let mut asked = more;
            asked["recordset_id"] = json!("@ SOA");
            let refused = scene.act(&zone, action, asked).await.unwrap_err();
            assert!(refused.fields().contains_key("recordset_id"), "Designate keeps it itself: {refused:?}");
        }
        scene.pass(5).await;
        scene.act(&zone, "delete_recordset", json!({"recordset_id": "www A"})).await.unwrap();
        scene.pass(5).await;
        assert_eq!(scene.records("shop.example").await, ["@ NS", "@ SOA"]);
    })
    .await;
}

#[tokio::test]
async fn a_floating_ip_is_given_a_name_and_loses_it() {
    everywhere((10, 10, 100), async |scene| {
        let address = scene.made("floating_ip", scene.example("floating_ip").await).await;
        let name = async || scene.act(&address, "ptr", json!({})).await.unwrap().output.unwrap();
        scene.act(&address, "set_ptr", json!({"ptrdname": "www.shop.example"})).await.unwrap();
        assert_eq!(name().await, "www.shop.example");
        scene.act(&address, "unset_ptr", json!({})).await.unwrap();
        assert_eq!(name().await, "It has none.");
        let bad = scene.act(&address, "set_ptr", json!({"ptrdname": "no name"})).await.unwrap_err();
        assert!(bad.fields().contains_key("ptrdname"), "{bad:?}");
    })
    .await;
}
