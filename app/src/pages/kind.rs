//! A service page: what the cloud has of a kind, made by the platform or not.
use crate::{
    ask::{Asked, Question, once},
    data::{Frame, KindPage, at},
    live::Live,
    page,
    pages::rows::{LiveRows, undisturbed},
    parts::{
        acts::{ActDialogs, ActList, Acts},
        banner::Banner,
        code::ApiCall,
        empty::Empty,
        keys::table_keys,
        menu::Menu,
        pager::{Pager, escape, with_query},
        state::StateMark,
        value,
    },
    time::Ago,
    words,
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Kind, Place,
    kind::Does,
    view::{CloudItem, ListQuery, ResourceView},
};

/// The page of a kind.
#[component]
pub fn KindList() -> impl IntoView {
    let (place, kind) = (page::place(), page::param("kind"));
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let get = |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
        let limit = get("limit").and_then(|text| text.parse().ok());
        ListQuery { parent: get("parent"), cursor: get("cursor"), limit }
    });
    // By which pages somebody came here.
    let trail = move || query.with_untracked(|query| query.get("back")).unwrap_or_default();
    let data = Asked::new(move || Question::Kind(place.get(), kind.get(), asked.get()));
    page::show(data, move |frame, listed| {
        view! { <Content frame place=page::as_place(&place.get()) asked=asked.get() trail=trail() listed data/> }
    })
}

/// How many pages back the way is known.
const TRAIL: usize = 20;

/// The addresses of the first, the previous and the next page. The way here stands in the address: the cursors of the pages
/// before this one but for the first, which has none. Cursors have no `~`.
fn pages(
    place: &Place,
    slug: &str,
    asked: &ListQuery,
    trail: &str,
    next: Option<&str>,
) -> (Option<String>, Option<String>, Option<String>) {
    let before: Vec<&str> = trail.split('~').filter(|cursor| !cursor.is_empty()).collect();
    let address = |cursor: Option<&str>, back: &[&str]| {
        let query = [
            ("parent", asked.parent.clone()),
            ("limit", asked.limit.map(|limit| limit.to_string())),
            ("cursor", cursor.map(str::to_owned)),
            ("back", Some(back[back.len().saturating_sub(TRAIL)..].join("~"))),
        ];
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_deref())).collect();
        with_query(&at(place, &format!("k/{slug}")), &query)
    };
    let here: Vec<&str> = before.iter().copied().chain(asked.cursor.as_deref()).collect();
    let next = next.map(|cursor| address(Some(cursor), &here));
    let first = asked.cursor.is_some().then(|| address(None, &[]));
    let previous = before.split_last().map(|(last, rest)| address(Some(last), rest));
    (first, previous, next)
}

fn key(item: &CloudItem) -> String {
    item.managed.as_ref().map_or_else(|| item.id.to_string(), |row| row.id.to_string())
}

type Data = Asked<KindPage>;

#[component]
fn Content(frame: Frame, place: Place, asked: ListQuery, trail: String, listed: KindPage, data: Data) -> impl IntoView {
    let KindPage { kind, list, may, key: idempotency } = listed;
    let creatable = kind.can(Does::Create);
    let new = at(&place, &format!("k/{}/new", kind.slug));
    let create = (creatable && may).then(|| view! { <a class="btn btn-primary" href=new.clone()>{words::CREATE}</a> });
    // Of what could not be read nobody can say that there is none.
    let empty =
        (list.items.is_empty() && list.as_of.is_some() && list.next.is_none() && asked.cursor.is_none()).then(|| {
            let make =
                (creatable && may).then(|| view! { <a class="btn" href=new.clone()>{words::create(&kind.title)}</a> });
            view! { <Empty title=words::none_yet(&kind.plural) about=kind.about.to_string()>{make}</Empty> }
        });
    let some = !list.items.is_empty();
    let (first, previous, next) = pages(&place, &kind.slug, &asked, &trail, list.next.as_deref());
    let rows = LiveRows::new(list.items, key);
    let patch = Callback::new(move |row: ResourceView| {
        if let Some(item) = rows.get(row.id.as_str()) {
            item.update(|item| {
                item.state = row.status;
                item.managed = Some(row);
            });
        }
    });
    let acts = Acts::provide(place.clone(), idempotency, patch);
    let parent = asked.parent.as_deref().map(|parent| format!("&parent={}", escape(parent))).unwrap_or_default();
    follow(place.clone(), kind.slug.to_string(), asked, rows, data);
    let table = NodeRef::<html::Table>::new();
    table_keys(table);
    let lacks = if list.as_of.is_some() { words::STALE } else { words::OWN_ONLY };
    let trouble = list.trouble.map(|why| {
        view! { <Banner level="warning">{lacks} " " {why}</Banner> }
    });
    let as_of = list.as_of.map(|at| view! { <p class="quiet">{words::AS_OF} " " <Ago at/></p> });
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/{}/{}/{}/?workspace_id={}&environment_id={}{parent}'",
        frame.origin,
        kind.group.as_str(),
        kind.service,
        kind.collection,
        place.workspace,
        place.environment
    );
    let heads = kind.columns.iter().map(|column| {
        let class = column.show.is_number().then_some("num");
        view! { <th scope="col" class=class>{column.label.to_string()}</th> }
    });
    let heads = heads.collect_view();
    let kept = StoredValue::new(kind.clone());
    let here = place.clone();
    let row =
        move |(id, item): (String, RwSignal<CloudItem>)| view! { <Row id item place=here.clone() kind=kept may/> };
    let fresh = move || {
        let count = rows.fresh.with(Vec::len);
        (count > 0).then(|| {
            view! { <button type="button" class="btn btn-sm btn-primary" on:click=move |_| data.refetch()>{words::new_rows(count)}</button> }
        })
    };
    let plural = kind.plural.to_string();
    // What connects is best seen drawn.
    let drawn = matches!(kind.slug.as_ref(), "network" | "neutron_router")
        .then(|| view! { <a class="btn" href=at(&place, "topology")>{words::TOPOLOGY}</a> });
    view! {
        <Title text=format!("{plural} · {place}")/>
        <header class="page-head">
            <h1>{plural.clone()}</h1>
            {as_of}
            <span class="grow"></span>
            {drawn}
            {create}
        </header>
        {trouble}
        <div class="fresh" aria-live="polite">{fresh}</div>
        {some.then(|| view! {
            <div class="table-wrap">
                <table class="table rows" node_ref=table>
                    <caption class="sr-only">{plural}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words::NAME}</th>
                            <th scope="col">{words::STATE}</th>
                            {heads}
                            <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th>
                        </tr>
                    </thead>
                    <tbody><For each=move || rows.rows.get() key=|(id, _)| id.clone() children=row/></tbody>
                </table>
            </div>
        })}
        {empty}
        <Pager first previous next/>
        <ApiCall text=call/>
        <ActDialogs acts/>
    }
}

/// Asks the cloud's list again when something of this kind changed here.
fn follow(place: Place, slug: String, query: ListQuery, rows: LiveRows<CloudItem>, data: Data) {
    let (here, kind) = (place.environment, slug.clone());
    let asked = (place.clone(), slug.clone(), query);
    let ask = move || {
        let (place, slug, query) = asked.clone();
        let (workspace, environment) = (place.workspace.to_string(), place.environment.to_string());
        leptos::task::spawn_local(async move {
            match once::<KindPage>(Question::Kind((workspace, environment), slug, query)).await {
                Ok(listed) if rows.rows.with_untracked(Vec::is_empty) && !listed.list.items.is_empty() => {
                    data.refetch()
                }
                Ok(listed) => rows.merge(listed.list.items, key, undisturbed()),
                Err(_) => {}
            }
        });
    };
    let again = ask.clone();
    let each = move |change: crate::live::Change| {
        if change.environment == here && change.kind == kind {
            ask();
        }
    };
    let live = Live::get();
    live.listen(each, again);
    // The whole page: its age and its banner are no longer true either.
    live.listen_lists(move |list| {
        if list.environment == place.environment && list.kind == slug {
            data.refetch();
        }
    });
}

#[component]
fn Row(id: String, item: RwSignal<CloudItem>, place: Place, kind: StoredValue<Kind>, may: bool) -> impl IntoView {
    let now = item.get_untracked();
    let name = if now.name.is_empty() { now.id.to_string() } else { now.name.clone() };
    let title = match &now.managed {
        Some(row) => {
            view! { <a class="row-link" href=at(&place, &format!("r/{}", row.id))>{name.clone()}</a> }.into_any()
        }
        None => view! { <span>{name.clone()}</span> }.into_any(),
    };
    let badge = match (&now.managed, now.shared) {
        (Some(_), _) => None,
        (None, true) => Some((words::SHARED, words::SHARED_HELP)),
        (None, false) => {
            kind.with_value(|kind| kind.can(Does::Create)).then_some((words::UNMANAGED, words::UNMANAGED_HELP))
        }
    };
    let badge = badge.map(|(word, help)| view! { <span class="badge" title=help>{word}</span> });
    let cells = kind.with_value(|kind| {
        let cell = |column: &model::Column| {
            let (key, show) = (column.key.to_string(), column.show);
            let class = show.is_number().then_some("num");
            let shown = move || value::cell(show, item.with(|item| item.metadata.get(&key).cloned()).as_ref());
            view! { <td data-label=column.label.to_string() class=class>{shown}</td> }
        };
        kind.columns.iter().map(cell).collect_view()
    });
    let menu = now.managed.clone().filter(|_| may).map(|managed| {
        let row = Signal::derive(move || item.with(|item| item.managed.clone()).unwrap_or_else(|| managed.clone()));
        view! {
            <Menu id=format!("menu-{id}") label=format!("{} {name}", words::ACTIONS) button=view! { "⋯" }.into_any()>
                <ActList kind=Signal::derive(move || kind.get_value()) row/>
            </Menu>
        }
    });
    let fault = move || {
        let fault = item.with(|item| item.managed.as_ref().and_then(|row| row.fault.clone()));
        fault.map(|why| view! { <p class="why">{why}</p> })
    };
    let busy = Signal::derive(move || item.with(|item| item.managed.as_ref().and_then(|row| row.busy.clone())));
    view! {
        <tr>
            <td data-label=words::NAME class="name">{title} " " {badge} {fault}</td>
            <td data-label=words::STATE><StateMark state=Signal::derive(move || item.with(|item| item.state)) busy/></td>
            {cells}
            <td class="more">{menu}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::pages;
    use model::{Environment, Place, WorkspaceSlug, view::ListQuery};

    #[test]
    fn each_page_leads_back_to_the_one_before_it() {
        let place = Place { workspace: WorkspaceSlug::new("team"), environment: Environment::Dev };
        let at = |cursor: Option<&str>, trail: &str| {
            let asked = ListQuery { cursor: cursor.map(str::to_owned), ..ListQuery::default() };
            pages(&place, "volume", &asked, trail, Some("c"))
        };
        let page = |rest: &str| Some(format!("/w/team/dev/k/volume{rest}"));
        assert_eq!(at(None, ""), (None, None, page("?cursor=c")));
        assert_eq!(at(Some("a"), ""), (page(""), None, page("?cursor=c&back=a")));
        assert_eq!(at(Some("b"), "a"), (page(""), page("?cursor=a"), page("?cursor=c&back=a~b")));
    }
}
