//! The walk over every creation with its answer lost: whatever the platform makes is found again, once, by its tag.
use crate::world::{SECOND, World};
use model::{
    Identity, Place, State, Usage,
    example::{self, Hole},
    view::ResourceView,
};
use openstack::{
    Collection, Told,
    client::{Cloud, ProjectScope},
};
use portal::{Ctx, SpecInput};
use serde_json::Value;
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
#[derive(Default)]
struct Base {
    made: Vec<ResourceView>,
    /// So many specs so far.
    numbers: u8,
}

impl Walk<'_> {
    /// Every part of every kind that the platform makes. What each is made of, its example says.
    pub(crate) async fn every_part(&self) {
        let mut base = Base::default();
        // No network lies between the portal and what it simulates itself.
        for kind in CATALOGUE.iter().copied().filter(|kind| !kind.kind.is_simulated()) {
            for slug in example::needs(&kind.kind.example) {
                self.found(&mut base, slug).await;
            }
            for part in kind.kept.iter().flat_map(|kept| kept.parts) {
                self.unanswered(kind, part, self.spec(kind, &mut base)).await;
            }
        }
        for view in base.made.iter().rev() {
            self.remove(view).await;
        }
    }

    /// Makes one of a kind for others to be made with, unless there is one.
    async fn found(&self, base: &mut Base, slug: &str) {
        let kind = services::find(slug).unwrap();
        if kind.kept.is_none() || base.made.iter().any(|view| view.resource_type == slug) {
            return;
        }
        for needed in example::needs(&kind.kind.example) {
            Box::pin(self.found(base, needed)).await;
        }
        let made = self.make(slug, self.spec(kind, base)).await;
        base.made.push(made);
    }

    /// What is asked for: each has all of its kind's parts.
    fn spec(&self, kind: &'static Definition, base: &mut Base) -> Value {
        base.numbers += 1;
        let filled = example::filled(&kind.kind.example, |hole| match hole {
            Hole::Name => format!("lost-{}", base.numbers),
            Hole::Number => (90 + base.numbers).to_string(),
            Hole::One("magnum_template") => self.template.to_owned(),
            Hole::One(slug) => {
                let made = base.made.iter().find(|view| view.resource_type == slug);
                let made = made.unwrap_or_else(|| panic!("there is no {slug}"));
                match services::find(slug).unwrap().kind.identity {
                    Identity::Name => made.resource_name.clone(),
                    // Others may be called alike in a cloud that is not ours alone.
                    _ => made.resource_id.as_ref().unwrap().to_string(),
                }
            }
        });
        Value::Object(filled.unwrap_or_else(|| panic!("{} has no example", kind.slug())))
    }

    /// One creation, and one of its answers lost.
    async fn unanswered(&self, kind: &'static Definition, part: &Part, spec: Value) {
        let what = format!("{} ({})", kind.slug(), part.noun);
        let before = self.used().await;
        (self.lose)(part.collection);
        let made = self.provision(kind.slug(), spec).await;
        // Made by PUT, it is asked for once more in the same breath, which does no harm.
        let told = part.collection.told == Told::Headers;
        assert!(told || !made.confirmed, "{what}: its answer was not lost: {made:?}");
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
        let listed = self
            .cloud
            .list(self.scope, region, part.collection, part.collection.list().queries(query), 10_000, "")
            .await
            .unwrap();
        assert!(listed.complete, "{}", kind.slug());
        let seen = listed.items.iter().map(|item| (part.read)(item).unwrap_or_else(|| panic!("{item}")));
        let carries = |seen: &services::Seen| match kind.kept.as_ref().unwrap().tag {
            Tag::Name | Tag::Mark => Some(&seen.id) == view.resource_id.as_ref(),
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
