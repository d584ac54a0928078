//! What handlers take out of a request; each says in our own words what is wrong with it.
use crate::problem::Problem;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request, rejection::BytesRejection},
    response::IntoResponse,
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use model::{Environment, Error, Fields, Place, WorkspaceSlug};
use portal::Ctx;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use std::collections::BTreeMap;

/// The largest body of a REST request, in bytes.
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;
/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 255;

/// Who asks, as the gate before the handler found out.
pub(crate) struct Caller(pub Ctx);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Ctx>().cloned().map(Self).ok_or_else(|| Error::Unauthenticated.into())
    }
}

/// A JSON object.
pub(crate) struct Body(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::not_json());
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| Problem::from(unreadable(rejection)))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Problem::body("This must be a JSON object.")),
            // Where it stops being JSON, and nothing of what it said.
            Err(error) => {
                Err(Problem::body(format!("This is not JSON: line {}, column {}.", error.line(), error.column())))
            }
        }
    }
}

/// Why a body could not be read to its end.
pub(crate) fn unreadable(rejection: BytesRejection) -> Error {
    match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { limit: LARGEST_BODY as u64 },
        _ => Error::invalid("body", "The body broke off."),
    }
}

/// The media type of a body, without its parameters, in lower case.
pub(crate) fn essence(headers: &HeaderMap) -> String {
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = essence(headers);
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

impl Body {
    /// The object as a `T`.
    ///
    /// # Errors
    /// 400 at the field that does not fit.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Problem> {
        let error = match serde_path_to_error::deserialize(Value::Object(self.0)) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let text = error.inner().to_string();
        let (field, sentence) = if let Some(field) = quoted(&text, "missing field `") {
            (field, "This field is required.")
        } else if let Some(field) = quoted(&text, "unknown field `") {
            (field, "There is no such field.")
        } else {
            // The field at the top, as everywhere else; serde itself does not say where it stumbled.
            let field = error.path().iter().find_map(|segment| match segment {
                Segment::Map { key } => Some(key.clone()),
                _ => None,
            });
            (field.unwrap_or_else(|| "body".to_owned()), "This is of the wrong type.")
        };
        Err(Error::invalid(field, sentence).into())
    }

    /// Takes the place out of the body: the guide's `workspace_id` and `environment_id`.
    ///
    /// # Errors
    /// The fields that are missing or wrong.
    pub(crate) fn take_place(&mut self) -> Result<Place, Fields> {
        let mut text = |name: &str| match self.0.remove(name) {
            None | Some(Value::Null) => Err("This field is required."),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err("This must be text."),
        };
        let (workspace, environment) = (text("workspace_id"), text("environment_id"));
        place(workspace, environment)
    }
}

/// A place of its two words, or what is wrong with each.
fn place(workspace: Result<String, &str>, environment: Result<String, &str>) -> Result<Place, Fields> {
    let mut bad = Fields::new();
    let environment = environment.map_err(str::to_owned).and_then(|text| text.parse::<Environment>());
    match (workspace, environment) {
        (Ok(workspace), Ok(environment)) => Ok(Place { workspace: WorkspaceSlug::new(workspace), environment }),
        (workspace, environment) => {
            if let Err(sentence) = workspace {
                bad.insert("workspace_id".to_owned(), vec![sentence.to_owned()]);
            }
            if let Err(sentence) = environment {
                bad.insert("environment_id".to_owned(), vec![sentence]);
            }
            Err(bad)
        }
    }
}

fn quoted(text: &str, before: &str) -> Option<String> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once('`')?.0.to_owned())
}

/// The parameters of a query. Each is taken by name; what is left over at the end is an error.
pub(crate) struct Query(BTreeMap<String, String>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if given.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Error::invalid(name, "This is given twice.").into());
            }
        }
        Ok(Self(given))
    }
}

impl Query {
    /// A parameter; absent when it is empty.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|text| !text.is_empty())
    }

    /// A whole number.
    ///
    /// # Errors
    /// 400 at the parameter.
    pub(crate) fn take_number(&mut self, name: &str, min: i64, max: i64) -> Result<Option<i64>, Problem> {
        let Some(text) = self.take(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
            _ => Err(Error::invalid(name, format!("This must be a whole number from {min} to {max}.")).into()),
        }
    }

    /// A word out of those that `T` knows.
    ///
    /// # Errors
    /// 400 at the parameter.
    pub(crate) fn take_word<T: std::str::FromStr<Err = String>>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let word = self.take(name).map(|text| text.parse()).transpose();
        word.map_err(|sentence| Error::invalid(name, sentence).into())
    }

    /// The workspace.
    ///
    /// # Errors
    /// 400 when it is missing.
    pub(crate) fn take_workspace(&mut self) -> Result<WorkspaceSlug, Problem> {
        let slug = self.take("workspace_id").map(WorkspaceSlug::new);
        slug.ok_or_else(|| Error::invalid("workspace_id", "This parameter is required.").into())
    }

    /// Workspace and environment.
    ///
    /// # Errors
    /// 400 at each that is missing or wrong.
    pub(crate) fn take_place(&mut self) -> Result<Place, Problem> {
        let mut text = |name: &str| self.take(name).ok_or("This parameter is required.");
        let (workspace, environment) = (text("workspace_id"), text("environment_id"));
        place(workspace, environment).map_err(|fields| Error::Invalid { fields }.into())
    }

    /// Nothing must be left over: a misspelt filter would otherwise show everything.
    ///
    /// # Errors
    /// 400 at each unknown parameter.
    pub(crate) fn end(self) -> Result<(), Problem> {
        let unknown: Fields =
            self.0.into_keys().map(|name| (name, vec!["There is no such parameter.".to_owned()])).collect();
        if unknown.is_empty() { Ok(()) } else { Err(Error::Invalid { fields: unknown }.into()) }
    }
}

/// The variable parts of the path, decoded.
pub(crate) struct Segments(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Segments {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::no_such_address())?;
        Ok(Self(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }
}

impl Segments {
    /// The part of that name; empty when the path has none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// The header `Idempotency-Key`, if the caller sent one.
pub(crate) struct Key(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        const NAME: &str = "Idempotency-Key";
        let Some(value) = parts.headers.get(NAME) else { return Ok(Self(None)) };
        let text = value.to_str().ok().map(str::trim).filter(|text| (1..=LONGEST_KEY).contains(&text.len()));
        match text {
            Some(text) => Ok(Self(Some(text.to_owned()))),
            None => {
                let sentence = format!("This must be 1 to {LONGEST_KEY} printable ASCII characters.");
                Err(Error::invalid(NAME, sentence).into())
            }
        }
    }
}
