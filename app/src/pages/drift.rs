//! Drift: where the inventory of a place and its cloud do not agree, and what can be done about it.
use crate::{
    api::drift::{CheckDrift, RemedyDrift},
    ask::{Asked, Question},
    data::{Frame, at},
    page,
    pages::members::said,
    parts::{
        banner::Banner,
        code::ApiCall,
        confirm::Confirm,
        copy::Copy,
        empty::Empty,
        field::hidden,
        filter::{FilterSelect, Filters},
        pager::{Pager, with_query},
    },
    send::{StillForm, path},
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Environment, Place,
    drift::{Class, DriftPage, DriftQuery, Finding, Remedy},
};

/// The page.
#[component]
pub fn Drift() -> impl IntoView {
    let (place, query) = (page::place(), use_query_map());
    let asked = Memo::new(move |_| {
        let get = |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
        DriftQuery {
            class: get("class"),
            resource_type: get("resource_type"),
            ignored: get("ignored").as_deref() == Some("true"),
            limit: get("limit").and_then(|text| text.parse().ok()),
            cursor: get("cursor"),
        }
    });
    let data = Asked::<DriftPage>::new(move || Question::Drift(place.get(), asked.get()));
    page::show(data, move |frame, found| {
        view! { <Content frame place=page::as_place(&place.get()) asked=asked.get() found/> }
    })
}

fn address(place: &Place, query: &DriftQuery) -> String {
    with_query(
        &at(place, "drift"),
        &[
            ("class", query.class.as_deref()),
            ("resource_type", query.resource_type.as_deref()),
            ("ignored", query.ignored.then_some("true")),
            ("limit", query.limit.map(|limit| limit.to_string()).as_deref()),
            ("cursor", query.cursor.as_deref()),
        ],
    )
}

#[component]
fn Content(frame: Frame, place: Place, asked: DriftQuery, found: DriftPage) -> impl IntoView {
    let filtered = asked.class.is_some() || asked.resource_type.is_some() || asked.ignored;
    let first = asked.cursor.is_some().then(|| address(&place, &DriftQuery { cursor: None, ..asked.clone() }));
    let next = found.next.clone();
    let next = next.map(|cursor| address(&place, &DriftQuery { cursor: Some(cursor), ..asked.clone() }));
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/provision/drift/?workspace_id={}&environment_id={}'",
        frame.origin, place.workspace, place.environment
    );
    let all = at(&place, "drift");
    let table = match (found.items.is_empty(), filtered, found.checked_at) {
        (false, ..) => rows(&frame, &place, found.items.clone(), found.may).into_any(),
        (true, true, _) => view! {
            <Empty title=words::NO_MATCH about=words::NO_MATCH_HELP>
                <a class="btn" href=all>{words::CLEAR_FILTER}</a>
            </Empty>
        }
        .into_any(),
        (true, false, Some(_)) => view! { <Empty title=words::NO_DRIFT about=words::NO_DRIFT_HELP/> }.into_any(),
        (true, false, None) => view! { <Empty title=words::NO_DRIFT_YET about=words::NO_DRIFT_HELP/> }.into_any(),
    };
    view! {
        <Title text=format!("{} · {place}", words::DRIFT)/>
        <Head place=place.clone() found=found.clone()/>
        {said(&frame)}
        <Notes found=found.clone()/>
        {filters(&frame, &place, asked, &found)}
        {table}
        <Pager first next/>
        <ApiCall text=call/>
    }
}

/// The title, how old this is, and the way to a newer one.
#[component]
fn Head(place: Place, found: DriftPage) -> impl IntoView {
    let age = match found.checked_at {
        Some(at) => view! { <p class="quiet">{words::COMPARED} " " <Ago at/></p> }.into_any(),
        None => view! { <p class="quiet">{words::NEVER_COMPARED}</p> }.into_any(),
    };
    let button = found.may.then(|| {
        view! {
            <StillForm to={path::<CheckDrift>()}>
                {hidden("workspace", &place.workspace)}
                {hidden("environment", &place.environment)}
                <button class="btn btn-primary">{words::COMPARE_NOW}</button>
            </StillForm>
        }
    });
    view! {
        <header class="page-head"><h1>{words::DRIFT}</h1> {age} {button}</header>
        <p class="quiet">{words::DRIFT_HELP}</p>
    }
}

/// How far one can rely on it.
#[component]
fn Notes(found: DriftPage) -> impl IntoView {
    let lines = found.trouble.into_iter().map(|(kind, why)| view! { <li>{kind} ": " {why}</li> }).collect::<Vec<_>>();
    let unseen = (!lines.is_empty())
        .then(|| view! { <Banner level="warning"><p>{words::UNSEEN}</p> <ul class="lines">{lines}</ul></Banner> });
    view! {
        {found.checking.then(|| view! { <Banner>{words::COMPARING}</Banner> })}
        {unseen}
    }
}

fn filters(frame: &Frame, place: &Place, asked: DriftQuery, found: &DriftPage) -> impl IntoView + use<> {
    let count = |class: Class| found.counts.iter().find(|(one, _)| *one == class).map_or(0, |(_, count)| *count);
    let classes = Class::ALL.map(|class| (class.to_string(), words::class_count(class, count(class)))).to_vec();
    let kinds = frame.kinds.iter().filter(|kind| kind.creatable);
    let kinds = kinds.map(|kind| (kind.slug.clone(), kind.plural.clone())).collect();
    let ignored = vec![("true".to_owned(), words::ignored_count(found.ignored))];
    let which = asked.ignored.then(|| "true".to_owned());
    view! {
        <Filters action=at(place, "drift") button=words::FILTER>
            <FilterSelect name="class" label=words::CLASS all=words::ALL_CLASSES options=classes value=asked.class/>
            <FilterSelect name="resource_type" label=words::KIND all=words::ALL_KINDS options=kinds value=asked.resource_type/>
            <FilterSelect name="ignored" label=words::MENTIONED all=words::NOT_IGNORED options=ignored value=which/>
        </Filters>
    }
}

fn rows(frame: &Frame, place: &Place, findings: Vec<Finding>, may: bool) -> impl IntoView + use<> {
    let titles: Vec<(String, String)> =
        frame.kinds.iter().map(|kind| (kind.slug.clone(), kind.title.clone())).collect();
    let place = place.clone();
    let row = move |finding: Finding| {
        let title = titles.iter().find(|(slug, _)| *slug == finding.resource_type).map(|(_, title)| title.clone());
        view! { <Row place=place.clone() title=title.unwrap_or_default() finding may/> }
    };
    let heads = [words::NAME, words::CLASS, words::KIND, words::DIFFERENCES, words::FOUND];
    let more = may.then(|| view! { <th scope="col"><span class="sr-only">{words::ACTIONS}</span></th> });
    view! {
        <div class="table-wrap">
            <table class="table rows drift">
                <caption class="sr-only">{words::DRIFT}</caption>
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()} {more}</tr></thead>
                <tbody>{findings.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(place: Place, title: String, finding: Finding, may: bool) -> impl IntoView {
    let name = match &finding.provisioned_id {
        Some(row) => {
            let href = at(&place, &format!("r/{row}"));
            view! { <a class="row-link" href=href><bdi>{finding.resource_name.clone()}</bdi></a> }.into_any()
        }
        None => view! { <b><bdi>{finding.resource_name.clone()}</bdi></b> }.into_any(),
    };
    let details = match finding.differences.is_empty() {
        true => view! { <span class="quiet">{words::class_help(finding.class)}</span> }.into_any(),
        false => {
            let line = |one| view! { <li>{words::difference(&one)}</li> };
            view! { <ul class="lines">{finding.differences.clone().into_iter().map(line).collect_view()}</ul> }
                .into_any()
        }
    };
    let id = finding.resource_id.to_string();
    let acts = may.then(|| {
        let offered = finding.remedies.iter().copied().filter(|remedy| !(finding.ignored && *remedy == Remedy::Forget));
        let acts = offered.map(|remedy| view! { <Act place=place.clone() finding=finding.clone() remedy/> });
        view! { <td class="remedies"><div class="buttons">{acts.collect_view()}</div></td> }
    });
    view! {
        <tr>
            <td data-label=words::NAME class="name">
                {name} <br/> <span class="mono small"><code>{id.clone()}</code> <Copy text=id/></span>
            </td>
            <td data-label=words::CLASS class="tight">
                <span class="class-mark" data-class=finding.class.as_str() title=words::class_help(finding.class)>{words::class(finding.class)}</span>
            </td>
            <td data-label=words::KIND class="tight">{title}</td>
            <td data-label=words::DIFFERENCES>{details}</td>
            <td data-label=words::FOUND class="tight"><Ago at=finding.first_seen/></td>
            {acts}
        </tr>
    }
}

/// A remedy, behind a question. In production a deletion wants the name typed.
#[component]
fn Act(place: Place, finding: Finding, remedy: Remedy) -> impl IntoView {
    let id = format!("{}-{}", remedy.as_str(), finding.id);
    let field = format!("confirm-{}", finding.id);
    let typed = (remedy == Remedy::CleanUp && place.environment == Environment::Prod).then(|| {
        view! {
            <div class="field">
                <label for=field.clone()>{words::type_the_name(&finding.resource_name)}</label>
                <input class="input" id=field name="confirm" autocomplete="off"/>
            </div>
        }
    });
    let class = match remedy {
        Remedy::CleanUp => "btn btn-sm btn-error btn-outline",
        Remedy::Adopt | Remedy::Forget => "btn btn-sm",
    };
    view! {
        <Confirm id label={words::remedy(finding.class, remedy)} what=finding.resource_name.clone() about={words::remedy_help(finding.class, remedy)} class to={path::<RemedyDrift>()}>
            {hidden("workspace", &place.workspace)}
            {hidden("environment", &place.environment)}
            {hidden("finding", &finding.id)}
            {hidden("remedy", &remedy.as_str())}
            {typed}
        </Confirm>
    }
}
