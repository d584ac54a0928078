//! Requests and answers as data.
use crate::{Microversion, Service};
use http::{HeaderMap, Method};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use std::borrow::Cow;

/// What is escaped in one path segment: whatever could end it, and what RFC 3986 does not allow in it.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// One HTTP request to a service, complete but for the endpoint, the token and the request id.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Whom it is for.
    pub service: &'static Service,
    /// The method.
    pub method: Method,
    /// Path segments below the versioned root, each encoded by itself: an id with a slash stays one segment.
    pub path: Vec<Cow<'static, str>>,
    /// The query.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Further headers, lower case; never a token.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Body,
    /// The statuses that mean success.
    pub expect: &'static [u16],
    /// How the answer is read.
    pub reads: Reads,
    /// The lowest microversion that has what this asks for.
    pub microversion: Option<Microversion>,
    /// Whether it is sent once only, although its method says that a second time would do no harm.
    pub once: bool,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// No body.
    None,
    /// JSON.
    Json(Value),
    /// Text of a type, such as a workflow in YAML.
    Text(&'static str, String),
}

/// How an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// As JSON; an empty body is `null`.
    Json,
    /// As text, given as a JSON string.
    Text,
    /// Not at all: the headers say it. Given as [`heard`] has them.
    Headers,
}

/// What a service answered with one of the expected statuses.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as the request reads it.
    pub body: Value,
}

/// What is told in headers, as an object: the headers by their lower-case names, and the `name` of what they are about,
/// which an answer without a body does not say.
pub fn heard(name: &str, headers: &HeaderMap) -> Value {
    let texts = headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), Value::String(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    });
    Value::Object(texts.chain([("name".to_owned(), Value::from(name))]).collect())
}

impl Request {
    /// A request that expects 200 and reads JSON.
    pub fn new<const N: usize>(service: &'static Service, method: Method, path: [&str; N]) -> Self {
        Self::of(service, method, path)
    }

    /// The same, of any number of segments.
    pub(crate) fn of<'a>(service: &'static Service, method: Method, path: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            service,
            method,
            path: path.into_iter().map(|segment| Cow::Owned(segment.to_owned())).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            expect: &[200],
            reads: Reads::Json,
            microversion: None,
            once: false,
        }
    }

    /// With a query parameter more.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// With these query parameters more.
    #[must_use]
    pub fn queries(mut self, more: impl IntoIterator<Item = (Cow<'static, str>, String)>) -> Self {
        self.query.extend(more);
        self
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With these statuses as success.
    #[must_use]
    pub fn expect(mut self, expect: &'static [u16]) -> Self {
        self.expect = expect;
        self
    }

    /// With the answer read so.
    #[must_use]
    pub fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    /// At this microversion or above.
    #[must_use]
    pub fn microversion(mut self, microversion: Option<Microversion>) -> Self {
        self.microversion = microversion;
        self
    }

    /// The name of what is asked for where names are paths: `container`, or what stands behind that, `folder/object`.
    pub fn about(&self) -> String {
        self.path[1.min(self.path.len().saturating_sub(1))..].join("/")
    }

    /// Never sent a second time: what is asked for by PUT may be done again each time.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Whether sending it twice does no more than sending it once (RFC 9110, 9.2.2), so that it may be repeated after a
    /// lost answer.
    pub fn is_idempotent(&self) -> bool {
        !self.once && [Method::GET, Method::HEAD, Method::PUT, Method::DELETE].contains(&self.method)
    }

    /// The path, encoded, without a leading slash.
    pub fn encoded_path(&self) -> String {
        let segments: Vec<String> = self
            .path
            .iter()
            .map(|segment| match segment.as_ref() {
                // A dot segment would be resolved away by any URL parser, this one's and the proxy's.
                "." => "%2E".to_owned(),
                ".." => "%2E%2E".to_owned(),
                plain => utf8_percent_encode(plain, SEGMENT).to_string(),
            })
            .collect();
        segments.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static COMPUTE: Service = Service {
        title: "Compute",
        service_type: "compute",
        aliases: &[],
        major: 2,
        path: "v2.1",
        project_in_path: false,
        microversions: None,
    };

    #[test]
    fn an_id_with_a_slash_stays_one_segment() {
        let path = |id: &str| Request::new(&COMPUTE, Method::GET, ["servers", id]).encoded_path();
        assert_eq!(path("a/b"), "servers/a%2Fb");
        assert_eq!(path("../admin?x#y"), "servers/..%2Fadmin%3Fx%23y");
        assert_eq!(path(".."), "servers/%2E%2E");
        assert_eq!(path("é 100%"), "servers/%C3%A9%20100%25");
    }

    #[test]
    fn a_post_is_never_repeated() {
        assert!(!Request::new(&COMPUTE, Method::POST, ["servers"]).is_idempotent());
        assert!(!Request::new(&COMPUTE, Method::PATCH, ["servers"]).is_idempotent());
        assert!(Request::new(&COMPUTE, Method::DELETE, ["servers", "x"]).is_idempotent());
        assert!(!Request::new(&COMPUTE, Method::PUT, ["nodes", "x"]).once().is_idempotent());
    }
}
