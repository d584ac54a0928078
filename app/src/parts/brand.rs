//! The mark and the name.
use crate::words;
use leptos::prelude::*;

/// The mark with the name, as on the bar and the sign-in page.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="brand">
            <svg viewBox="0 0 24 24" aria-hidden="true" class="mark">
                <path d="M12 2 22 12 12 22 2 12Z" fill="currentColor"/>
                <path d="M12 7.5 16.5 12 12 16.5 7.5 12Z" class="mark-eye"/>
            </svg>
            <span class="brand-name">{words::BRAND}</span>
        </span>
    }
}
