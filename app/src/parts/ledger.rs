//! The quota ledgers of a workspace: what may be taken, what is, what is promised, and what the cloud says of it.
use crate::{parts::banner::Banner, time::Ago, words};
use leptos::prelude::*;
use model::{
    Usage,
    ledger::{Dimension, Ledger},
};

/// The ledgers; nothing where there are none.
#[component]
pub fn LedgerTable(
    /// Of its bindings.
    ledgers: Vec<Ledger>,
) -> impl IntoView {
    if ledgers.is_empty() {
        return ().into_any();
    }
    let parts = ledgers.into_iter().map(|ledger| view! { <One ledger/> }).collect_view();
    view! { <section class="ledger" aria-labelledby="ledger"><h2 id="ledger">{words::LEDGER}</h2> {parts}</section> }
        .into_any()
}

#[component]
fn One(ledger: Ledger) -> impl IntoView {
    let over = (!ledger.over().is_empty()).then(|| view! { <Banner level="warning">{words::OVER_QUOTA}</Banner> });
    let wrong = (!ledger.wrong().is_empty()).then(|| view! { <Banner level="warning">{words::LEDGER_WRONG}</Banner> });
    let trouble = ledger.cloud.iter().flat_map(|said| said.trouble.clone()).collect::<Vec<_>>();
    let trouble = (!trouble.is_empty()).then(|| view! { <Banner level="warning">{trouble.join(" ")}</Banner> });
    let age = match ledger.cloud_as_of {
        Some(at) => view! { <p class="quiet">{words::CLOUD_SAID} " " <Ago at/></p> }.into_any(),
        None => view! { <p class="quiet">{words::CLOUD_NOT_ASKED}</p> }.into_any(),
    };
    let heads = [
        words::RESOURCE,
        words::LIMIT,
        words::USED,
        words::RESERVED,
        words::MANAGED_IN_CLOUD,
        words::OTHERS_IN_CLOUD,
        words::CLOUDS_QUOTA,
    ];
    let caption = format!("{} {}", words::LEDGER, ledger.environment_id);
    let rows = Dimension::ALL.map(|dimension| row(&ledger, dimension)).collect_view();
    view! {
        <h3 data-environment=ledger.environment_id.as_str()>
            <span class="dot" aria-hidden="true"></span> {ledger.environment_id.as_str()} " "
            {ledger.retired.then(|| view! { <span class="badge">{words::RETIRED}</span> })}
        </h3>
        {over} {wrong} {trouble}
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{caption}</caption>
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {others(&ledger)}
        {age}
    }
}

/// What the cloud limits beside what a quota of ours counts; nothing where it says nothing of that.
fn others(ledger: &Ledger) -> Option<impl IntoView + use<>> {
    let said = ledger.cloud.iter().flat_map(|said| &said.limits).filter(|limit| limit.dimension.is_none());
    let rows: Vec<_> = said
        .map(|limit| {
            let most = limit.limit.map_or(words::UNLIMITED.to_owned(), |most| most.to_string());
            view! {
                <tr>
                    <td data-label=words::RESOURCE class="name">{limit.what.clone()}</td>
                    <td data-label=words::CLOUDS_QUOTA>{words::of(&limit.used.to_string(), &most)}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <div class="table-wrap">
                <table class="table rows">
                    <caption class="sr-only">{format!("{} {}", words::CLOUDS_QUOTA, ledger.environment_id)}</caption>
                    <thead><tr><th scope="col">{words::RESOURCE}</th><th scope="col">{words::CLOUDS_QUOTA}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

fn row(ledger: &Ledger, dimension: Dimension) -> impl IntoView + use<> {
    let of = |usage: Usage| words::amount(dimension, dimension.of(usage));
    let said = ledger.cloud.as_ref();
    let told =
        |usage: fn(&model::ledger::CloudUse) -> Usage| said.map_or(words::NONE.to_owned(), |said| of(usage(said)));
    let limit = said.and_then(|said| said.limits.iter().find(|limit| limit.dimension == Some(dimension)));
    let limit = limit.map_or(words::NONE.to_owned(), |limit| {
        let most = limit.limit.map_or(words::UNLIMITED.to_owned(), |most| words::amount(dimension, most));
        words::of(&words::amount(dimension, limit.used), &most)
    });
    view! {
        <tr>
            <td data-label=words::RESOURCE class="name">{words::dimension(dimension)}</td>
            <td data-label=words::LIMIT>{of(ledger.quota)}</td>
            <td data-label=words::USED>{of(ledger.used)}</td>
            <td data-label=words::RESERVED>{of(ledger.reserved)}</td>
            <td data-label=words::MANAGED_IN_CLOUD>{told(|said| said.managed)}</td>
            <td data-label=words::OTHERS_IN_CLOUD>{told(|said| said.unmanaged)}</td>
            <td data-label=words::CLOUDS_QUOTA>{limit}</td>
        </tr>
    }
}
