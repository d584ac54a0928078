//! The form of an action: what it interrupts, and what it asks for.
use super::delete_form::Cancel;
use crate::send::{Post, Sending};
use crate::{
    api::forms::Act,
    data::{Flash, at},
    parts::{
        choices::first_choice,
        field::Within,
        problem::Problem,
        spec_form::{ChoicesOf, SpecFields, initial, labels},
    },
    words,
};
use leptos::{context::Provider, prelude::*};
use model::{
    Action, Field, FormValues, Place,
    view::{Acted, ResourceView},
};

/// The form, in a dialog or on its page.
#[component]
pub fn ActForm(
    /// Where.
    place: Place,
    /// To what.
    row: ResourceView,
    /// Its kind's slug.
    kind: String,
    /// What.
    action: Action,
    /// What makes a second click harmless.
    key: String,
    /// Told when it was done; on a page the browser goes on by itself.
    #[prop(optional, into)]
    done: Option<Callback<Acted>>,
    /// Closes the dialog; on a page there is a link instead.
    #[prop(optional, into)]
    cancel: Option<Callback<()>>,
    /// What there is to choose.
    #[prop(optional)]
    choices: ChoicesOf,
    /// Fields whose choices are missing.
    #[prop(optional)]
    trouble: Vec<(String, String)>,
    /// What is filled in already.
    #[prop(optional)]
    given: FormValues,
    /// What a form post left.
    #[prop(optional)]
    flash: Option<Flash>,
    /// What its ids begin with where it stands on the page of the thing; then there is nowhere to go back to.
    #[prop(optional, into)]
    within: Option<String>,
) -> impl IntoView {
    let act = Sending::of::<Act>();
    let problem = act.problem(flash.as_ref());
    if let Some(done) = done {
        act.then(move |acted: Acted| done.run(acted));
    }
    let typed = flash.map(|flash| flash.values).unwrap_or_default();
    let dangerous = !action.danger.is_empty();
    let mut first = initial(&action.fields, &choices, &typed, dangerous);
    if typed.is_empty() {
        for field in action.fields.iter() {
            let Some(given) = given.get(field.name.as_ref()) else { continue };
            let of_field = choices.iter().find(|(name, _)| *name == field.name);
            let value = of_field
                .map_or_else(|| given.clone(), |(_, choices)| first_choice(field, choices, Some(given), dangerous));
            first.insert(field.name.to_string(), value);
        }
    }
    let values = RwSignal::new(first);
    let danger = dangerous.then(|| view! { <p>{action.danger.to_string()}</p> });
    let (fields, label) = (action.fields.to_vec(), action.label.to_string());
    let said = move || if act.pending() { words::WORKING.to_owned() } else { label.clone() };
    // Where it stands on the thing's page, what the page says already is not asked again.
    let fixed = |field: &&Field| within.is_some() && given.contains_key(field.name.as_ref());
    let hidden = |field: &Field| {
        let value = given.get(field.name.as_ref()).cloned();
        view! { <input type="hidden" name=format!("spec[{}]", field.name) value=value/> }
    };
    let hidden = fields.iter().filter(fixed).map(hidden).collect_view();
    let asked: Vec<Field> = fields.iter().filter(|field| !fixed(field)).cloned().collect();
    let back = within.is_none().then(|| view! { <Cancel cancel href=at(&place, &format!("r/{}", row.id))/> });
    let problem_id = within.as_ref().map_or_else(|| "act-problem".to_owned(), |form| format!("{form}-problem"));
    let form = move || {
        view! {
            <Problem problem id=problem_id labels=labels(&fields)/>
            {danger}
            <Post to=act class="fields">
                <input type="hidden" name="workspace" value=place.workspace.to_string()/>
                <input type="hidden" name="environment" value=place.environment.to_string()/>
                <input type="hidden" name="kind" value=kind/>
                <input type="hidden" name="id" value=row.id.to_string()/>
                <input type="hidden" name="action" value=action.name.to_string()/>
                <input type="hidden" name="key" value=move || format!("{key}-{}", act.times())/>
                {hidden}
                <SpecFields fields=asked choices trouble values problem/>
                <p class="buttons">
                    {back}
                    <button class=if dangerous { "btn btn-error" } else { "btn btn-primary" } prop:disabled=move || act.pending()>{said}</button>
                </p>
            </Post>
        }
    };
    match within {
        // Made inside of it, so that its fields know to which form they belong.
        Some(id) => view! { <Provider value=Within(id)>{form()}</Provider> }.into_any(),
        None => form().into_any(),
    }
}
