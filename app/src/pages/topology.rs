//! The network topology of a place: a drawn picture, and the same as tables.
mod layout;
mod picture;
mod tables;

use crate::{
    ask::{Asked, Question},
    data::{Frame, at},
    page,
    parts::{
        banner::Banner,
        code::ApiCall,
        empty::Empty,
        filter::{FilterSelect, Filters},
        pager::{Pager, with_query},
    },
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Place,
    view::{Drawn, Node, NodeKind, Topology, TopologyQuery},
};

/// The page.
#[component]
pub fn NetworkTopology() -> impl IntoView {
    let (place, query) = (page::place(), use_query_map());
    let get = move |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
    let asked = Memo::new(move |_| TopologyQuery {
        network: get("network"),
        page: get("page").and_then(|text| text.parse().ok()),
    });
    let data = Asked::<Drawn>::new(move || Question::Topology(place.get(), asked.get()));
    page::show(data, move |frame, drawn| {
        view! { <Content frame place=page::as_place(&place.get()) asked=asked.get() zoom=get("zoom") drawn/> }
    })
}

/// The address of this page.
fn address(place: &Place, asked: &TopologyQuery, page: Option<usize>, zoom: Option<&str>) -> String {
    let page = page.filter(|page| *page > 1).map(|page| page.to_string());
    let query = [("network", asked.network.as_deref()), ("page", page.as_deref()), ("zoom", zoom)];
    with_query(&at(place, "topology"), &query)
}

/// Where a node's link leads: to its page, or to its row in the tables, which says that it has none.
fn link(place: &Place, node: &Node) -> String {
    match &node.provisioned {
        Some(row) => at(place, &format!("r/{row}")),
        None => format!("#{}", anchor(node)),
    }
}

/// The row of a node in the tables.
fn anchor(node: &Node) -> String {
    format!("row-{}", node.id)
}

#[component]
fn Content(frame: Frame, place: Place, asked: TopologyQuery, zoom: Option<String>, drawn: Drawn) -> impl IntoView {
    let Drawn { topology, may } = drawn;
    let (network, page, pages) = (asked.network.clone(), topology.page, topology.pages);
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/networking/neutron/topology/?workspace_id={}&environment_id={}'",
        frame.origin, place.workspace, place.environment
    );
    let as_of = topology.as_of.map(|at| view! { <p class="quiet">{words::AS_OF} " " <Ago at/></p> });
    let to = |page: usize| address(&place, &asked, Some(page), zoom.as_deref());
    let (first, previous) = ((page > 1).then(|| to(1)), (page > 2).then(|| to(page - 1)));
    let next = (page < pages).then(|| to(page + 1));
    let which = (pages > 1).then(|| view! { <p class="quiet">{words::page_of(page, pages)}</p> });
    let all = at(&place, "topology");
    let shown = match (is_empty(&topology), network.is_some(), topology.trouble.iter().any(|one| one.missing)) {
        (false, ..) => picture::picture(&place, &asked, zoom.as_deref(), &topology).into_any(),
        (true, true, _) => view! {
            <Empty title=words::NO_MATCH about=words::NO_MATCH_HELP>
                <a class="btn" href=all>{words::CLEAR_FILTER}</a>
            </Empty>
        }
        .into_any(),
        // Of what could not be read nobody can say that there is none.
        (true, false, true) => ().into_any(),
        (true, false, false) => view! { <Nothing place=place.clone() may/> }.into_any(),
    };
    view! {
        <Title text=format!("{} · {place}", words::TOPOLOGY)/>
        <header class="page-head"><h1>{words::TOPOLOGY}</h1> {as_of}</header>
        {notes(&topology)}
        {filter(&place, &topology, network)}
        {shown}
        {which}
        {tables::tables(&place, &topology)}
        <Pager first previous next/>
        <ApiCall text=call/>
    }
}

/// Whether there is nothing of the project's own.
fn is_empty(topology: &Topology) -> bool {
    topology.nodes.iter().all(|node| node.shared && topology.wires.iter().all(|wire| wire.from != node.id))
}

#[component]
fn Nothing(place: Place, may: bool) -> impl IntoView {
    let make = move |slug: &str, kind: &str, class: &'static str| {
        let href = at(&place, &format!("k/{slug}/new"));
        may.then(|| view! { <a class=class href=href>{words::create(kind)}</a> })
    };
    view! {
        <Empty title=words::NO_TOPOLOGY about=words::NO_TOPOLOGY_HELP>
            {make("network", words::node(NodeKind::Network), "btn btn-primary")}
            {make("neutron_router", words::node(NodeKind::Router), "btn")}
        </Empty>
    }
}

/// What is missing or old, and what did not fit.
fn notes(topology: &Topology) -> impl IntoView + use<> {
    let lines = topology.trouble.iter().map(|one| {
        let said = if one.missing { words::PART_MISSING } else { words::PART_OLD };
        view! { <li>{one.what.join(", ")} " " {said} " " {one.why.clone()}</li> }
    });
    let lines = lines.collect::<Vec<_>>();
    let again = topology.waiting.then(|| view! { <p data-again="2">{words::TOPOLOGY_WAITS}</p> });
    let left_out = topology.left_out.iter().map(|(kind, count)| {
        let said = words::left_out(*kind, *count);
        view! { <Banner>{said}</Banner> }
    });
    let left_out = left_out.collect_view();
    view! {
        {(!lines.is_empty()).then(|| view! { <Banner level="warning"><ul class="lines">{lines}</ul> {again}</Banner> })}
        {left_out}
    }
}

fn filter(place: &Place, topology: &Topology, network: Option<String>) -> impl IntoView + use<> {
    let options: Vec<(String, String)> =
        topology.networks.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let action = at(place, "topology");
    (options.len() > 1 || network.is_some()).then(|| {
        view! {
            <Filters action button=words::FILTER>
                <FilterSelect name="network" label=words::NETWORK all=words::ALL_NETWORKS options value=network/>
            </Filters>
        }
    })
}
