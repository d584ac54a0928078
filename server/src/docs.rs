//! The API's documentation: the OpenAPI document, and a page that shows it, all served by ourselves.
use crate::{
    openapi,
    problem::{self, Problem},
    routes::{Door, Needs, Row},
};
use axum::{
    Json,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, Method, header};
use serde_json::Value;
use std::sync::Arc;
use utoipa_swagger_ui::{Config, Url};

/// The page's own styles are inline; nothing else is loosened.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The rows of the documentation.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new(Method::GET, "/api/openapi.json", Door::Asset, Needs::Nobody, document),
        Row::new(Method::GET, "/api/docs", Door::Asset, Needs::Nobody, || async { Redirect::permanent("/api/docs/") }),
        Row::new(Method::GET, "/api/docs/", Door::Asset, Needs::Nobody, || async { page("") }),
        Row::new(
            Method::GET,
            "/api/docs/{file}",
            Door::Asset,
            Needs::Nobody,
            |segments: crate::extract::Segments| async move { page(segments.get("file")) },
        ),
    ]
}

async fn document() -> Json<&'static Value> {
    Json(openapi::document())
}

fn page(file: &str) -> problem::Result<Response> {
    let config = Arc::new(Config::new([Url::new("AtonixCorp Platform", "/api/openapi.json")]).validator_url("none"));
    let found = utoipa_swagger_ui::serve(file, config).map_err(|error| {
        tracing::error!(%error, "the documentation's page cannot be made");
        model::Error::Internal
    })?;
    let file = found.ok_or_else(Problem::no_such_address)?;
    let mut response = file.bytes.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(value) = HeaderValue::from_str(&file.content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if file.gzpipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
