//! Collections: where a kind of thing lives in a service, as constants, and the requests that follow from them.
use crate::{Microversion, Reads, Request, Service};
use http::Method;
use serde_json::{Value, json};
use std::borrow::Cow;

/// A collection of a service's things.
#[derive(Debug, PartialEq, Eq)]
pub struct Collection {
    /// The service.
    pub service: &'static Service,
    /// Its path: `servers`, or several segments such as `lbaas/pools`.
    pub path: &'static str,
    /// The collection in whose things it lies, where its path begins with one of them: `zones`.
    pub within: Option<&'static str>,
    /// The segment after it that lists with details, where the plain list has too little: `detail`.
    pub detail: Option<&'static str>,
    /// The JSON key around one; none where the thing stands bare.
    pub one: Option<&'static str>,
    /// The JSON key around a list; empty where a list stands bare.
    pub many: &'static str,
    /// In what a thing is told about.
    pub told: Told,
    /// How a long list goes on.
    pub paging: Paging,
    /// The lowest microversion that has what we use.
    pub microversion: Option<Microversion>,
    /// A query parameter of a creation, where one asks for more than the thing itself: that it runs at once.
    pub creates_with: Option<(&'static str, &'static str)>,
    /// A query parameter of a deletion, where what hangs on a thing is to go with it.
    pub deletes_with: Option<(&'static str, &'static str)>,
    /// What it means when a deletion is answered with a conflict, where the service has no words for it.
    pub conflict: Option<&'static str>,
}

/// In what a thing is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// In JSON bodies. It is made by POST, and read by GET.
    Bodies,
    /// In headers, as Swift does: it is made by PUT under its name, and read by HEAD; only lists are JSON. What is made so
    /// under a name that is taken is changed instead, without a word: whoever makes one looks first.
    Headers,
}

/// How a long list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// It does not.
    None,
    /// A link in the answer, else `?marker=<id of the last>&limit=…`, until a page comes back short of a link or empty.
    Marker {
        /// The field of the last thing that is the marker: `id`, or `uuid` with Magnum, `name` with Swift.
        by: &'static str,
    },
    /// `?offset=…&limit=…`, until a page is not full. Links are not followed: Manila's name a marker that it never reads.
    Offset,
}

impl Collection {
    /// One whose things are called `many` in a list, bare by themselves, and have an `id`.
    pub const fn new(service: &'static Service, path: &'static str, many: &'static str) -> Self {
        let paging = Paging::Marker { by: "id" };
        Self {
            service,
            path,
            within: None,
            detail: None,
            one: None,
            many,
            told: Told::Bodies,
            paging,
            microversion: None,
            creates_with: None,
            deletes_with: None,
            conflict: None,
        }
    }

    /// A request to the collection, or to what the segments behind it name.
    fn request(&self, method: Method, behind: &[&str]) -> Request {
        self.request_in(method, None, behind)
    }

    fn request_in(&self, method: Method, parent: Option<&str>, behind: &[&str]) -> Request {
        // The constants may be of several segments; what stands beside them is one each, whatever is in it.
        let within = self.within.zip(parent).map(|(within, parent)| within.split('/').chain([parent]));
        let path = within.into_iter().flatten().chain(self.path.split('/')).filter(|segment| !segment.is_empty());
        let path = path.chain(behind.iter().copied());
        Request::of(self.service, method, path).microversion(self.microversion)
    }

    /// Lists all of them, with details.
    pub fn list(&self) -> Request {
        self.in_json(self.request(Method::GET, self.detail.as_slice()))
    }

    /// A list, which comes as text where a service does not speak JSON by itself.
    fn in_json(&self, request: Request) -> Request {
        match self.told {
            Told::Bodies => request,
            Told::Headers => request.query("format", "json"),
        }
    }

    /// Lists those of one parent, where the path says whose they are.
    pub fn list_in(&self, parent: &str) -> Request {
        self.in_json(self.request_in(Method::GET, Some(parent), self.detail.as_slice()))
    }

    /// Reads one.
    pub fn get(&self, id: &str) -> Request {
        match self.told {
            Told::Bodies => self.request(Method::GET, &[id]),
            Told::Headers => self.request(Method::HEAD, &[id]).reads(Reads::Headers).expect(&[200, 204]),
        }
    }

    fn wrapped(&self, body: Value) -> Value {
        match self.one {
            Some(one) => json!({ one: body }),
            None => body,
        }
    }

    /// Creates one. What is told about in headers is an object of them, and of its `name`.
    pub fn create(&self, body: Value) -> Request {
        if self.told == Told::Headers {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let one = self.request(Method::PUT, &[&text(&body["name"])]).reads(Reads::Headers).expect(&[201, 202]);
            let headers = body.as_object().into_iter().flatten().filter(|(name, _)| *name != "name");
            return headers.fold(one, |one, (name, value)| one.header(name.clone(), text(value)));
        }
        let with = self.creates_with.map(|(name, value)| (Cow::Borrowed(name), value.to_owned()));
        self.request(Method::POST, &[]).queries(with).json(self.wrapped(body)).expect(&[200, 201, 202])
    }

    /// Creates one in a parent.
    pub fn create_in(&self, parent: &str, body: Value) -> Request {
        self.request_in(Method::POST, Some(parent), &[]).json(self.wrapped(body)).expect(&[200, 201, 202])
    }

    /// Changes one by PUT.
    pub fn update(&self, id: &str, body: Value) -> Request {
        self.request(Method::PUT, &[id]).json(self.wrapped(body))
    }

    /// Changes one in a parent by PUT.
    pub fn update_in(&self, parent: &str, id: &str, body: Value) -> Request {
        self.request_in(Method::PUT, Some(parent), &[id]).json(self.wrapped(body))
    }

    /// Deletes one.
    pub fn delete(&self, id: &str) -> Request {
        let with = self.deletes_with.map(|(name, value)| (Cow::Borrowed(name), value.to_owned()));
        self.request(Method::DELETE, &[id]).queries(with).expect(&[200, 202, 204])
    }

    /// Deletes one in a parent.
    pub fn delete_in(&self, parent: &str, id: &str) -> Request {
        self.request_in(Method::DELETE, Some(parent), &[id]).expect(&[200, 202, 204])
    }

    /// Asks one to do something: `POST …/{id}/action`, as Nova and Cinder do.
    pub fn action(&self, id: &str, body: Value) -> Request {
        self.request(Method::POST, &[id, "action"]).json(body).expect(&[200, 202, 204])
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
        let many = if self.many.is_empty() { Some(body) } else { body.get(self.many) };
        many.and_then(Value::as_array)
    }

    /// The same, taken away.
    pub fn take_many(&self, mut body: Value) -> Vec<Value> {
        let many = if self.many.is_empty() { Some(&mut body) } else { body.get_mut(self.many) };
        match many.map(Value::take) {
            Some(Value::Array(many)) => many,
            _ => Vec::new(),
        }
    }
}
