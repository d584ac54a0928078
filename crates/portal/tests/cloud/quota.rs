//! Quota: never over, counted once, given back when the cloud confirms.
use crate::scene::everywhere;
use futures_util::future::join_all;
use model::{Error, State};
use serde_json::json;

#[tokio::test]
async fn fifty_callers_against_a_quota_for_ten_make_ten() {
    everywhere((10, 200, 2000), async |scene| {
        let names: Vec<String> = (0..50).map(|number| format!("vm-{number}")).collect();
        let answers = join_all(names.iter().map(|name| scene.server(name))).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 10);
        for refusal in refused {
            assert!(matches!(refusal, Err(Error::QuotaExceeded { left, .. }) if left.vcpus == 0));
        }
        assert_eq!(scene.posts("/servers").len(), 10);
        assert_eq!(scene.used().await, (10, 10 * 512, 0));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_volume_gives_its_quota_back_once_the_cloud_confirms() {
    everywhere((10, 10, 100), async |scene| {
        let volume = scene.provision("volume", json!({"name": "data", "size_gb": 60})).await.unwrap().view;
        scene.until(&volume.id, State::Active).await;
        let refused = scene.provision("volume", json!({"name": "more", "size_gb": 60})).await.unwrap_err();
        assert!(refused.detail().contains("40 left"), "{}", refused.detail());
        scene.remove(&volume).await.unwrap();
        scene.until(&volume.id, State::Gone).await;
        assert_eq!(scene.used().await, (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_the_cloud_refuses_costs_nothing_and_stays_to_be_read() {
    everywhere((10, 10, 100), async |scene| {
        scene.provision("network", json!({"name": "net", "subnet_cidr": "10.9.0.0/24"})).await.unwrap();
        let network = json!({"name": "a", "network_id": "net", "cidr": "10.9.0.0/24"});
        let refused = scene.provision("neutron_subnet", network).await.unwrap_err();
        assert_eq!(refused.status(), 400, "{refused:?}");
        let query = model::view::InventoryQuery { status: Some("failed".to_owned()), ..Default::default() };
        let failed = scene.world.portal.inventory(&scene.operator, scene.workspace(), None, &query).await.unwrap();
        assert_eq!(failed.items.len(), 1);
        assert!(failed.items[0].fault.as_deref().unwrap().contains("overlap"), "{:?}", failed.items[0].fault);
    })
    .await;
}
