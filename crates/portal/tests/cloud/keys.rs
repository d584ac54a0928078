//! Idempotency keys: one request, however often it comes, is one thing and one answer.
use crate::scene::{Scene, everywhere};
use futures_util::future::join;
use model::{State, view::Provisioned};
use portal::SpecInput;
use serde_json::{Value, json};
use simulator::{Effect, Fault};

const PLENTY: (i64, i64, i64) = (50, 200, 2000);

fn input(fields: &Value) -> SpecInput {
    SpecInput::Json(fields.as_object().unwrap().clone())
}

async fn create(scene: &Scene<'_>, kind: &str, spec: &Value) -> model::Result<Provisioned> {
    let portal = &scene.world.portal;
    portal.provision(&scene.operator, &scene.place, kind, input(spec), Some("the-key")).await
}

#[tokio::test]
async fn two_at_once_under_one_key_share_the_last_of_the_quota() {
    everywhere((0, 0, 10), async |scene| {
        let spec = json!({"name": "data", "size_gb": 10});
        let (one, other) = join(create(&scene, "volume", &spec), create(&scene, "volume", &spec)).await;
        assert_eq!(one.unwrap().view.id, other.unwrap().view.id);
        assert_eq!(scene.used().await, (0, 0, 10));
    })
    .await;
}

#[tokio::test]
async fn two_at_once_under_one_key_share_the_name() {
    everywhere(PLENTY, async |scene| {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/zKVKhWzKK9gAfg9aZcSpmBhV5eT1uP6gEXHxUBp1o olga";
        let spec = json!({"name": "olga", "public_key": key});
        let (one, other) = join(create(&scene, "nova_keypair", &spec), create(&scene, "nova_keypair", &spec)).await;
        assert_eq!(one.unwrap().view.id, other.unwrap().view.id);
    })
    .await;
}

#[tokio::test]
async fn two_at_once_under_one_key_act_once() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let stop = || {
            let (portal, id) = (&scene.world.portal, server.id.as_str());
            portal.act(&scene.operator, &scene.place, "vm", id, "stop", input(&json!({})), Some("the-key"))
        };
        let (one, other) = join(stop(), stop()).await;
        assert_eq!(one.unwrap().view.id, other.unwrap().view.id);
        assert_eq!(scene.posts("/action").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_cloud_refused_is_refused_again_under_its_key() {
    everywhere(PLENTY, async |scene| {
        scene.provision("network", json!({"name": "net", "subnet_cidr": "10.9.0.0/24"})).await.unwrap();
        let spec = json!({"name": "a", "network_id": "net", "cidr": "10.9.0.0/24"});
        let first = create(&scene, "neutron_subnet", &spec).await.unwrap_err();
        let again = create(&scene, "neutron_subnet", &spec).await.unwrap_err();
        assert_eq!(first.status(), 400);
        assert_eq!(first, again);
        assert_eq!(scene.posts("/subnets").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_made_and_broke_later_was_not_refused() {
    everywhere(PLENTY, async |scene| {
        let effect = Effect::FailedBuild { message: Some("No valid host was found.".to_owned()) };
        scene.cloud.add(Fault { method: Some("POST".to_owned()), effect, ..Fault::default() });
        let spec = json!({"name": "doomed", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts"});
        let first = create(&scene, "vm", &spec).await.unwrap();
        scene.until(&first.view.id, State::Failed).await;
        let again = create(&scene, "vm", &spec).await.unwrap();
        assert!(again.confirmed);
        assert_eq!((again.view.id, again.view.status), (first.view.id, State::Failed));
    })
    .await;
}

#[tokio::test]
async fn a_network_without_its_subnet_is_as_unconfirmed_as_it_was() {
    everywhere(PLENTY, async |scene| {
        let subnets = Some("/v2.0/subnets".to_owned());
        scene.cloud.add(Fault { path: subnets, effect: Effect::LostRequest, ..Fault::default() });
        let spec = json!({"name": "net", "subnet_cidr": "10.9.0.0/24"});
        let first = create(&scene, "network", &spec).await.unwrap();
        let again = create(&scene, "network", &spec).await.unwrap();
        assert!(first.view.resource_id.is_some());
        assert_eq!((first.confirmed, again.confirmed), (false, false));
    })
    .await;
}

#[tokio::test]
async fn an_action_that_the_cloud_refused_is_refused_again_under_its_key() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let act = async |action: &str, key: &str| {
            let (portal, id) = (&scene.world.portal, server.id.as_str());
            portal.act(&scene.operator, &scene.place, "vm", id, action, input(&json!({})), Some(key)).await
        };
        // Nova starts only what is switched off.
        let first = act("start", "one-key").await.unwrap_err();
        assert!(act("stop", "another-key").await.unwrap().confirmed);
        let again = act("start", "one-key").await.unwrap_err();
        assert_eq!(first, again);
    })
    .await;
}
