//! Errors: instead of a page, and above a form.
use crate::{failure::Failure, parts::copy::Copy, words};
use leptos::prelude::*;
use leptos_meta::Title;

/// Instead of a page: what happened, what now, and the request's id to quote.
#[component]
pub fn FailedPage(
    /// Why.
    failure: Failure,
) -> impl IntoView {
    let (title, help) = match &failure.error {
        model::Error::NotFound { .. } => (words::NOT_FOUND, words::NOT_FOUND_HELP.to_owned()),
        model::Error::Unauthenticated => (words::SIGN_IN, words::SESSION_ENDED.to_owned()),
        error => (words::FAILED_PAGE, error.detail()),
    };
    let again = !matches!(failure.error, model::Error::NotFound { .. });
    view! {
        <Title text=title/>
        <section class="empty" role="alert">
            <h1>{title}</h1>
            <p>{help}</p>
            <RequestId id=failure.request_id/>
            <p class="buttons">
                {again.then(|| view! { <a class="btn" href="" rel="external">{words::TRY_AGAIN}</a> })}
                <a class="btn" href="/" rel="external">{words::TO_START}</a>
            </p>
        </section>
    }
}

/// The id to quote to an administrator.
#[component]
pub fn RequestId(
    /// The id, if the server was reached.
    id: Option<String>,
) -> impl IntoView {
    id.map(|id| {
        view! {
            <p class="request-id">
                {words::REQUEST_ID} ": " <code>{id.clone()}</code> <Copy text=id/>
            </p>
        }
    })
}
