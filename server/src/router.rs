//! The router, built from the table of routes, and what lies around it.
use crate::{
    envelope::envelope,
    extract::LARGEST_BODY,
    gate::{self, Gate, gate},
    hosts, once, pages,
    problem::Problem,
    routes::{self, Door, Row},
    server::Server,
    session,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{Extensions, HeaderMap, HeaderName, Method, StatusCode, Version, header};
use model::Error;
use std::{any::Any, time::Duration};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate as _},
    cors::{AllowOrigin, CorsLayer},
    csrf::{ConfigError, CsrfLayer, ProtectionError},
    sensitive_headers::SetSensitiveHeadersLayer,
    timeout::{RequestBodyDeadlineLayer, RequestBodyTimeoutLayer},
};

/// How long nothing may come of a body that is a stream.
const IDLE: Duration = Duration::from_secs(60);

/// Said of an answer that is handed on as it is: bytes of somebody's, whose length was told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsItIs;

fn is_ours(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<AsItIs>().is_none()
}

/// The server as a router, ready to listen.
///
/// # Errors
/// When the public address is no origin.
pub fn router(mut server: Server) -> Result<Router, ConfigError> {
    let rows = routes::table(&server);
    let is_page = |row: &&Row| row.door == Door::Page && row.method == Method::GET;
    server.pages = std::sync::Arc::new(rows.iter().filter(is_page).map(|row| row.path.to_string()).collect());

    let mut router = Router::new();
    for row in rows {
        let gate_of_row = Gate {
            server: server.clone(),
            door: row.door,
            needs: row.needs,
            path: row.path.to_string(),
            streams: row.streams,
            doc: row.doc.clone(),
        };
        let keyed = row.method == Method::POST && !row.keeps_keys && matches!(row.door, Door::Rest | Door::Rpc);
        let route = match keyed {
            true => row.route.route_layer(from_fn_with_state((server.clone(), row.door), once::layer)),
            false => row.route,
        };
        let route = route.route_layer(from_fn_with_state(gate_of_row, gate));
        // The innermost of all, because they make another body of the request's. A stream may take as long as it flows.
        let route = match row.streams {
            true => route.route_layer(RequestBodyTimeoutLayer::new(IDLE)),
            false => route.route_layer(RequestBodyDeadlineLayer::new(server.config.timings.client)),
        };
        if let (Door::Rest, Some(bare)) = (row.door, row.path.strip_suffix('/')) {
            router = router.route(bare, route.clone());
        }
        router = router.route(&row.path, route);
    }
    let router = router.fallback(pages::nowhere).method_not_allowed_fallback(wrong_method);
    let config = &server.config;
    let around = ServiceBuilder::new()
        .layer(SetSensitiveHeadersLayer::new([header::AUTHORIZATION, header::COOKIE, header::SET_COOKIE]))
        .layer(from_fn_with_state(server.clone(), envelope))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(server.clone(), hosts::check))
        .layer(cors(&server))
        // Files are compressed beforehand and well; what is made for one reader is compressed quickly.
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(is_ours as Ours)),
        )
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(spare_tokens))
        .layer(csrf(&server)?)
        .layer(session::layer(&server.portal, config.https(), config.timings.session));
    Ok(router.layer(around).with_state(server))
}

/// A panic is our fault and nobody's business; the log has its words under the request's id.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let words = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
    tracing::error!(cause = words.unwrap_or("no words"), "a handler panicked");
    Problem::from(Error::Internal).into_response()
}

async fn wrong_method() -> Response {
    let detail = "This address does not take that method.";
    Problem::plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
}

/// Off unless configured: then scripts of those sites may call the API with a token, never with our cookies.
fn cors(server: &Server) -> CorsLayer {
    const EXPOSED: [HeaderName; 3] = [header::LOCATION, header::RETRY_AFTER, HeaderName::from_static("x-request-id")];
    match server.config.cors_origins.as_slice() {
        [] => CorsLayer::new(),
        origins => CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins.iter().cloned()))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                HeaderName::from_static("idempotency-key"),
                HeaderName::from_static("x-request-id"),
            ])
            .expose_headers(EXPOSED),
    }
}

type Ours = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;
type Rejection = fn(ProtectionError) -> Response;

/// A request that changes something must come from our own pages, or from no browser at all.
fn csrf(server: &Server) -> Result<CsrfLayer<Rejection>, ConfigError> {
    let refuse: Rejection = |_| {
        let detail = "This request came from another site.";
        Problem::plain(StatusCode::FORBIDDEN, "cross_site", detail).into_response()
    };
    let layer = CsrfLayer::new();
    // A proxy may rewrite Host; the browser's Origin is then our public address.
    let layer = match &server.config.public_url {
        Some(url) => layer.add_trusted_origin(url.origin().ascii_serialization())?,
        None => layer,
    };
    Ok(layer.with_rejection_response(refuse))
}

/// The check is about what a browser adds by itself: cookies, and what somebody once typed for the scheme Basic, or the
/// machine's own sign-in for Negotiate. Nobody's browser adds a token by itself: such a request without cookies is what
/// it says, wherever it comes from.
async fn spare_tokens(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    let only_tokens =
        headers.get_all(header::AUTHORIZATION).iter().count() == 1 && matches!(gate::token(headers), Some(Ok(_)));
    if only_tokens && !headers.contains_key(header::COOKIE) {
        headers.remove(header::ORIGIN);
        headers.remove("sec-fetch-site");
    }
    next.run(request).await
}
