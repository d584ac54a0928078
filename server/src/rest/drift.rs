//! Drift and the quota ledger of a place: what was found, a comparison at once, and what is done about a finding.
use super::at_place;
use crate::{
    extract::{Body, Caller, Query, Segments},
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{Json, extract::State};
use http::{Method, StatusCode};
use model::{
    Error, Field, Place, Role,
    drift::{Class, DriftQuery, Remedy},
};
use portal::Ctx;
use serde_json::{Value, json};

const TAG: &str = "Drift and quota";
const DRIFT: &str = "/api/services/provision/drift/";

/// What can be done about a finding: its word in the address, the operation's name, what it does.
const REMEDIES: [(Remedy, &str, &str, &str); 3] = [
    (
        Remedy::Adopt,
        "adopt",
        "adopt_drift",
        "Let the inventory follow the cloud: a row for what was created outside, the cloud's values for what was changed",
    ),
    (
        Remedy::Forget,
        "forget",
        "forget_drift",
        "Ask the cloud for nothing: what vanished is gone, what was created outside is not mentioned until it changes",
    ),
    (Remedy::CleanUp, "clean-up", "clean_up_drift", "Delete in the cloud what was created outside or left behind"),
];

pub(super) fn rows() -> Vec<Row> {
    let place = || [Field::text("workspace_id", "Workspace"), Field::text("environment_id", "Environment")];
    let mut rows = vec![
        Row::rest(
            Method::GET,
            DRIFT,
            Needs::Member(Role::Viewer),
            Doc::new(TAG, "list_drift", "Where the inventory and the cloud do not agree, as of the last comparison")
                .query(&[
                    ("workspace_id", true),
                    ("environment_id", true),
                    ("class", false),
                    ("resource_type", false),
                    ("ignored", false),
                    ("limit", false),
                    ("cursor", false),
                ]),
            list,
        ),
        Row::rest(
            Method::POST,
            format!("{DRIFT}check/"),
            Needs::Member(Role::Operator),
            Doc::new(TAG, "check_drift", "Compare now; 202 while the comparison is under way")
                .body(place())
                .success(&[200, 202]),
            check,
        ),
        Row::rest(
            Method::GET,
            "/api/services/provision/quota/",
            Needs::Member(Role::Viewer),
            Doc::new(TAG, "get_quota", "The quota, what is used and promised of it, and what the cloud last said")
                .query(&[("workspace_id", true), ("environment_id", true)]),
            quota,
        ),
    ];
    rows.extend(REMEDIES.map(|(remedy, word, operation, summary)| {
        Row::rest(
            Method::POST,
            format!("{DRIFT}{{finding}}/{word}/"),
            Needs::Member(Role::Operator),
            Doc::new(TAG, operation, summary).body(place()).success(&[200]),
            move |server: State<Server>, caller: Caller, segments: Segments, body: Body| {
                handle(remedy, server, caller, segments, body)
            },
        )
    }));
    rows
}

async fn list(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Value>> {
    let place = query.take_place()?;
    let wanted = DriftQuery {
        class: query.take_word::<Class>("class")?.map(|class| class.to_string()),
        resource_type: query.take("resource_type"),
        ignored: flag(query.take("ignored"))?,
        limit: query.take_number("limit", 1, 500)?,
        cursor: query.take("cursor"),
    };
    query.end()?;
    Ok(Json(shown(&server.portal.drift(&ctx, &place, &wanted).await.map_err(at_place)?)))
}

fn flag(text: Option<String>) -> Result<bool> {
    match text.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::invalid("ignored", "Give true or false.").into()),
    }
}

/// The place of a body that has nothing else; whether the caller may change it is asked before that is said.
async fn place_only(server: &Server, ctx: &Ctx, mut body: Body) -> Result<Place> {
    let place = body.take_place().map_err(|fields| Error::Invalid { fields })?;
    server.portal.may_change(ctx, &place).await.map_err(at_place)?;
    let unknown: model::Fields =
        body.0.into_iter().map(|(name, _)| (name, vec!["There is no such field.".to_owned()])).collect();
    if unknown.is_empty() { Ok(place) } else { Err(Error::Invalid { fields: unknown }.into()) }
}

fn shown(page: &model::drift::DriftPage) -> Value {
    let counts = page.counts.iter().map(|(class, count)| (class.to_string(), json!(count)));
    let trouble = page.trouble.iter().map(|(kind, why)| json!({"resources": kind, "why": why}));
    json!({
        "findings": page.items,
        "next": page.next,
        "counts": counts.collect::<serde_json::Map<_, _>>(),
        "ignored": page.ignored,
        "checked_at": page.checked_at,
        "checking": page.checking,
        "trouble": trouble.collect::<Vec<_>>(),
    })
}

async fn check(State(server): State<Server>, Caller(ctx): Caller, body: Body) -> Result<(StatusCode, Json<Value>)> {
    let place = place_only(&server, &ctx, body).await?;
    let page = server.portal.check_drift(&ctx, &place).await.map_err(at_place)?;
    let status = if page.checking { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(shown(&page))))
}

async fn handle(
    remedy: Remedy,
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    body: Body,
) -> Result<Json<Value>> {
    let place = place_only(&server, &ctx, body).await?;
    let done = server.portal.remedy(&ctx, &place, segments.get("finding"), remedy).await.map_err(at_place)?;
    Ok(Json(json!(done)))
}

async fn quota(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Value>> {
    let place = query.take_place()?;
    query.end()?;
    Ok(Json(json!(server.portal.ledger(&ctx, &place).await.map_err(at_place)?)))
}
