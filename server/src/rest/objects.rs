//! Objects: listed by folder, their bytes up and down as streams, and large ones in parts.
use super::{at_place, collection, kinds::operation};
use crate::{
    extract::{Body, Caller, Query, Segments},
    problem::Result,
    router::AsItIs,
    routes::{Bytes, Doc, Needs, Row},
    server::Server,
};
use axum::{
    Json,
    body::Body as Stream,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use model::{
    Error, Field, Kind, Place, Role,
    kind::Does,
    objects::{NewUpload, ObjectQuery},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portal::{Ctx, Incoming};
use serde_json::{Value, json};
use std::io;

/// Where something is: the place, and the container by its name or its row's id.
const WHERE: [(&str, bool); 3] = [("workspace_id", true), ("environment_id", true), ("parent", true)];
/// What may be said of an object that is sent.
const SENT: [(&str, bool); 4] =
    [("workspace_id", true), ("environment_id", true), ("parent", true), ("overwrite", false)];
const LISTED: [(&str, bool); 5] =
    [("workspace_id", true), ("environment_id", true), ("parent", true), ("prefix", false), ("marker", false)];

fn place_in() -> [Field; 3] {
    [
        Field::text("workspace_id", "Workspace"),
        Field::text("environment_id", "Environment"),
        Field::text("parent", "Container"),
    ]
}

pub(super) fn rows(kind: &'static Kind) -> Vec<Row> {
    let all = collection(kind);
    let (one, uploads) = (format!("{all}{{id}}/"), format!("{all}{{id}}/uploads/"));
    let (whole, upload) = (format!("{one}content/"), format!("{uploads}{{upload}}/"));
    let part = format!("{upload}{{part}}/");
    let doc = |name: &str, summary: &str| Doc::new(kind.group.title(), name, summary);
    let verb = |does: Does, summary: &str| {
        let verb = kind.verbs.iter().find(|verb| verb.does == does);
        doc(&verb.map_or_else(String::new, |verb| operation(kind, &verb.function)), summary)
    };
    let (viewer, operator) = (Needs::Member(Role::Viewer), Needs::Member(Role::Operator));
    let sized = [
        Field::number("bytes", "Size", 1, i64::MAX, "bytes"),
        Field::text("content_type", "Media type").optional(),
        Field::flag("overwrite", "Replace what is there").optional(),
        Field::text("fingerprint", "What tells the file from another").optional(),
    ];
    let listing = verb(Does::List, "A page of a folder of a container").query(&LISTED);
    let down = verb(Does::Download, "An object's bytes, or those that the header Range names");
    let up = verb(Does::Upload, "Send an object in one piece, of 5 GiB at most").query(&SENT);
    let begins = doc("begin_upload", "Begin to send an object in parts, or go on with what was begun");
    let looks = doc("get_upload", "Which parts of an object are there").query(&WHERE);
    let sends = doc("upload_part", "Send one part").query(&WHERE).success(&[204]).bytes(Bytes::In);
    let joins = doc("finish_upload", "Make one object of all parts").body(place_in());
    let drops = doc("drop_upload", "Give up: the parts are deleted").query(&WHERE).success(&[204]);
    vec![
        Row::rest(Method::GET, all, viewer, listing, list),
        Row::rest(Method::GET, one, viewer, doc("get_object", "What is known of an object").query(&WHERE), get),
        Row::rest(
            Method::GET,
            whole.clone(),
            viewer,
            down.query(&WHERE).success(&[200, 206]).bytes(Bytes::Out),
            download,
        )
        .streaming(),
        Row::rest(Method::PUT, whole, operator, up.success(&[201]).bytes(Bytes::In), put).streaming(),
        Row::rest(
            Method::POST,
            uploads,
            operator,
            begins.body(place_in().into_iter().chain(sized)).success(&[201]),
            begin,
        ),
        Row::rest(Method::GET, upload.clone(), viewer, looks, look),
        Row::rest(Method::PUT, part, operator, sends, send).streaming(),
        Row::rest(Method::POST, upload.clone(), operator, joins, join),
        Row::rest(Method::DELETE, upload, operator, drops, drop_it),
    ]
}

/// The place and the container that a query names.
fn taken(query: &mut Query) -> Result<(Place, String)> {
    let place = query.take_place()?;
    let parent = query.take("parent");
    Ok((place, parent.ok_or_else(|| Error::invalid("parent", "Say in which container."))?))
}

/// The same, of a body. Who may not be there learns nothing of what is wrong with it.
async fn named(server: &Server, ctx: &Ctx, body: &mut Body) -> Result<(Place, String)> {
    let place = body.take_place().map_err(|fields| Error::Invalid { fields })?;
    server.portal.may_change(ctx, &place).await.map_err(at_place)?;
    match body.0.remove("parent") {
        Some(Value::String(parent)) if !parent.is_empty() => Ok((place, parent)),
        _ => Err(Error::invalid("parent", "Say in which container.").into()),
    }
}

async fn list(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Value>> {
    let (place, parent) = taken(&mut query)?;
    let wanted = ObjectQuery {
        prefix: query.take("prefix").unwrap_or_default(),
        marker: query.take("marker").unwrap_or_default(),
    };
    query.end()?;
    let page = server.portal.objects(&ctx, &place, &parent, &wanted).await.map_err(at_place)?;
    let (folders, objects, next) = (page.folders, page.objects, page.next);
    Ok(Json(json!({"folders": folders, "resources": objects, "next": next, "as_of": page.as_of, "trouble": null})))
}

async fn get(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
) -> Result<Json<Value>> {
    let (place, parent) = taken(&mut query)?;
    query.end()?;
    let object = server.portal.object(&ctx, &place, &parent, segments.get("id")).await.map_err(at_place)?;
    Ok(Json(json!({"resource": object})))
}

async fn download(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
    headers: HeaderMap,
) -> Result<Response> {
    let (place, parent) = taken(&mut query)?;
    query.end()?;
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let name = segments.get("id");
    let object = server.portal.download_object(&ctx, &place, &parent, name, range).await.map_err(at_place)?;
    let mut response = Stream::from_stream(object.body).into_response();
    *response.status_mut() = StatusCode::from_u16(object.status).unwrap_or(StatusCode::OK);
    response.extensions_mut().insert(AsItIs);
    let told = response.headers_mut();
    for (name, value) in object.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            told.insert(HeaderName::from_static(name), value);
        }
    }
    told.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // It is somebody's: saved, never shown as if it were a page of ours.
    told.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let file = utf8_percent_encode(name.rsplit('/').next().unwrap_or(name), NON_ALPHANUMERIC);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{file}")) {
        told.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The bytes of a request, and how many they are, where it says so.
fn incoming(request: Request) -> (Option<u64>, portal::Bytes) {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    (length, request.into_body().into_data_stream().map_err(io::Error::other).boxed())
}

async fn put(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
    request: Request,
) -> Result<Response> {
    let (place, parent) = taken(&mut query)?;
    let overwrite = query.take_word("overwrite")?.is_some_and(|YesNo(yes)| yes);
    query.end()?;
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let content_type = content_type.map(str::to_owned);
    let (length, body) = incoming(request);
    let incoming = Incoming { content_type, length, overwrite, body };
    let made = server.portal.upload_object(&ctx, &place, &parent, segments.get("id"), incoming).await;
    Ok((StatusCode::CREATED, Json(json!({"resource": made.map_err(at_place)?}))).into_response())
}

async fn begin(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut body: Body,
) -> Result<Response> {
    let (place, parent) = named(&server, &ctx, &mut body).await?;
    let new: NewUpload = body.read()?;
    let upload = server.portal.begin_upload(&ctx, &place, &parent, segments.get("id"), new).await.map_err(at_place)?;
    Ok((StatusCode::CREATED, Json(json!({"upload": upload}))).into_response())
}

async fn look(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
) -> Result<Json<Value>> {
    let (place, parent) = taken(&mut query)?;
    query.end()?;
    let upload = server.portal.upload(&ctx, &place, &parent, segments.get("upload")).await.map_err(at_place)?;
    Ok(Json(json!({"upload": upload})))
}

async fn send(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
    request: Request,
) -> Result<StatusCode> {
    let (place, parent) = taken(&mut query)?;
    query.end()?;
    // What is no number is no part either: there is none of that number.
    let part = segments.get("part").parse().unwrap_or_default();
    let (length, body) = incoming(request);
    let sent = server.portal.upload_part(&ctx, &place, &parent, segments.get("upload"), part, length, body).await;
    sent.map_err(at_place)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn join(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut body: Body,
) -> Result<Json<Value>> {
    let (place, parent) = named(&server, &ctx, &mut body).await?;
    let upload = server.portal.finish_upload(&ctx, &place, &parent, segments.get("upload")).await.map_err(at_place)?;
    Ok(Json(json!({"upload": upload})))
}

async fn drop_it(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    mut query: Query,
) -> Result<StatusCode> {
    let (place, parent) = taken(&mut query)?;
    query.end()?;
    server.portal.drop_upload(&ctx, &place, &parent, segments.get("upload")).await.map_err(at_place)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Yes or no, in a query.
struct YesNo(bool);

impl std::str::FromStr for YesNo {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            _ => Err("This must be true or false.".to_owned()),
        }
    }
}
