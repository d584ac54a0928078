//! All of a kind in a region.
use super::{crumbs, here};
use crate::{
    ask::{Asked, Question},
    data::{Frame, WholeList, whole},
    page,
    pages::members::said,
    parts::{banner::Banner, code::ApiCall, empty::Empty, menu::Menu, state::StateMark, value},
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Kind, kind::Does, view::CloudItem};

/// The page.
#[component]
pub fn List() -> impl IntoView {
    let (region, kind) = here();
    let data = Asked::<WholeList>::new(move || Question::WholeKind(region.get(), kind.get()));
    page::show(data, move |frame, listed| {
        view! { <Content frame region=region.get() listed/> }
    })
}

#[component]
fn Content(frame: Frame, region: String, listed: WholeList) -> impl IntoView {
    let WholeList { kind, list } = listed;
    let (creatable, plural) = (kind.can(Does::Create), kind.plural.to_string());
    let new = whole(&region, &kind.slug, &["new"]);
    let create = creatable.then(|| view! { <a class="btn btn-primary" href=new.clone()>{words::CREATE}</a> });
    let some = !list.items.is_empty();
    let empty = (!some).then(|| {
        let make = creatable.then(|| view! { <a class="btn" href=new>{words::create(&kind.title)}</a> });
        view! { <Empty title=words::none_yet(&kind.plural) about=kind.about.to_string()>{make}</Empty> }
    });
    let trouble = list.trouble.map(|why| view! { <Banner level="warning">{words::STALE} " " {why}</Banner> });
    let as_of = list.as_of.map(|at| view! { <p class="quiet">{words::AS_OF} " " <Ago at/></p> });
    let heads = kind.columns.iter().map(|column| {
        let class = column.show.is_number().then_some("num");
        view! { <th scope="col" class=class>{column.label.to_string()}</th> }
    });
    let heads = heads.collect_view();
    let rows = list.items.into_iter().map(|item| row(&region, &kind, item)).collect_view();
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/{}/{}/{}/?region={region}'",
        frame.origin,
        kind.area(),
        kind.service,
        kind.collection
    );
    view! {
        <Title text=format!("{plural} · {region}")/>
        {crumbs(&region, None)}
        <header class="page-head">
            <h1>{plural.clone()}</h1>
            {as_of}
            <span class="grow"></span>
            {create}
        </header>
        {said(&frame)}
        {trouble}
        {some.then(|| view! {
            <div class="table-wrap">
                <table class="table rows">
                    <caption class="sr-only">{plural}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words::NAME}</th>
                            <th scope="col">{words::STATE}</th>
                            {heads}
                            <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })}
        {empty}
        <ApiCall text=call/>
    }
}

fn row(region: &str, kind: &Kind, item: CloudItem) -> impl IntoView + use<> {
    let (id, name) = (item.id.to_string(), item.name.clone());
    let cells = kind.columns.iter().map(|column| {
        let class = column.show.is_number().then_some("num");
        let shown = value::cell(column.show, item.metadata.get(column.key.as_ref()));
        view! { <td data-label=column.label.to_string() class=class>{shown}</td> }
    });
    let cells = cells.collect_view();
    let entries = doings(region, kind, &item);
    let menu = (!entries.is_empty()).then(|| {
        let links = entries.into_iter().map(|(label, href)| view! { <a class="menu-button" href=href>{label}</a> });
        view! {
            <Menu id=format!("menu-{id}") label=format!("{} {name}", words::ACTIONS) button=view! { "⋯" }.into_any()>
                {links.collect_view()}
            </Menu>
        }
    });
    view! {
        <tr>
            <td data-label=words::NAME class="name">
                <a class="row-link" href=whole(region, &kind.slug, &[&id])>{item.name}</a>
            </td>
            <td data-label=words::STATE><StateMark state=item.state/></td>
            {cells}
            <td class="more">{menu}</td>
        </tr>
    }
}

/// What can be done with one now: label and page. The same in its row and on its page.
pub(super) fn doings(region: &str, kind: &Kind, item: &CloudItem) -> Vec<(String, String)> {
    let id = item.id.as_str();
    let offered = kind.actions.iter().filter(|action| action.is_offered(item.state, &item.metadata));
    let act = |action: &model::Action| {
        (action.label.to_string(), whole(region, &kind.slug, &[id, "do", action.name.as_ref()]))
    };
    let delete = kind.can(Does::Delete).then(|| (words::DELETE.to_owned(), whole(region, &kind.slug, &[id, "delete"])));
    offered.map(act).chain(delete).collect()
}
