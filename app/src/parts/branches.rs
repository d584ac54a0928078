//! What hangs on a thing, as a list of lists, each with a dot and a word for how it does.
use leptos::prelude::*;
use model::handed::Branch;

/// A thing and all that hangs on it.
pub fn branches(branch: Branch) -> AnyView {
    view! { <ul class="branches">{one(branch)}</ul> }.into_any()
}

fn one(branch: Branch) -> AnyView {
    let Branch { noun, name, health, state, well, inner } = branch;
    let well = well.map_or("", |well| if well { "true" } else { "false" });
    let state = (!state.is_empty()).then(|| view! { " " <span class="quiet">"(" {state} ")"</span> });
    let within = (!inner.is_empty()).then(|| view! { <ul>{inner.into_iter().map(one).collect_view()}</ul> });
    view! {
        <li>
            <b>{noun}</b> " " {name} " "
            <span class="state" data-well=well><span class="dot" aria-hidden="true"></span> <span>{health}</span></span>
            {state}
            {within}
        </li>
    }
    .into_any()
}
