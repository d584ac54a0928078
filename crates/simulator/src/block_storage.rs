//! Cinder: volumes, snapshots, types, limits; and what Nova asks of it.

mod limits;
mod snapshots;
mod types;
mod volumes;

use axum::http::{HeaderName, header};
use serde_json::{Value, json};

use crate::answer::{Answer, Body, Reply, refuse};
use crate::call::{Call, fields};
use crate::compute;
use crate::image;
use crate::store::{Doc, Step};
use crate::wire;

pub(crate) const VOLUMES: &str = "volumes";
pub(crate) const SNAPSHOTS: &str = "snapshots";
pub(crate) const TYPES: &str = "volume_types";

const MAX: u32 = 71;

fn versions(call: &Call<'_>) -> Value {
    json!({"versions": [{
        "id": "v3.0", "status": "CURRENT", "version": format!("3.{MAX}"), "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": format!("{}/v3/", call.base)},
        ],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}],
    }]})
}

/// The microversion asked for: its text, and the part after the point when it is served.
fn version(call: &Call<'_>) -> Result<(String, Result<u32, Answer>), Answer> {
    let Some(text) = compute::named(call.header("openstack-api-version"), "volume") else {
        return Ok(("3.0".to_owned(), Ok(0)));
    };
    if text == "latest" {
        return Ok((format!("3.{MAX}"), Ok(MAX)));
    }
    let parsed =
        text.split_once('.').and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    match parsed {
        Some((3, minor)) if minor <= MAX => Ok((text, Ok(minor))),
        Some(_) => {
            let message = format!("Version {text} is not supported by the API. Minimum is 3.0 and maximum is 3.{MAX}.");
            Ok((text, Err(refuse::fault(406, &message))))
        }
        None => {
            let message =
                format!("API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.");
            Err(refuse::fault(400, &message))
        }
    }
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let path = match path {
        [] => return Ok(Answer::json(300, versions(call))),
        ["v3"] => return Ok(Answer::ok(versions(call))),
        ["v3", rest @ ..] => rest,
        _ => return Err(Answer::lost_page()),
    };
    // The project may stand in the URL, as it has to on older clouds.
    let rest = match path {
        [first, rest @ ..] if is_project(first) => {
            if *first != call.who.project {
                return Err(refuse::fault(400, "Malformed request url"));
            }
            rest
        }
        _ => path,
    };
    let (text, minor) = version(call)?;
    let answer = minor.and_then(|minor| route(call, rest, minor)).unwrap_or_else(|refusal| refusal);
    if matches!(answer.body, Body::Html(_)) {
        return Ok(answer);
    }
    Ok(answer
        .with(HeaderName::from_static("openstack-api-version"), &format!("volume {text}"))
        .with(header::VARY, "OpenStack-API-Version"))
}

fn is_project(segment: &str) -> bool {
    segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn route(call: &mut Call<'_>, path: &[&str], v: u32) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["volumes"]) => volumes::list(call, v, false),
        ("GET", ["volumes", "detail"]) => volumes::list(call, v, true),
        ("POST", ["volumes"]) => volumes::create(call, v),
        ("GET", ["volumes", id]) => volumes::show(call, id, v),
        ("PUT", ["volumes", id]) => volumes::update(call, id, v),
        ("DELETE", ["volumes", id]) => volumes::delete(call, id),
        ("POST", ["volumes", id, "action"]) => volumes::act(call, id),
        (_, ["volumes", id, "metadata"]) => volumes::metadata(call, id),
        ("GET", ["snapshots"]) => snapshots::list(call, false),
        ("GET", ["snapshots", "detail"]) => snapshots::list(call, true),
        ("POST", ["snapshots"]) => snapshots::create(call),
        ("GET", ["snapshots", id]) => snapshots::show(call, id),
        ("DELETE", ["snapshots", id]) => snapshots::delete(call, id),
        ("GET", ["types"]) => Ok(types::list(call)),
        ("GET", ["types", id]) => types::show(call, id),
        ("GET", ["limits"]) => Ok(limits::limits(call)),
        ("GET", ["os-quota-sets", project]) => limits::quotas(call, project),
        _ => Err(Answer::lost_page()),
    }
}

fn missing(what: &str, id: &str) -> Answer {
    refuse::fault(404, &format!("{what} {id} could not be found."))
}

fn bad(message: &str) -> Answer {
    refuse::fault(400, message)
}

/// Refuses a page length.
fn bad_limit(text: &str) -> Answer {
    let words =
        if text.parse::<i64>().is_ok() { "limit param must be positive" } else { "limit param must be an integer" };
    bad(words)
}

/// The object under one key of the body.
fn body(call: &Call<'_>, key: &str) -> Result<Doc, Answer> {
    let mut body = call.object().ok_or_else(|| {
        bad("There is no such action: None. Verify the request body and Content-Type header and try again.")
    })?;
    match body.remove(key) {
        Some(Value::Object(given)) => Ok(given),
        _ => Err(bad(&format!("'{key}' is a required property"))),
    }
}

/// The name of the n-th disk of a server.
pub(crate) fn device(number: usize) -> String {
    let letter = u8::try_from(number % 26).map_or('a', |number| char::from(b'a' + number));
    format!("/dev/sd{letter}")
}

/// Whether a server may have this volume; the refusal is Nova's.
pub(crate) fn attachable(call: &Call<'_>, id: &str) -> Result<(), Answer> {
    let row = call.mine(VOLUMES, id).ok_or_else(|| missing("Volume", id))?;
    if let Some(server) = row.doc["attachments"][0]["server_id"].as_str() {
        let message = format!("Invalid volume: volume {id} is already attached to instances: {server}");
        return Err(refuse::fault(400, &message));
    }
    match row.text("status") {
        "available" => Ok(()),
        status => {
            let message = format!("Invalid volume: volume '{id}' status must be 'available'. Currently in '{status}'");
            Err(refuse::fault(400, &message))
        }
    }
}

/// Puts a volume into a server, and says how the server remembers it.
pub(crate) fn attach(call: &mut Call<'_>, server: &str, volume: &str, device: String, goes: bool) -> Value {
    let attachment = wire::uuid();
    let at = wire::naive(call.now);
    call.change(VOLUMES, volume, |row| {
        row.set("status", "in-use");
        row.set(
            "attachments",
            json!([{
                "id": volume, "attachment_id": attachment, "volume_id": volume, "server_id": server, "host_name": null,
                "device": device, "attached_at": at,
            }]),
        );
        // A volume that is made for a server is in use when it is done.
        for step in &mut row.then {
            step.set.remove("status");
        }
    });
    json!({
        "volumeId": volume, "serverId": server, "device": device, "attachment_id": attachment, "bdm_uuid": wire::uuid(),
        "delete_on_termination": goes,
    })
}

/// Takes a volume out of its server at that time, and deletes it then if it goes with the server.
pub(crate) fn release_at(call: &mut Call<'_>, volume: &str, at: i64, goes: bool) {
    call.change(VOLUMES, volume, |row| {
        let set = fields! {"status": "available", "attachments": []};
        row.then = vec![Step { at, set, gone: goes }];
    });
    call.store.settle(call.now);
}

/// Makes a bootable volume of an image, and says its id.
pub(crate) fn from_image(call: &mut Call<'_>, image: &str, size: i64) -> String {
    let name = call.get(image::IMAGES, image).map(|row| row.text("name").to_owned());
    let kind = types::default_name(call);
    let doc = fields! {
        "name": "", "description": "", "size": size, "status": "creating", "volume_type": kind, "metadata": {},
        "user": call.who.user.clone(), "bootable": true, "attachments": [],
        "image": {"image_id": image, "image_name": name},
    };
    let then = call.building(fields! {"status": "available"}, |_| fields! {"status": "error"});
    call.insert(VOLUMES, wire::uuid(), doc, then).id
}
