//! Tables by keyboard: j and k move, Enter opens, x selects, / goes to the filter.
use leptos::web_sys::{Element, HtmlElement};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};

/// Listens while the page with the table is shown. Rows are `tr`s of `table`, each with a link of class `row-link`.
pub fn table_keys(table: NodeRef<html::Table>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let typing = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|target| {
                target
                    .closest("input:not([type=checkbox]), select, textarea, dialog, [popover]")
                    .ok()
                    .flatten()
                    .is_some()
            });
            if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let Some(table) = table.get_untracked() else { return };
            let done = match event.key().as_str() {
                "j" => step(&table, 1),
                "k" => step(&table, -1),
                "x" => select(),
                "/" => focus(document().get_element_by_id("search")),
                _ => false,
            };
            if done {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

fn focus(element: Option<Element>) -> bool {
    element.and_then(|one| one.dyn_into::<HtmlElement>().ok()).is_some_and(|one| one.focus().is_ok())
}

fn row() -> Option<Element> {
    document().active_element()?.closest("tr").ok().flatten()
}

fn step(table: &HtmlElement, by: i32) -> bool {
    let next = match (row(), by) {
        (Some(row), 1) => row.next_element_sibling(),
        (Some(row), _) => row.previous_element_sibling(),
        (None, _) => table.query_selector("tbody tr").ok().flatten(),
    };
    focus(next.and_then(|row| row.query_selector(".row-link").ok().flatten()))
}

fn select() -> bool {
    let mark = row().and_then(|row| row.query_selector("input[type=checkbox]").ok().flatten());
    mark.and_then(|mark| mark.dyn_into::<HtmlElement>().ok()).is_some_and(|mark| {
        mark.click();
        true
    })
}
