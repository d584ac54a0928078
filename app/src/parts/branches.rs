//! What hangs on a thing, as a list of lists, each with a mark and a word for how it does.
use leptos::prelude::*;
use model::handed::Branch;

/// A thing and all that hangs on it.
pub fn branches(branch: Branch) -> AnyView {
    view! { <ul class="branches">{one(branch)}</ul> }.into_any()
}

fn one(branch: Branch) -> AnyView {
    let Branch { noun, name, health, state, well, inner } = branch;
    let mark = well.map_or("", |well| if well { "succeeded" } else { "failed" });
    let within = (!inner.is_empty()).then(|| view! { <ul>{inner.into_iter().map(one).collect_view()}</ul> });
    view! {
        <li>
            <b>{noun}</b> " " {name} " "
            <span class="outcome-mark" data-outcome=mark>{health}</span> " "
            <span class="quiet">"(" {state} ")"</span>
            {within}
        </li>
    }
    .into_any()
}
