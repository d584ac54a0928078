//! The caller's own account: the password.
use crate::send::{Post, Sending};
use crate::{
    api::forms::ChangePassword,
    page,
    pages::frame::flash_for,
    parts::{
        banner::Banner,
        field::Plain,
        problem::{Problem, errors_at},
    },
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    page::show_frame(|frame| {
        let flash = flash_for(&frame, "change_password");
        let said = flash.as_ref().and_then(|flash| flash.said.clone());
        let action = Sending::of::<ChangePassword>();
        let problem = action.problem(flash.as_ref());
        let fields = [
            ("old", words::OLD_PASSWORD, "current-password"),
            ("new", words::NEW_PASSWORD, "new-password"),
            ("again", words::AGAIN, "new-password"),
        ];
        let labels = fields.map(|(name, label, _)| (name.to_owned(), label.to_owned())).to_vec();
        let inputs = fields.map(|(name, label, autocomplete)| {
            view! { <Plain name label kind="password" autocomplete errors=errors_at(problem, name)/> }
        });
        let done = move || match action.times() {
            0 => said.clone(),
            _ => action.succeeded().then(|| words::PASSWORD_CHANGED.to_owned()),
        };
        view! {
            <Title text=words::PASSWORD/>
            <section class="narrow">
                <h1>{words::PASSWORD}</h1>
                <p class="quiet">{words::SIGNED_IN_AS} " " <b>{frame.me.username}</b></p>
                {move || done().map(|said| view! { <Banner>{said}</Banner> })}
                <Problem problem labels/>
                <Post to=action class="fields">
                    {inputs.collect_view()}
                    <p class="buttons"><button class="btn btn-primary" prop:disabled=move || action.pending()>{words::CHANGE_PASSWORD}</button></p>
                </Post>
            </section>
        }
    })
}
