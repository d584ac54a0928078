//! A state: a dot, a word, and quiet motion for what is in transit.
use crate::words;
use leptos::prelude::*;
use model::State;

/// The state of a thing; `busy` names an action under way on it.
#[component]
pub fn StateMark(
    /// The state.
    #[prop(into)]
    state: Signal<State>,
    /// An action under way.
    #[prop(into, optional)]
    busy: Signal<Option<String>>,
) -> impl IntoView {
    let transit = move || state.get().in_transit() || busy.get().is_some();
    let title = move || Some(words::state_help(state.get())).filter(|help| !help.is_empty());
    view! {
        <span class="state" data-state=move || state.get().as_str() data-transit=move || transit().to_string() title=title>
            <span class="dot" aria-hidden="true"></span>
            <span>{move || words::state(state.get())}</span>
            {move || busy.get().map(|busy| view! { <span class="busy">{words::under_way(&busy)}</span> })}
        </span>
    }
}
