//! The inventory of a place: what the platform asked the cloud for, with filter, order and page in the address.
pub mod table;

use crate::{
    ask::{Asked, Question},
    data::{Frame, InventoryPage, at},
    page,
    parts::{
        code::ApiCall,
        empty::Empty,
        filter::{FilterSelect, Filters},
        pager::{Pager, with_query},
    },
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Place, State, view::InventoryQuery};
use table::Rows;

pub use table::takes;

/// The inventory.
#[component]
pub fn Inventory() -> impl IntoView {
    let place = page::place();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let get = |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
        InventoryQuery {
            resource_type: get("resource_type"),
            status: get("status"),
            search: get("search"),
            sort: get("sort"),
            limit: get("limit").and_then(|text| text.parse().ok()),
            cursor: get("cursor"),
        }
    });
    let data = Asked::new(move || Question::Inventory(place.get(), asked.get()));
    page::show(data, move |frame, listed| {
        view! { <Content frame place=page::as_place(&place.get()) asked=asked.get() listed data/> }
    })
}

/// The data of the page, to be asked for again.
pub type Data = Asked<InventoryPage>;

/// The address of the inventory with this query.
pub fn address(place: &Place, query: &InventoryQuery) -> String {
    with_query(
        &at(place, "inventory"),
        &[
            ("resource_type", query.resource_type.as_deref()),
            ("status", query.status.as_deref()),
            ("search", query.search.as_deref()),
            ("sort", query.sort.as_deref()),
            ("limit", query.limit.map(|limit| limit.to_string()).as_deref()),
            ("cursor", query.cursor.as_deref()),
        ],
    )
}

#[component]
fn Content(frame: Frame, place: Place, asked: InventoryQuery, listed: InventoryPage, data: Data) -> impl IntoView {
    let kinds = frame.kinds.iter().filter(|kind| kind.creatable);
    let kinds = kinds.map(|kind| (kind.slug.clone(), kind.plural.clone())).collect();
    let states = State::ALL.map(|state| (state.to_string(), words::state(state).to_owned())).to_vec();
    let InventoryQuery { resource_type, status, search, sort, .. } = asked.clone();
    let plain = InventoryQuery { sort: sort.clone(), ..InventoryQuery::default() };
    let filtered = resource_type.is_some() || status.is_some() || search.is_some();
    let clear = address(&place, &plain);
    let first = asked.cursor.is_some().then(|| address(&place, &InventoryQuery { cursor: None, ..asked.clone() }));
    let next = listed.page.next.clone();
    let next = next.map(|cursor| address(&place, &InventoryQuery { cursor: Some(cursor), ..asked.clone() }));
    let total = listed.page.total.map(words::rows);
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/provision/resources/?workspace_id={}&environment_id={}'",
        frame.origin, place.workspace, place.environment
    );
    let said = super::members::said(&frame);
    let table = match (listed.page.items.is_empty(), filtered) {
        (true, true) => view! {
            <Empty title=words::NO_MATCH about=words::NO_MATCH_HELP>
                <a class="btn" href=clear.clone()>{words::CLEAR_FILTER}</a>
            </Empty>
        }
        .into_any(),
        (true, false) => {
            let make = frame.kinds.iter().filter(|kind| kind.creatable && kind.listed).map(|kind| {
                let href = at(&place, &format!("k/{}/new", kind.slug));
                view! { <a class="btn" href=href>{words::create(&kind.title)}</a> }
            });
            let make = make.collect_view();
            view! { <Empty title=words::EMPTY_PLACE about=words::EMPTY_PLACE_HELP>{make}</Empty> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <Title text=format!("{} · {place}", words::INVENTORY)/>
        <header class="page-head"><h1>{words::INVENTORY}</h1> <p class="quiet">{total}</p></header>
        {said}
        <Filters action=at(&place, "inventory") button=words::FILTER>
            <FilterSelect name="status" label=words::STATE all=words::ALL_STATES options=states value=status/>
            <FilterSelect name="resource_type" label=words::KIND all=words::ALL_KINDS options=kinds value=resource_type/>
            <label class="sr-only" for="search">{words::SEARCH}</label>
            <input class="input input-sm" type="search" id="search" name="search" placeholder=words::SEARCH value=search.unwrap_or_default()/>
            {sort.map(|sort| view! { <input type="hidden" name="sort" value=sort/> })}
        </Filters>
        <Rows frame place asked listed data/>
        {table}
        <Pager first next/>
        <ApiCall text=call/>
    }
}
