//! What an action handed back: text, a list of objects, figures, a tree, or what is shown only once.
use crate::parts::{branches::branches, code::Code, figures::Figures, objects::Objects, once::Once};
use crate::words;
use leptos::prelude::*;
use model::{Action, kind};

/// The output of an action, as the action says that it is to be read.
#[component]
pub fn Output(
    /// The action; plain text is shown of one that is not known any more.
    action: Option<Action>,
    /// The name of what it was done to.
    name: String,
    /// The output.
    text: String,
) -> impl IntoView {
    let shows = action.as_ref().map_or(kind::Output::Text, |action| action.output);
    match (shows, action) {
        (kind::Output::Once, Some(action)) => {
            let file = format!("{name}.{}", action.name);
            view! { <Once text file/> }.into_any()
        }
        (kind::Output::Objects, _) => match serde_json::from_str(&text) {
            Ok(objects) => view! { <Objects objects/> }.into_any(),
            Err(_) => view! { <Code text label=words::OUTPUT/> }.into_any(),
        },
        (kind::Output::Figures, _) => match serde_json::from_str(&text) {
            Ok(figures) => view! { <Figures figures/> }.into_any(),
            Err(_) => view! { <Code text label=words::OUTPUT/> }.into_any(),
        },
        (kind::Output::Tree, _) => match serde_json::from_str(&text) {
            Ok(tree) => branches(tree),
            Err(_) => view! { <Code text label=words::OUTPUT/> }.into_any(),
        },
        _ => view! { <Code text label=words::OUTPUT/> }.into_any(),
    }
}
