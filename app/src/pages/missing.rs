//! The page for addresses that lead nowhere.
use crate::{parts::brand::Brand, words};
use leptos::prelude::*;
use leptos_meta::Title;

/// Says that there is no such page.
#[component]
pub fn Missing() -> impl IntoView {
    view! {
        <Title text=words::NOT_FOUND/>
        <main class="lone" id="main">
            <Brand/>
            <h1>{words::NOT_FOUND}</h1>
            <p>{words::NOT_FOUND_HELP}</p>
            <p><a class="btn" href="/" rel="external">{words::TO_START}</a></p>
        </main>
    }
}
