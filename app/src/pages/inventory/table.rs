//! The table of the inventory, alive.
use super::{Data, address};
use crate::{
    ask::{Question, once},
    data::{Frame, InventoryPage, at},
    live::Live,
    pages::rows::{LiveRows, undisturbed},
    parts::{
        acts::{ActDialogs, ActList, Acts},
        keys::table_keys,
        menu::Menu,
        state::StateMark,
    },
    time::Ago,
    words,
};
use leptos::{html, prelude::*};
use model::{
    Kind, Place, Usage,
    view::{InventoryQuery, ResourceView},
};

fn key(row: &ResourceView) -> String {
    row.id.to_string()
}

/// The rows of a page of the inventory.
#[component]
pub fn Rows(frame: Frame, place: Place, asked: InventoryQuery, listed: InventoryPage, data: Data) -> impl IntoView {
    let InventoryPage { page, kinds, may, key: idempotency } = listed;
    let none = page.items.is_empty();
    let rows = LiveRows::new(page.items, key);
    let patch = Callback::new(move |row: ResourceView| {
        rows.patch(&key(&row), row);
    });
    let acts = Acts::provide(place.clone(), idempotency, patch);
    let selected = RwSignal::new(Vec::<String>::new());
    follow(place.clone(), asked.clone(), rows, selected, data);
    let table = NodeRef::<html::Table>::new();
    table_keys(table);
    let (kinds, nav) = (StoredValue::new(kinds), StoredValue::new(frame.kinds));
    let here = place.clone();
    let row = move |(id, row): (String, RwSignal<ResourceView>)| {
        view! { <Row id row place=here.clone() kinds nav selected may/> }
    };
    let fresh = move || {
        let count = rows.fresh.with(Vec::len);
        (count > 0).then(|| {
            view! { <button type="button" class="btn btn-sm btn-primary" on:click=move |_| data.refetch()>{words::new_rows(count)}</button> }
        })
    };
    let head = |name: &'static str, label: &'static str| sort_head(&place, &asked, name, label);
    let heads = view! {
        {head("name", words::NAME)}
        {head("resource_type", words::KIND)}
        {head("status", words::STATE)}
        <th scope="col">{words::TAKES}</th>
        {head("created_at", words::AGE)}
        <th scope="col">{words::BY}</th>
    };
    let bulk = at(&place, "inventory/delete");
    let count = move || selected.with(Vec::len);
    view! {
        <div class="fresh" aria-live="polite">{fresh}</div>
        <div class="listed" class:hidden=none>
            {may.then(|| view! {
                <form id="bulk" method="get" action=bulk class="bulk" data-some=move || (count() > 0).to_string()>
                    <button class="btn btn-sm btn-error btn-outline">{words::DELETE_SELECTED}</button>
                    <span class="quiet" aria-live="polite">{move || (count() > 0).then(|| words::selected(count()))}</span>
                </form>
            })}
            <div class="table-wrap">
                <table class="table rows" node_ref=table>
                    <thead>
                        <tr>
                            {may.then(|| view! { <th scope="col" class="tick"><span class="sr-only">{words::SELECT}</span></th> })}
                            {heads}
                            <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.rows.get() key=|(id, _)| id.clone() children=row/>
                    </tbody>
                </table>
            </div>
        </div>
        <ActDialogs acts/>
    }
}

/// Hears of changes: shown rows are patched; new ones come on top where nobody would lose their place, else are counted.
fn follow(
    place: Place,
    asked: InventoryQuery,
    rows: LiveRows<ResourceView>,
    selected: RwSignal<Vec<String>>,
    data: Data,
) {
    let (here, query) = (place.clone(), asked.clone());
    let on_top = asked == InventoryQuery::default();
    let free = move || on_top && undisturbed() && selected.with_untracked(Vec::is_empty);
    let each = move |change: crate::live::Change| {
        let known = rows.get(change.resource.as_str()).is_some();
        if change.environment != here.environment || (!known && !change.state.in_transit()) {
            return;
        }
        let (workspace, environment) = (here.workspace.to_string(), here.environment.to_string());
        leptos::task::spawn_local(async move {
            let id = change.resource.to_string();
            let question = Question::Row((workspace, environment), id.clone());
            let Ok(row) = once::<ResourceView>(question).await else { return };
            match known {
                true => {
                    rows.patch(&id, row);
                }
                false if rows.rows.with_untracked(Vec::is_empty) => data.refetch(),
                false if free() => rows.insert(id, row),
                false => rows.note(id),
            }
        });
    };
    let again = move || {
        let (place, query) = (place.clone(), query.clone());
        leptos::task::spawn_local(async move {
            let (workspace, environment) = (place.workspace.to_string(), place.environment.to_string());
            let question = Question::Inventory((workspace, environment), query);
            if let Ok(listed) = once::<InventoryPage>(question).await {
                rows.merge(listed.page.items, key, free());
            }
        });
    };
    Live::get().listen(each, again);
}

/// A column's head that sorts: ascending, then descending.
fn sort_head(place: &Place, asked: &InventoryQuery, name: &'static str, label: &'static str) -> impl IntoView + use<> {
    let sort = asked.sort.as_deref().unwrap_or("-created_at");
    let (up, down) = (sort == name, sort.strip_prefix('-') == Some(name));
    let next = if up { format!("-{name}") } else { name.to_owned() };
    let href = address(place, &InventoryQuery { sort: Some(next), cursor: None, ..asked.clone() });
    let (said, mark) = match (up, down) {
        (true, _) => (Some("ascending"), " ↑"),
        (_, true) => (Some("descending"), " ↓"),
        _ => (None, ""),
    };
    view! { <th scope="col" aria-sort=said><a href=href>{label}<span aria-hidden="true">{mark}</span></a></th> }
}

#[component]
fn Row(
    id: String,
    row: RwSignal<ResourceView>,
    place: Place,
    kinds: StoredValue<Vec<Kind>>,
    nav: StoredValue<Vec<crate::data::NavKind>>,
    selected: RwSignal<Vec<String>>,
    may: bool,
) -> impl IntoView {
    let now = row.get_untracked();
    let slug = now.resource_type.clone();
    let title = nav.with_value(|nav| nav.iter().find(|kind| kind.slug == slug).map(|kind| kind.title.clone()));
    let title = title.unwrap_or_else(|| words::kind_of(&slug));
    let kind = kinds.with_value(|kinds| kinds.iter().find(|kind| kind.slug == slug).cloned());
    let name = now.resource_name.clone();
    let mark = id.clone();
    let tick = move |event| {
        let on = event_target_checked(&event);
        selected.update(|selected| {
            selected.retain(|one| *one != mark);
            if on {
                selected.push(mark.clone());
            }
        });
    };
    let menu = kind.filter(|_| may).map(|kind| {
        view! {
            <Menu id=format!("menu-{id}") label=format!("{} {name}", words::ACTIONS) button=view! { "⋯" }.into_any()>
                <ActList kind=Signal::stored(kind) row=row/>
            </Menu>
        }
    });
    let fault = move || row.with(|row| row.fault.clone()).map(|why| view! { <p class="why">{why}</p> });
    view! {
        <tr>
            {may.then(|| view! {
                <td class="tick">
                    <input type="checkbox" class="checkbox" name="id" value=id.clone() form="bulk" on:change=tick aria-label=format!("{} {name}", words::SELECT)/>
                </td>
            })}
            <td data-label=words::NAME class="name">
                <a class="row-link" href=at(&place, &format!("r/{id}"))>{now.resource_name.clone()}</a>
                {fault}
            </td>
            <td data-label=words::KIND>{title}</td>
            <td data-label=words::STATE>
                <StateMark state=Signal::derive(move || row.with(|row| row.status)) busy=Signal::derive(move || row.with(|row| row.busy.clone()))/>
            </td>
            <td data-label=words::TAKES>{move || takes(row.with(|row| row.usage))}</td>
            <td data-label=words::AGE><Ago at=now.created_at/></td>
            <td data-label=words::BY>{now.created_by.clone()}</td>
            <td class="more">{menu}</td>
        </tr>
    }
}

/// What a row takes of the quota, in words.
pub fn takes(usage: Usage) -> String {
    let part = |amount: i64, said: String| (amount > 0).then_some(said);
    let parts = [
        part(usage.vcpus, words::vcpus(usage.vcpus)),
        part(usage.ram_mib, words::memory(usage.ram_mib)),
        part(usage.storage_gb, format!("{} GB {}", usage.storage_gb, words::STORAGE.to_lowercase())),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { words::NONE.to_owned() } else { parts.join(", ") }
}
