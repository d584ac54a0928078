//! What is shown only once.
use crate::{parts::code::Code, words};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A private key, a token, a password: to be copied now.
#[component]
pub fn Once(
    /// The secret.
    text: String,
    /// The name of the file that it can be saved as; none where it is not for a file.
    #[prop(optional, into)]
    file: Option<String>,
) -> impl IntoView {
    // The text itself is the address: it is not asked for a second time.
    let save = file.map(|file| {
        let href = format!("data:application/octet-stream,{}", utf8_percent_encode(&text, NON_ALPHANUMERIC));
        view! { <p><a class="btn btn-sm" download=file href=href>{words::DOWNLOAD}</a></p> }
    });
    view! {
        <section class="once" aria-labelledby="once-title">
            <h2 id="once-title">{words::ONCE}</h2>
            <p>{words::ONCE_HELP}</p>
            <Code text label=words::ONCE/>
            {save}
        </section>
    }
}
