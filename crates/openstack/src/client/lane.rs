//! One service of one region: how many requests run there at once, and whether it is asked at all.
use super::{
    breaker::{Admit, Breaker, Sign, Turned},
    config::CloudConfig,
};
use crate::Error;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tracing::{info, warn};

/// How a service of a region does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The region; empty for the identity service, which is asked where the configuration says.
    pub region: String,
    /// The official type: `network`.
    pub service_type: &'static str,
    /// The service's title.
    pub title: &'static str,
    /// How many requests in a row had no answer.
    pub failures: u32,
    /// In how long it is asked again, when it is left alone now.
    pub resting: Option<Duration>,
}

/// The turns of one service in one region, and its breaker.
pub(super) struct Lane {
    region: String,
    kind: &'static str,
    title: &'static str,
    all: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    /// Streams take as long as somebody's network needs: they have turns of their own, and hold up nobody else's.
    streams: Arc<Semaphore>,
    breaker: Mutex<Breaker>,
    /// A request that had less time than this, and no answer, tells nothing of its service.
    enough: Duration,
}

/// A turn. Given back when dropped.
pub(super) struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Lane {
    pub(super) fn new(config: &CloudConfig, region: &str, kind: &'static str, title: &'static str) -> Self {
        let most = config.concurrency.max(1);
        // Reads and writes may each take three quarters, so a quarter is always left for the other.
        let own = (most - most / 4).max(1);
        Self {
            region: region.to_owned(),
            kind,
            title,
            all: Arc::new(Semaphore::new(most)),
            reads: Arc::new(Semaphore::new(own)),
            writes: Arc::new(Semaphore::new(own)),
            streams: Arc::new(Semaphore::new(most)),
            breaker: Mutex::new(Breaker::new(config.patience)),
            enough: (config.timeout_of(kind) / 4).min(Duration::from_secs(2)),
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self, reads: bool) -> Option<Turn> {
        // Its own first: who waits there holds nothing that the other kind could use. Both fail only when closed, which
        // nobody does.
        let own = if reads { &self.reads } else { &self.writes };
        let _own = Arc::clone(own).acquire_owned().await.ok()?;
        let _all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _all, _own })
    }

    /// Waits for a stream's turn.
    pub(super) async fn stream(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.streams).acquire_owned().await.ok()
    }

    /// Passes a request, or says that none is sent now. To be asked when its turn has come, not before: what happened
    /// while it waited counts.
    pub(super) fn pass(self: &Arc<Self>, deadline: Instant) -> Result<Pass, Error> {
        let now = Instant::now();
        match self.breaker().admit(now) {
            Admit::Wait(wait) => Err(Error::Resting { service: self.title, retry_after: wait }),
            admit => {
                let telling = deadline.saturating_duration_since(now) >= self.enough;
                Ok(Pass { lane: Arc::clone(self), probe: admit == Admit::Probe, telling, told: false })
            }
        }
    }

    /// Whether it is left alone now: then nobody need wait for a turn.
    pub(super) fn resting(&self) -> Option<Error> {
        let resting = self.breaker().resting(Instant::now()).filter(|wait| !wait.is_zero())?;
        Some(Error::Resting { service: self.title, retry_after: resting })
    }

    pub(super) fn health(&self) -> Health {
        let breaker = self.breaker();
        Health {
            region: self.region.clone(),
            service_type: self.kind,
            title: self.title,
            failures: breaker.failures(),
            resting: breaker.resting(Instant::now()),
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // Whole even when poisoned: its state is one value, which is set at once.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, sign: Sign, probe: bool) {
        let turned = self.breaker().hear(sign, probe, Instant::now());
        let (service, region) = (self.kind, self.region.as_str());
        match turned {
            Some(Turned::Open(pause)) => {
                let seconds = pause.as_secs_f64();
                warn!(service, region, seconds, "a service does not answer and is left alone for a while");
            }
            Some(Turned::Closed) => info!(service, region, "a service answers again"),
            None => {}
        }
    }
}

/// A request that was let through. When its future is dropped before it was told what came of it, that tells nothing.
pub(super) struct Pass {
    lane: Arc<Lane>,
    probe: bool,
    /// Whether it has time enough that silence tells something.
    telling: bool,
    told: bool,
}

impl Pass {
    /// Whether it is the one that finds out whether a service is there again.
    pub(super) const fn is_probe(&self) -> bool {
        self.probe
    }

    /// Tells what came of it.
    pub(super) fn tell<T>(mut self, outcome: &Result<T, Error>) {
        self.told = true;
        let sign = match outcome {
            Err(Error::Status { status: 502..=504, .. }) => Sign::Dead,
            Err(Error::Lost { .. }) if self.telling => Sign::Dead,
            Err(Error::Lost { .. }) => Sign::None,
            // Also a refusal, a fault of its own (500) and 429, by which it says that it is busy: it is there.
            Ok(_) | Err(_) => Sign::Alive,
        };
        self.lane.hear(sign, self.probe);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if !self.told {
            self.lane.hear(Sign::None, self.probe);
        }
    }
}
