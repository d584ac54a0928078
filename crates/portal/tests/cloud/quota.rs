//! Quota: never over, counted once, given back when the cloud confirms.
use crate::scene::{Scene, everywhere};
use futures_util::future::join_all;
use model::{
    Error, State,
    view::{Acted, ResourceView},
};
use serde_json::json;
use simulator::{Effect, Fault};

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

/// Asks for a volume to be larger.
async fn extend(scene: &Scene<'_>, volume: &ResourceView, size: i64) -> model::Result<Acted> {
    scene.act(volume, "extend", json!({"new_size_gb": size})).await
}

/// The ledger is the sum of the rows, whatever else.
async fn books(scene: &Scene<'_>) -> (i64, i64) {
    let ledger = scene.world.portal.ledger(&scene.operator, &scene.place).await.unwrap();
    assert_eq!(ledger.wrong(), []);
    (ledger.used.storage_gb, ledger.reserved.storage_gb)
}

async fn volume(scene: &Scene<'_>) -> ResourceView {
    scene.made("volume", json!({"name": "data", "size_gb": 40})).await
}

#[tokio::test]
async fn a_volume_that_is_extended_takes_its_new_size() {
    everywhere((10, 10, 100), async |scene| {
        let volume = volume(&scene).await;
        let larger = extend(&scene, &volume, 101).await.unwrap_err();
        assert!(matches!(larger, Error::QuotaExceeded { left, .. } if left.storage_gb == 60), "{larger:?}");
        assert_eq!(books(&scene).await, (40, 0));
        extend(&scene, &volume, 100).await.unwrap();
        for _ in 0..5 {
            scene.pass(5).await;
        }
        assert_eq!(books(&scene).await, (100, 0));
        assert_eq!(scene.view(&volume.id).await.metadata["size_gb"], json!(100));
        let page = scene.world.portal.check_drift(&scene.operator, &scene.place).await.unwrap();
        assert!(page.items.iter().all(|one| one.resource_type != "volume"), "what was asked for is no drift: {page:?}");
        scene.remove(&volume).await.unwrap();
        scene.until(&volume.id, State::Gone).await;
        assert_eq!(books(&scene).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn an_extension_that_the_cloud_refuses_takes_nothing() {
    everywhere((10, 10, 100), async |scene| {
        let volume = volume(&scene).await;
        let method = Some("POST".to_owned());
        scene.cloud.set_quotas(simulator::Quotas { gigabytes: 50, ..Default::default() });
        extend(&scene, &volume, 90).await.unwrap_err();
        assert_eq!(books(&scene).await, (40, 0));
        let effect = Effect::TooManyRequests { retry_after: 0 };
        scene.cloud.add(Fault { method, path: Some("/v3".to_owned()), effect, ..Fault::default() });
        extend(&scene, &volume, 45).await.unwrap_err();
        assert_eq!(books(&scene).await, (40, 0));
    })
    .await;
}

#[tokio::test]
async fn after_a_lost_answer_the_larger_size_is_held_until_the_cloud_shows_it() {
    for effect in [Effect::LostAnswer, Effect::LostRequest] {
        everywhere((10, 10, 100), async |scene| {
            let volume = volume(&scene).await;
            let (method, path) = (Some("POST".to_owned()), Some("/v3".to_owned()));
            scene.cloud.add(Fault { method, path, count: Some(1), effect: effect.clone(), ..Fault::default() });
            extend(&scene, &volume, 90).await.unwrap_err();
            assert_eq!(books(&scene).await, (90, 50), "{effect:?}");
            assert!(scene.provision("volume", json!({"name": "more", "size_gb": 20})).await.is_err());
            for _ in 0..30 {
                scene.pass(20).await;
            }
            let size = if effect == Effect::LostAnswer { 90 } else { 40 };
            assert_eq!(books(&scene).await, (size, 0), "{effect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_resized_server_takes_the_larger_of_both_flavors_until_that_is_confirmed_or_reverted() {
    everywhere((2, 8, 100), async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let act = async |action: &str, fields| scene.act(&server, action, fields).await;
        let settled = async |power: &str, used: (i64, i64, i64)| {
            for _ in 0..5 {
                scene.pass(5).await;
            }
            assert_eq!(scene.view(&server.id).await.metadata["power"], power);
            assert_eq!(scene.used().await, used, "{power}");
            assert_eq!(books(&scene).await.0, 0);
        };
        let (small, large) = ((1, 512, 0), (1, 2048, 0));
        let refused = act("resize", json!({"flavor_id": "m1.large"})).await.unwrap_err();
        assert!(matches!(refused, Error::QuotaExceeded { .. }), "{refused:?}");
        assert_eq!(scene.used().await, small);
        act("resize", json!({"flavor_id": "m1.small"})).await.unwrap();
        assert_eq!(scene.used().await, large);
        settled("verify_resize", large).await;
        act("revert_resize", json!({})).await.unwrap();
        settled("active", small).await;
        act("resize", json!({"flavor_id": "m1.small"})).await.unwrap();
        settled("verify_resize", large).await;
        act("confirm_resize", json!({})).await.unwrap();
        settled("active", large).await;
        act("resize", json!({"flavor_id": "c1.small"})).await.unwrap();
        settled("verify_resize", large).await;
        act("confirm_resize", json!({})).await.unwrap();
        settled("active", (1, 1024, 0)).await;
        let page = scene.world.portal.check_drift(&scene.operator, &scene.place).await.unwrap();
        assert!(page.items.iter().all(|one| one.resource_type != "vm"), "what was asked for is no drift: {page:?}");
    })
    .await;
}
