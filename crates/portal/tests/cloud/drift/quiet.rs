//! What is not drift: a service that is down, what is under way, and what belongs to others.
use super::{PLENTY, id};
use crate::scene::{Scene, everywhere};
use model::{Custody, Environment, State, drift::Class};
use serde_json::json;
use simulator::{Effect, Fault};

#[tokio::test]
async fn one_of_each_kind_that_was_made_here_is_no_finding() {
    everywhere(PLENTY, async |scene| {
        let kept = portal::catalogue().filter(|kind| kind.custody == Custody::Kept);
        let all: Vec<&str> = kept.map(|kind| kind.slug.as_ref()).collect();
        let before = Scene::of(&scene.compare().await, &all);
        let mut made = Vec::new();
        for kind in &all {
            let spec = scene.example(kind).await;
            let made_now = scene.provision(kind, spec).await.unwrap().view;
            assert_eq!(Scene::of(&scene.compare_at_once().await, &all), before, "{kind}, just asked for");
            made.push(made_now);
        }
        for view in &made {
            scene.until(&view.id, State::Active).await;
        }
        assert_eq!(Scene::of(&scene.compare().await, &all), before);
        for view in made.iter().rev() {
            scene.remove(view).await.unwrap();
            assert_eq!(
                Scene::of(&scene.compare_at_once().await, &all),
                before,
                "{}, on its way out",
                view.resource_type
            );
            scene.until(&view.id, State::Gone).await;
        }
        assert_eq!(Scene::of(&scene.compare().await, &all), before);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_down_makes_nothing_vanish_and_ends_no_finding() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.volume("data", 1).await;
        scene.make_outside("volume", json!({"name": "byhand", "size": 1})).await;
        let before = Scene::of(&scene.compare().await, &["volume"]);
        assert_eq!(before.len(), 1);
        for effect in [Effect::InternalError, Effect::Unauthorized, Effect::LostAnswer] {
            let fault = Fault { service: Some("block-storage".to_owned()), effect: effect.clone(), ..Fault::default() };
            let fault = scene.cloud.add(fault);
            let page = scene.compare().await;
            assert_eq!(Scene::of(&page, &["volume"]), before, "{effect:?}");
            assert!(page.trouble.iter().any(|(kind, _)| kind == "Volumes"), "{effect:?}: {page:?}");
            scene.cloud.remove(fault);
        }
        assert_eq!(scene.view(&volume.id).await.status, State::Active);
        // A service that failed so often is left alone for some seconds.
        let mut looks = 0;
        while !scene.compare().await.trouble.is_empty() {
            looks += 1;
            assert!(looks < 300, "it never came back");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_lost_answer_left_is_under_way_and_no_orphan() {
    everywhere(PLENTY, async |scene| {
        let (method, path) = (Some("POST".to_owned()), Some("/v3".to_owned()));
        scene.cloud.add(Fault { method, path, count: Some(1), effect: Effect::LostAnswer, ..Fault::default() });
        let made = scene.provision("volume", json!({"name": "data", "size_gb": 1})).await.unwrap();
        assert!(!made.confirmed);
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
        scene.until(&made.view.id, State::Active).await;
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
    })
    .await;
}

#[tokio::test]
async fn what_another_environment_made_in_the_same_project_is_its_own() {
    everywhere(PLENTY, async |scene| {
        let dev = scene.bind(Environment::Dev, "RegionOne", PLENTY).await;
        let made = scene.provision_at(&dev, "volume", json!({"name": "data", "size_gb": 1})).await.unwrap().view;
        scene.until(&made.id, State::Active).await;
        scene.provision_at(&dev, "nova_keypair", json!({"name": "theirs"})).await.unwrap();
        assert_eq!(Scene::of(&scene.compare().await, &["volume", "nova_keypair"]), []);
    })
    .await;
}

#[tokio::test]
async fn keypairs_of_others_lie_in_the_same_drawer_and_only_a_name_of_ours_is_left_behind() {
    everywhere(PLENTY, async |scene| {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDmDxCjBsJ9c8KzbbJHkVM9aLZ3oRNEZ9oqRXKk1Xqr0 a";
        let detail = scene.world.portal.workspace_detail(&scene.operator, scene.workspace()).await.unwrap();
        let ours = format!("{}-left", detail.bindings[0].id);
        for name in ["somebodys", ours.as_str()] {
            scene.make_outside("nova_keypair", json!({"name": name, "type": "ssh", "public_key": key})).await;
        }
        let left = (Class::Orphaned, "nova_keypair".to_owned(), "left".to_owned());
        assert_eq!(Scene::of(&scene.compare().await, &["nova_keypair"]), [left]);
    })
    .await;
}

#[tokio::test]
async fn a_retired_bindings_rows_are_looked_after_and_its_project_is_left_to_others() {
    everywhere(PLENTY, async |scene| {
        let (kept, lost) = (scene.volume("kept", 1).await, scene.volume("lost", 1).await);
        scene.make_outside("volume", json!({"name": "byhand", "size": 1})).await;
        scene.retire().await;
        scene.lose_outside("volume", id(&lost)).await;
        scene.bind(Environment::Staging, "RegionOne", PLENTY).await;
        scene.world.clock.advance(120 * crate::world::SECOND);
        scene.world.portal.check_drift_once(&portal::Ctx::cli()).await.unwrap();
        let page = scene.drift(model::drift::DriftQuery::default()).await;
        let is = |class, name: &str| (class, "volume".to_owned(), name.to_owned());
        assert_eq!(
            Scene::of(&page, &["volume"]),
            [is(Class::CreatedOutside, "byhand"), is(Class::Vanished, "lost")],
            "each once"
        );
        assert_eq!(scene.view(&kept.id).await.status, State::Active);
    })
    .await;
}
