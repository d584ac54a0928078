//! What is the whole cloud's, for platform administrators: the same routes for every kind of it. Where others name a place,
//! these name a region.
use super::{collection, guide, kinds, kinds::item};
use crate::{
    extract::{Body, Caller, Query, Segments},
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};
use model::{
    Error, Field, Kind, Scope, Spec,
    kind::{Action, Does},
    view::WholeItem,
};
use portal::SpecInput;
use serde_json::{Value, json};

const TAG: &str = "Whole cloud";
const REGION: [(&str, bool); 1] = [("region", true)];

pub(super) fn rows() -> Vec<Row> {
    kinds().filter(|kind| kind.scope == Scope::Admin).flat_map(rows_of).collect()
}

fn rows_of(kind: &'static Kind) -> Vec<Row> {
    let all = collection(kind);
    let (one, title) = (format!("{all}{{id}}/"), kind.title.to_lowercase());
    let doc = |does: Does, summary: String| {
        let verb = kind.verbs.iter().find(|verb| verb.does == does)?;
        Some(Doc::new(TAG, verb.function.to_string(), summary))
    };
    let mut rows = Vec::new();
    if let Some(doc) = doc(Does::List, format!("List {}", kind.plural.to_lowercase())) {
        let read = Doc::new(TAG, format!("get_{}", kind.slug), format!("One {title}")).query(&REGION);
        let list = move |server: State<Server>, caller: Caller, query: Query| list(kind, server, caller, query);
        rows.push(Row::rest(Method::GET, all.clone(), Needs::Staff, doc.query(&REGION), list));
        let find = move |server: State<Server>, caller: Caller, segments: Segments, query: Query| {
            find(kind, server, caller, segments, query)
        };
        rows.push(Row::rest(Method::GET, one.clone(), Needs::Staff, read, find));
    }
    if let Some(doc) = doc(Does::Create, format!("Create a {title}")) {
        let doc = doc.body(with_region(&kind.fields)).example(example(kind, &kind.example)).success(&[201]);
        let create = move |server: State<Server>, caller: Caller, body: Body| create(kind, server, caller, body);
        rows.push(Row::rest(Method::POST, all, Needs::Staff, doc, create));
    }
    if let Some(doc) = doc(Does::Delete, format!("Delete a {title}")) {
        let remove = move |server: State<Server>, caller: Caller, segments: Segments, query: Query| {
            remove(kind, server, caller, segments, query)
        };
        rows.push(Row::rest(Method::DELETE, one.clone(), Needs::Staff, doc.query(&REGION).success(&[204]), remove));
    }
    for action in kind.actions.iter() {
        let doc = Doc::new(TAG, action.function.to_string(), action.label.to_string())
            .body(with_region(&action.fields))
            .example(example(kind, &action.example));
        let act = move |server: State<Server>, caller: Caller, segments: Segments, body: Body| {
            act((kind, action), server, caller, segments, body)
        };
        rows.push(Row::rest(Method::POST, format!("{one}{}/", action.name), Needs::Staff, doc, act));
    }
    rows
}

/// The region and the fields of a body.
fn with_region(fields: &[Field]) -> Vec<Field> {
    std::iter::once(Field::text("region", "Region")).chain(fields.iter().cloned()).collect()
}

/// What the documentation shows of a body: an example of the catalogue, in a region.
fn example(kind: &Kind, text: &str) -> Option<Value> {
    let mut body = json!({ "region": "RegionOne" });
    body.as_object_mut()?.extend(guide::filled(kind, text)?);
    Some(body)
}

/// Takes the region out of a body; the rest are fields.
fn placed(mut body: Body, fields: &[Field]) -> Result<(String, Spec)> {
    let region = body.0.remove("region");
    match region.as_ref().and_then(Value::as_str) {
        Some(region) if !region.is_empty() => Ok((region.to_owned(), body.0)),
        _ => {
            let checked = model::spec::check(fields, &body.0);
            let mut bad = checked.err().map(|error| error.fields()).unwrap_or_default();
            bad.insert("region".to_owned(), vec!["This field is required.".to_owned()]);
            Err(Error::Invalid { fields: bad }.into())
        }
    }
}

fn region(mut query: Query) -> Result<String> {
    let region = query.take("region");
    query.end()?;
    region.ok_or_else(|| Error::invalid("region", "This parameter is required.").into())
}

async fn list(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    query: Query,
) -> Result<Json<Value>> {
    let list = server.portal.whole_list(&ctx, &region(query)?, &kind.slug).await?;
    let items: Vec<Value> = list.items.iter().map(item).collect();
    Ok(Json(json!({"resources": items, "as_of": list.as_of, "trouble": list.trouble})))
}

fn one(found: &WholeItem) -> Json<Value> {
    let mut resource = item(&found.item);
    if let Some(fault) = &found.fault {
        resource["fault"] = json!(fault);
    }
    Json(json!({ "resource": resource }))
}

async fn find(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    query: Query,
) -> Result<Json<Value>> {
    Ok(one(&server.portal.whole_item(&ctx, &region(query)?, &kind.slug, segments.get("id")).await?))
}

async fn create(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    body: Body,
) -> Result<Response> {
    let (region, spec) = placed(body, &kind.fields)?;
    let made = server.portal.create_whole(&ctx, &region, &kind.slug, SpecInput::Json(spec)).await?;
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("region", &region).finish();
    let to = format!("{}{}/?{query}", collection(kind), made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, to)], Json(json!({"resource": item(&made)}))).into_response())
}

async fn remove(
    kind: &'static Kind,
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    query: Query,
) -> Result<StatusCode> {
    server.portal.delete_whole(&ctx, &region(query)?, &kind.slug, segments.get("id")).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn act(
    (kind, action): (&'static Kind, &'static Action),
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    body: Body,
) -> Result<Json<Value>> {
    let (region, spec) = placed(body, &action.fields)?;
    let which = (kind.slug.as_ref(), segments.get("id"));
    Ok(one(&server.portal.act_whole(&ctx, &region, which, &action.name, SpecInput::Json(spec)).await?))
}
