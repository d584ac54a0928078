//! What stands where data will be.
use crate::words;
use leptos::prelude::*;

/// A heading and rows of the height that the data will have.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="sr-only">{words::LOADING}</span>
            <div class="bone title"></div>
            {(0..6).map(|_| view! { <div class="bone row"></div> }).collect_view()}
        </div>
    }
}
