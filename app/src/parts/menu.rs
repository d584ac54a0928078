//! Menus: a button and a popover, which the browser opens, closes and places without a script.
use leptos::{prelude::*, wasm_bindgen::JsCast};

/// A menu of links and buttons. `id` is unique on the page.
#[component]
pub fn Menu(
    /// The popover's id.
    #[prop(into)]
    id: String,
    /// The button's name for those who do not see it.
    #[prop(into)]
    label: String,
    /// What stands on the button.
    button: AnyView,
    /// How the button looks.
    #[prop(default = "btn btn-ghost btn-sm")]
    class: &'static str,
    /// The entries.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=class popovertarget=id.clone() aria-label=label>{button}</button>
        <div class="menu-sheet" id=id popover="auto">{children()}</div>
    }
}

/// Closes every menu that is open.
pub fn close_all() {
    while let Ok(Some(open)) = document().query_selector("[popover]:popover-open") {
        let Ok(menu) = open.dyn_into::<leptos::web_sys::HtmlElement>() else { return };
        if menu.hide_popover().is_err() {
            return;
        }
    }
}
