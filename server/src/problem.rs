//! Errors on the wire: `application/problem+json` (RFC 9457), the one shape in which this server says no to scripts.
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use model::{Error, Fields, RequestId};
use serde_json::{Map, Value, json};

/// An error on its way to a script. Its body is written by [`finish`], which knows the request's id.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    more: Map<String, Value>,
    retry_after: Option<u64>,
}

/// The result of a REST handler.
pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A refusal that is no business of the portal's: of the transport.
    pub(crate) fn plain(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), more: Map::new(), retry_after: None }
    }

    /// 400 because of the body as a whole.
    pub(crate) fn body(sentence: impl Into<String>) -> Self {
        Error::invalid("body", sentence).into()
    }

    /// 415: it is not JSON, or does not say that it is.
    pub(crate) fn not_json() -> Self {
        let sentence = "Send JSON with the header Content-Type: application/json.";
        Self::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", sentence).naming("body", sentence)
    }

    /// 404 for an address that is none of ours.
    pub(crate) fn no_such_address() -> Self {
        Error::not_found("address").into()
    }

    /// Names a field beside what is said.
    #[must_use]
    pub(crate) fn naming(mut self, field: &str, sentence: impl Into<String>) -> Self {
        let fields = Fields::from([(field.to_owned(), vec![sentence.into()])]);
        self.more.insert("errors".to_owned(), json!(fields));
        self
    }

    /// A workspace or environment that was not found is named by the field that asked for it.
    #[must_use]
    pub(crate) fn at_place(self, error: &Error) -> Self {
        match error {
            Error::NotFound { what } if what == "workspace" => self.naming("workspace_id", error.to_string()),
            Error::NotFound { what } if what.starts_with("environment") => {
                self.naming("environment_id", error.to_string())
            }
            _ => self,
        }
    }

    fn document(&self, request_id: &RequestId) -> Value {
        let mut document = self.more.clone();
        document.insert("type".to_owned(), json!("about:blank"));
        document.insert("title".to_owned(), json!(self.status.canonical_reason().unwrap_or("Error")));
        document.insert("status".to_owned(), json!(self.status.as_u16()));
        document.insert("code".to_owned(), json!(self.code));
        document.insert("detail".to_owned(), json!(self.detail));
        document.insert("request_id".to_owned(), json!(request_id));
        Value::Object(document)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut problem = Self::plain(status, error.code(), error.detail());
        problem.retry_after = error.retry_after();
        match &error {
            Error::Invalid { fields } => {
                problem.more.insert("errors".to_owned(), json!(fields));
            }
            Error::QuotaExceeded { wanted, left, .. } => {
                problem.more.insert("source".to_owned(), json!("platform"));
                problem.more.insert("wanted".to_owned(), json!(wanted));
                problem.more.insert("left".to_owned(), json!(left));
            }
            Error::CloudQuota { .. } => {
                problem.more.insert("source".to_owned(), json!("cloud"));
            }
            Error::TooLarge { .. } => problem = problem.naming("body", error.to_string()),
            _ => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of a response that is a problem; leaves all others alone.
pub(crate) fn finish(response: Response, request_id: &RequestId) -> Response {
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Token"));
    }
    Response::from_parts(parts, problem.document(request_id).to_string().into())
}
