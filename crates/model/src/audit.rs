//! Audit events as they are shown.
use crate::view::Timestamp;
use serde::{Deserialize, Serialize};

/// How an attempt ended, or that it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Begun; what follows is another event.
    Attempted,
    /// Done.
    Succeeded,
    /// Not done, because something failed.
    Failed,
    /// Not done, because the caller may not.
    Denied,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Attempted, Self::Succeeded, Self::Failed, Self::Denied];

    /// The word in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attempted => "attempted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Denied => "denied",
        }
    }
}

impl std::str::FromStr for Outcome {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let all = Self::ALL.into_iter().find(|one| one.as_str() == word);
        all.ok_or_else(|| "Choose attempted, succeeded, failed or denied.".to_owned())
    }
}

/// One link of an audit chain, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// The chain: a workspace's slug, or `platform`.
    pub chain: String,
    /// Its number in the chain, from 1.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who: a user's name, `system`, or `system:cli`.
    pub actor: String,
    /// What: `vm.create`, `sign_in`, `member.add`.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// `dev`, `staging`, `prod`, or nothing.
    pub environment: Option<String>,
    /// The kind's slug or another noun.
    pub target_kind: String,
    /// The row's id or another id; may be empty.
    pub target_id: String,
    /// Its name; may be empty.
    pub target_name: String,
    /// More, never secrets.
    pub detail: serde_json::Value,
    /// The request that caused it.
    pub request_id: String,
    /// SHA-256 over the previous link's hash and every column, in hex.
    pub hash: String,
}
