//! What became of the objects of a Kubernetes manifest.
use serde::{Deserialize, Serialize};

/// What became of one object of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The version of its kind: `apps/v1`.
    pub api_version: String,
    /// Its kind: `Deployment`.
    pub kind: String,
    /// Its namespace, where its kind lies in one.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub result: Became,
    /// Why not, in the words of who refused it.
    pub message: Option<String>,
}

/// What became of an object that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// It was not there before.
    Created,
    /// It was changed.
    Configured,
    /// It was so already.
    Unchanged,
    /// It was not applied.
    Failed,
}

impl Became {
    /// The word for it, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Configured => "configured",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}
