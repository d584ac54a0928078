//! A button that copies.
use crate::words;
use leptos::prelude::*;

/// Copies `text`. Without JavaScript it is not shown: the text stands beside it.
#[component]
pub fn Copy(
    /// What to copy.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&text.get_untracked());
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                copied.set(true);
                set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
            }
        });
    };
    let label = move || if copied.get() { words::COPIED } else { words::COPY };
    view! {
        <button type="button" class="copy" class:copied=copied data-text=move || text.get() on:click=copy aria-label=move || format!("{} {}", label(), beginning(&text.get()))>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M5 5V2.5h8.5V11H11M2.5 5H11v8.5H2.5Z" fill="none" stroke="currentColor" stroke-width="1.3"/>
            </svg>
            <span class="copy-said" aria-live="polite">{move || copied.get().then_some(words::COPIED)}</span>
        </button>
    }
}

/// The beginning of what is copied, so that buttons can be told apart by ear.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(24) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
