//! The confirmation of a deletion as a page, for links opened in a tab and for browsers without scripts.
use crate::{
    ask::{Asked, Question},
    data::{KeyedDetail, at},
    page,
    pages::frame::flash_for,
    parts::{acts::DeleteForm, state::StateMark},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

/// The page.
#[component]
pub fn Delete() -> impl IntoView {
    let (place, id) = (page::place(), page::param("id"));
    let data = Asked::<KeyedDetail>::new(move || Question::Detail(place.get(), id.get()));
    let navigate = use_navigate();
    page::show(data, move |frame, keyed| {
        let (place, row) = (page::as_place(&place.get()), keyed.detail.view);
        let (to, navigate) = (at(&place, &format!("r/{}", row.id)), navigate.clone());
        let done = move |_| navigate(&to, leptos_router::NavigateOptions::default());
        let title = words::delete_what(&row.resource_name);
        let flash = flash_for(&frame, "remove").unwrap_or_default();
        let environment = place.environment.as_str();
        view! {
            <Title text=title.clone()/>
            <section class="narrow" data-environment=environment>
                <h1>{title}</h1>
                <p><StateMark state=row.status/></p>
                <DeleteForm place row done flash/>
            </section>
        }
    })
}
