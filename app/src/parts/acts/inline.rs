//! Forms of actions that stand on the page of the thing itself: what adds to it folded, what is asked of it open, with what
//! it said below.
use super::{ActForm, Acts};
use crate::{
    data::Flash,
    parts::{output::Output, spec_form::ChoicesOf, toast::Toasts},
    words,
};
use leptos::{html, prelude::*};
use model::{
    Action, FormValues, Place, kind,
    view::{Acted, ResourceView},
};

/// The form of an action that adds something, folded behind its label.
#[component]
pub fn AddForm(
    /// Where.
    place: Place,
    /// To what.
    row: Signal<ResourceView>,
    /// Its kind's slug.
    kind: String,
    /// What.
    action: Action,
    /// What there is to choose.
    choices: ChoicesOf,
    /// What the page says already, and is not asked.
    given: FormValues,
    /// What a form post left.
    flash: Option<Flash>,
    /// What its ids begin with.
    id: String,
) -> impl IntoView {
    let (acts, toasts): (Acts, Toasts) = (expect_context(), expect_context());
    let (open, round) = (RwSignal::new(flash.is_some()), RwSignal::new(flash));
    let label = action.label.to_string();
    let said = words::asked_for(&label);
    let done = Callback::new(move |done: Acted| {
        acts.patch(done.view);
        toasts.say(said.clone());
        open.set(false);
        // Empty again, and under a key of its own.
        round.set(None);
    });
    let details = NodeRef::<html::Details>::new();
    let toggled = move |_| {
        if let Some(details) = details.get() {
            open.set(details.open());
        }
    };
    let form = move || {
        let (flash, row) = (round.get().unwrap_or_default(), row.get_untracked());
        let (place, kind, action, choices, given) =
            (place.clone(), kind.clone(), action.clone(), choices.clone(), given.clone());
        view! { <ActForm place row kind action key=acts.next_key() done choices given flash within=id.clone()/> }
    };
    view! {
        <details class="add-form" node_ref=details open=move || open.get() on:toggle=toggled>
            <summary class="btn btn-sm">{label}</summary>
            {form}
        </details>
    }
}

/// The form of an action that stands on the page, with what it answers below it.
#[component]
pub fn Tool(
    /// Where.
    place: Place,
    /// Of what.
    row: Signal<ResourceView>,
    /// Its kind's slug.
    kind: String,
    /// What.
    action: Action,
    /// What there is to choose.
    choices: ChoicesOf,
    /// What a form post left.
    flash: Option<Flash>,
) -> impl IntoView {
    let (acts, toasts): (Acts, Toasts) = (expect_context(), expect_context());
    let (tells, asked) = (action.output != kind::Output::None, words::asked_for(&action.label));
    let (now, name) = (row.get_untracked(), action.name.to_string());
    let output = RwSignal::new(flash.as_ref().and_then(|flash| flash.once.clone()));
    let done = Callback::new(move |done: Acted| {
        acts.patch(done.view);
        if !tells {
            toasts.say(asked.clone());
            return;
        }
        output.set(Some(done.output.filter(|text| !text.trim().is_empty()).unwrap_or(words::NO_OUTPUT.to_owned())));
    });
    let (shown, of) = (action.clone(), now.resource_name.clone());
    let text = move || output.get().map(|text| view! { <Output action=Some(shown.clone()) name=of.clone() text/> });
    let (heading, label) = (format!("tool-{name}"), action.label.to_string());
    let flash = flash.unwrap_or_default();
    view! {
        <section class="tool" aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{label}</h2>
            <ActForm place row=now kind action key=acts.next_key() done choices flash within=heading.clone()/>
            <div aria-live="polite">{text}</div>
        </section>
    }
}
