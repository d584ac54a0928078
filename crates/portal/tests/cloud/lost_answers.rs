//! Lost answers: the walk over all creations, on every database, and by the way that a real cloud is walked.
use crate::{
    lossy::Lossy,
    scene::{Scene, by_way_of, everywhere},
    unanswered::Walk,
};
use openstack::{Collection, Told};
use simulator::{Effect, Fault};
use std::time::Duration;

const PLENTY: (i64, i64, i64) = (50, 200, 2000);

/// Does the next creation in a collection, and then something else than to answer that it is done.
fn instead_of_an_answer(collection: &Collection, effect: Effect) -> Fault {
    let service = collection.service;
    let in_headers = collection.told == Told::Headers;
    let method = Some(if in_headers { "PUT" } else { "POST" }.to_owned());
    let fault = Fault { method, count: Some(1), effect, ..Fault::default() };
    match service.project_in_path || in_headers {
        // The project stands between, and nothing else of that service is created here.
        true => Fault { service: Some(service.service_type.to_owned()), ..fault },
        false => Fault { path: Some(format!("/{}/{}", service.path, collection.path)), ..fault },
    }
}

async fn walk(scene: &Scene<'_>, lose: &dyn Fn(&Collection)) {
    let (cloud, scope) = scene.past();
    let walk = Walk {
        world: scene.world,
        operator: &scene.operator,
        place: &scene.place,
        cloud: &cloud,
        scope: &scope,
        template: "k8s-small",
        lose,
        pause: Duration::ZERO,
    };
    walk.every_part().await;
}

/// On every database, with that instead of each answer.
async fn walk_with(effect: Effect) {
    everywhere(PLENTY, async |scene| {
        let lose = |collection: &Collection| {
            scene.cloud.add(instead_of_an_answer(collection, effect.clone()));
        };
        walk(&scene, &lose).await;
    })
    .await;
}

#[tokio::test]
async fn every_part_of_every_kind_is_found_by_its_tag_when_the_connection_broke_before_the_answer() {
    walk_with(Effect::LostAnswer).await;
}

#[tokio::test]
async fn every_part_of_every_kind_is_found_by_its_tag_when_the_answer_was_a_failure() {
    walk_with(Effect::FailedAnswer).await;
}

#[tokio::test]
async fn the_way_that_loses_a_real_clouds_answers_loses_them_like_the_simulated_one() {
    let lossy = Lossy::start().await;
    by_way_of(&lossy, PLENTY, async |scene| walk(&scene, &|collection| lossy.lose(collection)).await).await;
}
