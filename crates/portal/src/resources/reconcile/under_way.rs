//! What the reconciler has under way: no row twice, and no binding's rows at the cost of another's.
use super::Due;
use crate::Portal;
use model::{BindingId, ResourceId};
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

/// How many rows of one binding are advanced at the same time. A region that answers nobody takes this much of each of
/// its bindings, and nothing of others.
const PER_BINDING: usize = 4;
/// How many rows are advanced at the same time at all, lest connections run out.
const AT_ONCE: usize = 128;

/// Rows that wait for their turn or have it.
pub(super) struct UnderWay {
    tasks: JoinSet<()>,
    rows: HashMap<Id, ResourceId>,
    turns: HashMap<BindingId, Arc<Semaphore>>,
    all: Arc<Semaphore>,
}

impl UnderWay {
    pub(super) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            rows: HashMap::new(),
            turns: HashMap::new(),
            all: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Takes what is due and not taken yet; gives how many rows that were. Who waits for a turn when `stop` comes is left
    /// for the next start.
    pub(super) fn take(&mut self, portal: &Portal, due: Vec<Due>, stop: &CancellationToken) -> usize {
        let taken: HashSet<ResourceId> = self.rows.values().cloned().collect();
        let mut count = 0;
        for Due { id, binding } in due.into_iter().filter(|due| !taken.contains(&due.id)) {
            let turn = self.turns.entry(binding).or_insert_with(|| Arc::new(Semaphore::new(PER_BINDING)));
            let turns = take_turns(turn.clone(), self.all.clone(), stop.clone());
            let (portal, row) = (portal.clone(), id.clone());
            let task = self.tasks.spawn(async move {
                let Some(_turns) = turns.await else { return };
                portal.advance(row).await;
            });
            self.rows.insert(task.id(), id);
            count += 1;
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
                // Its lease runs out by itself.
                error!(%error, row = ?self.rows.get(&error.id()), "advancing a row broke off");
                error.id()
            }
        };
        self.rows.remove(&task);
    }
}

/// Waits for the binding's turn and for room at all; none when that was too late.
async fn take_turns(turn: Arc<Semaphore>, all: Arc<Semaphore>, stop: CancellationToken) -> Option<impl Send> {
    let both = async { Some((turn.acquire_owned().await.ok()?, all.acquire_owned().await.ok()?)) };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        turns = both => turns,
    }
}
