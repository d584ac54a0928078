//! Dialogs: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back.
use leptos::{html, prelude::*, wasm_bindgen::JsCast};

/// A dialog that is open while `open` is true. Drawn in the browser only: without JavaScript its content has a page.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The heading's id.
    #[prop(into)]
    id: String,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The content; made when it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let heading = id.clone();
    view! {
        <dialog node_ref=dialog class="dialog" aria-labelledby=heading on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <h2 id=id.clone()>{move || title.get()}</h2>
                {children()}
            </Show>
        </dialog>
    }
}

/// Moves the focus to an element, by id.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|one| one.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        element.focus().ok();
    }
}
