//! Keypairs: the name is all that tells them apart in the cloud, so another of that name is never taken for ours.
use crate::scene::{Scene, everywhere};
use crate::world::field;
use model::{State, drift::Class, view::ResourceView};
use serde_json::{Value, json};
use simulator::{Effect, Fault};

const NOTHING: (i64, i64, i64) = (0, 0, 0);
const OURS: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/zKVKhWzKK9gAfg9aZcSpmBhV5eT1uP6gEXHxUBp1o olga";
const THEIRS: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDmDxCjBsJ9c8KzbbJHkVM9aLZ3oRNEZ9oqRXKk1Xqr0 a stranger";
const SENTENCE: &str = "There is another keypair of this name already. Choose another name.";

/// What a keypair of the binding is called in Nova.
async fn in_nova(scene: &Scene<'_>, name: &str) -> String {
    let detail = scene.world.portal.workspace_detail(&scene.operator, scene.workspace()).await.unwrap();
    format!("{}-{name}", detail.bindings[0].id)
}

/// A stranger with the same account makes one of that name.
async fn stranger_takes(scene: &Scene<'_>, name: &str) {
    let name = in_nova(scene, name).await;
    scene.make_outside("nova_keypair", json!({"name": name, "type": "ssh", "public_key": THEIRS})).await;
}

/// Which keys the cloud has.
async fn keys(scene: &Scene<'_>) -> Vec<String> {
    let (cloud, scope) = scene.past();
    let collection = services::find("nova_keypair").unwrap().collection;
    let listed = cloud.list(&scope, "RegionOne", collection, collection.list(), 100, "").await.unwrap();
    listed.items.iter().map(|item| item["keypair"]["public_key"].as_str().unwrap().to_owned()).collect()
}

fn deletions(scene: &Scene<'_>) -> usize {
    scene.cloud.requests().iter().filter(|one| one.method == "DELETE").count()
}

fn spec(name: &str) -> Value {
    json!({"name": name, "public_key": OURS})
}

/// The only row.
async fn only(scene: &Scene<'_>) -> ResourceView {
    let rows = scene.world.rows("SELECT id FROM resources".to_owned()).await;
    assert_eq!(rows.len(), 1);
    scene.view(&model::ResourceId::new(rows[0].text("id").unwrap())).await
}

async fn made(scene: &Scene<'_>, name: &str) -> ResourceView {
    let made = scene.provision("nova_keypair", spec(name)).await.unwrap();
    scene.until(&made.view.id, State::Active).await
}

async fn stranger_replaces(scene: &Scene<'_>, name: &str) {
    scene.lose_outside("nova_keypair", &in_nova(scene, name).await).await;
    stranger_takes(scene, name).await;
}

fn post(effect: Effect) -> Fault {
    let path = Some("/v2.1/os-keypairs".to_owned());
    Fault { method: Some("POST".to_owned()), path, count: Some(1), effect, ..Fault::default() }
}

#[tokio::test]
async fn a_strangers_keypair_of_that_name_is_said_at_the_name_and_left_alone() {
    everywhere(NOTHING, async |scene| {
        stranger_takes(&scene, "a").await;
        assert_eq!(field(scene.provision("nova_keypair", spec("a")).await), "name");
        let failed = only(&scene).await;
        assert_eq!((failed.status, failed.fault.as_deref()), (State::Failed, Some(SENTENCE)));
        assert_eq!(failed.resource_id, None);
        scene.remove(&failed).await.unwrap();
        scene.until(&failed.id, State::Gone).await;
        assert_eq!((deletions(&scene), keys(&scene).await), (0, vec![THEIRS.to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_strangers_keypair_that_is_found_after_a_lost_answer_is_not_ours() {
    everywhere(NOTHING, async |scene| {
        scene.cloud.add(post(Effect::LostRequest));
        let asked = scene.provision("nova_keypair", spec("a")).await.unwrap().view;
        stranger_takes(&scene, "a").await;
        let failed = scene.until(&asked.id, State::Failed).await;
        assert_eq!((failed.fault.as_deref(), failed.resource_id), (Some(SENTENCE), None));
        assert_eq!(keys(&scene).await, [THEIRS]);
    })
    .await;
}

#[tokio::test]
async fn who_gives_up_on_a_keypair_whose_name_a_stranger_took_deletes_nothing() {
    everywhere(NOTHING, async |scene| {
        scene.cloud.add(post(Effect::LostRequest));
        let asked = scene.provision("nova_keypair", spec("a")).await.unwrap().view;
        stranger_takes(&scene, "a").await;
        scene.remove(&asked).await.unwrap();
        scene.until(&asked.id, State::Gone).await;
        assert_eq!((deletions(&scene), keys(&scene).await), (0, vec![THEIRS.to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_an_earlier_attempt_of_ours_took_is_ours_at_once() {
    everywhere(NOTHING, async |scene| {
        scene.cloud.add(post(Effect::LostAnswer));
        let asked = scene.provision("nova_keypair", spec("a")).await.unwrap();
        assert!(!asked.confirmed);
        // As after a quiet time in which it could not be looked for.
        scene.world.sql("UPDATE resources SET standing = '{\"is\":\"requested\"}'".to_owned()).await;
        scene.pass(5).await;
        assert_eq!(scene.posts("/os-keypairs").len(), 2);
        assert_eq!(scene.view(&asked.view.id).await.status, State::Active);
    })
    .await;
}

#[tokio::test]
async fn a_keypair_that_a_stranger_replaced_has_vanished_and_goes_without_touching_theirs() {
    everywhere(NOTHING, async |scene| {
        let keypair = made(&scene, "a").await;
        stranger_replaces(&scene, "a").await;
        let before = deletions(&scene);
        scene.pass(400).await;
        assert_eq!(scene.view(&keypair.id).await.status, State::Vanished);
        scene.pass(400).await;
        assert_eq!(scene.view(&keypair.id).await.status, State::Vanished, "their key in the list is no sign of ours");
        scene.remove(&keypair).await.unwrap();
        scene.until(&keypair.id, State::Gone).await;
        assert_eq!((deletions(&scene), keys(&scene).await), (before, vec![THEIRS.to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_deletion_looks_whose_keypair_it_is_before_it_is_asked_for() {
    everywhere(NOTHING, async |scene| {
        let keypair = made(&scene, "a").await;
        stranger_replaces(&scene, "a").await;
        let before = deletions(&scene);
        scene.remove(&keypair).await.unwrap();
        scene.until(&keypair.id, State::Gone).await;
        assert_eq!((deletions(&scene), keys(&scene).await), (before, vec![THEIRS.to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_list_that_tells_of_many_does_not_take_a_strangers_for_ours() {
    everywhere(NOTHING, async |scene| {
        let mut keypairs = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            keypairs.push(made(&scene, name).await);
        }
        scene.pass(400).await;
        stranger_replaces(&scene, "c").await;
        scene.pass(400).await;
        let mut vanished = Vec::new();
        for keypair in &keypairs {
            vanished.push(scene.view(&keypair.id).await.status == State::Vanished);
        }
        assert_eq!(vanished, [false, false, true, false, false]);
    })
    .await;
}

#[tokio::test]
async fn a_keypair_that_a_stranger_replaced_is_found_as_changed_by_its_key() {
    everywhere(NOTHING, async |scene| {
        let keypair = made(&scene, "a").await;
        stranger_replaces(&scene, "a").await;
        let page = scene.compare().await;
        let found = page.items.iter().find(|one| one.provisioned_id.as_ref() == Some(&keypair.id)).unwrap();
        let field = found.differences[0].field.as_str();
        assert_eq!((found.class, field, found.differences[0].theirs.as_str()), (Class::Changed, "public_key", THEIRS));
    })
    .await;
}
