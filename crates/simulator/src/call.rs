//! One request on its way through a service: who asks, for what, in which region, and what the cloud holds.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use serde_json::{Map, Value};

use crate::config::{Quotas, Role, Speed};
use crate::identity::Tokens;
use crate::knobs::Build;
use crate::kubernetes::Opening;
use crate::store::{Doc, New, Row, Step, Store};
use crate::wire;

/// Who asks, as the token says.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) user: String,
    pub(crate) user_name: String,
    /// Id of the project that the token is for; empty when it is for none.
    pub(crate) project: String,
    pub(crate) role: Role,
}

impl Who {
    pub(crate) fn admin(&self) -> bool {
        self.role == Role::Admin
    }

    pub(crate) fn owns(&self, row: &Row) -> bool {
        row.project == self.project
    }

    /// Owner or admin: who may read and change a thing of a project.
    pub(crate) fn may(&self, row: &Row) -> bool {
        self.admin() || self.owns(row)
    }
}

/// A request and the cloud that it meets.
pub(crate) struct Call<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) tokens: &'a mut Tokens,
    /// Passwords by user name.
    pub(crate) passwords: &'a std::collections::HashMap<String, String>,
    pub(crate) quotas: Quotas,
    pub(crate) speed: Speed,
    pub(crate) token_lifetime: Duration,
    /// How a build that starts now shall end.
    pub(crate) build: Build,
    /// Microseconds since the epoch.
    pub(crate) now: i64,
    pub(crate) region: &'a str,
    /// `http://127.0.0.1:PORT`.
    pub(crate) root: &'a str,
    /// The root of this service: `http://127.0.0.1:PORT/RegionOne/compute`.
    pub(crate) base: String,
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    /// Parameters of the query in their order, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The path as it came, with everything before the service.
    pub(crate) raw_path: &'a str,
    /// The query as it came.
    pub(crate) raw_query: &'a str,
    pub(crate) body: &'a [u8],
    /// The id that this request has in logs, and in what some services answer.
    pub(crate) request_id: &'a str,
    pub(crate) who: Who,
    /// Where the API servers of clusters listen.
    pub(crate) host: IpAddr,
    /// Where the API servers of clusters are said to be, if not where they are.
    pub(crate) api_address: Option<String>,
    /// API servers that are to be served once this is answered.
    pub(crate) opened: Vec<Opening>,
}

impl Call<'_> {
    /// The first value of a parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub(crate) fn params(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as an object; nothing when it is none.
    pub(crate) fn object(&self) -> Option<Doc> {
        serde_json::from_slice::<Map<String, Value>>(self.body).ok()
    }

    fn table(&self, kind: &str) -> String {
        if kind.starts_with("identity/") { kind.to_owned() } else { format!("{}/{kind}", self.region) }
    }

    /// Rows of a kind in this region, oldest first.
    pub(crate) fn rows<'s>(&'s self, kind: &str) -> impl DoubleEndedIterator<Item = &'s Row> + use<'s> {
        let table = self.table(kind);
        self.store.rows(&table)
    }

    /// Rows of a kind that the token's project owns.
    pub(crate) fn own_rows<'s>(&'s self, kind: &str) -> impl DoubleEndedIterator<Item = &'s Row> + use<'s> {
        self.rows(kind).filter(|row| self.who.owns(row))
    }

    pub(crate) fn get(&self, kind: &str, id: &str) -> Option<&Row> {
        self.store.get(&self.table(kind), id)
    }

    /// As [`Call::get`], but only what the caller may see and change.
    pub(crate) fn mine(&self, kind: &str, id: &str) -> Option<&Row> {
        self.get(kind, id).filter(|row| self.who.may(row))
    }

    /// Adds a row of the token's project.
    pub(crate) fn insert(&mut self, kind: &str, id: String, doc: Doc, then: Vec<Step>) -> Row {
        let project = self.who.project.clone();
        self.insert_for(&project, kind, id, doc, then)
    }

    pub(crate) fn insert_for(&mut self, project: &str, kind: &str, id: String, doc: Doc, then: Vec<Step>) -> Row {
        self.store.insert(&self.table(kind), New { id, project, at: self.now, doc, then })
    }

    pub(crate) fn change(&mut self, kind: &str, id: &str, change: impl FnOnce(&mut Row)) -> Option<Row> {
        self.store.change(&self.table(kind), id, self.now, change)
    }

    pub(crate) fn remove(&mut self, kind: &str, id: &str) -> Option<Row> {
        self.store.remove(&self.table(kind), id)
    }

    /// When a change that starts now is done.
    pub(crate) fn later(&self) -> i64 {
        let span = self.speed.max.saturating_sub(self.speed.min).as_micros();
        let drawn = if span == 0 { 0 } else { uuid::Uuid::new_v4().as_u128() % (span + 1) };
        let wait = self.speed.min.as_micros().saturating_add(drawn);
        self.now.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX))
    }

    /// The steps of a build: it succeeds, or ends as the knobs want it.
    pub(crate) fn building(&self, done: Doc, failed: impl FnOnce(&str) -> Doc) -> Vec<Step> {
        let at = self.later();
        match &self.build {
            Build::Succeeds => vec![Step { at, set: done, gone: false }],
            Build::Fails(message) => vec![Step { at, set: failed(message), gone: false }],
            Build::Sticks => Vec::new(),
        }
    }

    /// The step of a change other than a build; none when it is to be stuck.
    pub(crate) fn settling(&self, at: i64, set: Doc) -> Vec<Step> {
        if matches!(self.build, Build::Sticks) { Vec::new() } else { vec![Step { at, set, gone: false }] }
    }

    /// The step of a deletion; none when it is to be stuck.
    pub(crate) fn vanishing(&self, at: i64) -> Vec<Step> {
        if matches!(self.build, Build::Sticks) { Vec::new() } else { vec![Step { at, set: Doc::new(), gone: true }] }
    }

    /// Whether this much more would exceed a limit (-1: none).
    pub(crate) fn exceeds(limit: i64, used: i64, more: i64) -> bool {
        limit >= 0 && used.saturating_add(more) > limit
    }

    pub(crate) fn stamp(&self) -> String {
        wire::seconds(self.now)
    }
}

/// A document, written as the inside of a JSON object.
macro_rules! fields {
    ($($inside:tt)*) => {
        match serde_json::json!({$($inside)*}) {
            serde_json::Value::Object(map) => map,
            _ => $crate::store::Doc::new(),
        }
    };
}
pub(crate) use fields;
