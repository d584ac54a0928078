//! Time as an argument: the system's clock, or one that a test moves.
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// A clock in microseconds since 1970, UTC.
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn at(micros: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(micros))))
    }

    /// Moves a standing clock on; the system's clock is not impressed.
    pub fn advance(&self, micros: i64) {
        if let Some(standing) = &self.0 {
            standing.fetch_add(micros, Ordering::SeqCst);
        }
    }

    /// Now.
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(standing) => standing.load(Ordering::SeqCst),
            None => system_now(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
fn system_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock(standing)" } else { "Clock(system)" })
    }
}
