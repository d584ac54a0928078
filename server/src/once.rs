//! Idempotency at the door: a POST that comes again under its key gets the answer that the first one got.
//!
//! Creations and actions are not answered from here: the portal keeps their keys with the rows that they make, and tells
//! how these are now.
use crate::{
    extract::{Key, LARGEST_BODY, essence, unreadable},
    gate::wants_html,
    pages,
    problem::Problem,
    routes::Door,
    server::Server,
};
use axum::{
    RequestExt,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request, State},
    middleware::Next,
    response::{AppendHeaders, IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::Error;
use portal::{Begun, Ctx, Given};

/// Marks an answer that holds what is shown once: it is delivered, and not kept.
pub(crate) const ONCE: HeaderName = HeaderName::from_static(app::ONCE);
/// Of a kept answer these headers are kept, too.
const KEPT: [HeaderName; 2] = [header::CONTENT_TYPE, header::LOCATION];

/// The mark as a part of an answer.
pub(crate) fn shown_once() -> AppendHeaders<[(HeaderName, HeaderValue); 1]> {
    AppendHeaders([(ONCE, HeaderValue::from_static("1"))])
}

/// A layer over the POST routes that do not keep their keys themselves.
pub(crate) async fn layer(State((server, door)): State<(Server, Door)>, request: Request, next: Next) -> Response {
    let (html, ctx) = (wants_html(request.headers()), request.extensions().get::<Ctx>().cloned());
    let Some(ctx) = ctx else { return bare(next.run(request).await) };
    let refuse = |error: Error| match (door, html) {
        (Door::Rpc, true) => pages::failure(&error),
        (Door::Rpc, false) => crate::gate::refuse_rpc(&error),
        _ => Problem::from(error).into_response(),
    };
    let (request, key, text) = match read(door, request).await {
        Ok(read) => read,
        Err(error) => return refuse(error),
    };
    let Some(key) = key else { return bare(next.run(request).await) };
    let carry_out = async move |ctx: Ctx| {
        let mut request = request;
        request.extensions_mut().insert(ctx);
        next.run(request).await
    };
    once(&server, &ctx, &key, &text, carry_out).await.unwrap_or_else(refuse)
}

/// Carries a request out, unless it was carried out under its key before.
///
/// # Errors
/// As [`portal::Portal::begin_once`] says.
pub(crate) async fn once(
    server: &Server,
    ctx: &Ctx,
    key: &str,
    request: &str,
    carry_out: impl AsyncFnOnce(Ctx) -> Response,
) -> Result<Response, Error> {
    let ctx = match server.portal.begin_once(ctx, key, request).await? {
        Begun::Again(given) => return Ok(again(given)),
        Begun::First(ctx) => ctx,
    };
    // In a task of its own the end would outlive a client that leaves. It need not: an answer that is not kept was not
    // received either, and what was done is marked already.
    let response = carry_out(ctx.clone()).await;
    // A problem has no body yet, and mostly nothing was done.
    let keep = !response.headers().contains_key(&ONCE) && response.extensions().get::<Problem>().is_none();
    let (parts, body) = bare(response).into_parts();
    // Our own answers, all small; what is larger than a request may be is passed on and not kept.
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        server.portal.end_once(&ctx, None).await?;
        return Err(Error::Internal);
    };
    let given = Given {
        status: parts.status.as_u16(),
        headers: KEPT.iter().filter_map(|name| kept(&parts.headers, name)).collect(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    server.portal.end_once(&ctx, keep.then_some(&given)).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn kept(headers: &HeaderMap, name: &HeaderName) -> Option<(String, String)> {
    let value = headers.get(name)?.to_str().ok()?;
    Some((name.to_string(), value.to_owned()))
}

fn again(given: Given) -> Response {
    let status = StatusCode::from_u16(given.status).unwrap_or(StatusCode::OK);
    let mut response = (status, given.body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in given.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Without the mark, which is nobody's business outside.
fn bare(mut response: Response) -> Response {
    response.headers_mut().remove(&ONCE);
    response
}

/// The request, its key, and all that makes it this request.
async fn read(door: Door, mut request: Request) -> Result<(Request, Option<String>, String), Error> {
    let Ok(Key(header)) = request.extract_parts::<Key>().await else {
        return Err(Error::invalid("Idempotency-Key", "This must be 1 to 255 printable ASCII characters."));
    };
    if header.is_none() && door != Door::Rpc {
        return Ok((request, None, String::new()));
    }
    let form = essence(request.headers()) == "application/x-www-form-urlencoded";
    let (parts, body) = request.into_parts();
    let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await.map_err(unreadable)?;
    let typed = || url::form_urlencoded::parse(&bytes).find(|(name, _)| name == "key");
    let key = match (header, form) {
        (None, true) => typed().map(|(_, key)| key.into_owned()).filter(|key| !key.is_empty()),
        (header, _) => header,
    };
    // The same object in another order is the same request.
    let said = match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(value) => value.to_string(),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let text = format!("{} {}\n{said}", parts.method, parts.uri);
    Ok((Request::from_parts(parts, Body::from(bytes)), key, text))
}
