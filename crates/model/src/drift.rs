//! Drift: where the inventory and the cloud do not agree.
use crate::{ExternalId, Region, ResourceId, State, view::Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What kind of disagreement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It is in the project, and the platform did not make it.
    CreatedOutside,
    /// The platform made it, and the cloud no longer has it.
    Vanished,
    /// It is not any more as it was asked for here.
    Changed,
    /// It carries a mark of ours, and no row answers for it.
    Orphaned,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::CreatedOutside, Self::Vanished, Self::Changed, Self::Orphaned];

    /// The word in JSON, in URLs and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreatedOutside => "created_outside",
            Self::Vanished => "vanished",
            Self::Changed => "changed",
            Self::Orphaned => "orphaned",
        }
    }

    /// What can be done about it.
    pub const fn remedies(self) -> &'static [Remedy] {
        match self {
            Self::CreatedOutside => &[Remedy::Adopt, Remedy::Forget, Remedy::CleanUp],
            Self::Vanished => &[Remedy::Forget],
            Self::Changed => &[Remedy::Adopt],
            Self::Orphaned => &[Remedy::CleanUp],
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Class {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| "Choose one of created_outside, vanished, changed, orphaned.".to_owned())
    }
}

/// What can be done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The inventory follows the cloud: a row for what was made outside, the cloud's values for what was changed.
    Adopt,
    /// Nothing is asked of the cloud: what vanished is gone, and what was made outside is not mentioned until it changes.
    Forget,
    /// It is deleted in the cloud.
    CleanUp,
}

impl Remedy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Adopt, Self::Forget, Self::CleanUp];

    /// The word in JSON, in forms, in the database and in the audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::CleanUp => "clean_up",
        }
    }
}

impl FromStr for Remedy {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| "Choose one of adopt, forget, clean_up.".to_owned())
    }
}

/// A field that is not as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The field's name.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// What was asked for here.
    pub ours: String,
    /// What the cloud has.
    pub theirs: String,
}

/// A disagreement, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its id.
    pub id: String,
    /// What kind of disagreement.
    pub class: Class,
    /// The kind of thing, by its slug.
    pub resource_type: String,
    /// The cloud's id.
    pub resource_id: ExternalId,
    /// The thing's name.
    pub resource_name: String,
    /// Our word for its state in the cloud; `vanished` where it is not there.
    pub status: State,
    /// The row that it is about, where there is one.
    pub provisioned_id: Option<ResourceId>,
    /// The region.
    pub openstack_region: Region,
    /// What is different, for `changed`.
    pub differences: Vec<Difference>,
    /// Found first.
    pub first_seen: Timestamp,
    /// Found last.
    pub last_seen: Timestamp,
    /// Somebody decided not to hear of it until it changes.
    pub ignored: bool,
    /// What can be done about it.
    pub remedies: Vec<Remedy>,
}

/// Which findings. Also the query of their page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DriftQuery {
    /// Only of this class.
    pub class: Option<String>,
    /// Only of this kind, by its slug.
    pub resource_type: Option<String>,
    /// Those that are not to be mentioned, instead of the others.
    pub ignored: bool,
    /// Findings a page, 50 when absent, 500 at most.
    pub limit: Option<i64>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// What was found in a place, and how far one can rely on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftPage {
    /// The findings, the newest first.
    pub items: Vec<Finding>,
    /// For the next page.
    pub next: Option<String>,
    /// How many there are of each class, ignored ones left out.
    pub counts: Vec<(Class, i64)>,
    /// How many are ignored.
    pub ignored: i64,
    /// When the last comparison ended; none before the first.
    pub checked_at: Option<Timestamp>,
    /// Whether one is under way.
    pub checking: bool,
    /// What the last comparison could not see: the kind's plural, and why.
    pub trouble: Vec<(String, String)>,
    /// Whether the caller may do something about it.
    pub may: bool,
}

/// What came of a remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedied {
    /// The finding, as it was.
    pub finding: Finding,
    /// What was done.
    pub remedy: Remedy,
    /// The row now, where there is one.
    pub provisioned: Option<crate::view::ResourceView>,
}
