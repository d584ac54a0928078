//! An action as a page: what it asks for, and what it interrupts.
use crate::{
    ask::{Asked, Question},
    data::{ActionForm, at},
    page,
    pages::frame::flash_for,
    parts::{acts::ActForm, failed::FailedPage, state::StateMark},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use model::FormValues;

/// The page.
#[component]
pub fn DoAct() -> impl IntoView {
    let (place, id, action) = (page::place(), page::param("id"), page::param("action"));
    // A link may say already which one is meant.
    let query = use_query_map();
    let given = Memo::new(move |_| {
        let said = |query: &ParamsMap| {
            query.latest_values().map(|(name, value)| (name.to_string(), value.to_owned())).collect::<FormValues>()
        };
        query.with(said)
    });
    let data = Asked::<ActionForm>::new(move || Question::Action(place.get(), id.get(), action.get(), given.get()));
    page::show(data, move |frame, form| {
        let (place, detail) = (page::as_place(&place.get()), form.keyed.detail);
        let Some(known) = detail.kind.action(&action.get()).cloned() else {
            let failure = model::Error::not_found("action").into();
            return view! { <FailedPage failure/> }.into_any();
        };
        let row = detail.view;
        let back = at(&place, &format!("r/{}", row.id));
        let title = words::act_on(&known.label, &row.resource_name);
        let (kind, key) = (detail.kind.slug.to_string(), form.keyed.key);
        let flash = flash_for(&frame, "act").unwrap_or_default();
        let mut given = given.get_untracked();
        for (name, value) in form.now {
            given.entry(name).or_insert(value);
        }
        let environment = place.environment.as_str();
        view! {
            <Title text=title.clone()/>
            <section class="narrow" data-environment=environment>
                <h1>{title}</h1>
                <p><a class="link" href=back>{row.resource_name.clone()}</a> " " <StateMark state=row.status/></p>
                <ActForm place row kind action=known key choices=form.choices trouble=form.trouble given flash/>
            </section>
        }
        .into_any()
    })
}
