//! When a service that does not answer is left alone, and when it is asked again. Pure: time comes in as an argument.
use std::time::Duration;
use tokio::time::Instant;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So many requests in a row without an answer open it. 5.
    pub failures: u32,
    /// The first pause. 5 s; doubled after each probe that fails.
    pub pause: Duration,
    /// The longest pause. 60 s.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { failures: 5, pause: Duration::from_secs(5), longest: Duration::from_secs(60) }
    }
}

/// What one request tells of its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It answered: whatever it said, somebody is at home.
    Alive,
    /// It was not reached, hung, or a proxy before it found it overloaded or away.
    Dead,
    /// Neither: the request was given up before it could tell.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Requests pass.
    Closed { failures: u32 },
    /// None pass until then.
    Open { until: Instant, pause: Duration },
    /// One is out to see whether it answers again.
    HalfOpen { pause: Duration },
}

/// Whether a request may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admit {
    /// As any other.
    Pass,
    /// As the only one, on which depends how it goes on.
    Probe,
    /// Not now; come back after this.
    Wait(Duration),
}

/// What changed by a sign, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turned {
    /// It is left alone from now on, for this long.
    Open(Duration),
    /// It answers again.
    Closed,
}

/// A circuit breaker of one service in one region.
#[derive(Debug)]
pub(super) struct Breaker {
    patience: Patience,
    state: State,
}

impl Breaker {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, state: State::Closed { failures: 0 } }
    }

    /// Whether a request may be sent now. Who is told [`Admit::Probe`] must tell what came of it.
    pub(super) fn admit(&mut self, now: Instant) -> Admit {
        match self.state {
            State::Closed { .. } => Admit::Pass,
            State::Open { until, .. } if now < until => Admit::Wait(until - now),
            State::Open { pause, .. } => {
                self.state = State::HalfOpen { pause };
                Admit::Probe
            }
            // The probe is soon back; who comes meanwhile is not made to wait for it.
            State::HalfOpen { pause } => Admit::Wait(pause.min(self.patience.pause)),
        }
    }

    /// Hears what came of a request.
    pub(super) fn hear(&mut self, sign: Sign, probe: bool, now: Instant) -> Option<Turned> {
        match (self.state, sign) {
            (State::Closed { failures }, Sign::Dead) if failures + 1 >= self.patience.failures => {
                Some(self.open(self.patience.pause, now))
            }
            (State::Closed { failures }, Sign::Dead) => {
                self.state = State::Closed { failures: failures + 1 };
                None
            }
            (State::Closed { .. }, Sign::Alive) => {
                self.state = State::Closed { failures: 0 };
                None
            }
            (State::HalfOpen { pause }, Sign::Dead) if probe => {
                Some(self.open((pause * 2).min(self.patience.longest), now))
            }
            // The probe was given up: whoever comes next is one.
            (State::HalfOpen { pause }, Sign::None) if probe => {
                self.state = State::Open { until: now, pause };
                None
            }
            // Also by a request that had been sent before it opened: an answer is an answer.
            (State::Open { .. } | State::HalfOpen { .. }, Sign::Alive) => {
                self.state = State::Closed { failures: 0 };
                Some(Turned::Closed)
            }
            // Others that had been sent before it opened: how they ended was known by then.
            (_, Sign::Dead | Sign::None) => None,
        }
    }

    fn open(&mut self, pause: Duration, now: Instant) -> Turned {
        self.state = State::Open { until: now + pause, pause };
        Turned::Open(pause)
    }

    /// How many requests in a row had no answer, while it is still asked.
    pub(super) fn failures(&self) -> u32 {
        match self.state {
            State::Closed { failures } => failures,
            State::Open { .. } | State::HalfOpen { .. } => self.patience.failures,
        }
    }

    /// In how long it is asked again; none while it is asked as usual.
    pub(super) fn resting(&self, now: Instant) -> Option<Duration> {
        match self.state {
            State::Closed { .. } => None,
            State::Open { until, .. } => Some(until.saturating_duration_since(now)),
            State::HalfOpen { .. } => Some(Duration::ZERO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A breaker that has just opened, for 5 s.
    fn open(now: Instant) -> Breaker {
        let mut breaker = Breaker::new(Patience::default());
        for _ in 0..5 {
            assert_eq!(breaker.admit(now), Admit::Pass);
            breaker.hear(Sign::Dead, false, now);
        }
        breaker
    }

    #[test]
    fn five_requests_without_an_answer_in_a_row_open_it() {
        let now = Instant::now();
        let mut breaker = Breaker::new(Patience::default());
        for _ in 0..4 {
            assert_eq!(breaker.hear(Sign::Dead, false, now), None);
        }
        assert_eq!(breaker.hear(Sign::Alive, false, now), None);
        for _ in 0..4 {
            assert_eq!(breaker.hear(Sign::Dead, false, now), None);
        }
        assert_eq!(breaker.hear(Sign::Dead, false, now), Some(Turned::Open(5 * SECOND)));
        assert_eq!(breaker.admit(now + 2 * SECOND), Admit::Wait(3 * SECOND));
    }

    #[test]
    fn after_the_pause_one_request_passes_and_the_others_wait_for_what_it_tells() {
        let now = Instant::now();
        let mut breaker = open(now);
        let later = now + 5 * SECOND;
        assert_eq!(breaker.admit(later), Admit::Probe);
        assert_eq!(breaker.admit(later), Admit::Wait(5 * SECOND));
        assert_eq!(breaker.hear(Sign::Alive, true, later), Some(Turned::Closed));
        assert_eq!(breaker.admit(later), Admit::Pass);
    }

    #[test]
    fn each_probe_that_fails_doubles_the_pause_up_to_the_longest() {
        let mut now = Instant::now();
        let mut breaker = open(now);
        let mut pause = 5;
        for expected in [10, 20, 40, 60, 60] {
            now += pause * SECOND;
            assert_eq!(breaker.admit(now), Admit::Probe);
            assert_eq!(breaker.hear(Sign::Dead, true, now), Some(Turned::Open(expected * SECOND)));
            pause = expected;
        }
    }

    #[test]
    fn a_probe_that_was_given_up_leaves_its_place_to_the_next() {
        let now = Instant::now();
        let mut breaker = open(now);
        let later = now + 5 * SECOND;
        assert_eq!(breaker.admit(later), Admit::Probe);
        assert_eq!(breaker.hear(Sign::None, true, later), None);
        assert_eq!(breaker.admit(later), Admit::Probe);
    }

    #[test]
    fn requests_that_were_under_way_when_it_opened_do_not_lengthen_the_pause_but_may_end_it() {
        let now = Instant::now();
        let mut breaker = open(now);
        assert_eq!(breaker.hear(Sign::Dead, false, now + SECOND), None);
        assert_eq!(breaker.admit(now + SECOND), Admit::Wait(4 * SECOND));
        assert_eq!(breaker.hear(Sign::Alive, false, now + 2 * SECOND), Some(Turned::Closed));
        assert_eq!(breaker.admit(now + 2 * SECOND), Admit::Pass);
    }
}
