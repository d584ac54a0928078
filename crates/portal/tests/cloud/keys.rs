//! Idempotency keys: one request, however often it comes, is one thing and one answer.
use crate::scene::{Scene, everywhere};
use futures_util::future::join;
use model::{State, view::Provisioned};
use portal::SpecInput;
use serde_json::{Value, json};

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
