//! The confirmation of a deletion: what goes, what that means; in production with the name typed.
use crate::send::{FormKey, Post, Sending};
use crate::{
    api::forms::Remove,
    data::{Flash, at},
    parts::{
        field::Plain,
        problem::{Problem, errors_at},
    },
    words,
};
use leptos::prelude::*;
use model::{Environment, Place, view::ResourceView};

/// The form, in a dialog or on its page.
#[component]
pub fn DeleteForm(
    /// Where.
    place: Place,
    /// What.
    row: ResourceView,
    /// Told when it is on its way out; on a page the browser goes on by itself.
    #[prop(optional, into)]
    done: Option<Callback<ResourceView>>,
    /// Closes the dialog; on a page there is a link instead.
    #[prop(optional, into)]
    cancel: Option<Callback<()>>,
    /// What a form post left.
    #[prop(optional)]
    flash: Option<Flash>,
) -> impl IntoView {
    let action = Sending::of::<Remove>();
    let problem = action.problem(flash.as_ref());
    if let Some(done) = done {
        action.then(move |row: ResourceView| done.run(row));
    }
    let typed = (place.environment == Environment::Prod).then(|| {
        let value = flash.and_then(|flash| flash.values.get("confirm").cloned()).unwrap_or_default();
        view! {
            <p>{words::type_the_name(&row.resource_name)}</p>
            <Plain name="confirm" label=words::CONFIRMATION value errors=errors_at(problem, "confirm")/>
        }
    });
    let kind = words::kind_of(&row.resource_type);
    view! {
        <Problem problem id="delete-problem" labels=vec![("confirm".to_owned(), words::CONFIRMATION.to_owned())]/>
        <p>{words::delete_consequence(&kind, &place.to_string())}</p>
        <Post to=action class="fields">
            <FormKey/>
            <input type="hidden" name="workspace" value=place.workspace.to_string()/>
            <input type="hidden" name="environment" value=place.environment.to_string()/>
            <input type="hidden" name="id" value=row.id.to_string()/>
            {typed}
            <p class="buttons">
                <Cancel cancel href=at(&place, &format!("r/{}", row.id))/>
                <button class="btn btn-error" prop:disabled=move || action.pending()>
                    {move || if action.pending() { words::WORKING } else { words::DELETE }}
                </button>
            </p>
        </Post>
    }
}

/// The safe way out, which has the focus.
#[component]
pub fn Cancel(
    /// Closes a dialog.
    cancel: Option<Callback<()>>,
    /// The page to go back to, where there is no dialog.
    href: String,
) -> impl IntoView {
    match cancel {
        Some(close) => {
            view! { <button type="button" class="btn" autofocus on:click=move |_| close.run(())>{words::CANCEL}</button> }.into_any()
        }
        None => view! { <a class="btn" href=href>{words::CANCEL}</a> }.into_any(),
    }
}
