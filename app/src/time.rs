//! Times relative to now. The server sends its now along with a page; in the browser it then moves on.
use crate::words;
use leptos::prelude::*;
use model::view::Timestamp;

/// Now, in microseconds since 1970, by the server's clock. A context of every page.
#[derive(Clone, Copy, Debug)]
pub struct Now(RwSignal<i64>);

impl Default for Now {
    fn default() -> Self {
        Self(RwSignal::new(0))
    }
}

impl Now {
    /// The context.
    pub fn get() -> Self {
        expect_context()
    }

    /// Takes the server's time, unless a later one is known.
    pub fn set(self, micros: i64) {
        if self.0.get_untracked() < micros {
            self.0.set(micros);
        }
    }

    /// Moves on with the browser's clock, which only measures how long the page has been open.
    pub fn tick(self) {
        Effect::new(move || {
            let step = 5_000_000;
            let tick = move || self.0.update(|now| *now += step);
            if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_micros(step.unsigned_abs())) {
                on_cleanup(move || handle.clear());
            }
        });
    }
}

/// A moment, said relative to now; the exact one on hover and for machines.
#[component]
pub fn Ago(
    /// The moment.
    at: Timestamp,
) -> impl IntoView {
    let Now(now) = Now::get();
    let said = move || match at.0 - now.get() {
        ahead @ 60_000_000.. => words::ahead(ahead),
        past => words::ago(-past),
    };
    let exact = at.to_string();
    let local = RwSignal::new(exact.clone());
    Effect::new({
        let exact = exact.clone();
        move || {
            let date = leptos::web_sys::js_sys::Date::new(&exact.as_str().into());
            local.set(String::from(date.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED)));
        }
    });
    view! { <time datetime=exact title=local>{said}</time> }
}
