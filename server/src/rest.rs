//! The REST API: the guide's endpoints to the letter, and the same for every kind, every token and every administrator.
mod admin;
mod drift;
mod guide;
mod kinds;
mod objects;
mod people;
mod team;
mod topology;
mod whole;

use crate::{
    extract::Body,
    problem::{Problem, Result},
    routes::Row,
};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use model::{
    Error, Kind, Place,
    spec::{self, Spec},
    view::{Provisioned, ResourceView},
};
use serde_json::{Map, Value, json};

/// The rows of the REST API.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = guide::rows();
    rows.extend(drift::rows());
    rows.extend(kinds::rows());
    rows.extend(topology::rows());
    rows.extend(people::rows());
    rows.extend(team::rows());
    rows.extend(admin::rows());
    rows.extend(whole::rows());
    rows
}

/// Every kind of thing that is offered.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Kind> {
    portal::catalogue()
}

/// Where a kind's things are: `/api/services/compute/nova/servers/`, or `/api/services/admin/ironic/nodes/`.
pub(crate) fn collection(kind: &Kind) -> String {
    format!("/api/services/{}/{}/{}/", kind.area(), kind.service, kind.collection)
}

/// The place and the fields of a body. What is missing of either is told in one answer.
fn placed(mut body: Body, fields: &[model::Field]) -> Result<(Place, Spec)> {
    match body.take_place() {
        Ok(place) => Ok((place, body.0)),
        Err(mut bad) => {
            if let Err(Error::Invalid { fields }) = spec::check(fields, &body.0) {
                bad.extend(fields);
            }
            Err(Error::Invalid { fields: bad }.into())
        }
    }
}

/// A thing in the guide's words: the cloud's id (null while it is in doubt), name, status, and what is known of it.
fn resource(view: &ResourceView) -> Value {
    let mut resource: Map<String, Value> = view.metadata.clone();
    resource.insert("id".to_owned(), json!(view.resource_id));
    resource.insert("name".to_owned(), json!(view.resource_name));
    resource.insert("status".to_owned(), json!(view.status));
    if let Some(fault) = &view.fault {
        resource.insert("fault".to_owned(), json!(fault));
    }
    Value::Object(resource)
}

/// Where a row of ours is asked for.
fn location(kind: &Kind, view: &ResourceView) -> String {
    let (base, id) = (collection(kind), &view.id);
    format!("{base}{id}/?workspace_id={}&environment_id={}", view.workspace_id, view.environment_id)
}

/// The answer to a create: 201 once the cloud confirmed it, 202 while that is in doubt.
fn created(kind: &Kind, made: &Provisioned) -> Response {
    let mut body = json!({"resource": resource(&made.view), "provisioned": made.view});
    if let Some(once) = &made.once {
        body["private_key"] = json!(once);
    }
    let status = if made.confirmed { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    let mut response = (status, Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(&location(kind, &made.view)) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// The answer to a delete: the cloud's confirmation comes later.
fn leaving(view: &ResourceView) -> Response {
    (StatusCode::ACCEPTED, Json(json!({"resource": resource(view), "provisioned": view}))).into_response()
}

/// What the portal said about something in a place.
fn at_place(error: Error) -> Problem {
    Problem::from(error.clone()).at_place(&error)
}
