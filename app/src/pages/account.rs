//! The caller's own account: the password.
use crate::{
    api::forms::ChangePassword,
    page,
    pages::frame::flash_for,
    parts::{
        banner::Banner,
        field::Plain,
        problem::{Problem, errors_at},
    },
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    page::show_frame(|frame| {
        let flash = flash_for(&frame, "change_password").unwrap_or_default();
        let problem = flash.problem();
        let fields = [
            ("old_password", words::OLD_PASSWORD, "current-password"),
            ("new_password", words::NEW_PASSWORD, "new-password"),
            ("again", words::AGAIN, "new-password"),
        ];
        let labels = fields.map(|(name, label, _)| (name.to_owned(), label.to_owned())).to_vec();
        let inputs = fields.map(|(name, label, autocomplete)| {
            view! { <Plain name label kind="password" autocomplete errors=errors_at(problem, name)/> }
        });
        view! {
            <Title text=words::PASSWORD/>
            <section class="narrow">
                <h1>{words::PASSWORD}</h1>
                <p class="quiet">{words::SIGNED_IN_AS} " " <b>{frame.me.username}</b></p>
                {flash.said.map(|said| view! { <Banner>{said}</Banner> })}
                <Problem problem labels/>
                <StillForm to={path::<ChangePassword>()} class="fields">
                    {inputs.collect_view()}
                    <p class="buttons"><button class="btn btn-primary">{words::CHANGE_PASSWORD}</button></p>
                </StillForm>
            </section>
        }
    })
}
