//! The one server-only module of this crate: how a server function reaches the portal, and how a form without JavaScript
//! gets its answer.
mod answer;
mod forms;
mod pages;

pub(crate) use answer::answer;
pub(crate) use forms::*;
pub(crate) use pages::*;

use crate::{CameFrom, PublicUrl, data::Flash, failure::Failure};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ACCEPT, COOKIE, HOST, SET_COOKIE},
    request::Parts,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use model::{Environment, Error, FormValues, Place, WorkspaceSlug};
use portal::{Ctx, Portal};
use tower_sessions::Session;

/// The session's key of what a form left for the next page.
const FLASH: &str = "flash";
/// The cookie with the key of a one-time output that a form left.
const HANDOVER: &str = "atonix-once";

/// Where a form without JavaScript goes when it was done.
#[derive(Debug, Default)]
pub(crate) struct Landing {
    /// The page; the one it came from when absent.
    pub(crate) to: Option<String>,
    /// What to say there.
    pub(crate) said: Option<String>,
    /// What to show there once.
    pub(crate) once: Option<String>,
    /// The action whose output that is.
    pub(crate) action: Option<String>,
}

/// What was typed in a form, for when it has to be typed better.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    /// Without secrets.
    pub(crate) plain: FormValues,
    /// Long texts that may hold secrets: lost, nobody would type them again. They are kept sealed, and the browser has the
    /// key.
    pub(crate) withheld: FormValues,
    /// The action whose form it was, where it was one.
    pub(crate) action: Option<String>,
}

impl From<FormValues> for Typed {
    fn from(plain: FormValues) -> Self {
        Self { plain, ..Self::default() }
    }
}

/// Runs `work` against the portal, as the caller of this request.
pub(crate) async fn call<T>(work: impl AsyncFnOnce(Portal, Ctx) -> model::Result<T>) -> Result<T, Failure> {
    let request = expect_context::<Parts>();
    let ctx = request.extensions.get::<Ctx>().cloned();
    let request_id = ctx.as_ref().map(|ctx| ctx.request_id.to_string());
    let done = match ctx {
        Some(ctx) => work(expect_context::<Portal>(), ctx).await,
        None => Err(Error::Unauthenticated),
    };
    done.map_err(|error| {
        // A plain form post answers by redirect; a status of ours would stop the browser following it.
        if !is_form_post(&request)
            && let Ok(status) = StatusCode::from_u16(error.status())
            && let Some(response) = use_context::<ResponseOptions>()
        {
            response.set_status(status);
        }
        Failure { error, request_id }
    })
}

/// As [`call`], for what a form sends: without JavaScript, success goes to its landing, and a failure back to the form
/// with what was typed. `typed` must not hold secrets.
pub(crate) async fn submit<T>(
    form: &str,
    typed: impl Into<Typed>,
    work: impl AsyncFnOnce(Portal, Ctx) -> model::Result<T>,
    landing: impl FnOnce(&T) -> Landing,
) -> Result<T, Failure> {
    let done = call(work).await;
    let landing = done.as_ref().map(landing);
    if let (Ok(Landing { once: Some(_), .. }), Some(response)) = (&landing, use_context::<ResponseOptions>()) {
        response.insert_header(HeaderName::from_static(crate::ONCE), HeaderValue::from_static("1"));
    }
    if is_form_post(&expect_context::<Parts>()) {
        let mut to = None;
        let flash = landing.map(|Landing { to: there, said, once, action }| {
            to = there;
            Flash { form: form.to_owned(), said, once, action, ..Flash::default() }
        });
        leave(form, typed.into(), flash, to).await;
    }
    done
}

/// As [`submit`], back to the form's page with more than a sentence.
pub(crate) async fn submit_keeping<T>(
    form: &str,
    typed: FormValues,
    work: impl AsyncFnOnce(Portal, Ctx) -> model::Result<T>,
    kept: impl FnOnce(&T) -> Flash,
) -> Result<T, Failure> {
    let done = call(work).await;
    if is_form_post(&expect_context::<Parts>()) {
        let flash = done.as_ref().map(kept);
        leave(form, typed.into(), flash, None).await;
    }
    done
}

/// Leaves the flash in the session, and redirects.
async fn leave(form: &str, typed: Typed, flash: Result<Flash, &Failure>, to: Option<String>) {
    let request = expect_context::<Parts>();
    let mut flash = flash.unwrap_or_else(|failure| Flash {
        form: form.to_owned(),
        withheld: withheld(&typed.withheld),
        values: typed.plain,
        action: typed.action,
        failure: Some(failure.clone()),
        ..Flash::default()
    });
    // There is one key for both: what was done has an output, what was not has what was typed.
    flash.once = flash.once.as_deref().and_then(keep_once);
    flash.withheld = flash.withheld.as_deref().and_then(keep_once);
    if let Some(session) = request.extensions.get::<Session>()
        && let Err(error) = session.insert(FLASH, &flash).await
    {
        leptos::logging::error!("a form's answer could not be kept for its page: {error}");
    }
    let back = || request.extensions.get::<CameFrom>().map_or("/", |from| from.0.as_str()).to_owned();
    redirect(&to.unwrap_or_else(back));
}

/// What is to be kept sealed, as one text; none where nothing is.
fn withheld(typed: &FormValues) -> Option<String> {
    if typed.is_empty() { None } else { serde_json::to_string(typed).ok() }
}

/// Goes on under a new session id, after the portal has ended every session of the caller, this one too: an id that
/// somebody else may have is worth nothing from then on.
pub(crate) async fn rotate_session() -> model::Result<()> {
    let request = expect_context::<Parts>();
    let session = request.extensions.get::<Session>().ok_or(Error::Unauthenticated)?;
    session.cycle_id().await.map_err(|error| {
        leptos::logging::error!("a session could not go on: {error}");
        Error::Unavailable { what: "The database".to_owned(), retry_after: 5 }
    })
}

/// What the last form left behind; at most once. Nothing when the reader has left meanwhile, and the request with them.
pub(crate) async fn flash() -> Option<Flash> {
    let request = use_context::<Parts>()?;
    let is_page = request.method == Method::GET && accepts_html(&request.headers);
    let session = request.extensions.get::<Session>().filter(|_| is_page)?;
    let mut flash: Flash = session.remove(FLASH).await.ok().flatten()?;
    flash.once = flash.once.as_deref().and_then(|sealed| take_once(sealed, &request));
    let withheld = flash.withheld.take().and_then(|sealed| take_once(&sealed, &request));
    let withheld: Option<FormValues> = withheld.and_then(|text| serde_json::from_str(&text).ok());
    flash.values.extend(withheld.unwrap_or_default());
    Some(flash)
}

/// Seals a one-time output for the next page, which another server may render; the browser gets the key. None when that
/// cannot be: then the page says what was done and lacks the output.
fn keep_once(output: &str) -> Option<String> {
    let sealed = match portal::seal_once(output) {
        Ok(sealed) => sealed,
        Err(error) => {
            leptos::logging::error!("what is shown once could not be sealed: {error}");
            return None;
        }
    };
    set_handover(&sealed.key, 300);
    Some(sealed.text)
}

/// Opens what [`keep_once`] sealed, for the browser that has the key, and takes the key from it.
fn take_once(sealed: &str, request: &Parts) -> Option<String> {
    let cookies = request.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, key) = pairs.find(|(name, _)| *name == HANDOVER)?;
    set_handover("", 0);
    portal::open_once(sealed, key)
}

fn set_handover(key: &str, seconds: u32) {
    let secure = if origin().starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{HANDOVER}={key}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

/// A random idempotency key.
pub(crate) fn fresh_key() -> String {
    Ctx::new_request_id().as_str().trim_start_matches("req-").to_owned()
}

/// Reads a place from an address; what cannot be one does not exist.
pub(crate) fn place(workspace: &str, environment: &str) -> model::Result<Place> {
    let environment: Environment = environment.parse().map_err(|_| Error::not_found("environment"))?;
    Ok(Place { workspace: slug(workspace)?, environment })
}

/// Reads a workspace's slug from an address.
pub(crate) fn slug(workspace: &str) -> model::Result<WorkspaceSlug> {
    WorkspaceSlug::parse(workspace).map_err(|_| Error::not_found("workspace"))
}

/// Remembers the colours that a person chose, for a year.
pub(crate) fn remember_theme(theme: &str) -> Result<(), Failure> {
    let cookie = match theme {
        "light" | "dark" => format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"),
        _ => "theme=; Path=/; Max-Age=0; SameSite=Lax".to_owned(),
    };
    let value = HeaderValue::from_str(&cookie).map_err(|_| Error::Internal)?;
    expect_context::<ResponseOptions>().append_header(SET_COOKIE, value);
    Ok(())
}

/// The portal's own address: as configured, else as the browser called it. Nothing when the reader has left meanwhile.
pub(crate) fn origin() -> String {
    if let Some(PublicUrl(url)) = use_context::<PublicUrl>() {
        return url;
    }
    let Some(request) = use_context::<Parts>() else { return String::new() };
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = request.uri.scheme_str().unwrap_or("http");
    format!("{scheme}://{host}")
}

fn is_form_post(request: &Parts) -> bool {
    request.method == Method::POST && accepts_html(&request.headers)
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Leads a form's browser to a page. With 303, so that whatever method the form had, the page is asked for by GET, and
/// the server can tell our own redirects.
fn redirect(to: &str) {
    leptos_axum::redirect(to);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::SEE_OTHER);
    }
}
