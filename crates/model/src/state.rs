//! What a resource of ours is doing, in the seven words that people see.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The `status` of a resource. The lifecycle knows more (`portal::lifecycle::Standing`); this is what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Accepted and counted, not yet confirmed by the cloud.
    Requested,
    /// The cloud is making it.
    Building,
    /// Ready.
    Active,
    /// The cloud refused it or could not make it; the reason stands beside.
    Failed,
    /// On its way out.
    Deleting,
    /// We made it, and the cloud no longer knows it.
    Vanished,
    /// Deleted, confirmed by the cloud. The row stays.
    Gone,
}

impl State {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 7] =
        [Self::Requested, Self::Building, Self::Active, Self::Failed, Self::Deleting, Self::Vanished, Self::Gone];

    /// The word in JSON, in URLs and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Building => "building",
            Self::Active => "active",
            Self::Failed => "failed",
            Self::Deleting => "deleting",
            Self::Vanished => "vanished",
            Self::Gone => "gone",
        }
    }

    /// Whether it will change by itself soon.
    pub const fn in_transit(self) -> bool {
        matches!(self, Self::Requested | Self::Building | Self::Deleting)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| "Choose one of requested, building, active, failed, deleting, vanished, gone.".to_owned())
    }
}
