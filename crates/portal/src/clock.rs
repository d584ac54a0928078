//! Time as an argument: the system's clock, set by the database's where several servers share one, or one that a test
//! moves.
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// A clock in microseconds since 1970, UTC.
#[derive(Clone)]
pub struct Clock(Kind);

#[derive(Clone)]
enum Kind {
    /// The system's, and by how much the database's is ahead of it.
    System(Arc<AtomicI64>),
    Standing(Arc<AtomicI64>),
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Kind::System(Arc::default()))
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn at(micros: i64) -> Self {
        Self(Kind::Standing(Arc::new(AtomicI64::new(micros))))
    }

    /// Moves a standing clock on; the system's clock is not impressed.
    pub fn advance(&self, micros: i64) {
        if let Kind::Standing(now) = &self.0 {
            now.fetch_add(micros, Ordering::SeqCst);
        }
    }

    /// Now.
    pub fn now(&self) -> i64 {
        match &self.0 {
            Kind::System(ahead) => system_now() + ahead.load(Ordering::Relaxed),
            Kind::Standing(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Follows another clock, which is ahead of the system's by so much. A standing clock follows nobody.
    pub(crate) fn follow(&self, micros_ahead: i64) {
        if let Kind::System(ahead) = &self.0 {
            ahead.store(micros_ahead, Ordering::Relaxed);
        }
    }
}

/// By the machine's own clock, whomever ours follows.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
pub(crate) fn system_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::System(_) => "Clock(system)",
            Kind::Standing(_) => "Clock(standing)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_clock_follows_another_and_a_standing_one_does_not() {
        let (system, standing) = (Clock::system(), Clock::at(5));
        let hour = 3_600_000_000;
        system.follow(hour);
        standing.follow(hour);
        assert!(system.clone().now() >= system_now() + hour - 60_000_000);
        assert_eq!(standing.now(), 5);
    }
}
