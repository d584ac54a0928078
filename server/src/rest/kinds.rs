//! The same routes for every kind: list, one, create, delete, and each of its actions.
use super::{at_place, collection, guide, kinds, objects, placed, resource};
use crate::{
    extract::{Body, Caller, Key, Query, Segments},
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use model::{
    Error, Kind, Place, Role, Scope,
    kind::{Action, Does, Output},
    view::{CloudItem, CloudList, ListQuery},
};
use portal::{Ctx, SpecInput};
use serde_json::{Map, Value, json};

const PLACE: [(&str, bool); 2] = [("workspace_id", true), ("environment_id", true)];
/// What lies in a thing is asked for with its id, its row's, or its name.
const PLACE_IN: [(&str, bool); 3] = [("workspace_id", true), ("environment_id", true), ("parent", true)];
/// A page of a list.
const LIST: [(&str, bool); 4] = [("workspace_id", true), ("environment_id", true), ("limit", false), ("cursor", false)];
const LIST_IN: [(&str, bool); 5] =
    [("workspace_id", true), ("environment_id", true), ("parent", true), ("limit", false), ("cursor", false)];

pub(super) fn rows() -> Vec<Row> {
    // What is for administrators only has no place: see `whole`.
    kinds().filter(|kind| kind.scope == Scope::Project).flat_map(rows_of).collect()
}

fn rows_of(kind: &'static Kind) -> Vec<Row> {
    if kind.can(Does::Upload) {
        return objects::rows(kind);
    }
    let (all, tag) = (collection(kind), kind.group.title());
    let one = format!("{all}{{id}}/");
    let function =
        |does: Does| kind.verbs.iter().find(|verb| verb.does == does).map(|verb| operation(kind, &verb.function));
    let shows = function(Does::Show).unwrap_or_else(|| format!("get_{}", kind.slug));
    let mut rows = Vec::new();
    let (query, pages) = if kind.parent.is_some() { (&PLACE_IN[..], &LIST_IN[..]) } else { (&PLACE[..], &LIST[..]) };
    if let Some(function) = function(Does::List) {
        rows.push(Row::rest(
            Method::GET,
            all.clone(),
            Needs::Member(Role::Viewer),
            Doc::new(tag, function, format!("List {}", kind.plural.to_lowercase())).query(pages),
            move |server: State<Server>, caller: Caller, query: Query| list(kind, server, caller, query),
        ));
        rows.push(Row::rest(
            Method::GET,
            one.clone(),
            Needs::Member(Role::Viewer),
            Doc::new(tag, shows, format!("One {}", kind.title.to_lowercase())).query(query),
            move |server: State<Server>, caller: Caller, segments: Segments, query: Query| {
                find(kind, server, caller, segments, query)
            },
        ));
    }
    if let Some(function) = function(Does::Create) {
        let summary = format!("Create a {}", kind.title.to_lowercase());
        let create = Row::rest(
            Method::POST,
            all,
            Needs::Member(Role::Operator),
            Doc::new(tag, function, summary)
                .body(guide::with_place(kind))
                .example(guide::example(kind, &kind.example))
                .success(&[201, 202]),
            move |server: State<Server>, caller: Caller, key: Key, body: Body| {
                guide::create(kind, server, caller, key, body)
            },
        );
        rows.push(create.keeping_keys());
    }
    if let Some(function) = function(Does::Delete) {
        rows.push(Row::rest(
            Method::DELETE,
            one.clone(),
            Needs::Member(Role::Operator),
            Doc::new(tag, function, format!("Delete a {}", kind.title.to_lowercase())).query(&PLACE).success(&[202]),
            move |server: State<Server>, caller: Caller, segments: Segments, query: Query| {
                guide::remove(kind, server, caller, segments, query)
            },
        ));
    }
    rows.extend(kind.actions.iter().map(|action| row_of(kind, action, &one)));
    rows
}

/// What an operation is called: its function, and its service where several have one of that name (a container is one
/// thing to Zun and another to Swift).
pub(super) fn operation(kind: &Kind, function: &str) -> String {
    let has = |other: &&Kind| {
        other.service != kind.service
            && (other.verbs.iter().any(|verb| verb.function == function)
                || other.actions.iter().any(|action| action.function == function))
    };
    match kinds().find(has) {
        Some(_) => format!("{}_{function}", kind.service),
        None => function.to_owned(),
    }
}

fn row_of(kind: &'static Kind, action: &'static Action, one: &str) -> Row {
    let place = guide::with_place(kind).into_iter().take(2);
    Row::rest(
        Method::POST,
        format!("{one}{}/", action.name),
        Needs::Member(Role::Operator),
        Doc::new(kind.group.title(), operation(kind, &action.function), action.label.to_string())
            .body(place.chain(action.fields.iter().cloned()))
            .example(guide::example(kind, &action.example))
            .output(action.output)
            .success(&[200, 202]),
        move |server: State<Server>, caller: Caller, key: Key, segments: Segments, body: Body| {
            act((kind, action), server, caller, key, segments, body)
        },
    )
    .keeping_keys()
}

async fn list(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    mut query: Query,
) -> Result<Json<Value>> {
    let place = query.take_place()?;
    let parent = parent(kind, &mut query);
    let limit = query.take_number("limit", 1, 500)?;
    let asked = ListQuery { parent, cursor: query.take("cursor"), limit };
    query.end()?;
    let list = server.portal.list_page(&ctx, &place, &kind.slug, &asked).await.map_err(at_place)?;
    let items: Vec<Value> = list.items.iter().map(item).collect();
    Ok(Json(json!({"resources": items, "next": list.next, "as_of": list.as_of, "trouble": list.trouble})))
}

fn parent(kind: &Kind, query: &mut Query) -> Option<String> {
    if kind.parent.is_some() { query.take("parent") } else { None }
}

async fn find(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
) -> Result<Json<Value>> {
    let id = segments.get("id");
    let place = query.take_place()?;
    let parent = parent(kind, &mut query);
    query.end()?;
    if let Some(parent) = parent {
        let list = server.portal.list_in(&ctx, &place, &kind.slug, &parent).await.map_err(at_place)?;
        return Ok(Json(among(&list, kind, id)?));
    }
    Ok(Json(one_of(&server, &ctx, &place, kind, id).await?))
}

fn among(list: &CloudList, kind: &Kind, id: &str) -> Result<Value> {
    let found = list.items.iter().find(|item| item.id.as_str() == id);
    let found = found.ok_or_else(|| Error::not_found(kind.title.to_lowercase()))?;
    Ok(json!({"resource": item(found), "provisioned": found.managed}))
}

/// A row of ours by its id or the cloud's; otherwise what the cloud lists under that id.
async fn one_of(server: &Server, ctx: &Ctx, place: &Place, kind: &Kind, id: &str) -> Result<Value> {
    match server.portal.detail(ctx, place, id).await {
        Ok(detail) if detail.view.resource_type == kind.slug => {
            return Ok(json!({"resource": resource(&detail.view), "provisioned": detail.view}));
        }
        Ok(_) | Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(at_place(error)),
    }
    let list = server.portal.list(ctx, place, &kind.slug).await.map_err(at_place)?;
    among(&list, kind, id)
}

async fn act(
    (kind, action): (&'static Kind, &'static Action),
    State(server): State<Server>,
    Caller(ctx): Caller,
    Key(key): Key,
    segments: Segments,
    body: Body,
) -> Result<Response> {
    let (place, spec) = placed(body, &action.fields)?;
    let (id, spec) = (segments.get("id"), SpecInput::Json(spec));
    let acted = server.portal.act(&ctx, &place, &kind.slug, id, &action.name, spec, key.as_deref()).await;
    let acted = acted.map_err(at_place)?;
    let status = if acted.confirmed { StatusCode::OK } else { StatusCode::ACCEPTED };
    let body =
        json!({"resource": resource(&acted.view), "provisioned": acted.view, "output": output(action, acted.output)?});
    Ok((status, Json(body)).into_response())
}

/// What an action handed back: text, or JSON where it is that.
fn output(action: &Action, output: Option<String>) -> Result<Value> {
    match (action.output, output) {
        (Output::Objects | Output::Figures | Output::Tree, Some(list)) => {
            serde_json::from_str(&list).map_err(|_| Error::Internal.into())
        }
        (_, output) => Ok(json!(output)),
    }
}

/// What a service page shows of a thing, flat like the guide's resources.
pub(super) fn item(item: &CloudItem) -> Value {
    let mut resource: Map<String, Value> = item.metadata.clone();
    resource.insert("id".to_owned(), json!(item.id));
    resource.insert("name".to_owned(), json!(item.name));
    resource.insert("status".to_owned(), json!(item.state));
    resource.insert("shared".to_owned(), json!(item.shared));
    resource.insert("provisioned".to_owned(), json!(item.managed));
    Value::Object(resource)
}
