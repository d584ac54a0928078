//! The caller's own account: the password.
use crate::{
    api::forms::ChangePassword,
    page,
    pages::frame::flash_for,
    parts::{
        banner::Banner,
        field::Plain,
        problem::{Problem, errors_at, problem_of},
    },
    words,
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    page::show_frame(|frame| {
        let flash = flash_for(&frame, "change_password");
        let said = flash.as_ref().and_then(|flash| flash.said.clone());
        let action = ServerAction::<ChangePassword>::new();
        let problem = problem_of(action, flash.as_ref());
        let fields = [
            ("old", words::OLD_PASSWORD, "current-password"),
            ("new", words::NEW_PASSWORD, "new-password"),
            ("again", words::AGAIN, "new-password"),
        ];
        let labels = fields.map(|(name, label, _)| (name.to_owned(), label.to_owned())).to_vec();
        let inputs = fields.map(|(name, label, autocomplete)| {
            view! { <Plain name label kind="password" autocomplete errors=errors_at(problem, name)/> }
        });
        let done = move || match action.value().get() {
            Some(Ok(())) => Some(words::PASSWORD_CHANGED.to_owned()),
            Some(Err(_)) => None,
            None => said.clone(),
        };
        view! {
            <Title text=words::PASSWORD/>
            <section class="narrow">
                <h1>{words::PASSWORD}</h1>
                <p class="quiet">{words::SIGNED_IN_AS} " " <b>{frame.me.username}</b></p>
                {move || done().map(|said| view! { <Banner>{said}</Banner> })}
                <Problem problem labels/>
                <ActionForm action attr:class="fields" attr:novalidate=true>
                    {inputs.collect_view()}
                    <p class="buttons"><button class="btn btn-primary" prop:disabled=action.pending()>{words::CHANGE_PASSWORD}</button></p>
                </ActionForm>
            </section>
        }
    })
}
