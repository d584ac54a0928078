//! The table of routes: the router is built from it, the documentation is written from it, and the test that walks
//! every route as everybody reads it.
use crate::{assets, docs, events, health, pages, rest, server::Server};
use axum::{
    handler::Handler,
    routing::{MethodFilter, MethodRouter, on},
};
use http::Method;
use model::{Field, Role, kind::Output};
use serde_json::Value;
use std::borrow::Cow;

/// Which kind of door a route is: it decides how a caller is recognised and how refusals look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A page, or a form of a page: a session; refusals are redirects and pages.
    Page,
    /// The REST API: a token or a session; refusals are `problem+json`.
    Rest,
    /// A call of a page's script: a session; refusals are what the app's error decodes from.
    Rpc,
    /// Files and probes: nobody is recognised.
    Asset,
}

/// Who gets through a route. What a caller may do in a place is settled by the portal, at each call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Everybody.
    Nobody,
    /// Somebody who is signed in.
    User,
    /// A member, with this role at least, of the workspace that path, query or body names.
    Member(Role),
    /// Platform administrators.
    Staff,
}

/// One route.
#[derive(Clone)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// The path, in axum's notation. REST paths end with a slash and are served without it too.
    pub path: Cow<'static, str>,
    /// Which kind of door.
    pub door: Door,
    /// Who gets through.
    pub needs: Needs,
    /// What the API's documentation says; only REST routes have it.
    pub doc: Option<Doc>,
    /// Whether bytes pass through it for as long as they come.
    pub streams: bool,
    /// Whether it keeps idempotency keys itself: creations and actions do, with the rows that they make.
    pub keeps_keys: bool,
    /// What answers.
    pub route: MethodRouter<Server>,
}

/// Where a route has bytes of any kind instead of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// Nowhere.
    None,
    /// In its body.
    In,
    /// In its answer.
    Out,
}

/// What the documentation says of a REST route.
#[derive(Clone, Debug)]
pub struct Doc {
    /// The operation's unique name: the guide's, where it has one.
    pub operation: String,
    /// What it does, in a few words.
    pub summary: String,
    /// The heading it stands under.
    pub tag: &'static str,
    /// The fields of the body; none when it has no body.
    pub body: Vec<Field>,
    /// A body that is good, where the catalogue has one.
    pub example: Option<Value>,
    /// Parameters of the query: name, and whether it is required.
    pub query: Vec<(&'static str, bool)>,
    /// The statuses of success.
    pub success: Vec<u16>,
    /// Whether the body, or the answer, is bytes of any kind.
    pub bytes: Bytes,
    /// What an action hands back as `output`.
    pub output: Output,
}

impl Doc {
    /// An operation without a body that answers 200.
    pub fn new(tag: &'static str, operation: impl Into<String>, summary: impl Into<String>) -> Self {
        let (operation, summary) = (operation.into(), summary.into());
        Self {
            operation,
            summary,
            tag,
            body: Vec::new(),
            example: None,
            query: Vec::new(),
            success: vec![200],
            bytes: Bytes::None,
            output: Output::None,
        }
    }
    /// With a body of these fields.
    #[must_use]
    pub fn body(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.body = fields.into_iter().collect();
        self
    }
    /// With a body that is good.
    #[must_use]
    pub fn example(mut self, example: Option<Value>) -> Self {
        self.example = example;
        self
    }
    /// With these parameters.
    #[must_use]
    pub fn query(mut self, parameters: &[(&'static str, bool)]) -> Self {
        self.query = parameters.to_vec();
        self
    }
    /// With bytes of any kind in that direction.
    #[must_use]
    pub fn bytes(mut self, bytes: Bytes) -> Self {
        self.bytes = bytes;
        self
    }
    /// With what an action hands back.
    #[must_use]
    pub fn output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }
    /// With these statuses of success.
    #[must_use]
    pub fn success(mut self, statuses: &[u16]) -> Self {
        self.success = statuses.to_vec();
        self
    }
}

impl Row {
    /// A route of the REST API.
    pub fn rest<H, T>(method: Method, path: impl Into<Cow<'static, str>>, needs: Needs, doc: Doc, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        Self { doc: Some(doc), ..Self::new(method, path, Door::Rest, needs, handler) }
    }

    /// A route that keeps idempotency keys itself.
    #[must_use]
    pub fn keeping_keys(self) -> Self {
        Self { keeps_keys: true, ..self }
    }

    /// A route that bytes pass through for as long as they come.
    #[must_use]
    pub fn streaming(self) -> Self {
        Self { streams: true, ..self }
    }

    /// Any other route.
    pub fn new<H, T>(method: Method, path: impl Into<Cow<'static, str>>, door: Door, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        // Every method that stands in the table has a filter; the others are ours to never use.
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::TRACE);
        Self {
            method,
            path: path.into(),
            door,
            needs,
            doc: None,
            streams: false,
            keeps_keys: false,
            route: on(filter, handler),
        }
    }
}

/// All routes.
pub fn table(server: &Server) -> Vec<Row> {
    let mut rows = rest::rows();
    rows.extend(docs::rows());
    rows.extend(events::rows());
    rows.extend(health::rows());
    rows.extend(assets::rows());
    rows.extend(pages::rows(server));
    rows
}
