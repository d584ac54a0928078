//! Shares: quota, access rules, snapshots.
use crate::scene::{Scene, everywhere};
use model::{Error, State, view::ResourceView};
use serde_json::json;

impl Scene<'_> {
    async fn share(&self, name: &str, size: i64) -> ResourceView {
        self.made("manila_share", json!({"name": name, "size_gb": size})).await
    }
}

#[tokio::test]
async fn a_share_and_its_snapshots_take_of_the_storage_that_volumes_do() {
    everywhere((10, 10, 100), async |scene| {
        let share = scene.share("files", 40).await;
        scene.made("manila_snapshot", json!({"name": "before", "share_id": "files"})).await;
        assert_eq!(scene.used().await, (0, 0, 80));
        let refused = scene.provision("volume", json!({"name": "data", "size_gb": 30})).await.unwrap_err();
        assert!(matches!(refused, Error::QuotaExceeded { left, .. } if left.storage_gb == 20), "{refused:?}");
        scene.act(&share, "extend", json!({"new_size_gb": 60})).await.unwrap();
        scene.pass(5).await;
        assert_eq!(scene.used().await, (0, 0, 100));
        let ledger = scene.world.portal.verify_quota(&portal::Ctx::cli(), Some(scene.workspace())).await.unwrap();
        assert_eq!(ledger[0].wrong(), []);
        assert_eq!(ledger[0].cloud.as_ref().unwrap().managed.storage_gb, 100, "the cloud counts alike");
    })
    .await;
}

#[tokio::test]
async fn access_to_a_share_is_granted_and_revoked() {
    everywhere((10, 10, 100), async |scene| {
        let share = scene.share("files", 1).await;
        let (portal, rules) = (&scene.world.portal, "manila_access_rule");
        let listed = async || {
            let list = portal.list_in(&scene.operator, &scene.place, rules, "files").await.unwrap();
            list.items.into_iter().map(|item| item.name).collect::<Vec<_>>()
        };
        assert_eq!(listed().await, Vec::<String>::new());
        scene.act(&share, "grant_access", json!({"access_to": "10.0.0.0/24"})).await.unwrap();
        assert_eq!(listed().await, ["10.0.0.0/24"]);
        let again = scene.act(&share, "grant_access", json!({"access_to": "10.0.0.0/24"})).await.unwrap_err();
        assert!(again.to_string().contains("exists"), "{again}");
        scene.pass(5).await;
        scene.act(&share, "revoke_access", json!({"access_id": "10.0.0.0/24"})).await.unwrap();
        scene.pass(5).await;
        assert_eq!(listed().await, Vec::<String>::new());
        let paths = portal.list_in(&scene.operator, &scene.place, "manila_export_location", "files").await.unwrap();
        assert!(!paths.items.is_empty(), "it can be mounted somewhere");
    })
    .await;
}

#[tokio::test]
async fn a_share_with_snapshots_stays_and_says_why() {
    everywhere((10, 10, 100), async |scene| {
        let share = scene.share("files", 1).await;
        scene.made("manila_snapshot", json!({"name": "before", "share_id": "files"})).await;
        scene.remove(&share).await.unwrap();
        scene.pass(5).await;
        let view = scene.view(&share.id).await;
        assert_eq!(view.status, State::Deleting);
        assert!(view.fault.as_deref().unwrap_or_default().contains("snapshot"), "{:?}", view.fault);
    })
    .await;
}

#[tokio::test]
async fn a_share_networks_subnet_is_one_of_its_network() {
    everywhere((10, 10, 100), async |scene| {
        scene.made("network", json!({"name": "other", "subnet_cidr": "10.99.0.0/24"})).await;
        let ask = |subnet: &str| json!({"name": "for-shares", "neutron_net_id": "other", "neutron_subnet_id": subnet});
        let refused = scene.provision("manila_share_network", ask("private-subnet")).await.unwrap_err();
        assert!(refused.fields().contains_key("neutron_subnet_id"), "{refused:?}");
        scene.made("manila_share_network", ask("other-subnet")).await;
    })
    .await;
}

#[tokio::test]
async fn a_form_offers_the_subnets_of_the_network_that_is_chosen() {
    everywhere((10, 10, 100), async |scene| {
        scene.made("network", json!({"name": "other", "subnet_cidr": "10.99.0.0/24"})).await;
        let offered = async |chosen: model::FormValues| {
            let portal = &scene.world.portal;
            let form = portal.form(&scene.operator, &scene.place, "manila_share_network", &chosen).await.unwrap();
            let found = form.choices.into_iter().find(|(name, _)| name == "neutron_subnet_id").unwrap().1;
            found.into_iter().map(|choice| choice.label).collect::<Vec<_>>()
        };
        assert_eq!(offered(model::FormValues::new()).await, ["other-subnet"], "the form begins with the first network");
        let list = scene.world.portal.list(&scene.operator, &scene.place, "network").await.unwrap();
        let private = list.items.iter().find(|one| one.name == "private").unwrap().id.to_string();
        let chosen = model::FormValues::from([("neutron_net_id".to_owned(), private)]);
        assert_eq!(offered(chosen).await, ["private-subnet"]);
    })
    .await;
}
