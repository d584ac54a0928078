//! The lifecycle as tables.
use super::{Heard, Rules, Standing as S, Step, Wanted, after, next};
use model::{ExternalId, State};
use std::time::Duration;

const RULES: Rules = Rules { quiet: Duration::from_secs(90) };
const SECOND: i64 = 1_000_000;

fn id() -> ExternalId {
    ExternalId::new("e-1")
}
fn sending(since: i64) -> S {
    S::Sending { attempt: 1, since }
}
fn has(state: State) -> Heard {
    Heard::Has { id: id(), state, fault: None }
}
fn then(wanted: Wanted, standing: S, heard: Heard, now: i64) -> S {
    let main = standing.id().cloned();
    after(wanted, standing, heard, main.as_ref(), false, now, RULES)
}

#[test]
fn what_may_have_been_asked_for_is_looked_for_whatever_is_wanted() {
    for wanted in [Wanted::Present, Wanted::Absent] {
        assert_eq!(next(wanted, &sending(0), 0), Step::Find);
    }
}

#[test]
fn every_standing_has_its_step() {
    let failed = |id| S::Failed { id, fault: "no".to_owned() };
    let deleting = |last_error| S::Deleting { id: id(), last_error };
    let refused = Some("in use".to_owned());
    for (wanted, standing, made, step) in [
        (Wanted::Present, S::Requested, 0, Step::Make),
        (Wanted::Present, S::Requested, 1, Step::Make),
        (Wanted::Present, S::Building { id: id() }, 1, Step::Look(id())),
        (Wanted::Present, S::Active { id: id() }, 1, Step::Look(id())),
        (Wanted::Present, S::Vanished { id: id() }, 1, Step::Confirm(id())),
        (Wanted::Present, failed(None), 0, Step::Rest),
        (Wanted::Present, failed(Some(id())), 1, Step::Rest),
        (Wanted::Absent, S::Requested, 0, Step::Forget),
        (Wanted::Absent, S::Requested, 1, Step::Delete),
        (Wanted::Absent, failed(None), 0, Step::Forget),
        (Wanted::Absent, failed(Some(id())), 1, Step::Delete),
        (Wanted::Absent, S::Active { id: id() }, 1, Step::Delete),
        (Wanted::Absent, S::Vanished { id: id() }, 1, Step::Delete),
        (Wanted::Absent, deleting(None), 1, Step::Look(id())),
        (Wanted::Absent, deleting(refused), 1, Step::Delete),
        (Wanted::Absent, S::Gone, 0, Step::Rest),
        (Wanted::Present, S::Gone, 0, Step::Rest),
    ] {
        assert_eq!(next(wanted, &standing, made), step, "{wanted:?} {standing:?} {made}");
    }
}

#[test]
fn not_found_is_no_proof_before_the_quiet_time_is_over() {
    let early = then(Wanted::Present, sending(0), Heard::HasNot, 89 * SECOND);
    assert_eq!(early, sending(0));
    let late = then(Wanted::Present, sending(0), Heard::HasNot, 90 * SECOND);
    assert_eq!(late, S::Requested);
}

#[test]
fn a_lost_answer_leaves_it_sending() {
    assert_eq!(then(Wanted::Present, sending(5), Heard::Doubt, 10), sending(5));
}

#[test]
fn a_part_among_several_makes_the_next_one_due() {
    let main = id();
    let standing = after(Wanted::Present, sending(0), has(State::Active), Some(&main), true, 0, RULES);
    assert_eq!(standing, S::Requested);
}

#[test]
fn a_refused_part_keeps_the_id_of_what_was_made() {
    let main = id();
    let heard = Heard::Refused("overlaps".to_owned());
    let standing = after(Wanted::Present, sending(0), heard, Some(&main), false, 0, RULES);
    assert_eq!(standing, S::Failed { id: Some(id()), fault: "overlaps".to_owned() });
}

#[test]
fn one_404_of_something_wanted_is_drift_not_an_end() {
    assert_eq!(then(Wanted::Present, S::Active { id: id() }, Heard::HasNot, 0), S::Vanished { id: id() });
    assert_eq!(then(Wanted::Present, S::Vanished { id: id() }, has(State::Active), 0), S::Active { id: id() });
}

#[test]
fn a_deletion_ends_when_the_cloud_no_longer_has_it() {
    let deleting = then(Wanted::Absent, S::Active { id: id() }, Heard::Accepted, 0);
    assert_eq!(deleting, S::Deleting { id: id(), last_error: None });
    assert_eq!(then(Wanted::Absent, deleting.clone(), has(State::Deleting), 0), deleting);
    assert_eq!(then(Wanted::Absent, deleting, Heard::HasNot, 0), S::Gone);
}

#[test]
fn a_refused_deletion_shows() {
    let standing = then(Wanted::Absent, S::Active { id: id() }, Heard::Refused("ports in use".to_owned()), 0);
    assert_eq!(standing.fault(), Some("ports in use"));
    assert_eq!(standing.state(), State::Deleting);
}

#[test]
fn an_unreached_cloud_changes_nothing_that_stands() {
    for standing in [S::Active { id: id() }, S::Building { id: id() }, S::Vanished { id: id() }] {
        for heard in [Heard::Unreached, Heard::Doubt] {
            assert_eq!(then(Wanted::Present, standing.clone(), heard, 0), standing);
        }
    }
}

#[test]
fn what_was_found_while_it_is_unwanted_is_deleted_next() {
    let standing = then(Wanted::Absent, sending(0), has(State::Active), 0);
    assert_eq!(next(Wanted::Absent, &standing, 1), Step::Delete);
}
