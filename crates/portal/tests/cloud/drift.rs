//! Drift: what is made, deleted and changed past the platform is found, and nothing else is.
mod handling;
mod quiet;

use crate::{
    scene::{Scene, everywhere},
    world::SECOND,
};
use model::{
    State,
    drift::{Class, DriftPage, DriftQuery, Finding, Remedied, Remedy},
    view::ResourceView,
};
use portal::Ctx;
use serde_json::{Value, json};

pub(super) const PLENTY: (i64, i64, i64) = (50, 200, 2000);

impl Scene<'_> {
    /// Compares now, after what was done just before is no longer young.
    pub(crate) async fn compare(&self) -> DriftPage {
        self.world.clock.advance(120 * SECOND);
        self.compare_at_once().await
    }

    /// Compares now.
    pub(super) async fn compare_at_once(&self) -> DriftPage {
        self.world.portal.check_drift(&self.operator, &self.place).await.unwrap()
    }

    /// The findings about things of these kinds: class, kind, name. What a project begins with was made outside, too.
    pub(super) fn of(page: &DriftPage, kinds: &[&str]) -> Vec<(Class, String, String)> {
        let of = |finding: &&Finding| kinds.contains(&finding.resource_type.as_str());
        let mut found: Vec<_> = page
            .items
            .iter()
            .filter(of)
            .map(|finding| (finding.class, finding.resource_type.clone(), finding.resource_name.clone()))
            .collect();
        found.sort();
        found
    }

    /// The only finding about a kind.
    pub(crate) fn only(page: &DriftPage, kind: &str) -> Finding {
        let mut found = page.items.iter().filter(|finding| finding.resource_type == kind);
        let first = found.next().unwrap_or_else(|| panic!("nothing about a {kind}: {page:?}")).clone();
        assert_eq!(found.next(), None);
        first
    }

    pub(super) async fn drift(&self, query: DriftQuery) -> DriftPage {
        self.world.portal.drift(&self.operator, &self.place, &query).await.unwrap()
    }

    pub(super) async fn remedy(&self, finding: &Finding, remedy: Remedy) -> model::Result<Remedied> {
        self.world.portal.remedy(&self.operator, &self.place, &finding.id, remedy).await
    }

    /// A volume that stands.
    pub(super) async fn volume(&self, name: &str, size_gb: i64) -> ResourceView {
        self.made("volume", json!({"name": name, "size_gb": size_gb})).await
    }

    /// A server past the platform, on no network.
    pub(super) async fn server_outside(&self, name: &str) {
        let place = &self.place;
        let portal = &self.world.portal;
        let list = async |kind: &str| portal.list(&self.operator, place, kind).await.unwrap().items;
        let image = list("glance_image").await.remove(0).id;
        let flavor = list("nova_flavor").await.into_iter().find(|flavor| flavor.name == "m1.tiny").unwrap().id;
        let body: Value = json!({"name": name, "flavorRef": flavor, "imageRef": image, "networks": "none"});
        self.make_outside("vm", body).await;
    }
}

pub(super) fn id(view: &ResourceView) -> &str {
    view.resource_id.as_ref().unwrap().as_str()
}

#[tokio::test]
async fn made_deleted_and_renamed_outside_are_told_apart() {
    everywhere(PLENTY, async |scene| {
        let (lost, renamed) = (scene.server("lost").await.unwrap().view, scene.server("web").await.unwrap().view);
        let (lost, renamed) =
            (scene.until(&lost.id, State::Active).await, scene.until(&renamed.id, State::Active).await);
        scene.server_outside("byhand").await;
        scene.lose_outside("vm", id(&lost)).await;
        scene.change_outside("vm", id(&renamed), json!({"name": "other"})).await;
        let page = scene.compare().await;
        let is = |class, name: &str| (class, "vm".to_owned(), name.to_owned());
        assert_eq!(
            Scene::of(&page, &["vm"]),
            [is(Class::CreatedOutside, "byhand"), is(Class::Vanished, "lost"), is(Class::Changed, "other")]
        );
        let changed = page.items.iter().find(|finding| finding.class == Class::Changed).unwrap();
        let [difference] = &changed.differences[..] else { panic!("{changed:?}") };
        assert_eq!((&*difference.field, &*difference.ours, &*difference.theirs), ("name", "web", "other"));
        assert_eq!(scene.view(&lost.id).await.status, State::Vanished);
        assert_eq!(scene.used().await.0, 1, "what a complete list lacks gives its quota back");
        assert!(page.trouble.is_empty() && !page.checking && page.checked_at.is_some(), "{page:?}");
    })
    .await;
}

#[tokio::test]
async fn a_finding_goes_when_cloud_and_inventory_agree_again() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.volume("data", 1).await;
        scene.make_outside("volume", json!({"name": "byhand", "size": 1})).await;
        scene.change_outside("volume", id(&volume), json!({"name": "other"})).await;
        let page = scene.compare().await;
        assert_eq!(Scene::of(&page, &["volume"]).len(), 2);
        let outside = page.items.iter().find(|finding| finding.resource_name == "byhand").unwrap();
        let first_seen = outside.first_seen;
        let again = scene.compare().await;
        let outside = again.items.iter().find(|finding| finding.resource_name == "byhand").unwrap();
        assert_eq!(outside.first_seen, first_seen, "the same finding, older");
        assert!(outside.last_seen.0 > first_seen.0);
        scene.change_outside("volume", id(&volume), json!({"name": "data"})).await;
        scene.lose_outside("volume", outside.resource_id.as_str()).await;
        assert_eq!(Scene::of(&scene.compare().await, &["volume"]), []);
    })
    .await;
}

#[tokio::test]
async fn findings_are_filtered_paged_and_counted() {
    everywhere(PLENTY, async |scene| {
        for name in ["a", "b", "c"] {
            scene.make_outside("volume", json!({"name": name, "size": 1})).await;
        }
        scene.compare().await;
        let volumes = DriftQuery { resource_type: Some("volume".to_owned()), limit: Some(2), ..DriftQuery::default() };
        let first = scene.drift(volumes.clone()).await;
        assert_eq!(first.items.len(), 2);
        let second = scene.drift(DriftQuery { cursor: first.next.clone(), ..volumes }).await;
        assert_eq!((second.items.len(), second.next), (1, None));
        let vanished = DriftQuery { class: Some("vanished".to_owned()), ..DriftQuery::default() };
        assert!(scene.drift(vanished).await.items.is_empty());
        let total: i64 = first.counts.iter().map(|(_, count)| count).sum();
        let counted = scene.world.portal.drift_counts(&scene.operator).await.unwrap();
        assert_eq!(counted, [(scene.place.workspace.clone(), scene.place.environment, total)]);
        for (query, field) in [
            (DriftQuery { class: Some("odd".to_owned()), ..DriftQuery::default() }, "class"),
            (DriftQuery { resource_type: Some("nova_flavor".to_owned()), ..DriftQuery::default() }, "resource_type"),
            (DriftQuery { limit: Some(501), ..DriftQuery::default() }, "limit"),
            (DriftQuery { cursor: Some("no~where".to_owned()), ..DriftQuery::default() }, "cursor"),
        ] {
            let refused = scene.world.portal.drift(&scene.operator, &scene.place, &query).await;
            assert_eq!(crate::world::field(refused), field);
        }
    })
    .await;
}

#[tokio::test]
async fn each_binding_is_compared_once_in_a_period_by_whoever_comes_first() {
    everywhere(PLENTY, async |scene| {
        let portal = &scene.world.portal;
        let once = async || portal.check_drift_once(&Ctx::cli()).await.unwrap();
        assert_eq!(once().await, 1);
        assert_eq!(once().await, 0, "it is not due again");
        scene.world.clock.advance(599 * SECOND);
        assert_eq!(once().await, 0, "not before the period is over");
        scene.world.clock.advance(62 * SECOND);
        let (one, two) = tokio::join!(once(), once());
        assert!(one + two >= 1, "a period and a tenth later");
        // A server has it under way, and died.
        let lease = "UPDATE drift_checks SET due_at = 0, lease_owner = 'other', lease_until = UNTIL, fence = fence + 1";
        let until = scene.world.clock.now() + 60 * SECOND;
        scene.world.sql(lease.replace("UNTIL", &until.to_string())).await;
        assert_eq!(once().await, 0);
        assert!(scene.compare_at_once().await.checking, "who asks is told that one is under way");
        scene.world.clock.advance(61 * SECOND);
        assert_eq!(once().await, 1, "the lease has run out");
    })
    .await;
}

#[tokio::test]
async fn a_comparison_that_lost_its_lease_writes_nothing() {
    everywhere(PLENTY, async |scene| {
        scene.make_outside("volume", json!({"name": "byhand", "size": 1})).await;
        let slow = simulator::Fault {
            path: Some("/v2.1/servers".to_owned()),
            effect: simulator::Effect::Latency { millis: 1000 },
            ..Default::default()
        };
        scene.cloud.add(slow);
        let comparing = scene.compare_at_once();
        let stealing = async {
            while scene.world.count("SELECT count(*) AS n FROM drift_checks WHERE lease_until IS NOT NULL").await == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            scene.world.sql("UPDATE drift_checks SET fence = fence + 1".to_owned()).await;
        };
        tokio::join!(comparing, stealing);
        assert_eq!(scene.world.count("SELECT count(*) AS n FROM drift").await, 0);
    })
    .await;
}
