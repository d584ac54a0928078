//! Filters of a list: a form whose fields are the address's query.
use leptos::{prelude::*, wasm_bindgen::JsCast};
use leptos_router::components::Form;

/// A menu of a filter.
#[component]
pub fn FilterSelect(
    /// The name in the query.
    name: &'static str,
    /// What is chosen by it.
    label: &'static str,
    /// What choosing nothing means.
    all: &'static str,
    /// Values and labels.
    options: Vec<(String, String)>,
    /// What is chosen.
    value: Option<String>,
) -> impl IntoView {
    let id = format!("filter-{name}");
    let value = value.unwrap_or_default();
    let options = options.into_iter().map(|(word, label)| {
        view! { <option value=word.clone() selected={word == value}>{label}</option> }
    });
    view! {
        <label class="sr-only" for=id.clone()>{label}</label>
        <select class="select select-sm" id=id name=name on:change=submit_own_form>
            <option value="">{all}</option>
            {options.collect_view()}
        </select>
    }
}

/// The form around filters; without JavaScript its button applies them.
#[component]
pub fn Filters(
    /// The list's address without a query.
    #[prop(into)]
    action: String,
    /// The button.
    button: &'static str,
    /// The filters.
    children: Children,
) -> impl IntoView {
    view! {
        <search>
            <Form method="GET" action attr:class="filters">
                {children()}
                <button class="btn btn-sm">{button}</button>
            </Form>
        </search>
    }
}

fn submit_own_form(event: leptos::ev::Event) {
    let select = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::HtmlSelectElement>().ok());
    if let Some(form) = select.and_then(|select| select.form()) {
        form.request_submit().ok();
    }
}
