//! What lies in a resource, as tables on its page: the rules of a security group, each with the way to remove it.
use crate::{
    data::at,
    parts::{banner::Banner, pager::with_query, value},
    words,
};
use leptos::prelude::*;
use model::{
    Kind, Place, State,
    view::{CloudItem, Contents, ResourceView},
};

/// One kind of what lies in it.
#[component]
pub fn Inside(
    /// Where.
    place: Place,
    /// The resource.
    row: Signal<ResourceView>,
    /// The kind and what there is.
    contents: Contents,
    /// Whether the caller may act.
    may: bool,
) -> impl IntoView {
    let Contents { kind, of, given, adds, removes, list } = contents;
    let title = match &of {
        Some(name) => words::inside(&kind.plural, name),
        None => kind.plural.to_string(),
    };
    let heading = std::iter::once(format!("inside-{}", kind.slug)).chain(given.iter().map(|(_, id)| id.clone()));
    let heading = heading.collect::<Vec<_>>().join("-");
    let named = heading.clone();
    // Removing and adding are actions of the resource: no more possible than it is itself.
    let acts = Memo::new(move |_| may && row.with(|row| row.status == State::Active && row.busy.is_none()));
    let lies_in = given.first().map_or_else(|| row.with_untracked(|row| row.id.to_string()), |(_, id)| id.clone());
    let listed = with_query(&at(&place, &format!("k/{}", kind.slug)), &[("parent", Some(&lies_in))]);
    let to = move |action: &str, more: Option<(&str, &str)>| {
        let id = row.with_untracked(|row| row.id.clone());
        let asked = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(more);
        let asked = asked.map(|(name, value)| (name, Some(value)));
        with_query(&at(&place, &format!("r/{id}/do/{action}")), &asked.collect::<Vec<_>>())
    };
    let parent = kind.parent.clone();
    let adds = parent.as_ref().zip(adds).map(|(parent, label)| {
        let href = to(&parent.adds, None);
        move || acts.get().then(|| view! { <a class="btn btn-sm" href=href.clone()>{label.clone()}</a> })
    });
    let removes = parent.zip(removes).map(|(parent, label)| (parent.removes, label));
    let lacks = if list.as_of.is_some() { words::STALE } else { words::NOT_READ };
    let trouble = list.trouble.map(|why| view! { <Banner level="warning">{lacks} " " {why}</Banner> });
    // Here stands the first page.
    let all =
        list.next.is_some().then(|| view! { <p><a class="link" href=listed>{words::all_of(&kind.plural)}</a></p> });
    let heads = kind.columns.iter().map(|column| {
        let class = column.show.is_number().then_some("num");
        view! { <th scope="col" class=class>{column.label.to_string()}</th> }
    });
    let more = removes
        .is_some()
        .then(|| view! { <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th> });
    let rows = list.items.iter().map(|item| {
        let remove = removes.as_ref().map(|((action, field), label)| {
            let href = to(action, Some((field, item.id.as_str())));
            let label = words::remove_what(label, &item.name);
            let link = move || {
                acts.get().then(|| {
                    view! { <a class="link" href=href.clone() aria-label=label.clone()>{words::REMOVE}</a> }
                })
            };
            view! { <td class="more">{link}</td> }
        });
        view! { <tr>{cells(&kind, item)} {remove}</tr> }
    });
    let table = (!list.items.is_empty()).then(|| {
        view! {
            <div class="table-wrap">
                <table class="table rows">
                    <caption class="sr-only">{title.clone()}</caption>
                    <thead><tr>{heads.collect_view()} {more}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
    });
    let empty = (list.items.is_empty() && list.as_of.is_some())
        .then(|| view! { <p class="quiet">{words::none_inside(&kind.plural)}</p> });
    view! {
        <section aria-labelledby=named>
            <header class="section-head"><h2 id=heading>{title.clone()}</h2> <span class="grow"></span> {adds}</header>
            {trouble}
            {table}
            {all}
            {empty}
        </section>
    }
}

fn cells(kind: &Kind, item: &CloudItem) -> impl IntoView + use<> {
    let cell = |column: &model::Column| {
        let class = column.show.is_number().then_some("num");
        let shown = value::cell(column.show, item.metadata.get(column.key.as_ref()));
        view! { <td data-label=column.label.to_string() class=class>{shown}</td> }
    };
    kind.columns.iter().map(cell).collect_view()
}
