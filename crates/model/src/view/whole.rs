//! What administrators see of the whole cloud.
use super::{Choice, CloudItem};
use crate::Kind;
use serde::{Deserialize, Serialize};

/// Where administrators find what is the whole cloud's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeCloud {
    /// The cloud's regions.
    pub regions: Vec<String>,
    /// The kinds that are there to be seen.
    pub kinds: Vec<Kind>,
}

/// One thing of the whole cloud, on its own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeItem {
    /// Its kind.
    pub kind: Kind,
    /// The thing.
    pub item: CloudItem,
    /// Why it failed, in the cloud's words.
    pub fault: Option<String>,
}

/// The create form of a kind of the whole cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeForm {
    /// The kind.
    pub kind: Kind,
    /// Choices by field name.
    pub choices: Vec<(String, Vec<Choice>)>,
}
