//! What was read of the cloud: kept long, because old is better than nothing; read once for all who wait, in a task that
//! goes on when they no longer do.
mod read;

use super::{cloud::ScopedCloud, part::Part};
use crate::{
    News, Portal,
    bindings::Binding,
    error::{Error, Result},
};
use model::{BindingId, Environment, ExternalId, Place, WorkspaceSlug};
use serde::{Deserialize, Serialize};
use services::{Definition, Facts, Seen};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;

/// How long a list is kept, to be shown when its service does not answer.
const KEPT: Duration = Duration::from_secs(30 * 60);
/// How many things are kept in all lists together.
const MOST: u64 = 50_000;
/// How old an answer may be, in microseconds.
const FRESH: i64 = 5_000_000;
/// For choices: flavors and images change seldom.
const CHOICES: i64 = 60_000_000;
/// How long a page waits for what is fresh: with everything else that it does, it answers within a second.
const GLANCE: Duration = Duration::from_millis(600);
/// How long a list that somebody missed is asked for, in microseconds.
const SOUGHT: i64 = 3_600_000_000;

/// A list: of one kind, for one binding, of one parent, where the kind lies in things of another, and which page of it,
/// where it is not all.
pub(crate) type Key = (BindingId, &'static str, Option<ExternalId>, Option<Part>);

/// The list that a page is of.
fn whole(key: &Key) -> Key {
    let (binding, kind, parent, _) = key.clone();
    (binding, kind, parent, None)
}

/// Of what something is listed: a kind, the thing that it lies in, where it does, and which page, where it is not all.
#[derive(Clone)]
pub(super) struct Drawer {
    pub kind: &'static Definition,
    pub parent: Option<ExternalId>,
    pub part: Option<Part>,
}

impl Drawer {
    /// What a project has, or may use, of a kind.
    pub(super) fn of(kind: &'static Definition) -> Self {
        Self { kind, parent: None, part: None }
    }

    /// What lies in one thing.
    pub(super) fn in_one(kind: &'static Definition, parent: ExternalId) -> Self {
        Self { kind, parent: Some(parent), part: None }
    }

    fn key(&self, binding: &BindingId) -> Key {
        (binding.clone(), self.kind.slug(), self.parent.clone(), self.part.clone())
    }
}
type Outcome = Result<Arc<Listed>, openstack::Error>;

/// What a cloud said, and when.
#[derive(Debug)]
pub(crate) struct Listed {
    pub items: Vec<Seen>,
    pub complete: bool,
    /// Where the next page begins, of a page that one follows.
    pub next: Option<Part>,
    pub as_of: i64,
    serial: u64,
}

/// How old an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Of this moment: read after it was asked for.
    Now,
    /// For a service page.
    Page,
    /// For choices.
    Choice,
}

/// How long somebody waits for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// A moment, then takes what there is, or nothing: a page, which is told later.
    Glance,
    /// A moment if there is an older one; else until the cloud has answered: a script, which is not.
    First,
}

/// A list, as old as it may be, and why it is not fresh.
pub(super) struct Glimpse {
    pub listed: Option<Arc<Listed>>,
    pub lag: Option<Lag>,
}

/// Why a list is not fresh.
pub(super) enum Lag {
    /// The service has not answered yet.
    Waiting,
    /// It failed, or refused.
    Failed(openstack::Error),
}

/// A list that was missed can be had: its pages may ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshened {
    /// Where.
    pub workspace: WorkspaceSlug,
    /// Where.
    pub environment: Environment,
    /// The kind's slug.
    pub kind: String,
}

/// One read that is under way.
#[derive(Clone)]
struct Flight {
    serial: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// All lists, and the reads that are under way.
pub(crate) struct Shelf {
    lists: moka::sync::Cache<Key, Arc<Listed>>,
    /// When something of a list was changed, as a serial: reads that began before it do not count as fresh.
    changed: moka::sync::Cache<Key, u64>,
    flights: Mutex<HashMap<Key, Flight>>,
    /// Lists that somebody missed, and until when they are asked for.
    sought: Mutex<HashMap<Key, i64>>,
    last: AtomicU64,
}

impl Shelf {
    pub(super) fn new() -> Self {
        let weigh = |_: &Key, listed: &Arc<Listed>| u32::try_from(listed.items.len() + 1).unwrap_or(u32::MAX);
        Self {
            lists: moka::sync::Cache::builder().max_capacity(MOST).weigher(weigh).time_to_live(KEPT).build(),
            changed: moka::sync::Cache::builder().max_capacity(MOST).time_to_live(KEPT).build(),
            flights: Mutex::default(),
            sought: Mutex::default(),
            last: AtomicU64::new(0),
        }
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<Key, Flight>> {
        // Whole even when poisoned: entries are put in and taken out, nothing else.
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sought(&self) -> MutexGuard<'_, HashMap<Key, i64>> {
        self.sought.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing was changed since a read began.
    fn holds(&self, key: &Key, serial: u64) -> bool {
        self.changed.get(&whole(key)).is_none_or(|changed| changed < serial)
    }

    fn keep(&self, key: &Key, listed: &Arc<Listed>) {
        let newer = |kept: Arc<Listed>| kept.serial > listed.serial;
        if !self.lists.get(key).is_some_and(newer) {
            self.lists.insert(key.clone(), listed.clone());
        }
    }
}

impl Flight {
    async fn end(mut self) -> Outcome {
        match self.outcome.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(broke_off())),
            Err(_) => Err(broke_off()),
        }
    }
}

fn broke_off() -> openstack::Error {
    openstack::Error::Unreadable { service: "The cloud", cause: "reading it broke off".to_owned() }
}

impl Portal {
    fn shelf(&self) -> &Shelf {
        &self.inner.clouds.shelf
    }

    /// What was read of a kind is no longer true; it is kept for want of something better.
    pub(super) fn outdated(&self, binding: &BindingId, kind: &'static Definition) {
        self.changed(Drawer::of(kind).key(binding));
    }

    /// The same of what lies in one thing.
    pub(super) fn outdated_in(&self, binding: &BindingId, kind: &'static Definition, parent: &ExternalId) {
        for kind in services::within(kind.slug()) {
            self.changed(Drawer::in_one(kind, parent.clone()).key(binding));
        }
    }

    /// The same of what lies in those of them that an action was told of.
    pub(super) fn outdated_deeper(&self, binding: &BindingId, kind: &'static Definition, facts: &Facts) {
        for (outer, inner) in services::within(kind.slug())
            .flat_map(|outer| services::within(outer.kind.slug.as_ref()).map(move |inner| (outer, inner)))
        {
            if let Some(id) = kind.names(inner, outer).and_then(|field| facts.id(field)) {
                self.changed(Drawer::in_one(inner, ExternalId::new(id)).key(binding));
            }
        }
    }

    fn changed(&self, key: Key) {
        let serial = self.shelf().next();
        self.shelf().changed.insert(key, serial);
    }

    /// What a project has, or may use, of a kind: from memory if that is young enough, else from the cloud, however long
    /// that takes.
    pub(super) async fn listed(
        &self,
        cloud: &ScopedCloud,
        binding: &Binding,
        drawer: &Drawer,
        age: Age,
    ) -> Result<Arc<Listed>> {
        let key = drawer.key(&binding.id);
        match self.fresh(&key, age) {
            Some(listed) => Ok(listed),
            None => self.fly(&key, cloud, drawer, age).end().await.map_err(Error::Cloud),
        }
    }

    /// As [`Self::listed`], but takes an older list when there is no fresh one after a moment, and asks on behind its
    /// caller's back: pages of that place are told when it can be had.
    pub(super) async fn glimpse(
        &self,
        cloud: &ScopedCloud,
        binding: &Binding,
        drawer: &Drawer,
        (age, wait): (Age, Wait),
    ) -> Glimpse {
        let key = drawer.key(&binding.id);
        if let Some(listed) = self.fresh(&key, age) {
            return Glimpse { listed: Some(listed), lag: None };
        }
        let kept = self.shelf().lists.get(&key);
        let flight = self.fly(&key, cloud, drawer, age).end();
        let outcome = match wait {
            Wait::First if kept.is_none() => Some(flight.await),
            _ => tokio::time::timeout(GLANCE, flight).await.ok(),
        };
        match outcome {
            Some(Ok(listed)) => Glimpse { listed: Some(listed), lag: None },
            Some(Err(error)) => {
                if error.may_pass() {
                    self.seek(cloud, binding, drawer);
                }
                Glimpse { listed: kept, lag: Some(Lag::Failed(error)) }
            }
            None => {
                self.seek(cloud, binding, drawer);
                Glimpse { listed: kept, lag: Some(Lag::Waiting) }
            }
        }
    }

    fn fresh(&self, key: &Key, age: Age) -> Option<Arc<Listed>> {
        let longest = match age {
            Age::Now => return None,
            Age::Page => FRESH,
            Age::Choice => CHOICES,
        };
        let young =
            |listed: &Arc<Listed>| listed.as_of >= self.now() - longest && self.shelf().holds(key, listed.serial);
        // All of a list is its first page, too, where it fits on one.
        let all = || {
            let part = key.3.as_ref().filter(|part| part.is_first())?;
            let fits = |listed: &Arc<Listed>| listed.complete && listed.items.len() <= part.limit && young(listed);
            self.shelf().lists.get(&whole(key)).filter(fits)
        };
        self.shelf().lists.get(key).filter(young).or_else(all)
    }

    /// The read that is under way, if it began late enough; else one that begins now.
    fn fly(&self, key: &Key, cloud: &ScopedCloud, drawer: &Drawer, age: Age) -> Flight {
        let shelf = self.shelf();
        let serial = shelf.next();
        let mut flights = shelf.flights();
        let joins = |flight: &&Flight| {
            // A read whose task is gone without a word never ends.
            age != Age::Now && flight.outcome.has_changed().is_ok() && shelf.holds(key, flight.serial)
        };
        if let Some(flight) = flights.get(key).filter(joins) {
            return flight.clone();
        }
        let (told, outcome) = watch::channel(None);
        let flight = Flight { serial, outcome };
        flights.insert(key.clone(), flight.clone());
        drop(flights);
        let (portal, key, cloud, as_of) = (self.clone(), key.clone(), cloud.clone(), self.now());
        let drawer = drawer.clone();
        tokio::spawn(async move {
            let outcome = read::read(&cloud, &drawer).await.map(|read::Read { items, complete, next }| {
                let listed = Arc::new(Listed { items, complete, next, as_of, serial });
                portal.shelf().keep(&key, &listed);
                // A list of one page is all that there is: whoever chooses of it need not read it again.
                if key.3.as_ref().is_some_and(Part::is_first) && listed.next.is_none() {
                    portal.shelf().keep(&whole(&key), &listed);
                }
                listed
            });
            let mut flights = portal.shelf().flights();
            if flights.get(&key).is_some_and(|flight| flight.serial == serial) {
                flights.remove(&key);
            }
            drop(flights);
            // Nobody may wait any longer; what was read is kept all the same.
            told.send_replace(Some(outcome));
        });
        flight
    }

    /// Asks for a list that somebody missed until it can be had, and tells the pages of its place.
    fn seek(&self, cloud: &ScopedCloud, binding: &Binding, drawer: &Drawer) {
        // Of pages only the first, which is the same for all: where others begin, callers say.
        if drawer.part.as_ref().is_some_and(|part| part.from.is_some()) {
            return;
        }
        let (key, until) = (drawer.key(&binding.id), self.now() + SOUGHT);
        if self.shelf().sought().insert(key.clone(), until).is_some() {
            return;
        }
        let (portal, cloud, binding, drawer) = (self.clone(), cloud.clone(), binding.clone(), drawer.clone());
        tokio::spawn(async move {
            let mut pause = Duration::from_secs(1);
            while let Err(error) = portal.listed(&cloud, &binding, &drawer, Age::Page).await {
                let lasting = matches!(&error, Error::Cloud(error) if !error.may_pass());
                let over = portal.shelf().sought().get(&key).is_none_or(|until| *until < portal.now());
                if lasting || over {
                    portal.shelf().sought().remove(&key);
                    return;
                }
                // While it is left alone, this asks nothing of the service.
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(10));
            }
            portal.shelf().sought().remove(&key);
            let Place { workspace, environment } = binding.place();
            let kind = drawer.kind.slug().to_owned();
            portal.announce(News::Listed(Freshened { workspace, environment, kind })).await;
        });
    }
}
