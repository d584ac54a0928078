//! A question before something that cannot be undone: a popover, which the browser opens and closes without a script.
use crate::{send::StillForm, words};
use leptos::prelude::*;

/// A button that asks before it posts a form. `id` is unique on the page.
#[component]
pub fn Confirm(
    /// The popover's id.
    #[prop(into)]
    id: String,
    /// What stands on the button, and on the one that does it.
    label: &'static str,
    /// What it is done to: a name.
    #[prop(into)]
    what: String,
    /// What comes of it.
    about: &'static str,
    /// How the first button looks.
    #[prop(default = "btn btn-sm")]
    class: &'static str,
    /// Where the form goes: [`crate::send::path`] of a server function.
    to: &'static str,
    /// The form's hidden fields.
    children: Children,
) -> AnyView {
    let (heading, named) = (format!("{id}-title"), format!("{label} {what}"));
    let (sheet, title, cancel) = (id.clone(), heading.clone(), id.clone());
    let question = words::act_on(label, &what);
    view! {
        <button type="button" class=class popovertarget=id aria-label=named aria-haspopup="dialog">{label}</button>
        <div class="dialog" id=sheet popover="auto" role="dialog" aria-labelledby=heading>
            <h2 id=title>{question}</h2>
            <p>{about}</p>
            <StillForm to class="buttons">
                {children()}
                <button type="button" class="btn" popovertarget=cancel popovertargetaction="hide" autofocus>{words::CANCEL}</button>
                <button class="btn btn-error">{label}</button>
            </StillForm>
        </div>
    }
    .into_any()
}
