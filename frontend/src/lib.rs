//! Takes the rendered page over in the browser.

/// Wakes the page up.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_lazy(app::App);
}
