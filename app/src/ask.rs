//! Reading: every page asks one server function, whose answer is JSON text of the type that the page expects.
//!
//! One function and one type of resource, because each type of its own would be generated anew in the browser's half,
//! whose size is what people wait for (see docs/adr/0003).
use crate::{api, data::AuditFilter, failure::Failure};
use leptos::prelude::*;
use model::{
    FormValues,
    drift::DriftQuery,
    objects::ObjectQuery,
    view::{InventoryQuery, ListQuery, TopologyQuery},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{marker::PhantomData, sync::Arc};

/// What a page asks. Workspaces and environments as they stand in the address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// Who is asking, and the navigation: [`crate::data::Frame`].
    Frame,
    /// The overview of a place: [`model::view::Overview`].
    Overview(At),
    /// A page of the inventory: [`crate::data::InventoryPage`].
    Inventory(At, InventoryQuery),
    /// One row, for a list in which it changed: [`model::view::ResourceView`].
    Row(At, String),
    /// Several rows, for the confirmation of what is done to them: a list of [`model::view::ResourceView`].
    Rows(At, Vec<String>),
    /// A page of what the cloud has of a kind: [`crate::data::KindPage`].
    Kind(At, String, ListQuery),
    /// A create form, with what its choices say by now: [`crate::data::KeyedForm`].
    Form(At, String, FormValues),
    /// A resource on its own page: [`crate::data::KeyedDetail`].
    Detail(At, String),
    /// A page of a folder of a container: [`model::objects::ObjectPage`].
    Objects(At, String, ObjectQuery),
    /// The form of an action on a resource, with what is chosen by now: [`crate::data::ActionForm`].
    Action(At, String, String, FormValues),
    /// Where a place and its cloud do not agree: [`model::drift::DriftPage`].
    Drift(At, DriftQuery),
    /// The network topology of a place: [`model::view::Drawn`].
    Topology(At, TopologyQuery),
    /// The audit chain of a workspace: [`crate::data::Events`].
    Audit(String, AuditFilter),
    /// A workspace for its members: [`crate::data::TeamPage`].
    Team(String),
    /// The caller's tokens: a list of [`model::view::TokenView`].
    Tokens,
    /// All users: a list of [`model::view::UserView`].
    Users,
    /// All workspaces: a list of [`model::view::WorkspaceDetail`].
    Workspaces,
    /// A workspace for administrators: [`crate::data::AdminWorkspace`].
    Workspace(String),
    /// The chain of the platform: [`crate::data::Events`].
    PlatformAudit(AuditFilter),
    /// What administrators find in the whole cloud: [`model::view::WholeCloud`].
    Whole,
    /// All of a kind in a region of it: [`crate::data::WholeList`].
    WholeKind(String, String),
    /// The create form of a kind in a region: [`model::view::WholeForm`].
    WholeForm(String, String),
    /// One of a kind in a region: [`model::view::WholeItem`].
    WholeItem(String, String, String),
    /// What is not there in a release: no answer.
    Nothing,
}

/// Workspace and environment, as they stand in the address.
pub type At = (String, String);

/// The resource behind every page.
pub type Text = Resource<Result<String, Failure>>;

/// A question whose answer is a `T`, asked again when the question changes.
pub struct Asked<T> {
    text: Text,
    is: PhantomData<fn() -> T>,
}

impl<T> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Asked<T> {}

impl<T: DeserializeOwned + 'static> Asked<T> {
    /// Asks.
    pub fn new(question: impl Fn() -> Question + Send + Sync + 'static) -> Self {
        Self::after(|| 0, question)
    }

    /// Asks, and again whenever `version` grows.
    pub fn after(
        version: impl Fn() -> u32 + Send + Sync + 'static,
        question: impl Fn() -> Question + Send + Sync + 'static,
    ) -> Self {
        Self { text: text(Arc::new(move || (version(), question()))), is: PhantomData }
    }

    /// Asks again.
    pub fn refetch(self) {
        self.text.refetch();
    }

    /// The answer as text.
    pub fn text(self) -> Text {
        self.text
    }

    /// The answer, once it is there.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn answer(self) -> Result<T, Failure> {
        read(&self.text.await?)
    }
}

fn text(question: Arc<dyn Fn() -> (u32, Question) + Send + Sync>) -> Text {
    Resource::new(move || question(), |(_, question)| api::ask(question))
}

/// Asks once, for what changes while a page is open.
///
/// # Errors
/// Why there is no answer.
pub async fn once<T: DeserializeOwned>(question: Question) -> Result<T, Failure> {
    read(&api::ask(question).await?)
}

/// Reads an answer. It fails only when the two halves of the program are of different versions.
///
/// # Errors
/// [`model::Error::Internal`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| model::Error::Internal.into())
}
