//! What stands where nothing is: what it is for, and the way to the first one.
use leptos::prelude::*;

/// An empty state.
#[component]
pub fn Empty(
    /// What there is none of.
    #[prop(into)]
    title: String,
    /// What it is for.
    #[prop(into)]
    about: String,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{about}</p>
            <div class="buttons">{children.map(|children| children())}</div>
        </div>
    }
}
