//! The sign-in page: a plain form to the server, which makes the session.
use crate::{page::query, parts::brand::Brand, words};
use leptos::prelude::*;
use leptos_meta::Title;

/// User name and password. The query says what went wrong and where to go next.
#[component]
pub fn SignIn() -> impl IntoView {
    let (error, wait, next) = (query("error"), query("wait"), query("next"));
    let problem = move || {
        error.get().map(|error| match error.as_str() {
            "rate" => words::wait(&wait.get().unwrap_or_else(|| "60".to_owned())),
            "expired" => words::SESSION_ENDED.to_owned(),
            _ => words::BAD_CREDENTIALS.to_owned(),
        })
    };
    let wrong = move || problem().map(|_| "sign-in-problem");
    view! {
        <Title text=words::SIGN_IN/>
        <main class="lone" id="main">
            <Brand/>
            <h1>{words::SIGN_IN}</h1>
            <p class="quiet">{words::TAGLINE}</p>
            {move || problem().map(|problem| view! { <p class="alert alert-error" role="alert" id="sign-in-problem">{problem}</p> })}
            <form method="post" action="/sign-in" class="fields">
                <input type="hidden" name="next" value=move || next.get().unwrap_or_default()/>
                <div class="field">
                    <label for="username">{words::USERNAME}</label>
                    <input class="input" id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus aria-describedby=wrong/>
                </div>
                <div class="field">
                    <label for="password">{words::PASSWORD}</label>
                    <input class="input" id="password" name="password" type="password" autocomplete="current-password" required aria-describedby=wrong/>
                </div>
                <button class="btn btn-primary">{words::SIGN_IN}</button>
            </form>
        </main>
    }
}
