//! Signing in and out: plain forms, which work without JavaScript.
use crate::{
    client,
    gate::see_other,
    next::own_page,
    pages,
    routes::{Door, Needs, Row},
    server::Server,
    session,
};
use axum::{
    Extension, Form,
    extract::{ConnectInfo, State, rejection::FormRejection},
    response::Response,
};
use http::{HeaderMap, Method};
use model::{Error, RequestId};
use portal::Ctx;
use serde::Deserialize;
use std::net::SocketAddr;
use tower_sessions::Session;

/// The rows of the two forms.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new(Method::POST, "/sign-in", Door::Page, Needs::Nobody, sign_in),
        Row::new(Method::POST, "/sign-out", Door::Page, Needs::Nobody, sign_out),
    ]
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    username: String,
    password: String,
    /// The page to go to; any other address is not gone to.
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(server): State<Server>,
    Extension(session): Extension<Session>,
    Extension(request_id): Extension<RequestId>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    form: Result<Form<Credentials>, FormRejection>,
) -> Response {
    let Ok(Form(given)) = form else { return see_other("/sign-in?error=credentials") };
    let client = client_of(&server, peer.map(|peer| peer.0.0), &headers);
    let next = own_page(&given.next, &server.pages);
    let user = match server.portal.sign_in(&given.username, &given.password, &client, &request_id).await {
        Ok(user) => user,
        Err(Error::TooMany { retry_after }) => return again(&format!("error=rate&wait={retry_after}"), &next),
        Err(Error::BadCredentials) => return again("error=credentials", &next),
        Err(error) => return pages::failure(&error),
    };
    match session::begin(&session, &user).await {
        Ok(()) => see_other(&next),
        Err(_) => pages::failure(&Error::Unavailable { what: "The database".to_owned(), retry_after: 5 }),
    }
}

async fn sign_out(
    State(server): State<Server>,
    Extension(session): Extension<Session>,
    ctx: Option<Extension<Ctx>>,
) -> Response {
    let out = match ctx {
        Some(Extension(ctx)) => server.portal.sign_out(&ctx).await,
        None => Ok(()),
    };
    match (session.flush().await, out) {
        (Ok(()), Ok(())) => see_other("/sign-in"),
        (_, Err(error)) => pages::failure(&error),
        (Err(_), _) => pages::failure(&Error::Unavailable { what: "The database".to_owned(), retry_after: 5 }),
    }
}

/// Back to the form, with what went wrong and where to go afterwards; without what was typed.
fn again(error: &str, next: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    see_other(&format!("/sign-in?{error}&next={next}"))
}

/// The client's address, as far as it can be believed.
pub(crate) fn client_of(server: &Server, peer: Option<SocketAddr>, headers: &HeaderMap) -> String {
    let forwarded: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    client::address(peer.map(|peer| peer.ip()), &forwarded, &server.config.trusted_proxies)
}
