//! What the reconciler has under way: no row twice, and no binding's rows at the cost of another's.
use super::batch::{Due, batches};
use crate::Portal;
use model::{BindingId, Region, ResourceId};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::{
    sync::Semaphore,
    task::{Id, JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;
use tracing::error;

/// How many batches of one binding are advanced at the same time at one service.
const PER_BINDING: usize = 4;
/// How many at one service of one region, whosoever they are. A service that answers nobody takes this much until it is
/// left alone, and nothing of others.
const PER_SERVICE: usize = 32;
/// How many batches are advanced at the same time at all, lest connections run out.
const AT_ONCE: usize = 256;

/// What may hang: the service of a kind, in a region.
type Service = (Region, &'static str);

/// Batches of rows that wait for their turn or have it.
pub(super) struct UnderWay {
    tasks: JoinSet<()>,
    rows: HashMap<Id, Vec<ResourceId>>,
    turns: HashMap<(BindingId, Service), Arc<Semaphore>>,
    services: HashMap<Service, Arc<Semaphore>>,
    all: Arc<Semaphore>,
}

impl UnderWay {
    pub(super) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            rows: HashMap::new(),
            turns: HashMap::new(),
            services: HashMap::new(),
            all: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Takes what is due and not taken yet; gives how many rows that were. Who waits for a turn when `stop` comes is left
    /// for the next start.
    pub(super) fn take(&mut self, portal: &Portal, due: Vec<Due>, stop: &CancellationToken) -> usize {
        let taken: HashSet<&ResourceId> = self.rows.values().flatten().collect();
        let due: Vec<Due> = due.into_iter().filter(|due| !taken.contains(&due.id)).collect();
        let count = due.len();
        for batch in batches(due) {
            let rows = batch.rows.iter().map(|due| due.id.clone()).collect();
            // A kind that is no longer known asks nobody; its step fails before that.
            let kind = services::find(&batch.kind).map_or("", |kind| kind.collection.service.service_type);
            let service = (batch.region.clone(), kind);
            let own = self.turns.entry((batch.binding.clone(), service.clone()));
            let own = own.or_insert_with(|| Arc::new(Semaphore::new(PER_BINDING))).clone();
            let shared = self.services.entry(service);
            let shared = shared.or_insert_with(|| Arc::new(Semaphore::new(PER_SERVICE))).clone();
            let turns = take_turns([own, shared, self.all.clone()], stop.clone());
            let (portal, stop) = (portal.clone(), stop.clone());
            let task = self.tasks.spawn(async move {
                let Some(_turns) = turns.await else { return };
                portal.advance_batch(batch, &stop).await;
            });
            self.rows.insert(task.id(), rows);
        }
        count
    }

    /// Forgets what is done.
    pub(super) fn reap(&mut self) {
        while let Some(done) = self.tasks.try_join_next_with_id() {
            self.done(done);
        }
        // A semaphore that only we hold is nobody's turn.
        self.turns.retain(|_, turns| Arc::strong_count(turns) > 1);
        self.services.retain(|_, turns| Arc::strong_count(turns) > 1);
    }

    /// Waits until everything is done.
    pub(super) async fn finish(mut self) {
        while let Some(done) = self.tasks.join_next_with_id().await {
            self.done(done);
        }
    }

    fn done(&mut self, done: Result<(Id, ()), JoinError>) {
        let task = match done {
            Ok((task, ())) => task,
            Err(error) => {
                // The lease runs out by itself.
                error!(%error, rows = ?self.rows.get(&error.id()), "advancing broke off");
                error.id()
            }
        };
        self.rows.remove(&task);
    }
}

/// Waits for a turn of each, the narrowest first: who waits there holds nothing that others could use. None when that was
/// too late.
async fn take_turns(turns: [Arc<Semaphore>; 3], stop: CancellationToken) -> Option<impl Send> {
    let all = async {
        let mut taken = Vec::with_capacity(turns.len());
        for turn in turns {
            taken.push(turn.acquire_owned().await.ok()?);
        }
        Some(taken)
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        turns = all => turns,
    }
}
