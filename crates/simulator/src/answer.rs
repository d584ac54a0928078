//! What a service answers, in the shape that the service itself has for it.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    Html(String),
    /// As they are, with their type.
    Raw {
        kind: String,
        bytes: Vec<u8>,
    },
}

/// What every handler returns: refusals are answers too, so that `?` can stop at them.
pub(crate) type Reply = Result<Answer, Answer>;

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status: code(status), headers: Vec::new(), body: Body::Json(body) }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status: code(status), headers: Vec::new(), body: Body::Empty }
    }

    pub(crate) fn raw(status: u16, kind: &str, bytes: Vec<u8>) -> Self {
        Self { status: code(status), headers: Vec::new(), body: Body::Raw { kind: kind.to_owned(), bytes } }
    }

    pub(crate) fn html(status: u16, html: String) -> Self {
        Self { status: code(status), headers: Vec::new(), body: Body::Html(html) }
    }

    /// The page that WebOb makes of an error: what Glance answers always, and others for paths that they do not route.
    pub(crate) fn page(status: u16, text: &str) -> Self {
        let status = code(status);
        let title = format!("{} {}", status.as_u16(), reason(status));
        let html = format!(
            "<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n  {}<br /><br />\n\n\n\n </body>\n</html>",
            escape(text)
        );
        Self { status, headers: Vec::new(), body: Body::Html(html) }
    }

    pub(crate) fn lost_page() -> Self {
        Self::page(404, "The resource could not be found.")
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(crate) fn located(self, url: &str) -> Self {
        self.with(header::LOCATION, url)
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The services' ways to say no.
pub(crate) mod refuse {
    use super::{Answer, Value, json};

    /// Keystone's.
    pub(crate) fn identity(status: u16, message: &str) -> Answer {
        let title = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            409 => "Conflict",
            413 => "Request Entity Too Large",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        };
        Answer::json(status, json!({"error": {"code": status, "message": message, "title": title}}))
    }

    /// Nova's, Cinder's and Manila's: the kind of fault is the key.
    pub(crate) fn fault(status: u16, message: &str) -> Answer {
        let kind = match status {
            400 => "badRequest",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "itemNotFound",
            405 => "badMethod",
            409 => "conflictingRequest",
            413 | 429 => "overLimit",
            415 => "badMediaType",
            501 => "notImplemented",
            503 => "serviceUnavailable",
            _ => "computeFault",
        };
        let mut body = json!({"code": status, "message": message});
        if kind == "overLimit" {
            body["retryAfter"] = Value::from("0");
        }
        let answer = Answer::json(status, json!({kind: body}));
        if kind == "overLimit" { answer.with(axum::http::header::RETRY_AFTER, "0") } else { answer }
    }

    /// Neutron's.
    pub(crate) fn network(status: u16, kind: &str, message: &str) -> Answer {
        Answer::json(status, json!({"NeutronError": {"type": kind, "message": message, "detail": ""}}))
    }

    /// Magnum's; its title is the first sentence.
    pub(crate) fn infra(status: u16, message: &str) -> Answer {
        let title = message.split_once(". ").map_or(message.trim_end_matches('.'), |(first, _)| first);
        let error = json!({"request_id": "", "code": "client", "status": status, "title": title, "detail": message, "links": []});
        Answer::json(status, json!({"errors": [error]}))
    }

    /// Octavia's, where it looks for something before it has understood the request; and Pecan's, for other paths.
    pub(crate) fn octavia_lookup(status: u16, message: &str, title: &str) -> Answer {
        Answer::json(status, json!({"code": status, "description": message, "title": title}))
    }

    /// What the token check in front of every service but Keystone and Glance answers.
    pub(crate) fn unauthenticated(auth_url: &str) -> Answer {
        let message = "The request you have made requires authentication.";
        Answer::json(401, json!({"error": {"code": 401, "title": "Unauthorized", "message": message}}))
            .with(axum::http::header::WWW_AUTHENTICATE, &format!("Keystone uri=\"{auth_url}\""))
    }
}
