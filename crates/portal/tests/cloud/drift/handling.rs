//! What is done about a finding is done once, for who may, and shows in rows, quota, cloud and audit.
use super::{PLENTY, id};
use crate::{
    scene::{Scene, everywhere},
    world::code,
};
use futures_util::future::join_all;
use model::{
    Role, State,
    drift::{Class, DriftQuery, Finding, Remedy},
};
use serde_json::json;

async fn outside(scene: &Scene<'_>, name: &str, size: i64) -> Finding {
    scene.make_outside("volume", json!({"name": name, "size": size})).await;
    let page = scene.compare().await;
    page.items.into_iter().find(|finding| finding.resource_name == name).unwrap()
}

/// How often a volume was deleted in the cloud.
fn deletions(scene: &Scene<'_>) -> usize {
    let requests = scene.cloud.requests();
    requests.iter().filter(|one| one.method == "DELETE" && one.service == "block-storage").count()
}

#[tokio::test]
async fn what_was_made_outside_is_adopted_once_counts_and_may_go_over() {
    everywhere((10, 10, 5), async |scene| {
        let finding = outside(&scene, "byhand", 8).await;
        let answers = join_all((0..10).map(|_| scene.remedy(&finding, Remedy::Adopt))).await;
        let rows: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().provisioned.unwrap().id).collect();
        assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
        let row = scene.until(&rows[0], State::Active).await;
        assert_eq!((row.resource_name.as_str(), row.created_by.as_str()), ("byhand", "olga"));
        assert_eq!(scene.used().await, (0, 0, 8), "more than the quota");
        let more = scene.provision("volume", json!({"name": "more", "size_gb": 1})).await;
        assert_eq!(code(more), "quota_exceeded");
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
        let chain = scene.world.chain(Some(scene.workspace())).await;
        assert_eq!(chain.iter().filter(|line| *line == "olga volume.adopt succeeded byhand").count(), 1, "{chain:?}");
        assert_eq!(code(scene.remedy(&finding, Remedy::CleanUp).await), "conflict");
        scene.remove(&row).await.unwrap();
        scene.until(&row.id, State::Gone).await;
        assert_eq!(scene.used().await, (0, 0, 0));
        assert_eq!(deletions(&scene), 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_adopted_takes_what_its_flavor_takes() {
    everywhere(PLENTY, async |scene| {
        scene.server_outside("byhand").await;
        let finding = Scene::only(&scene.compare().await, "vm");
        let row = scene.remedy(&finding, Remedy::Adopt).await.unwrap().provisioned.unwrap();
        scene.until(&row.id, State::Active).await;
        assert_eq!(scene.used().await, (1, 512, 0));
        assert_eq!(Scene::of(&scene.compare().await, &["vm"]), []);
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_is_adopted_takes_what_its_template_says() {
    everywhere(PLENTY, async |scene| {
        let list = scene.world.portal.list(&scene.operator, &scene.place, "magnum_template").await.unwrap();
        let template = list.items.iter().find(|template| template.name == "k8s-small").unwrap().id.clone();
        let body = json!({"name": "byhand", "cluster_template_id": template, "node_count": 2, "master_count": 1});
        scene.make_outside("cluster", body).await;
        let finding = Scene::only(&scene.compare().await, "cluster");
        let adopted = scene.remedy(&finding, Remedy::Adopt).await.unwrap().provisioned.unwrap();
        let spec = json!({"name": "asked", "cluster_template_id": "k8s-small", "node_count": 2, "master_count": 1});
        let asked = scene.provision("cluster", spec).await.unwrap().view;
        assert_eq!(adopted.usage, asked.usage);
        assert!(adopted.usage.vcpus > 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_ignored_is_not_mentioned_until_it_changes() {
    everywhere(PLENTY, async |scene| {
        let finding = outside(&scene, "byhand", 1).await;
        for _ in 0..2 {
            assert!(scene.remedy(&finding, Remedy::Forget).await.unwrap().finding.ignored);
        }
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
        let ignored = scene.drift(DriftQuery { ignored: true, ..DriftQuery::default() }).await;
        assert_eq!((Scene::only(&ignored, "volume").id, ignored.ignored), (finding.id.clone(), 1));
        let chain = scene.world.chain(Some(scene.workspace())).await;
        assert_eq!(chain.iter().filter(|line| line.contains("volume.forget")).count(), 1, "{chain:?}");
        scene.change_outside("volume", finding.resource_id.as_str(), json!({"name": "grown"})).await;
        let page = scene.compare().await;
        assert_eq!(Scene::of(&page, &["volume"]), [(Class::CreatedOutside, "volume".to_owned(), "grown".to_owned())]);
        // What was ignored can be adopted all the same.
        let finding = Scene::only(&page, "volume");
        scene.remedy(&finding, Remedy::Forget).await.unwrap();
        scene.remedy(&finding, Remedy::Adopt).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_vanished_is_forgotten_without_asking_the_cloud_to_delete_anything() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.volume("data", 5).await;
        scene.lose_outside("volume", id(&volume)).await;
        let (before, finding) = (deletions(&scene), Scene::only(&scene.compare().await, "volume"));
        assert_eq!(finding.class, Class::Vanished);
        let answers = join_all((0..5).map(|_| scene.remedy(&finding, Remedy::Forget))).await;
        let done = answers.into_iter().filter_map(Result::ok).count();
        assert!(done >= 1, "who comes while it is worked on is told so");
        let again = scene.remedy(&finding, Remedy::Forget).await.unwrap();
        assert_eq!(again.provisioned.unwrap().status, State::Gone);
        assert_eq!(scene.used().await, (0, 0, 0));
        assert_eq!(deletions(&scene), before);
        let chain = scene.world.chain(Some(scene.workspace())).await;
        assert_eq!(chain.iter().filter(|line| *line == "olga volume.forget succeeded data").count(), 1, "{chain:?}");
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_failed_and_was_deleted_outside_gives_its_quota_back_when_it_is_forgotten() {
    everywhere(PLENTY, async |scene| {
        let effect = simulator::Effect::FailedBuild { message: None };
        let (method, path) = (Some("POST".to_owned()), Some("/v2.1/servers".to_owned()));
        scene.cloud.add(simulator::Fault { method, path, count: Some(1), effect, ..Default::default() });
        let made = scene.server("doomed").await.unwrap().view;
        let failed = scene.until(&made.id, State::Failed).await;
        scene.lose_outside("vm", id(&failed)).await;
        let finding = Scene::only(&scene.compare().await, "vm");
        assert_eq!((finding.class, scene.used().await.0), (Class::Vanished, 1));
        scene.remedy(&finding, Remedy::Forget).await.unwrap();
        assert_eq!(scene.used().await, (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn an_orphan_is_cleaned_up_by_one_deletion_and_takes_no_quota_meanwhile() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.volume("data", 1).await;
        scene.remove(&volume).await.unwrap();
        scene.until(&volume.id, State::Gone).await;
        // A request that was given up arrives late.
        let body = json!({"name": "data", "size": 7, "metadata": {"atonix_id": volume.id}});
        scene.make_outside("volume", body).await;
        let finding = Scene::only(&scene.compare().await, "volume");
        assert_eq!((finding.class, &finding.provisioned_id), (Class::Orphaned, &Some(volume.id.clone())));
        assert_eq!(code(scene.remedy(&finding, Remedy::Adopt).await), "conflict");
        let before = deletions(&scene);
        let answers = join_all((0..10).map(|_| scene.remedy(&finding, Remedy::CleanUp))).await;
        let row = answers.into_iter().map(|answer| answer.unwrap().provisioned.unwrap()).next_back().unwrap();
        assert_eq!(scene.used().await, (0, 0, 0));
        scene.until(&row.id, State::Gone).await;
        assert_eq!(deletions(&scene) - before, 1);
        assert_eq!(scene.used().await, (0, 0, 0));
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
    })
    .await;
}

#[tokio::test]
async fn the_clouds_values_are_taken_over_and_the_quota_follows() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.volume("data", 5).await;
        scene.change_outside("volume", id(&volume), json!({"name": "other"})).await;
        // It was asked for as 5 GB, as far as this row knows; the cloud has them.
        let sql = "UPDATE resources SET spec = '{\"name\":\"data\",\"size_gb\":2}', usage_storage_gb = 2";
        scene.world.sql(sql.to_owned()).await;
        scene.world.sql("UPDATE bindings SET used_storage_gb = 2".to_owned()).await;
        let finding = Scene::only(&scene.compare().await, "volume");
        let fields: Vec<_> = finding.differences.iter().map(|one| one.field.as_str()).collect();
        assert_eq!((finding.class, fields), (Class::Changed, vec!["name", "size_gb"]));
        for _ in 0..2 {
            let row = scene.remedy(&finding, Remedy::Adopt).await.unwrap().provisioned.unwrap();
            assert_eq!((row.resource_name.as_str(), &row.metadata["size_gb"]), ("other", &json!(5)));
        }
        assert_eq!(scene.used().await, (0, 0, 5));
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
    })
    .await;
}

#[tokio::test]
async fn a_finding_that_is_out_of_date_is_refused_and_goes() {
    everywhere(PLENTY, async |scene| {
        for remedy in [Remedy::Adopt, Remedy::CleanUp] {
            let finding = outside(&scene, "byhand", 1).await;
            scene.lose_outside("volume", finding.resource_id.as_str()).await;
            assert_eq!(code(scene.remedy(&finding, remedy).await), "conflict");
            assert_eq!(code(scene.remedy(&finding, remedy).await), "not_found");
        }
        assert_eq!(scene.used().await, (0, 0, 0));
        assert_eq!(scene.world.count("SELECT count(*) AS n FROM resources").await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_places_that_are_bound_to_one_project_adopt_a_thing_once() {
    everywhere(PLENTY, async |scene| {
        let dev = scene.bind(model::Environment::Dev, "RegionOne", PLENTY).await;
        let here = outside(&scene, "byhand", 1).await;
        let there = scene.world.portal.check_drift(&scene.operator, &dev).await.unwrap();
        let there = there.items.into_iter().find(|finding| finding.resource_name == "byhand").unwrap();
        let portal = &scene.world.portal;
        let (one, two) = tokio::join!(
            scene.remedy(&here, Remedy::Adopt),
            portal.remedy(&scene.operator, &dev, &there.id, Remedy::Adopt)
        );
        assert_eq!([one, two].iter().filter(|answer| answer.is_ok()).count(), 1);
        assert_eq!(scene.world.count("SELECT count(*) AS n FROM resources").await, 1);
        assert_eq!(scene.world.count("SELECT CAST(SUM(used_storage_gb) AS BIGINT) AS n FROM bindings").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_operators_do_something_about_it_and_strangers_see_nothing() {
    everywhere(PLENTY, async |scene| {
        let finding = outside(&scene, "byhand", 1).await;
        let world = scene.world;
        let (viewer, stranger, staff) =
            (world.user("vera").await, world.user("sam").await, world.staff("stella").await);
        world.member(scene.workspace(), "vera", Role::Viewer).await;
        let portal = &world.portal;
        for (who, seen, done) in
            [(&viewer, "", "forbidden"), (&stranger, "not_found", "not_found"), (&staff, "", "forbidden")]
        {
            let page = portal.drift(who, &scene.place, &DriftQuery::default()).await;
            assert_eq!(page.map_or_else(|error| error.code(), |page| if page.may { "may" } else { "" }), seen);
            assert_eq!(code(portal.remedy(who, &scene.place, &finding.id, Remedy::Adopt).await), done);
            assert_eq!(code(portal.check_drift(who, &scene.place).await), done);
        }
        let elsewhere = scene.bind(model::Environment::Dev, "RegionOne", PLENTY).await;
        let other = portal.remedy(&scene.operator, &elsewhere, &finding.id, Remedy::Adopt).await;
        assert_eq!(code(other), "not_found", "a finding is of one place");
    })
    .await;
}
