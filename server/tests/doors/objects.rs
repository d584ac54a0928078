//! What the routes of objects are sent: they need a container, and an upload in it.
use crate::world::{Person, TEAM, World};
use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};
use server::routes::Row;

const OBJECTS: &str = "/api/services/storage/swift/objects/";

/// Whether a route is about objects or their uploads.
pub(crate) fn is_about(row: &Row) -> bool {
    row.path.starts_with(OBJECTS)
}

/// What such a route is sent: where, as whom, with what. None for parts: of what is sent in parts the beginning is the
/// intent, and the end the outcome.
pub(crate) async fn asked(world: &World, row: &Row, number: usize) -> Option<(String, Person, Option<Value>)> {
    let container = format!("box-{number}-{}", row.method.as_str().to_lowercase());
    let place = json!({"workspace_id": TEAM, "environment_id": "dev"});
    let mut body = place.clone();
    body["name"] = json!(container);
    let made = world.post(Person::Operator, "/api/services/storage/swift/containers/", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut begin = place.clone();
    (begin["parent"], begin["bytes"]) = (json!(container), json!(7));
    let at = format!("workspace_id={TEAM}&environment_id=dev&parent={container}");
    let uploads = format!("{OBJECTS}large.bin/uploads/");
    // With its quotation marks this is seven bytes long.
    let content = Some(json!("hello"));
    if row.path.ends_with("/content/") {
        return Some((format!("{OBJECTS}small.txt/content/?{at}"), Person::Operator, content));
    }
    if row.path.ends_with("/uploads/") {
        return Some((uploads, Person::Operator, Some(begin)));
    }
    if row.path.ends_with("/{part}/") {
        return None;
    }
    let begun = world.post(Person::Operator, &uploads, begin).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let upload = format!("{uploads}{}/", begun.json()["upload"]["id"].as_str().unwrap());
    let part = Request::put(format!("{upload}1/?{at}"))
        .header(header::AUTHORIZATION, format!("Token {}", world.token(Person::Operator).unwrap()))
        .header(header::CONTENT_LENGTH, 7);
    let sent = world.send(part.body(Body::from("7 bytes")).unwrap()).await;
    assert_eq!(sent.status, 204, "{}", sent.text);
    let mut body = place;
    body["parent"] = json!(container);
    match row.method {
        Method::DELETE => Some((format!("{upload}?{at}"), Person::Operator, None)),
        _ => Some((upload, Person::Operator, Some(body))),
    }
}
