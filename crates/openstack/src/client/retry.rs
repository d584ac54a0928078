//! When a request is sent again, and after how long.
use crate::Error;
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// How often one request is sent at most.
pub(super) const ATTEMPTS: u32 = 4;
/// What cannot be sent again is sent so often.
pub(super) const ONCE: u32 = 1;
/// The pause before the second attempt; doubled before each further one.
const FIRST: Duration = Duration::from_millis(200);
/// The longest pause of our own choosing, and the longest `Retry-After` that is waited for; who asks for more gets the
/// error, with the time in it, instead of a caller that hangs.
pub(super) const LONGEST: Duration = Duration::from_secs(8);

/// Whether `error` allows the same request once more. A request that was certainly not executed (refused before it was
/// sent, or 429) may always be repeated; one that may have been executed only if that does no harm.
pub(super) fn allowed(error: &Error, idempotent: bool) -> bool {
    match error {
        Error::Lost { maybe_done, .. } => idempotent || !maybe_done,
        Error::Status { status: 429, .. } => true,
        Error::Status { status: 502..=504, .. } => idempotent,
        _ => false,
    }
}

/// How long to wait before attempt `next` (2, 3, …), or none when the service asks for longer than we wait.
pub(super) fn pause(error: &Error, next: u32) -> Option<Duration> {
    pause_with(error, next, RandomState::new().build_hasher().finish())
}

fn pause_with(error: &Error, next: u32, random: u64) -> Option<Duration> {
    if let Error::Status { retry_after: Some(asked), .. } = error {
        // A little on top, so that all who were told the same do not come back in the same moment.
        return (*asked <= LONGEST).then(|| *asked + Duration::from_millis(random % 100));
    }
    let whole = FIRST.saturating_mul(1 << next.saturating_sub(2).min(10)).min(LONGEST);
    let half = u64::try_from(whole.as_millis() / 2).unwrap_or(u64::MAX).max(1);
    Some(whole / 2 + Duration::from_millis(random % half))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, retry_after: Option<u64>) -> Error {
        Error::Status {
            service: "Compute",
            status,
            message: String::new(),
            request_id: None,
            retry_after: retry_after.map(Duration::from_secs),
            url: String::new(),
        }
    }

    fn lost(maybe_done: bool) -> Error {
        Error::Lost { service: "Compute", cause: String::new(), maybe_done }
    }

    #[test]
    fn what_may_have_been_done_is_repeated_only_if_that_does_no_harm() {
        for (error, idempotent, other) in [
            (lost(true), true, false),
            (lost(false), true, true),
            (status(429, None), true, true),
            (status(502, None), true, false),
            (status(503, None), true, false),
            (status(504, None), true, false),
            (status(500, None), false, false),
            (status(409, None), false, false),
            (status(401, None), false, false),
        ] {
            assert_eq!(allowed(&error, true), idempotent, "{error}");
            assert_eq!(allowed(&error, false), other, "{error}");
        }
    }

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for (next, least, most) in [(2, 100, 200), (3, 200, 400), (4, 400, 800), (40, 4000, 8000)] {
            for random in [0, 1, u64::MAX] {
                let pause = pause_with(&lost(false), next, random).unwrap().as_millis();
                assert!((least..most).contains(&pause), "{next}: {pause}");
            }
        }
    }

    #[test]
    fn a_service_that_says_when_is_obeyed_or_given_up() {
        assert_eq!(pause_with(&status(429, Some(3)), 2, 0), Some(Duration::from_secs(3)));
        assert_eq!(pause_with(&status(503, Some(3600)), 2, 0), None);
    }
}
