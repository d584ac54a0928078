//! The walk over every creation with its answer lost: whatever the platform makes is found again, once, by its tag.
use crate::world::{SECOND, World};
use model::{Place, State, Usage, view::ResourceView};
use openstack::{
    Collection,
    client::{Cloud, ProjectScope},
};
use portal::{Ctx, SpecInput};
use serde_json::{Value, json};
use services::{CATALOGUE, Definition, Part, Tag};
use std::time::Duration;

/// In seconds: how far the portal's clock goes from round to round. Slow enough that a real cloud, in the second that a
/// round takes there, is never thought to have had its quiet time before it is done.
const STEP: i64 = 5;

/// A place in a cloud whose answers can be lost.
pub(crate) struct Walk<'a> {
    pub(crate) world: &'a World,
    pub(crate) operator: &'a Ctx,
    pub(crate) place: &'a Place,
    /// Asks the cloud past the portal.
    pub(crate) cloud: &'a Cloud,
    pub(crate) scope: &'a ProjectScope,
    /// A cluster template that the project may use.
    pub(crate) template: &'a str,
    /// Has the next creation in a collection done, and its answer lost.
    pub(crate) lose: &'a dyn Fn(&Collection),
    /// What a round takes at least, where the cloud needs time.
    pub(crate) pause: Duration,
}

/// What other things are made with.
struct Base {
    network: String,
    keypair: String,
}

impl Walk<'_> {
    /// Every part of every kind that the platform makes. A kind that has no spec here fails it.
    pub(crate) async fn every_part(&self) {
        let network = self.make("network", json!({"name": "base", "subnet_cidr": "10.96.0.0/24"})).await;
        let keypair = self.make("nova_keypair", json!({"name": "base"})).await;
        let base =
            Base { network: network.resource_id.as_ref().unwrap().to_string(), keypair: keypair.resource_name.clone() };
        for kind in CATALOGUE.iter().copied() {
            for part in kind.kept.iter().flat_map(|kept| kept.parts) {
                self.unanswered(kind, part, self.spec(kind.slug(), &base)).await;
            }
        }
        self.remove(&keypair).await;
        self.remove(&network).await;
    }

    /// What is asked for: each has all of its kind's parts.
    fn spec(&self, slug: &str, Base { network, keypair }: &Base) -> Value {
        match slug {
            "vm" => json!({
                "name": "lost", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": network,
            }),
            "nova_keypair" => json!({"name": "lost"}),
            "cluster" => json!({
                "name": "lost", "cluster_template_id": self.template, "node_count": 1, "keypair": keypair,
            }),
            "volume" => json!({"name": "lost", "size_gb": 1}),
            "network" => json!({"name": "lost", "subnet_cidr": "10.97.0.0/24"}),
            "neutron_subnet" => json!({"name": "lost", "network_id": network, "cidr": "10.98.0.0/24"}),
            "neutron_router" => json!({"name": "lost", "external_network_id": "public"}),
            "floating_ip" => json!({"network_name": "public"}),
            other => panic!("{other} is made, and what comes of it after a lost answer is not tried: give it a spec"),
        }
    }

    /// One creation, and one of its answers lost.
    async fn unanswered(&self, kind: &'static Definition, part: &Part, spec: Value) {
        let what = format!("{} ({})", kind.slug(), part.noun);
        let before = self.used().await;
        (self.lose)(part.collection);
        let made = self.provision(kind.slug(), spec).await;
        assert!(!made.confirmed, "{what}: its answer was not lost: {made:?}");
        let view = self.until(&made.view, State::Active).await;
        self.stands_once(kind, &view).await;
        assert_eq!(self.used().await, before + view.usage, "{what}");
        self.remove(&view).await;
        for part in kind.kept.iter().flat_map(|kept| kept.parts) {
            assert_eq!(self.carriers(kind, part, &view).await, Vec::<String>::new(), "{what}: it is still there");
        }
        assert_eq!(self.used().await, before, "{what}");
    }

    /// Each part stands in the cloud, once, and the first is what the row knows.
    async fn stands_once(&self, kind: &'static Definition, view: &ResourceView) {
        let id = view.resource_id.as_ref().unwrap().to_string();
        let detail = self.world.portal.detail(self.operator, self.place, view.id.as_str()).await.unwrap();
        let twin = detail.events.iter().find(|event| event.action.ends_with(".twin"));
        assert!(twin.is_none(), "{}: it was made twice: {twin:?}", kind.slug());
        for (place, part) in kind.kept.iter().flat_map(|kept| kept.parts).enumerate() {
            let found = self.carriers(kind, part, view).await;
            assert_eq!(found.len(), 1, "{} ({}): {found:?}", kind.slug(), part.noun);
            assert!(place > 0 || found == [id.as_str()], "{}: {found:?} is not {id}", kind.slug());
        }
    }

    /// The ids of what the cloud has of a part and what carries the row's tag; where the name is all, of what bears it.
    async fn carriers(&self, kind: &'static Definition, part: &Part, view: &ResourceView) -> Vec<String> {
        let owner = self.cloud.token(self.scope).await.unwrap().project.as_ref().unwrap().id.clone();
        let (query, region) = (kind.own_query(&owner), view.openstack_region.as_str());
        let listed = self.cloud.list(self.scope, region, part.collection, &query, 10_000, "").await.unwrap();
        assert!(listed.complete, "{}", kind.slug());
        let seen = listed.items.iter().map(|item| (part.read)(item).unwrap_or_else(|| panic!("{item}")));
        let carries = |seen: &services::Seen| match kind.kept.as_ref().unwrap().tag {
            Tag::Name => Some(&seen.id) == view.resource_id.as_ref(),
            _ => seen.tag.as_deref() == Some(view.id.as_str()),
        };
        seen.filter(carries).map(|seen| seen.id.to_string()).collect()
    }

    async fn provision(&self, kind: &str, spec: Value) -> model::view::Provisioned {
        let input = SpecInput::Json(spec.as_object().unwrap().clone());
        let made = self.world.portal.provision(self.operator, self.place, kind, input, None).await;
        made.unwrap_or_else(|error| panic!("{kind}: {error:?}"))
    }

    async fn make(&self, kind: &str, spec: Value) -> ResourceView {
        let made = self.provision(kind, spec).await;
        self.until(&made.view, State::Active).await
    }

    async fn remove(&self, view: &ResourceView) {
        let (portal, kind) = (&self.world.portal, view.resource_type.as_str());
        portal.remove(self.operator, self.place, kind, view.id.as_str()).await.unwrap();
        self.until(view, State::Gone).await;
    }

    /// Lets time pass and the reconciler work until it is in that state.
    async fn until(&self, view: &ResourceView, state: State) -> ResourceView {
        for _ in 0..200 {
            let now = self.world.portal.resource(self.operator, &self.place.workspace, &view.id).await.unwrap();
            if now.status == state {
                return now;
            }
            assert_ne!(now.status, State::Failed, "{now:?}");
            tokio::time::sleep(self.pause).await;
            self.world.clock.advance(STEP * SECOND);
            self.world.portal.reconcile_once(&Ctx::cli()).await.unwrap();
        }
        panic!("never {state}: {view:?}");
    }

    /// What of the quota is taken, which must be the sum of the rows.
    async fn used(&self) -> Usage {
        let ledger = self.world.portal.verify_quota(&Ctx::cli(), Some(&self.place.workspace)).await.unwrap().remove(0);
        assert_eq!(ledger.wrong(), []);
        self.world.portal.overview(self.operator, self.place).await.unwrap().environment.used
    }
}
