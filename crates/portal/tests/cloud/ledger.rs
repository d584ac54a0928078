//! The quota ledger: what it says, and how a wrong one is found.
use crate::{
    scene::{Scene, everywhere},
    world::code,
};
use model::{
    State, Usage,
    ledger::{Dimension, Ledger},
};
use portal::Ctx;
use serde_json::json;
use simulator::{Effect, Fault};

async fn verify(scene: &Scene<'_>) -> Ledger {
    let ledgers = scene.world.portal.verify_quota(&Ctx::cli(), Some(scene.workspace())).await.unwrap();
    let [ledger] = &ledgers[..] else { panic!("{ledgers:?}") };
    ledger.clone()
}

#[tokio::test]
async fn a_ledger_tells_what_is_used_promised_and_what_the_cloud_says() {
    everywhere((10, 10, 100), async |scene| {
        let server = scene.server("web").await.unwrap().view;
        scene.until(&server.id, State::Active).await;
        let volume = scene.provision("volume", json!({"name": "data", "size_gb": 6})).await.unwrap().view;
        scene.until(&volume.id, State::Active).await;
        scene.make_outside("volume", json!({"name": "byhand", "size": 3})).await;
        let method = Some("POST".to_owned());
        scene.cloud.add(Fault { method, count: Some(1), effect: Effect::LostRequest, ..Fault::default() });
        scene.provision("volume", json!({"name": "late", "size_gb": 4})).await.unwrap();
        let ledger = verify(&scene).await;
        assert_eq!(ledger.used, Usage { vcpus: 1, ram_mib: 512, storage_gb: 10 });
        assert_eq!((ledger.rows, ledger.reserved), (ledger.used, Usage::storage(4)));
        let said = ledger.cloud.unwrap();
        assert_eq!(said.managed, Usage { vcpus: 1, ram_mib: 512, storage_gb: 6 });
        assert_eq!(said.unmanaged, Usage::storage(3));
        let counted = said.limits.iter().filter_map(|limit| Some((limit.dimension?, limit.used)));
        let used: Vec<_> = counted.collect();
        assert_eq!(used, [(Dimension::Vcpus, 1), (Dimension::RamMib, 512), (Dimension::StorageGb, 9)]);
        let others: Vec<_> = said.limits.iter().filter(|limit| limit.dimension.is_none()).collect();
        assert_eq!(others[0].what, "Shares");
        assert_eq!((others.len(), others[0].used), (5, 0), "of the shared file systems");
        assert!(said.limits.iter().all(|limit| limit.limit.is_some()) && said.trouble.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_ledger_that_is_not_the_sum_of_its_rows_is_found() {
    everywhere((10, 10, 100), async |scene| {
        scene.provision("volume", json!({"name": "data", "size_gb": 6})).await.unwrap();
        assert_eq!(verify(&scene).await.wrong(), []);
        scene.world.sql("UPDATE bindings SET used_storage_gb = 7".to_owned()).await;
        assert_eq!(verify(&scene).await.wrong(), [(Dimension::StorageGb, 7, 6)]);
    })
    .await;
}

#[tokio::test]
async fn a_cloud_that_does_not_answer_is_told_in_the_ledger() {
    everywhere((10, 10, 100), async |scene| {
        scene.server("web").await.unwrap();
        scene.cloud.add(Fault { service: Some("block-storage".to_owned()), ..Fault::default() });
        let said = verify(&scene).await.cloud.unwrap();
        assert_eq!(said.managed.vcpus, 1);
        assert!(said.trouble.iter().any(|why| why.contains("Cinder")), "{:?}", said.trouble);
    })
    .await;
}

#[tokio::test]
async fn a_quota_below_what_is_used_is_allowed_shown_and_blocks_what_is_new() {
    everywhere((10, 10, 100), async |scene| {
        let volume = scene.provision("volume", json!({"name": "data", "size_gb": 60})).await.unwrap().view;
        scene.until(&volume.id, State::Active).await;
        let portal = &scene.world.portal;
        let id = verify(&scene).await.binding_id;
        portal.set_quota(&Ctx::cli(), &id, Usage { vcpus: 10, ram_mib: 10_240, storage_gb: 50 }).await.unwrap();
        let ledger = portal.ledger(&scene.operator, &scene.place).await.unwrap();
        assert_eq!((ledger.over(), ledger.wrong()), (vec![Dimension::StorageGb], vec![]));
        let more = scene.provision("volume", json!({"name": "more", "size_gb": 1})).await;
        assert_eq!(code(more), "quota_exceeded");
        scene.server("web").await.unwrap();
        scene.remove(&volume).await.unwrap();
        scene.until(&volume.id, State::Gone).await;
        scene.provision("volume", json!({"name": "more", "size_gb": 50})).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn pages_show_what_the_last_comparison_heard_with_its_age_and_ask_no_cloud() {
    everywhere((10, 10, 100), async |scene| {
        let portal = &scene.world.portal;
        assert_eq!(portal.ledger(&scene.operator, &scene.place).await.unwrap().cloud_as_of, None);
        scene.make_outside("volume", json!({"name": "byhand", "size": 3})).await;
        scene.compare().await;
        scene.cloud.forget_requests();
        let ledger = portal.ledger(&scene.operator, &scene.place).await.unwrap();
        assert_eq!(ledger.cloud.unwrap().unmanaged, Usage::storage(3));
        assert_eq!(ledger.cloud_as_of.unwrap().0, scene.world.clock.now());
        assert!(scene.cloud.requests().is_empty());
        let staff = portal.ledgers(&scene.operator, None).await;
        assert_eq!(code(staff), "not_found", "all ledgers are for administrators");
    })
    .await;
}
