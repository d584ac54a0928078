//! What is shown only once, and the text that an action handed back.
use crate::{parts::code::Code, words};
use leptos::prelude::*;

/// A private key, a token, a password: to be copied now.
#[component]
pub fn Once(
    /// The secret.
    text: String,
    /// Only the text, such as a console log, without the warning.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    if plain {
        return view! { <Code text=text label=words::OUTPUT/> }.into_any();
    }
    view! {
        <section class="once" aria-labelledby="once-title">
            <h2 id="once-title">{words::ONCE}</h2>
            <p>{words::ONCE_HELP}</p>
            <Code text=text label=words::ONCE/>
        </section>
    }
    .into_any()
}
