//! The confirmation of a deletion as a page, for links opened in a tab and for browsers without scripts.
use crate::{
    ask::{Asked, Question},
    data::KeyedDetail,
    page,
    pages::frame::flash_for,
    parts::{acts::DeleteForm, state::StateMark},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn Delete() -> impl IntoView {
    let (place, id) = (page::place(), page::param("id"));
    let data = Asked::<KeyedDetail>::new(move || Question::Detail(place.get(), id.get()));
    page::show(data, move |frame, keyed| {
        let (place, row) = (page::as_place(&place.get()), keyed.detail.view);
        let title = words::delete_what(&row.resource_name);
        let flash = flash_for(&frame, "remove").unwrap_or_default();
        let environment = place.environment.as_str();
        view! {
            <Title text=title.clone()/>
            <section class="narrow" data-environment=environment>
                <h1>{title}</h1>
                <p><StateMark state=row.status/></p>
                <DeleteForm place row flash/>
            </section>
        }
    })
}
