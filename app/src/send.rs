//! Writing: a form that is sent without leaving the page where there is a script, and posted by the browser where not.
//!
//! Not one type for each form, as Leptos has it: see [`crate::ask`] for why.
use crate::{ask::read, data::Flash, failure::Failure};
use leptos::{prelude::*, server_fn::ServerFn, wasm_bindgen::JsCast};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, HtmlButtonElement, HtmlFormElement, RequestInit, Response, SubmitEvent, UrlSearchParams};

/// A form's way to a server function, and what came of it.
#[derive(Clone, Copy)]
pub struct Sending {
    url: &'static str,
    pending: RwSignal<bool>,
    answer: RwSignal<Option<Result<String, Failure>>>,
    times: RwSignal<u32>,
}

impl Sending {
    /// To that server function.
    pub fn of<F: ServerFn>() -> Self {
        Self { url: path::<F>(), pending: RwSignal::new(false), answer: RwSignal::new(None), times: RwSignal::new(0) }
    }

    /// Whether an answer is awaited.
    pub fn pending(self) -> bool {
        self.pending.get()
    }

    /// How many attempts came to an end: the next one is another request.
    pub fn times(self) -> u32 {
        self.times.get()
    }

    /// Whether an answer came.
    fn answered(self) -> bool {
        self.answer.with(Option::is_some)
    }

    /// What the last attempt brought.
    pub fn done<T: DeserializeOwned>(self) -> Option<T> {
        self.answer.with(|answer| match answer {
            Some(Ok(text)) => read(text).ok(),
            _ => None,
        })
    }

    /// Whether the last attempt succeeded.
    pub fn succeeded(self) -> bool {
        self.answer.with(|answer| matches!(answer, Some(Ok(_))))
    }

    /// Why the last attempt failed.
    pub fn failure(self) -> Option<Failure> {
        self.answer.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err()).cloned())
    }

    /// Why the last attempt failed: of this page's, or of the form post that led here.
    pub fn problem(self, flash: Option<&Flash>) -> Signal<Option<Failure>> {
        let before = flash.and_then(|flash| flash.failure.clone());
        Signal::derive(move || if self.answered() { self.failure() } else { before.clone() })
    }

    /// Does something with each success.
    pub fn then<T: DeserializeOwned + 'static>(self, each: impl Fn(T) + 'static) {
        Effect::new(move || {
            if let Some(done) = self.done::<T>() {
                untrack(|| each(done));
            }
        });
    }

    /// Sends names and values.
    pub fn send(self, fields: &[(&str, &str)]) {
        let Ok(body) = UrlSearchParams::new() else { return };
        for (name, value) in fields {
            body.append(name, value);
        }
        self.post(body);
    }

    /// Sends what stands in a form.
    pub fn send_form(self, data: &FormData) {
        if let Ok(body) = UrlSearchParams::new_with_str("") {
            for pair in data.entries().into_iter().flatten() {
                let pair = leptos::web_sys::js_sys::Array::from(&pair);
                if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
                    body.append(&name, &value);
                }
            }
            self.post(body);
        }
    }

    fn post(self, body: UrlSearchParams) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        leptos::task::spawn_local(async move {
            let answer = fetch(self.url, &body).await;
            self.pending.try_set(false);
            // Where it is not known what became of it, the next attempt is the same request once more: under its key it
            // is done once.
            let known = !answer.as_ref().is_err_and(|failure| failure.error.status() >= 500);
            self.answer.try_set(Some(answer));
            if known {
                self.times.try_update(|times| *times += 1);
            }
        });
    }
}

/// Posts a form and waits for the answer.
async fn fetch(url: &str, body: &UrlSearchParams) -> Result<String, Failure> {
    let away = |_: JsValue| Failure::from(model::Error::Unavailable { what: "The portal".to_owned(), retry_after: 5 });
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(body.as_ref());
    let headers = web_sys::Headers::new().map_err(away)?;
    headers.set("accept", "application/json").map_err(away)?;
    init.set_headers(headers.as_ref());
    let answer = JsFuture::from(window().fetch_with_str_and_init(url, &init)).await.map_err(away)?;
    let answer: Response = answer.unchecked_into();
    let text = JsFuture::from(answer.text().map_err(away)?).await.map_err(away)?.as_string().unwrap_or_default();
    match answer.ok() {
        true => Ok(text),
        false => Err(read(&text).unwrap_or_else(|failure| failure)),
    }
}

/// A form of a still page (see [`crate::still`]): the browser posts it, and the server answers with the next page.
#[component]
pub fn StillForm(
    /// Where to: [`path`] of a server function.
    to: &'static str,
    /// How it looks.
    #[prop(default = "")]
    class: &'static str,
    /// The fields.
    children: Children,
) -> AnyView {
    view! { <form action=to method="post" class=class novalidate><FormKey/>{children()}</form> }.into_any()
}

/// The key of this page's forms, as a context: each form has one of its own made of it.
#[derive(Clone, Copy)]
pub struct FormKeys(StoredValue<(String, u32)>);

impl Default for FormKeys {
    fn default() -> Self {
        Self(StoredValue::new((String::new(), 0)))
    }
}

impl FormKeys {
    /// Takes the key that came with the page.
    pub fn set(self, key: &str) {
        self.0.set_value((key.to_owned(), 0));
    }

    fn next(self) -> String {
        self.0.update_value(|(_, used)| *used += 1);
        self.0.with_value(|(key, used)| format!("{key}-{used}"))
    }
}

/// What makes a second click on a form harmless: its idempotency key.
#[component]
pub fn FormKey() -> AnyView {
    let key = expect_context::<FormKeys>().next();
    view! { <input type="hidden" name="key" value=key/> }.into_any()
}

/// The address of a server function.
pub fn path<F: ServerFn>() -> &'static str {
    F::PATH
}

/// A form of a live page. Without a script the browser posts it all the same.
#[component]
pub fn Post(
    /// Where to.
    to: Sending,
    /// How it looks.
    #[prop(default = "")]
    class: &'static str,
    /// The fields.
    children: Children,
) -> AnyView {
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if let Some(data) = form.and_then(|form| FormData::new_with_form(&form).ok()) {
            event.prevent_default();
            // The button that was pressed is a field too.
            let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
            if let Some(button) = button.filter(|button| !button.name().is_empty()) {
                data.append_with_str(&button.name(), &button.value()).ok();
            }
            to.send_form(&data);
        }
    };
    view! { <form action=to.url method="post" class=class novalidate on:submit=submit>{children()}</form> }.into_any()
}
