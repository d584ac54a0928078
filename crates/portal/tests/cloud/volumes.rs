//! What is done with volumes beside growing: snapshots, volumes made of them, and hanging on servers.
use crate::scene::everywhere;
use model::{Error, State};
use serde_json::json;

#[tokio::test]
async fn a_snapshot_takes_as_much_as_its_volume_and_gives_it_back() {
    everywhere((10, 10, 100), async |scene| {
        scene.made("volume", json!({"name": "data", "size_gb": 40})).await;
        let snapshot = scene.made("cinder_snapshot", json!({"name": "before", "volume_id": "data"})).await;
        assert_eq!(scene.used().await, (0, 0, 80));
        let refused = scene.provision("cinder_snapshot", json!({"name": "again", "volume_id": "data"})).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, Error::QuotaExceeded { left, .. } if left.storage_gb == 20), "{refused:?}");
        let ledger = scene.world.portal.verify_quota(&portal::Ctx::cli(), Some(scene.workspace())).await.unwrap();
        assert_eq!(ledger[0].wrong(), []);
        assert_eq!(ledger[0].cloud.as_ref().unwrap().managed.storage_gb, 80, "the cloud counts alike");
        scene.remove(&snapshot).await.unwrap();
        scene.until(&snapshot.id, State::Gone).await;
        assert_eq!(scene.used().await, (0, 0, 40));
    })
    .await;
}

#[tokio::test]
async fn a_volume_is_made_of_a_snapshot_and_not_smaller_than_it() {
    everywhere((10, 10, 200), async |scene| {
        scene.made("volume", json!({"name": "data", "size_gb": 40})).await;
        scene.made("cinder_snapshot", json!({"name": "before", "volume_id": "data"})).await;
        let copy = |size: i64| json!({"name": "copy", "size_gb": size, "snapshot_id": "before"});
        let refused = scene.provision("volume", copy(30)).await.unwrap_err();
        assert!(format!("{refused:?}").contains("smaller"), "{refused:?}");
        assert_eq!(scene.used().await, (0, 0, 80));
        scene.made("volume", copy(50)).await;
        assert_eq!(scene.used().await, (0, 0, 130));
    })
    .await;
}

#[tokio::test]
async fn a_volume_hangs_on_the_server_that_is_named_until_it_is_detached() {
    everywhere((10, 10, 100), async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let volume = scene.made("volume", json!({"name": "data", "size_gb": 1})).await;
        scene.act(&volume, "detach", json!({})).await.unwrap_err();
        scene.act(&volume, "attach", json!({"server_id": "web"})).await.unwrap();
        scene.pass(5).await;
        let attached = scene.view(&volume.id).await;
        assert_eq!(attached.metadata["attached_to"].as_str(), server.resource_id.as_ref().map(|id| id.as_str()));
        let again = scene.act(&volume, "attach", json!({"server_id": "web"})).await.unwrap_err();
        assert!(again.to_string().contains("already attached"), "{again}");
        // A snapshot is taken of it all the same.
        scene.made("cinder_snapshot", json!({"name": "while-attached", "volume_id": "data"})).await;
        scene.act(&volume, "detach", json!({})).await.unwrap();
        scene.pass(5).await;
        assert!(!scene.view(&volume.id).await.metadata.contains_key("attached_to"));
    })
    .await;
}
