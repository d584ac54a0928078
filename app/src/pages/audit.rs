//! Audit chains: of a workspace, and of the platform.
use crate::{
    ask::{Asked, Question},
    data::{AuditFilter, Events},
    page,
    parts::{
        copy::Copy,
        empty::Empty,
        filter::{FilterSelect, Filters},
        pager::{Pager, with_query},
    },
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};
use model::{AuditEvent, AuditOutcome, Environment};

fn filter() -> Memo<AuditFilter> {
    let query = use_query_map();
    Memo::new(move |_| {
        let get = |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
        AuditFilter {
            environment: get("environment"),
            actor: get("actor"),
            action: get("action"),
            outcome: get("outcome"),
            since: get("since"),
            until: get("until"),
            cursor: get("cursor"),
        }
    })
}

/// The chain of a workspace.
#[component]
pub fn Audit() -> impl IntoView {
    let (place, filter) = (page::place(), filter());
    let data = Asked::<Events>::new(move || Question::Audit(place.get().0, filter.get()));
    page::show(data, move |_, events| {
        let workspace = Some(place.get().0);
        view! { <Content title=words::AUDIT asked=filter.get() events workspace/> }
    })
}

/// The chain of the platform.
#[component]
pub fn PlatformAudit() -> impl IntoView {
    let filter = filter();
    let data = Asked::<Events>::new(move || Question::PlatformAudit(filter.get()));
    page::show(data, move |_, events| {
        view! { <Content title=words::PLATFORM_AUDIT asked=filter.get() events workspace=None/> }
    })
}

#[component]
fn Content(title: &'static str, asked: AuditFilter, events: Events, workspace: Option<String>) -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let address = |cursor: Option<&str>| {
        with_query(
            &path,
            &[
                ("environment", asked.environment.as_deref()),
                ("actor", asked.actor.as_deref()),
                ("action", asked.action.as_deref()),
                ("outcome", asked.outcome.as_deref()),
                ("since", asked.since.as_deref()),
                ("until", asked.until.as_deref()),
                ("cursor", cursor),
            ],
        )
    };
    let downloads = words::DOWNLOADS.map(|(format, label)| {
        view! { <a class="btn btn-sm" href=download(&asked, workspace.as_deref(), format) download rel="external">{label}</a> }
    });
    let (first, next) =
        (asked.cursor.is_some().then(|| address(None)), events.next.as_deref().map(|to| address(Some(to))));
    let options = Environment::ALL.map(|one| (one.to_string(), words::environment(one).to_owned())).to_vec();
    let environment = asked.environment.clone();
    let by_environment = workspace.is_some().then(|| {
        view! { <FilterSelect name="environment" label=words::ENVIRONMENT all=words::ALL_ENVIRONMENTS options value=environment/> }
    });
    let outcomes = AuditOutcome::ALL.map(|one| (one.as_str().to_owned(), words::outcome(one).to_owned())).to_vec();
    let table = match events.items.is_empty() {
        true => view! { <Empty title=words::NO_EVENTS about=words::AUDIT_HELP/> }.into_any(),
        false => rows(events.items).into_any(),
    };
    view! {
        <Title text=title/>
        <header class="page-head"><h1>{title}</h1> <p class="quiet">{words::AUDIT_HELP}</p></header>
        <Filters action=path.clone() button=words::FILTER>
            {by_environment}
            <label class="sr-only" for="actor">{words::WHO}</label>
            <input class="input input-sm" id="actor" name="actor" placeholder=words::WHO value=asked.actor.clone().unwrap_or_default()/>
            <label class="sr-only" for="action">{words::WHAT}</label>
            <input class="input input-sm" id="action" name="action" placeholder=words::WHAT value=asked.action.clone().unwrap_or_default()/>
            <FilterSelect name="outcome" label=words::OUTCOME all=words::ALL_OUTCOMES options=outcomes value=asked.outcome.clone()/>
            <span class="labelled">
                <label for="since">{words::FROM_DAY}</label>
                <input class="input input-sm" type="date" id="since" name="since" value=asked.since.clone().unwrap_or_default()/>
            </span>
            <span class="labelled">
                <label for="until">{words::TO_DAY}</label>
                <input class="input input-sm" type="date" id="until" name="until" value=asked.until.clone().unwrap_or_default()/>
            </span>
        </Filters>
        {table}
        <Pager first next/>
        <p class="buttons"><span class="quiet">{words::DOWNLOAD_HELP}</span> {downloads.collect_view()}</p>
    }
}

/// The address of everything that fits the filter, in a format of the API's.
fn download(asked: &AuditFilter, workspace: Option<&str>, format: &str) -> String {
    let path = if workspace.is_some() { "/api/services/audit/export/" } else { "/api/services/admin/audit/export/" };
    with_query(
        path,
        &[
            ("workspace_id", workspace),
            ("environment_id", asked.environment.as_deref().filter(|_| workspace.is_some())),
            ("actor", asked.actor.as_deref()),
            ("action", asked.action.as_deref()),
            ("outcome", asked.outcome.as_deref()),
            ("since", asked.since.as_deref()),
            ("until", asked.until.as_deref()),
            ("format", Some(format)),
        ],
    )
}

fn rows(events: Vec<AuditEvent>) -> impl IntoView {
    let row = |event: AuditEvent| {
        let target = if event.target_name.is_empty() { event.target_id.clone() } else { event.target_name.clone() };
        let why = words::reason(&event.detail).map(|why| view! { <p class="why">{why}</p> });
        let short: String = event.hash.chars().take(10).collect();
        view! {
            <tr>
                <td data-label=words::NUMBER class="num">{event.number}</td>
                <td data-label=words::WHEN class="tight"><Ago at=event.at/></td>
                <td data-label=words::WHO class="tight">{event.actor}</td>
                <td data-label=words::WHAT class="tight">{words::audited(&event.action)}</td>
                <td data-label=words::TARGET>
                    <bdi>{target}</bdi> {event.environment.map(|one| view! { " " <span class="badge">{one}</span> })} {why}
                </td>
                <td data-label=words::OUTCOME>
                    <span class="outcome-mark" data-outcome=event.outcome.as_str()>{words::outcome(event.outcome)}</span>
                </td>
                <td data-label=words::REQUEST_ID class="tight"><span class="mono"><code>{tail(&event.request_id)}</code> <Copy text=event.request_id/></span></td>
                <td data-label=words::LINK class="tight"><span class="mono"><code>{short}</code> <Copy text=event.hash/></span></td>
            </tr>
        }
    };
    let heads = [
        words::NUMBER,
        words::WHEN,
        words::WHO,
        words::WHAT,
        words::TARGET,
        words::OUTCOME,
        words::REQUEST_ID,
        words::LINK,
    ];
    view! {
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{words::AUDIT}</caption>
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr></thead>
                <tbody>{events.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The end of an id, which tells it apart.
fn tail(id: &str) -> String {
    match id.char_indices().rev().nth(7) {
        Some((start, _)) if start > 0 => format!("…{}", &id[start..]),
        _ => id.to_owned(),
    }
}
