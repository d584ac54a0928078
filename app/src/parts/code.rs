//! Text for machines, with a copy button.
use crate::{parts::copy::Copy, words};
use leptos::prelude::*;

/// A block of code, a log, a key.
#[component]
pub fn Code(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for those who do not see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="code">
            <pre tabindex="0" role="region" aria-label=label><code>{text}</code></pre>
            <Copy text/>
        </div>
    }
}

/// A folded command that does the same through the API.
#[component]
pub fn ApiCall(
    /// The command.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <details class="api-call">
            <summary>{words::AS_API_CALL}</summary>
            <Code text label=words::AS_API_CALL/>
            <p class="help">{words::API_CALL_HELP}</p>
        </details>
    }
}
