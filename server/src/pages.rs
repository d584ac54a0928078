//! Pages: the app rendered on the server, the calls of its scripts, and the forms of signing in and out.
mod rpc;
pub(crate) mod sign_in;

use crate::{
    envelope::STRICT,
    problem::Problem,
    routes::{Door, Needs, Row},
    server::Server,
};
use app::{
    App, PublicUrl,
    api::{
        Ask,
        forms::{Act, Provision},
    },
};
use axum::{
    extract::{Request, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use leptos::{
    config::LeptosOptions,
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{AxumRouteListing, ResponseOptions};
use model::{Error, Role};
use portal::Portal;
use server_fn::ServerFn;
use std::borrow::Cow;

/// The rows of all pages, of the calls of their scripts, and of the sign-in's forms.
pub(crate) fn rows(server: &Server) -> Vec<Row> {
    let listings = listings(&server.portal);
    let render = leptos_axum::render_route_with_context::<Server, _>(
        listings.clone(),
        page_context(server),
        shell(server.leptos.clone()),
    );
    let mut rows = sign_in::rows();
    for listing in &listings {
        let (path, render) = (listing.path().to_owned(), render.clone());
        let needs = page_needs(&path);
        rows.push(Row::new(Method::GET, path, Door::Page, needs, move |state: State<Server>, request: Request| {
            render(state, request)
        }));
    }
    for (path, method) in server_fn::axum::server_fn_paths() {
        let context = call_context(server);
        // Which place a call is about stands in its body: the portal settles it.
        let handler = move |State(server): State<Server>, request: Request| rpc::answer(server, path, context, request);
        let row = Row::new(method, Cow::Borrowed(path), Door::Rpc, Needs::User, handler);
        let keeps_keys = [Provision::PATH, Act::PATH, Ask::PATH].contains(&path);
        rows.push(if keeps_keys { row.keeping_keys() } else { row });
    }
    rows
}

fn listings(portal: &Portal) -> Vec<AxumRouteListing> {
    let portal = portal.clone();
    let context = move || provide_context(portal.clone());
    leptos_axum::generate_route_list_with_exclusions_and_ssg_and_context(App, None, context).0
}

/// Who gets to see a page, by where it stands.
fn page_needs(path: &str) -> Needs {
    match path {
        "/sign-in" => Needs::Nobody,
        _ if path == "/admin" || path.starts_with("/admin/") => Needs::Staff,
        _ if path.contains("{workspace}") => Needs::Member(Role::Viewer),
        _ => Needs::User,
    }
}

fn shell(options: LeptosOptions) -> impl Fn() -> leptos::prelude::AnyView + Clone + Send + Sync + 'static {
    use leptos::prelude::IntoAny;
    move || app::shell(options.clone()).into_any()
}

fn call_context(server: &Server) -> impl Fn() + Clone + Send + Sync + 'static {
    let (portal, url) = (server.portal.clone(), public_url(server));
    move || {
        provide_context(portal.clone());
        if let Some(url) = url.clone() {
            provide_context(url);
        }
    }
}

/// Our address as people type it, where that is configured.
fn public_url(server: &Server) -> Option<PublicUrl> {
    let url = server.config.public_url.as_ref()?;
    Some(PublicUrl(url.as_str().trim_end_matches('/').to_owned()))
}

/// What a page needs while it renders: the portal, and a policy that lets its own scripts run.
fn page_context(server: &Server) -> impl Fn() + Clone + Send + Sync + 'static {
    let (call, watched, lazy) = (call_context(server), server.config.watched, server.site.lazy_files());
    move || {
        call();
        if let Some(lazy) = lazy.clone() {
            provide_context(lazy);
        }
        // Absent while the routes are listed, at the start.
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
        let mut policy =
            STRICT.replace("script-src 'self'", &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"));
        if watched {
            // cargo-leptos tells the page over a socket of its own when to reload.
            policy = policy.replace("connect-src 'self'", "connect-src 'self' ws:");
        }
        if let Ok(value) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, value);
        }
    }
}

/// Addresses that are none of ours: a problem for scripts, a page of the app for people.
pub(crate) async fn nowhere(State(server): State<Server>, request: Request) -> Response {
    let path = request.uri().path();
    let machine = ["/api/", "/rpc/", "/pkg/"].iter().any(|prefix| path.starts_with(prefix));
    if machine || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::no_such_address().into_response();
    }
    let mut response = render_any(&server, request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Renders whatever the app has for the request's address.
async fn render_any(server: &Server, request: Request) -> Response {
    let render = leptos_axum::render_app_async_with_context(page_context(server), shell(server.leptos.clone()));
    render(request).await.into_response()
}

/// A page for when pages cannot be rendered: the database is away, or a form is none of ours.
pub(crate) fn failure(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let sentences = error.fields().into_values().flatten();
    let sentences: String = sentences.map(|sentence| format!("<p>{}</p>", escape(&sentence))).collect();
    let text = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>AtonixCorp</title><h1>This did not work</h1><p>{}</p>{sentences}",
        escape(&error.detail())
    );
    let mut response = (status, Html(text)).into_response();
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
