//! What the whole page should know: old data, a service that is away.
use leptos::prelude::*;

/// A line above the content. `level` is `info` or `warning`.
#[component]
pub fn Banner(
    /// How much it matters.
    #[prop(default = "info")]
    level: &'static str,
    /// The sentence.
    children: Children,
) -> impl IntoView {
    view! { <div class="banner" data-level=level role="status">{children()}</div> }
}
