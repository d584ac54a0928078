//! The guide's seven endpoints, and the deletes beside them.
use super::{at_place, created, kinds, leaving, placed};
use crate::{
    extract::{Body, Caller, Key, Query, Segments},
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{Json, extract::State, response::Response};
use http::Method;
use model::{
    Kind, Role,
    example::{self, Hole},
    view::{InventoryQuery, ResourceView},
};
use portal::SpecInput;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The guide's paths, by the kinds that they make.
const PATHS: [(&str, &str); 5] = [
    ("compute/vm", "vm"),
    ("storage/volume", "volume"),
    ("network", "network"),
    ("kubernetes/cluster", "cluster"),
    ("floating-ip", "floating_ip"),
];

const TAG: &str = "Provisioning";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::rest(
            Method::GET,
            "/api/services/provision/resources/",
            Needs::Member(Role::Viewer),
            Doc::new(TAG, "list_provisioned_resources", "What the platform asked the cloud for").query(&[
                ("workspace_id", true),
                ("environment_id", false),
                ("resource_type", false),
                ("status", false),
                ("search", false),
                ("sort", false),
                ("limit", false),
                ("cursor", false),
            ]),
            resources,
        ),
        Row::rest(
            Method::GET,
            "/api/services/workspaces/",
            Needs::User,
            Doc::new(TAG, "list_workspaces", "The workspaces of which the caller is a member"),
            workspaces,
        ),
    ];
    for (path, slug) in PATHS {
        let Some(kind) = kinds().find(|kind| kind.slug == slug) else { continue };
        let path = format!("/api/services/provision/{path}/");
        let title = kind.title.to_lowercase();
        let create = Row::rest(
            Method::POST,
            path.clone(),
            Needs::Member(Role::Operator),
            Doc::new(TAG, format!("provision_{slug}"), format!("Provision a {title}"))
                .body(with_place(kind))
                .example(example(kind, &kind.example))
                .success(&[201, 202]),
            move |server: State<Server>, caller: Caller, key: Key, body: Body| create(kind, server, caller, key, body),
        );
        rows.push(create.keeping_keys());
        rows.push(Row::rest(
            Method::DELETE,
            format!("{path}{{id}}/"),
            Needs::Member(Role::Operator),
            Doc::new(TAG, format!("deprovision_{slug}"), format!("Delete a {title}"))
                .query(&[("workspace_id", true), ("environment_id", true)])
                .success(&[202]),
            move |server: State<Server>, caller: Caller, segments: Segments, query: Query| {
                remove(kind, server, caller, segments, query)
            },
        ));
    }
    rows
}

/// A kind's fields behind those that say where.
pub(super) fn with_place(kind: &Kind) -> Vec<model::Field> {
    let place = [model::Field::text("workspace_id", "Workspace"), model::Field::text("environment_id", "Environment")];
    place.into_iter().chain(kind.fields.iter().cloned()).collect()
}

/// What the documentation shows of a body: an example of the catalogue, at a place.
pub(super) fn example(kind: &Kind, text: &str) -> Option<Value> {
    let mut body = Map::from_iter([
        ("workspace_id".to_owned(), json!("devops-team")),
        ("environment_id".to_owned(), json!("staging")),
    ]);
    body.extend(filled(kind, text)?);
    Some(Value::Object(body))
}

/// An example with what people would call things in its holes.
pub(super) fn filled(kind: &Kind, text: &str) -> Option<Map<String, Value>> {
    let called = |kind: &Kind| format!("my-{}", kind.title.to_lowercase().replace(' ', "-"));
    example::filled(text, |hole| match hole {
        Hole::Name => called(kind),
        Hole::Number => "10".to_owned(),
        Hole::One(slug) => kinds().find(|kind| kind.slug == slug).map_or_else(|| slug.to_owned(), called),
    })
}

pub(super) async fn create(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    Key(key): Key,
    body: Body,
) -> Result<Response> {
    let (place, spec) = placed(body, &kind.fields)?;
    let made = server.portal.provision(&ctx, &place, &kind.slug, SpecInput::Json(spec), key.as_deref()).await;
    Ok(created(kind, &made.map_err(at_place)?))
}

pub(super) async fn remove(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
) -> Result<Response> {
    let place = query.take_place()?;
    query.end()?;
    let view = server.portal.remove(&ctx, &place, &kind.slug, segments.get("id")).await;
    Ok(leaving(&view.map_err(at_place)?))
}

/// A page of the inventory.
#[derive(Serialize)]
struct Resources {
    resources: Vec<ResourceView>,
    next: Option<String>,
}

async fn resources(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Resources>> {
    let workspace = query.take_workspace()?;
    let environment = query.take_word("environment_id")?;
    let wanted = InventoryQuery {
        resource_type: query.take("resource_type"),
        status: query.take("status"),
        search: query.take("search"),
        sort: query.take("sort"),
        limit: query.take_number("limit", 1, 500)?,
        cursor: query.take("cursor"),
    };
    query.end()?;
    let page = server.portal.inventory(&ctx, &workspace, environment, &wanted).await.map_err(at_place)?;
    Ok(Json(Resources { resources: page.items, next: page.next }))
}

async fn workspaces(State(server): State<Server>, Caller(ctx): Caller, query: Query) -> Result<Json<Value>> {
    query.end()?;
    Ok(Json(json!({"workspaces": server.portal.workspaces(&ctx).await?})))
}
