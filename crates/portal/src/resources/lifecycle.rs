//! What to do next for a resource, and what it has become. Pure: no clock, no database, no network.
//!
//! Three rules were learned the hard way. A lost answer is no answer: what may have been made is looked for by its tag
//! before anything is asked for again, and again after a quiet time, because the cloud may still be working. One 404 is
//! no proof that something wanted is gone. And what was refused is said, not retried.
use model::{ExternalId, State};
use serde::{Deserialize, Serialize};
use std::{str::FromStr, time::Duration};

/// Where a resource stands, with what is known of it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Standing {
    /// A part is still to be asked for.
    Requested,
    /// A part was asked for at `since`, and the answer is not known. Committed *before* the request.
    Sending {
        /// How often it was asked for.
        attempt: u32,
        /// When, in microseconds.
        since: i64,
    },
    /// The cloud is making it.
    Building { id: ExternalId },
    /// Ready.
    Active { id: ExternalId },
    /// Refused (no id), or broken in the cloud.
    Failed { id: Option<ExternalId>, fault: String },
    /// On its way out; the last attempt was refused with `last_error`, if any.
    Deleting { id: ExternalId, last_error: Option<String> },
    /// Wanted, and the cloud no longer knows it.
    Vanished { id: ExternalId },
    /// Gone, or never made.
    Gone,
}

impl Standing {
    /// The word that people see.
    pub(crate) fn state(&self) -> State {
        match self {
            Self::Requested | Self::Sending { .. } => State::Requested,
            Self::Building { .. } => State::Building,
            Self::Active { .. } => State::Active,
            Self::Failed { .. } => State::Failed,
            Self::Deleting { .. } => State::Deleting,
            Self::Vanished { .. } => State::Vanished,
            Self::Gone => State::Gone,
        }
    }

    /// The cloud's id, where the standing carries it.
    pub(crate) fn id(&self) -> Option<&ExternalId> {
        match self {
            Self::Building { id } | Self::Active { id } | Self::Deleting { id, .. } | Self::Vanished { id } => Some(id),
            Self::Failed { id, .. } => id.as_ref(),
            Self::Requested | Self::Sending { .. } | Self::Gone => None,
        }
    }

    /// What a person should read beside the state.
    pub(crate) fn fault(&self) -> Option<&str> {
        match self {
            Self::Failed { fault, .. } => Some(fault),
            Self::Deleting { last_error, .. } => last_error.as_deref(),
            _ => None,
        }
    }
}

/// What the owner wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    Present,
    Absent,
}

impl Wanted {
    /// The word in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
        }
    }
}

impl FromStr for Wanted {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Present, Self::Absent].into_iter().find(|one| one.as_str() == word).ok_or(())
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Ask for the next part.
    Make,
    /// Look for the next part by its tag: it may have been made.
    Find,
    /// Read the thing.
    Look(ExternalId),
    /// List everything, to be sure that it is not there.
    Confirm(ExternalId),
    /// Delete the last part that was made.
    Delete,
    /// Nothing was made: let go of it without asking the cloud.
    Forget,
    /// Nothing.
    Rest,
}

/// The step that follows from a standing; `made` parts exist.
pub(crate) fn next(wanted: Wanted, standing: &Standing, made: usize) -> Step {
    use Standing as S;
    match (wanted, standing) {
        (_, S::Sending { .. }) => Step::Find,
        (Wanted::Present, S::Requested) => Step::Make,
        (Wanted::Present, S::Building { id } | S::Active { id }) => Step::Look(id.clone()),
        (Wanted::Present, S::Vanished { id }) => Step::Confirm(id.clone()),
        (Wanted::Present, S::Failed { .. }) | (_, S::Gone) => Step::Rest,
        (Wanted::Absent, S::Requested | S::Failed { id: None, .. }) if made == 0 => Step::Forget,
        // Accepted, and not refused since: what is left is to see it go.
        (_, S::Deleting { id, last_error: None }) => Step::Look(id.clone()),
        (Wanted::Absent, _) | (_, S::Deleting { .. }) => Step::Delete,
    }
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The cloud has it: just made, found by its tag, or read.
    Has { id: ExternalId, state: State, fault: Option<String> },
    /// The cloud does not have it.
    HasNot,
    /// A complete list has it not.
    SurelyNot,
    /// The deletion was accepted.
    Accepted,
    /// The cloud said no, for good.
    Refused(String),
    /// The answer was lost, or the cloud failed while it worked: it may have been done.
    Doubt,
    /// Nothing was done: the cloud was not reached or too busy.
    Unreached,
}

/// How long things take, for [`after`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// From a request on until it can no longer be under way: the timeout and the quiet time.
    pub quiet: Duration,
}

/// What it has become. `more` parts are left behind the one that this was about, to be made or to be deleted; `main` is
/// the first part's id. `Unreached` after a request means that it was never sent.
pub(crate) fn after(
    wanted: Wanted,
    standing: Standing,
    heard: Heard,
    main: Option<&ExternalId>,
    more: bool,
    now: i64,
    rules: Rules,
) -> Standing {
    use Standing as S;
    match (standing, heard) {
        // Deletions: parts go one by one, the first one last.
        (kept, Heard::Accepted) if more => kept,
        (standing, Heard::Accepted) => match main.or(standing.id()) {
            Some(id) => S::Deleting { id: id.clone(), last_error: None },
            None => S::Gone,
        },
        (standing, Heard::Refused(error)) if wanted == Wanted::Absent => match main.or(standing.id()) {
            Some(id) => S::Deleting { id: id.clone(), last_error: Some(error) },
            None => S::Gone,
        },

        // While parts are being made:
        (S::Requested | S::Sending { .. }, Heard::Has { .. }) if more => S::Requested,
        (S::Requested | S::Sending { .. }, Heard::Has { id, state, fault }) => {
            settled(wanted, main.cloned().unwrap_or(id), state, fault)
        }
        (S::Sending { attempt, since }, Heard::HasNot | Heard::SurelyNot) => {
            let quiet = i64::try_from(rules.quiet.as_micros()).unwrap_or(i64::MAX);
            match now.saturating_sub(since) >= quiet {
                true => S::Requested,
                false => S::Sending { attempt, since },
            }
        }
        (S::Requested, Heard::HasNot) if wanted == Wanted::Absent => S::Gone,
        (S::Requested | S::Sending { .. }, Heard::Refused(fault)) => S::Failed { id: main.cloned(), fault },
        (S::Sending { .. }, Heard::Unreached) => S::Requested,
        (kept @ (S::Requested | S::Sending { .. }), _) => kept,

        // Once it stands:
        (_, Heard::HasNot | Heard::SurelyNot) if wanted == Wanted::Absent => S::Gone,
        (S::Deleting { id, .. }, Heard::Has { state: State::Failed, fault, .. }) => {
            let error = fault.unwrap_or_else(|| "The cloud could not delete it.".to_owned());
            S::Deleting { id, last_error: Some(error) }
        }
        (kept @ S::Deleting { .. }, _) => kept,
        (S::Building { id } | S::Active { id } | S::Vanished { id }, Heard::HasNot | Heard::SurelyNot) => {
            S::Vanished { id }
        }
        (S::Building { .. } | S::Active { .. } | S::Vanished { .. }, Heard::Has { id, state, fault }) => {
            settled(wanted, id, state, fault)
        }
        (kept, _) => kept,
    }
}

/// A thing that the cloud has, by the state that it gives.
fn settled(wanted: Wanted, id: ExternalId, state: State, fault: Option<String>) -> Standing {
    match state {
        State::Active => Standing::Active { id },
        State::Failed => {
            let fault = fault.filter(|fault| !fault.is_empty());
            Standing::Failed { id: Some(id), fault: fault.unwrap_or_else(|| "The cloud gives no reason.".to_owned()) }
        }
        State::Deleting | State::Gone if wanted == Wanted::Absent => Standing::Deleting { id, last_error: None },
        _ => Standing::Building { id },
    }
}

#[cfg(test)]
mod tests;
