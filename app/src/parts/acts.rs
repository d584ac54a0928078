//! What can be done with a thing: the same list in its row and on its page, each entry a link to a page with a form,
//! which opens as a dialog where that needs no choices.
pub mod delete_form;
pub mod form;
pub mod inline;

pub use delete_form::DeleteForm;
pub use form::ActForm;

use crate::send::Sending;
use crate::{
    api::forms::Act,
    data::at,
    parts::{dialog::Dialog, output::Output, spec_form::ChoicesOf, toast::Toasts},
    words,
};
use leptos::prelude::*;
use model::{Action, FormValues, Kind, Place, State, kind::Does, view::ResourceView};

/// Something that can be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Doing {
    /// An action of the kind.
    Act(Box<Action>),
    /// Its deletion.
    Delete,
}

/// What can be done with things of a kind, in some state or other.
fn every(kind: &Kind) -> Vec<Doing> {
    let acts = kind.actions.iter().cloned().map(Box::new).map(Doing::Act);
    acts.chain(kind.can(Does::Delete).then_some(Doing::Delete)).collect()
}

/// Whether it can be done with a row as it is now.
fn is_possible(doing: &Doing, row: &ResourceView) -> bool {
    match doing {
        Doing::Act(action) => action.is_offered(row.status, &row.metadata) && row.busy.is_none(),
        Doing::Delete => !matches!(row.status, State::Deleting | State::Gone),
    }
}

/// A row and what is about to be done with it.
#[derive(Clone, Debug, PartialEq)]
struct Pending {
    row: ResourceView,
    kind: String,
    doing: Doing,
    /// Of an action on something that lies in it: what is filled in, and what there is to choose.
    given: FormValues,
    choices: ChoicesOf,
}

/// The dialogs and outputs of what is done on a page, as a context of its rows.
#[derive(Clone, Copy)]
pub struct Acts {
    place: StoredValue<Place>,
    key: StoredValue<String>,
    used: StoredValue<u32>,
    pending: RwSignal<Option<Pending>>,
    open: RwSignal<bool>,
    output: RwSignal<Option<String>>,
    /// What was done last, and the name of what it was done to: how the output is to be read.
    done: StoredValue<(Option<Action>, String)>,
    direct: Sending,
    patch: Callback<ResourceView>,
}

impl Acts {
    /// Makes the context. `patch` is told how a row is now.
    pub fn provide(place: Place, key: String, patch: Callback<ResourceView>) -> Self {
        let acts = Self {
            place: StoredValue::new(place),
            key: StoredValue::new(key),
            used: StoredValue::new(0),
            pending: RwSignal::new(None),
            open: RwSignal::new(false),
            output: RwSignal::new(None),
            done: StoredValue::new((None, String::new())),
            direct: Sending::of::<Act>(),
            patch,
        };
        let toasts = Toasts::get();
        acts.direct.then(move |done: model::view::Acted| {
            patch.run(done.view);
            acts.output.set(done.output);
        });
        Effect::new(move || {
            if let Some(failure) = acts.direct.failure() {
                toasts.say(failure.error.detail());
            }
        });
        provide_context(acts);
        acts
    }

    /// Tells the page how a row is now.
    pub fn patch(self, row: ResourceView) {
        self.patch.run(row);
    }

    /// A key that was not used yet.
    pub fn next_key(self) -> String {
        self.used.update_value(|used| *used += 1);
        format!("{}-{}", self.key.get_value(), self.used.get_value())
    }

    /// Does it at once, or asks in a dialog; false where it needs its own page.
    fn begin(self, row: ResourceView, kind: String, doing: Doing) -> bool {
        if let Doing::Act(action) = &doing {
            self.done.set_value((Some((**action).clone()), row.resource_name.clone()));
        }
        match &doing {
            Doing::Act(action) if !action.fields.is_empty() => false,
            Doing::Act(action) if action.danger.is_empty() => {
                let Place { workspace, environment } = self.place.get_value();
                self.direct.send(&[
                    ("workspace", workspace.as_str()),
                    ("environment", environment.as_str()),
                    ("kind", &kind),
                    ("id", row.id.as_str()),
                    ("action", &action.name),
                    ("key", &self.next_key()),
                ]);
                true
            }
            _ => {
                self.ask(row, kind, doing, (FormValues::new(), Vec::new()));
                true
            }
        }
    }

    /// Asks in a dialog for what an action on something that lies in the row needs beside what is given.
    pub fn begin_inside(self, row: ResourceView, kind: String, action: Action, with: (FormValues, ChoicesOf)) {
        self.done.set_value((Some(action.clone()), row.resource_name.clone()));
        self.ask(row, kind, Doing::Act(Box::new(action)), with);
    }

    fn ask(self, row: ResourceView, kind: String, doing: Doing, (given, choices): (FormValues, ChoicesOf)) {
        self.pending.set(Some(Pending { row, kind, doing, given, choices }));
        self.open.set(true);
    }
}

/// The page of something to do.
pub fn href(place: &Place, row: &ResourceView, doing: &Doing) -> String {
    match doing {
        Doing::Act(action) => at(place, &format!("r/{}/do/{}", row.id, action.name)),
        Doing::Delete => at(place, &format!("r/{}/delete", row.id)),
    }
}

/// The entries for a row: links, which a script turns into dialogs.
#[component]
pub fn ActList(
    /// The kind.
    #[prop(into)]
    kind: Signal<Kind>,
    /// The row.
    #[prop(into)]
    row: Signal<ResourceView>,
    /// How each entry looks.
    #[prop(default = "")]
    class: &'static str,
) -> impl IntoView {
    let acts: Acts = expect_context();
    let link = move |doing: Doing| {
        let (label, danger) = match &doing {
            Doing::Act(action) => (action.label.to_string(), !action.danger.is_empty()),
            Doing::Delete => (words::DELETE.to_owned(), true),
        };
        let href = acts.place.with_value(|place| row.with_untracked(|row| href(place, row, &doing)));
        let click = move |event: leptos::ev::MouseEvent| {
            let plain = !(event.ctrl_key() || event.meta_key() || event.shift_key());
            if plain
                && acts.begin(row.get_untracked(), kind.with_untracked(|kind| kind.slug.to_string()), doing.clone())
            {
                event.prevent_default();
                crate::parts::menu::close_all();
            }
        };
        view! { <li><a class=class href=href data-danger=danger.to_string() on:click=click>{label}</a></li> }
    };
    let entries = Memo::new(move |_| kind.with(every));
    let entry = move |doing: Doing| {
        let offered = Memo::new({
            let doing = doing.clone();
            move |_| row.with(|row| is_possible(&doing, row))
        });
        move || offered.get().then(|| link(doing.clone()))
    };
    // Each comes and goes in its own place: what has the focus, or is about to be clicked, must neither become another entry
    // nor be taken out and put in again when the state changes.
    let key = |doing: &Doing| match doing {
        Doing::Act(action) => action.name.to_string(),
        Doing::Delete => String::new(),
    };
    view! { <ul class="acts"><For each=move || entries.get() key=key children=entry/></ul> }
}

/// The dialogs of a page: the confirmation, and the output of what was done.
#[component]
pub fn ActDialogs(
    /// The context.
    acts: Acts,
) -> impl IntoView {
    let Acts { pending, open, output, done: last, patch, .. } = acts;
    let title = Signal::derive(move || {
        pending.get().map_or_else(String::new, |pending| match pending.doing {
            Doing::Act(action) => words::act_on(&action.label, &pending.row.resource_name),
            Doing::Delete => words::delete_what(&pending.row.resource_name),
        })
    });
    let close = Callback::new(move |()| open.set(false));
    let content = move || {
        let Pending { row, kind, doing, given, choices } = pending.get()?;
        let place = acts.place.get_value();
        Some(match doing {
            Doing::Delete => {
                let done = Callback::new(move |row| {
                    open.set(false);
                    patch.run(row);
                });
                view! { <DeleteForm place row done cancel=close/> }.into_any()
            }
            Doing::Act(action) => {
                let done = Callback::new(move |done: model::view::Acted| {
                    open.set(false);
                    patch.run(done.view);
                    output.set(done.output);
                });
                view! { <ActForm place row kind action=*action key=acts.next_key() done cancel=close given choices/> }
                    .into_any()
            }
        })
    };
    let shown = RwSignal::new(false);
    Effect::new(move || shown.set(output.with(Option::is_some)));
    view! {
        <Dialog open id="act-title" title>{content}</Dialog>
        <Dialog open=shown id="output-title" title=words::OUTPUT>
            {move || output.get().map(|text| {
                let (action, name) = last.get_value();
                view! { <Output action name text/> }
            })}
            <p class="buttons"><button type="button" class="btn" on:click=move |_| output.set(None)>{words::CLOSE}</button></p>
        </Dialog>
    }
}
