//! Collections: where a kind of thing lives in a service, as constants, and the requests that follow from them.
use crate::{Microversion, Request, Service};
use http::Method;
use serde_json::{Value, json};

/// A collection of a service's things.
#[derive(Debug, PartialEq, Eq)]
pub struct Collection {
    /// The service.
    pub service: &'static Service,
    /// Its path segment: `servers`.
    pub path: &'static str,
    /// The segment after it that lists with details, where the plain list has too little: `detail`.
    pub detail: Option<&'static str>,
    /// The JSON key around one; none where the thing stands bare.
    pub one: Option<&'static str>,
    /// The JSON key around a list.
    pub many: &'static str,
    /// How a long list goes on.
    pub paging: Paging,
    /// The lowest microversion that has what we use.
    pub microversion: Option<Microversion>,
}

/// How a long list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// It does not.
    None,
    /// A link in the answer, else `?marker=<id of the last>&limit=…`, until a page comes back short of a link or empty.
    Marker {
        /// The field of the last thing that is the marker: `id`, or `uuid` with Magnum.
        by: &'static str,
    },
}

impl Collection {
    fn request<const N: usize>(&self, method: Method, path: [&str; N]) -> Request {
        Request::new(self.service, method, path).microversion(self.microversion)
    }

    /// Lists all of them, with details.
    pub fn list(&self) -> Request {
        match self.detail {
            Some(detail) => self.request(Method::GET, [self.path, detail]),
            None => self.request(Method::GET, [self.path]),
        }
    }

    /// Reads one.
    pub fn get(&self, id: &str) -> Request {
        self.request(Method::GET, [self.path, id])
    }

    /// Creates one.
    pub fn create(&self, body: Value) -> Request {
        let body = match self.one {
            Some(one) => json!({ one: body }),
            None => body,
        };
        self.request(Method::POST, [self.path]).json(body).expect(&[200, 201, 202])
    }

    /// Changes one by PUT.
    pub fn update(&self, id: &str, body: Value) -> Request {
        let body = match self.one {
            Some(one) => json!({ one: body }),
            None => body,
        };
        self.request(Method::PUT, [self.path, id]).json(body)
    }

    /// Deletes one.
    pub fn delete(&self, id: &str) -> Request {
        self.request(Method::DELETE, [self.path, id]).expect(&[200, 202, 204])
    }

    /// Asks one to do something: `POST …/{id}/action`, as Nova and Cinder do.
    pub fn action(&self, id: &str, body: Value) -> Request {
        self.request(Method::POST, [self.path, id, "action"]).json(body).expect(&[200, 202, 204])
    }

    /// Takes one out of an answer to `get` or `create`.
    pub fn unwrap_one<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        match self.one {
            Some(one) => body.get(one),
            None => Some(body),
        }
    }

    /// Takes the list out of an answer to `list`.
    pub fn unwrap_many<'a>(&self, body: &'a Value) -> Option<&'a Vec<Value>> {
        body.get(self.many).and_then(Value::as_array)
    }
}
