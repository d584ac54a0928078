//! What happens to a resource when the cloud misbehaves.
use crate::scene::{Scene, everywhere};
use model::{State, view::ResourceView};
use serde_json::json;
use simulator::{Effect, Fault, Speed};
use std::time::Duration;

const PLENTY: (i64, i64, i64) = (50, 200, 2000);

fn lost(path: &str) -> Fault {
    let method = Some("POST".to_owned());
    Fault { method, path: Some(path.to_owned()), count: Some(1), effect: Effect::LostAnswer, ..Fault::default() }
}

#[tokio::test]
async fn a_request_that_never_arrived_is_made_after_the_quiet_time() {
    everywhere(PLENTY, async |scene| {
        let fault = Fault { effect: Effect::LostRequest, ..lost("/v3") };
        scene.cloud.add(fault);
        let made = scene.provision("volume", json!({"name": "a", "size_gb": 1})).await.unwrap();
        assert!(!made.confirmed);
        scene.pass(30).await;
        assert_eq!(scene.view(&made.view.id).await.status, State::Requested);
        let view = scene.until(&made.view.id, State::Active).await;
        assert_eq!(view.resource_name, "a");
        assert_eq!(scene.used().await, (0, 0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_cannot_be_built_fails_with_the_clouds_reason_and_can_be_deleted() {
    everywhere(PLENTY, async |scene| {
        let effect = Effect::FailedBuild { message: Some("No valid host was found.".to_owned()) };
        scene.cloud.add(Fault { effect, ..lost("/v2.1/servers") });
        let made = scene.server("doomed").await.unwrap().view;
        let failed = scene.until(&made.id, State::Failed).await;
        assert!(failed.fault.unwrap().contains("No valid host"));
        assert_eq!(scene.used().await.0, 1, "it still stands in the cloud");
        scene.remove(&made).await.unwrap();
        scene.until(&made.id, State::Gone).await;
        assert_eq!(scene.used().await, (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_network_in_use_says_so_and_goes_when_it_is_free() {
    everywhere(PLENTY, async |scene| {
        let network =
            scene.provision("network", json!({"name": "net", "subnet_cidr": "10.9.0.0/24"})).await.unwrap().view;
        let spec = json!({"name": "a", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": "net"});
        let server = scene.provision("vm", spec).await.unwrap().view;
        scene.until(&server.id, State::Active).await;
        let refused = scene.remove(&network).await.unwrap();
        assert_eq!(refused.status, State::Deleting);
        assert!(refused.fault.is_some(), "{refused:?}");
        scene.remove(&server).await.unwrap();
        scene.until(&server.id, State::Gone).await;
        scene.until(&network.id, State::Gone).await;
    })
    .await;
}

#[tokio::test]
async fn a_cloud_that_lets_nobody_in_proves_nothing() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.provision("volume", json!({"name": "a", "size_gb": 5})).await.unwrap().view;
        scene.until(&volume.id, State::Active).await;
        scene.cloud.add(Fault { effect: Effect::Unauthorized, ..Fault::default() });
        scene.pass(400).await;
        assert_eq!(scene.view(&volume.id).await.status, State::Active);
    })
    .await;
}

#[tokio::test]
async fn two_things_with_one_tag_become_one_again() {
    everywhere(PLENTY, async |scene| {
        scene.cloud.add(lost("/v3"));
        let made = scene.provision("volume", json!({"name": "a", "size_gb": 5})).await.unwrap().view;
        scene.make_outside("volume", json!({"name": "a", "size": 5, "metadata": {"atonix_id": made.id}})).await;
        scene.until(&made.id, State::Active).await;
        let list = scene.world.portal.list(&scene.operator, &scene.place, "volume").await.unwrap();
        assert_eq!(list.items.len(), 1);
        let detail = scene.world.portal.detail(&scene.operator, &scene.place, made.id.as_str()).await.unwrap();
        assert!(detail.events.iter().any(|event| event.action == "volume.twin"));
    })
    .await;
}

#[tokio::test]
async fn what_vanishes_counts_until_a_whole_list_confirms_it() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.provision("volume", json!({"name": "a", "size_gb": 5})).await.unwrap().view;
        let volume = scene.until(&volume.id, State::Active).await;
        scene.lose_outside("volume", volume.resource_id.as_ref().unwrap().as_str()).await;
        scene.pass(400).await;
        assert_eq!(scene.view(&volume.id).await.status, State::Vanished);
        assert_eq!(scene.used().await, (0, 0, 5));
        scene.pass(400).await;
        assert_eq!(scene.view(&volume.id).await.status, State::Vanished, "it is shown until somebody lets go of it");
        assert_eq!(scene.used().await, (0, 0, 0));
        scene.remove(&volume).await.unwrap();
        assert_eq!(scene.until(&volume.id, State::Gone).await.fault, None);
        assert_eq!(scene.used().await, (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn actions_go_through_one_at_a_time_and_are_audited() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let act = async |action: &str, fields: serde_json::Value| {
            let input = portal::SpecInput::Json(fields.as_object().unwrap().clone());
            let (portal, id) = (&scene.world.portal, server.id.as_str());
            portal.act(&scene.operator, &scene.place, "vm", id, action, input, None).await
        };
        assert!(act("stop", json!({})).await.unwrap().confirmed);
        scene.pass(5).await;
        assert_eq!(scene.view(&server.id).await.metadata["power"], "shutoff");
        assert!(act("start", json!({})).await.unwrap().confirmed);
        let console = act("console", json!({"length": 10})).await.unwrap();
        assert!(console.output.is_some());
        let detail = scene.world.portal.detail(&scene.operator, &scene.place, server.id.as_str()).await.unwrap();
        let actions: Vec<String> =
            detail.events.iter().map(|event| format!("{} {}", event.action, event.outcome.as_str())).collect();
        for expected in ["vm.stop attempted", "vm.stop succeeded", "vm.console succeeded", "vm.create succeeded"] {
            assert!(actions.iter().any(|action| action == expected), "{expected} in {actions:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_takes_its_time_to_stop_is_looked_at_until_it_has() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        scene.cloud.set_speed(Speed::fixed(Duration::from_millis(300)));
        let (portal, id) = (&scene.world.portal, server.id.as_str());
        let nothing = portal::SpecInput::Json(serde_json::Map::new());
        portal.act(&scene.operator, &scene.place, "vm", id, "stop", nothing, None).await.unwrap();
        // Less than the five minutes after which a settled one is looked at.
        for _ in 0..40 {
            scene.pass(5).await;
            if scene.view(&server.id).await.metadata["power"] == "shutoff" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still {:?}", scene.view(&server.id).await.metadata);
    })
    .await;
}

#[tokio::test]
async fn who_waits_is_told_that_the_cloud_cannot_be_reached_until_it_can() {
    everywhere(PLENTY, async |scene| {
        let fault = scene.cloud.add(Fault { count: None, effect: Effect::LostRequest, ..Fault::default() });
        let made = scene.provision("volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        assert!(made.fault.is_some_and(|fault| !fault.is_empty()), "it says why it is still only requested");
        scene.cloud.remove(fault);
        assert_eq!(scene.until(&made.id, State::Active).await.fault, None);
    })
    .await;
}

#[tokio::test]
async fn who_deletes_is_told_that_the_cloud_cannot_be_reached_and_no_older_trouble() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.provision("volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        scene.until(&volume.id, State::Active).await;
        let fault = scene.cloud.add(Fault { count: None, effect: Effect::LostRequest, ..Fault::default() });
        let deleting = scene.remove(&volume).await.unwrap();
        assert_eq!(deleting.status, State::Deleting);
        assert!(deleting.fault.is_some_and(|fault| !fault.is_empty()), "it says why it is still there");
        scene.cloud.remove(fault);
        assert_eq!(scene.until(&volume.id, State::Gone).await.fault, None);
    })
    .await;
}

#[tokio::test]
async fn each_request_reaches_the_cloud_under_its_own_id() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let asked = |id: &str, method: &str| {
            let ours = |one: &simulator::Request| one.global_request_id.as_deref() == Some(id) && one.method == method;
            scene.cloud.requests().iter().any(ours)
        };
        let as_request = |id: &str| portal::Ctx { request_id: model::RequestId::new(id), ..scene.operator.clone() };
        let portal = &scene.world.portal;
        let stop = as_request("req-11111111-1111-4111-8111-111111111111");
        let nothing = portal::SpecInput::Json(serde_json::Map::new());
        portal.act(&stop, &scene.place, "vm", server.id.as_str(), "stop", nothing, None).await.unwrap();
        assert!(asked(stop.request_id.as_str(), "POST"));
        let delete = as_request("req-22222222-2222-4222-8222-222222222222");
        portal.remove(&delete, &scene.place, "vm", server.id.as_str()).await.unwrap();
        assert!(asked(delete.request_id.as_str(), "DELETE"));
    })
    .await;
}

#[tokio::test]
async fn a_network_shows_the_subnet_that_came_with_it() {
    everywhere(PLENTY, async |scene| {
        let spec = json!({"name": "net", "subnet_cidr": "10.9.0.0/24"});
        let network = scene.provision("network", spec).await.unwrap().view;
        scene.until(&network.id, State::Active).await;
        scene.pass(5).await;
        assert_eq!(scene.view(&network.id).await.metadata["subnets"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn what_was_made_under_a_retired_binding_can_still_be_deleted() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.provision("volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        scene.until(&volume.id, State::Active).await;
        scene.retire().await;
        scene.remove(&volume).await.unwrap();
        scene.until(&volume.id, State::Gone).await;
    })
    .await;
}

/// A server with user data whose request met a fault; since then the key under which the data was sealed has changed.
async fn sealed_for_another_key(scene: &Scene<'_>, effect: Effect) -> ResourceView {
    scene.cloud.add(Fault { effect, ..lost("/v2.1/servers") });
    let spec =
        json!({"name": "a", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "user_data": "#cloud-config"});
    let server = scene.provision("vm", spec).await.unwrap().view;
    let sql = "UPDATE resources SET sealed_spec = $1 WHERE sealed_spec IS NOT NULL";
    let other = portal::db::Value::from(vec![1_u8; 64]);
    assert_eq!(scene.world.db.execute(sql, &[other]).await.unwrap(), 1);
    server
}

#[tokio::test]
async fn what_was_asked_for_is_found_and_deleted_under_a_changed_secret_key() {
    everywhere(PLENTY, async |scene| {
        let server = sealed_for_another_key(&scene, Effect::LostAnswer).await;
        let server = scene.until(&server.id, State::Active).await;
        scene.remove(&server).await.unwrap();
        scene.until(&server.id, State::Gone).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_never_made_is_let_go_of_under_a_changed_secret_key() {
    everywhere(PLENTY, async |scene| {
        let server = sealed_for_another_key(&scene, Effect::LostRequest).await;
        for _ in 0..30 {
            scene.pass(5).await;
        }
        assert_eq!(scene.posts("/servers").len(), 1, "it cannot be asked for again");
        scene.remove(&server).await.unwrap();
        scene.until(&server.id, State::Gone).await;
        assert_eq!(scene.used().await, (0, 0, 0));
    })
    .await;
}
