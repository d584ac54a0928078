//! The audit of what is asked of a cloud: nothing is asked that it does not tell of.
use crate::scene::{Scene, everywhere};
use model::{Custody, State, kind::Does};
use portal::SpecInput;
use serde_json::json;

const PLENTY: (i64, i64, i64) = (50, 200, 2000);

/// From now on no event can be written.
async fn close_the_book(scene: &Scene<'_>) {
    let sql = match scene.world.db.is_postgres() {
        true => "ALTER TABLE audit_events ADD CONSTRAINT closed CHECK (number < 0) NOT VALID",
        false => "CREATE TRIGGER closed BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'closed'); END",
    };
    scene.world.sql(sql.to_owned()).await;
}

fn changes(scene: &Scene<'_>) -> usize {
    scene.cloud.requests().iter().filter(|one| one.method != "GET" && one.service != "identity").count()
}

#[tokio::test]
async fn what_cannot_be_told_of_is_not_asked_of_the_cloud_and_leaves_nothing() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let (before, used) = (changes(&scene), scene.used().await);
        close_the_book(&scene).await;
        let portal = &scene.world.portal;
        assert!(scene.provision("volume", json!({"name": "data", "size_gb": 1})).await.is_err());
        let none = || SpecInput::Json(serde_json::Map::new());
        let id = server.id.as_str();
        assert!(portal.act(&scene.operator, &scene.place, "vm", id, "stop", none(), None).await.is_err());
        assert!(scene.remove(&server).await.is_err());
        scene.pass(600).await;
        assert_eq!((changes(&scene), scene.used().await), (before, used));
        assert_eq!(scene.view(&server.id).await.status, State::Active);
        assert_eq!(scene.world.count("SELECT COUNT(*) AS n FROM resources").await, 1);
    })
    .await;
}

#[tokio::test]
async fn every_kind_leaves_an_attempt_and_an_outcome_of_each_creation_and_deletion() {
    everywhere(PLENTY, async |scene| {
        let kept = portal::catalogue().filter(|kind| kind.custody == Custody::Kept && kind.can(Does::Create));
        for kind in kept {
            let slug = kind.slug.as_ref();
            let made = scene.provision(slug, scene.example(slug).await).await.unwrap().view;
            let made = scene.until(&made.id, State::Active).await;
            scene.remove(&made).await.unwrap();
            scene.until(&made.id, State::Gone).await;
            let told: Vec<String> = scene
                .world
                .rows(format!(
                    "SELECT action, outcome FROM audit_events WHERE target_id = '{}' ORDER BY number",
                    made.id
                ))
                .await
                .iter()
                .map(|row| format!("{} {}", row.text("action").unwrap(), row.text("outcome").unwrap()))
                .collect();
            let expected = ["create attempted", "create succeeded", "delete attempted", "delete succeeded"];
            assert_eq!(told, expected.map(|one| format!("{slug}.{one}")), "{slug}");
        }
    })
    .await;
}
