//! Around everything: the request's id, the log line, the headers that every answer carries, problems' bodies.
use crate::{problem, server::Server};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use model::RequestId;
use portal::Ctx;
use std::time::Instant;
use tracing::{Instrument, info, info_span};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What pages may load and do: everything from us, nothing from elsewhere. Pages add a nonce to the scripts.
pub(crate) const STRICT: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Handles one request, from its id to its last header.
pub(crate) async fn envelope(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = known_id(request.headers()).unwrap_or_else(Ctx::new_request_id);
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    // The pattern, not the path: an id in a path may be a name, and a query may hold anything.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let span = info_span!("request", id = %id);
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = problem::finish(response, &id);
    add_headers(response.headers_mut(), &server, &id);
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| info!(%method, route, status = response.status().as_u16(), ms = took, "answered"));
    response
}

/// The caller's own id for the request, if it has the shape that OpenStack takes: `req-` and a UUID.
fn known_id(headers: &HeaderMap) -> Option<RequestId> {
    let text = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let uuid = text.strip_prefix("req-").filter(|uuid| uuid.len() == 36)?;
    uuid::Uuid::try_parse(uuid).ok().map(|uuid| RequestId::new(format!("req-{uuid}")))
}

fn add_headers(headers: &mut HeaderMap, server: &Server, id: &RequestId) {
    const ALWAYS: [(&str, &str); 6] = [
        ("content-security-policy", STRICT),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ];
    for (name, value) in ALWAYS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if server.config.https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if server.draining.is_cancelled() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(X_REQUEST_ID, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_taken_over_only_in_its_shape() {
        let id = |text: &str| {
            let headers = HeaderMap::from_iter([(X_REQUEST_ID, HeaderValue::from_str(text).unwrap())]);
            known_id(&headers).is_some()
        };
        assert!(id("req-0195b0d5-1d4c-7c1e-9d52-3f1f6a3b2c10"));
        for bad in [
            "",
            "req-1",
            "0195b0d5-1d4c-7c1e-9d52-3f1f6a3b2c10",
            "req-<script>",
            "req-0195b0d51d4c7c1e9d523f1f6a3b2c10",
        ] {
            assert!(!id(bad), "{bad}");
        }
    }
}
