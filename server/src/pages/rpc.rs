//! What scripts and forms of pages send. Leptos reads it and calls the function; what is wrong with it as a request is
//! said here, and where a form leads back to is settled here.
use crate::{
    extract::{LARGEST_BODY, essence, unreadable},
    gate::{request_id, see_other, wants_html},
    next::own_page,
    pages,
    server::Server,
};
use app::{CameFrom, api::Ask, failure::Failure};
use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use model::{Error, RequestId};
use server_fn::{ServerFn, error::SERVER_FN_ERROR_HEADER};
use url::{Position, Url};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Answers one call of the server function at `path`.
pub(super) async fn answer(
    server: Server,
    path: &'static str,
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    let asker = Asker { form: wants_html(request.headers()), id: request_id(&request) };
    let back = came_from(request.headers(), &server.pages);
    let (mut parts, body) = request.into_parts();
    let question = path == Ask::PATH;
    let kind = if question { JSON } else { FORM };
    if essence(&parts.headers) != kind {
        let error = Error::invalid("body", format!("Send this with the header Content-Type: {kind}."));
        return asker.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, error);
    }
    let bytes = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(bytes) => bytes,
        Err(rejection) => return asker.say(unreadable(rejection)),
    };
    // Leptos would call both our own fault.
    if question && serde_json::from_slice::<Ask>(&bytes).is_err() {
        return asker.say(Error::invalid("body", "This is no question that is known here."));
    }
    if std::str::from_utf8(&bytes).is_err() {
        return asker.say(Error::invalid("body", "This is not text in UTF-8."));
    }
    // Leptos would lead to whatever stands there; the app leads to what was checked.
    parts.headers.remove(header::REFERER);
    parts.extensions.insert(CameFrom(back.clone()));
    let request = Request::from_parts(parts, Body::from(bytes));
    let response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    let failed = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    match response.status() {
        // The app's own redirects are 303: the function was not reached, or has no page to lead to.
        StatusCode::FOUND if failed => asker.say(error_in(response).await),
        StatusCode::FOUND => {
            let mut led = see_other(&back);
            // What it left for the browser to keep: the colours.
            for cookie in response.headers().get_all(header::SET_COOKIE) {
                led.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            led
        }
        StatusCode::INTERNAL_SERVER_ERROR if failed => asker.say(error_in(response).await),
        _ => response,
    }
}

/// Who sent it, as far as the answer depends on it.
struct Asker {
    /// A form that the browser posted by itself: its answer is looked at.
    form: bool,
    id: RequestId,
}

impl Asker {
    fn say(&self, error: Error) -> Response {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.refuse(status, error)
    }

    fn refuse(&self, status: StatusCode, error: Error) -> Response {
        if self.form {
            let mut page = pages::failure(&error);
            *page.status_mut() = status;
            return page;
        }
        (status, Json(Failure { error, request_id: Some(self.id.to_string()) })).into_response()
    }
}

/// The error that leptos has written into an answer.
async fn error_in(response: Response) -> Error {
    let bytes = to_bytes(response.into_body(), LARGEST_BODY).await.unwrap_or_default();
    serde_json::from_slice::<Failure>(&bytes).map_or(Error::Internal, |failure| failure.error)
}

/// The page of ours that a form stands on, or the first one. Never what is no page, whatever the header says.
fn came_from(headers: &HeaderMap, pages: &[String]) -> String {
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    match from.and_then(|text| Url::parse(text).ok()) {
        Some(url) => own_page(&url[Position::BeforePath..Position::AfterQuery], pages),
        None => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_its_page_and_to_nothing_else() {
        let pages = ["/", "/tokens", "/w/{workspace}/members"].map(str::to_owned);
        let from = |text: &'static str| {
            let headers = HeaderMap::from_iter([(header::REFERER, http::HeaderValue::from_static(text))]);
            came_from(&headers, &pages)
        };
        assert_eq!(from("http://portal.test/tokens?sort=name#top"), "/tokens?sort=name");
        assert_eq!(from("https://portal.test:8443/w/devops-team/members"), "/w/devops-team/members");
        for evil in [
            "http://portal.test/rpc/remove",
            "http://portal.test/rpc/remove?/tokens",
            "http://portal.test/sign-in?next=/tokens",
            "http://portal.test/healthz",
            "http://portal.test//evil.example",
            "http://portal.test/\\evil.example",
            "http://portal.test/%09/evil.example",
            "http://portal.test/%5cevil.example",
            "//evil.example",
            "/\\evil.example",
            "data:text/html,x",
            "tokens",
            "",
        ] {
            assert_eq!(from(evil), "/", "{evil}");
        }
    }
}
