//! Short messages about what is not visible where one looks.
use crate::words;
use leptos::prelude::*;

/// The messages, as a context of every page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Toasts(RwSignal<Vec<(u32, String)>>);

impl Toasts {
    /// The context.
    pub fn get() -> Self {
        expect_context()
    }

    /// Says something for a while.
    pub fn say(self, sentence: impl Into<String>) {
        let mut number = 0;
        self.0.update(|toasts| {
            number = toasts.last().map_or(0, |(last, _)| last + 1);
            toasts.push((number, sentence.into()));
        });
        set_timeout(move || self.close(number), std::time::Duration::from_secs(8));
    }

    fn close(self, number: u32) {
        self.0.try_update(|toasts| toasts.retain(|(one, _)| *one != number));
    }
}

/// Where the messages appear; read out as they come.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::get();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.0.get() key=|(number, _)| *number let((number, sentence))>
                <p class="toast-line">
                    <span>{sentence}</span>
                    <button type="button" class="btn btn-ghost btn-sm" on:click=move |_| toasts.close(number)>{words::CLOSE}</button>
                </p>
            </For>
        </div>
    }
}
