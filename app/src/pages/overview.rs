//! The overview of a place: its quota, what there is, what happened.
use crate::{
    ask::{Asked, Question},
    data::{Frame, at},
    page,
    parts::{gauge::Gauges, state::StateMark, timeline::Timeline},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Place, view};

/// The overview.
#[component]
pub fn Overview() -> impl IntoView {
    let place = page::place();
    let data = Asked::new(move || Question::Overview(place.get()));
    let live = crate::live::Live::get();
    live.listen(move |_| data.refetch(), move || data.refetch());
    page::show(data, move |frame, overview| content(&frame, &page::as_place(&place.get()), overview))
}

fn content(frame: &Frame, place: &Place, overview: view::Overview) -> impl IntoView + use<> {
    let view::Overview { environment, counts, events } = overview;
    let empty = counts.is_empty();
    let title = format!("{} · {place}", words::OVERVIEW);
    let make = frame.kinds.iter().filter(|kind| kind.creatable && kind.listed).map(|kind| {
        view! { <a class="btn" href=at(place, &format!("k/{}/new", kind.slug))>{words::create(&kind.title)}</a> }
    });
    let make = make.collect_view();
    view! {
        <Title text=title/>
        <header class="page-head">
            <h1>{words::OVERVIEW}</h1>
            <p class="quiet">{format!("{} · {}", environment.openstack_project, environment.openstack_region)}</p>
        </header>
        <section aria-labelledby="quota"><h2 id="quota">{words::QUOTA}</h2> <Gauges environment/></section>
        <section aria-labelledby="counts">
            <h2 id="counts">{words::WHAT_THERE_IS}</h2>
            {match empty {
                true => view! {
                    <div class="empty">
                        <h3>{words::EMPTY_PLACE}</h3>
                        <p>{words::EMPTY_PLACE_HELP}</p>
                        <div class="buttons">{make}</div>
                    </div>
                }.into_any(),
                false => counted(frame, place, counts).into_any(),
            }}
        </section>
        <section aria-labelledby="events">
            <h2 id="events">{words::RECENTLY}</h2>
            <Timeline events/>
            <p><a class="link" href=at(place, "audit")>{words::ALL_EVENTS}</a></p>
        </section>
    }
}

/// Counts by kind and state, each a link to the inventory.
fn counted(frame: &Frame, place: &Place, counts: Vec<(String, model::State, i64)>) -> impl IntoView + use<> {
    let row = |(kind, state, count): (String, model::State, i64)| {
        let plural = frame.kinds.iter().find(|one| one.slug == kind);
        let plural = plural.map_or_else(|| words::kind_of(&kind), |one| one.plural.clone());
        let href = at(place, &format!("inventory?resource_type={kind}&status={state}"));
        view! {
            <tr>
                <th scope="row"><a class="link" href=href>{plural}</a></th>
                <td><StateMark state/></td>
                <td class="num">{count}</td>
            </tr>
        }
    };
    view! {
        <table class="table small">
            <thead>
                <tr>
                    <th scope="col">{words::KIND}</th>
                    <th scope="col">{words::STATE}</th>
                    <th scope="col" class="num">{words::COUNT}</th>
                </tr>
            </thead>
            <tbody>{counts.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
