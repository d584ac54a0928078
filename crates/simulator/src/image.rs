//! Glance: images to start from. Data is not kept, so images are listed and read, not uploaded.

use axum::http::header;
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::Row;
use crate::wire;

pub(crate) const IMAGES: &str = "images";

/// Page length when none is asked for, and the most, as Glance is set up by default.
const PAGE: usize = 25;
const MOST: usize = 1000;

pub(crate) fn unauthenticated(auth_url: &str) -> Answer {
    Answer::page(401, "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.")
        .with(header::WWW_AUTHENTICATE, &format!("Keystone uri=\"{auth_url}\""))
}

fn sees(call: &Call<'_>, row: &Row) -> bool {
    call.who.may(row) || matches!(row.text("visibility"), "public" | "community")
}

/// An image that the caller may start a server or a volume from.
pub(crate) fn bootable<'c>(call: &'c Call<'_>, id: &str) -> Option<&'c Row> {
    call.get(IMAGES, id).filter(|row| sees(call, row))
}

fn view(row: &Row) -> Value {
    let mut value = json!({
        "id": row.id, "name": row.value("name"), "disk_format": row.value("disk_format"),
        "container_format": row.value("container_format"), "visibility": row.text("visibility"),
        "size": row.value("size"), "virtual_size": row.value("size"), "status": row.text("status"),
        "checksum": row.value("checksum"), "protected": row.flag("protected"), "min_ram": row.number("min_ram"),
        "min_disk": row.number("min_disk"), "owner": row.project, "os_hidden": false, "os_hash_algo": "sha512",
        "os_hash_value": row.value("hash"), "created_at": wire::seconds(row.at),
        "updated_at": wire::seconds(row.changed), "tags": row.texts("tags").collect::<Vec<_>>(),
        "self": format!("/v2/images/{}", row.id), "file": format!("/v2/images/{}/file", row.id),
        "schema": "/v2/schemas/image", "stores": "file",
    });
    for (name, held) in row.doc.get("properties").and_then(Value::as_object).into_iter().flatten() {
        value[name] = held.clone();
    }
    value
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", []) => Ok(Answer::json(300, versions(call))),
        ("GET", ["versions"]) => Ok(Answer::ok(versions(call))),
        ("GET", ["v2", "images"]) => list(call),
        ("GET", ["v2", "images", id]) => {
            let missing = || Answer::page(404, &format!("No image found with ID {id}"));
            let row = call.get(IMAGES, id).filter(|row| sees(call, row)).ok_or_else(missing)?;
            Ok(Answer::ok(view(row)))
        }
        _ => Err(Answer::lost_page()),
    }
}

fn versions(call: &Call<'_>) -> Value {
    let link = json!([{"rel": "self", "href": format!("{}/v2/", call.base)}]);
    let list: Vec<Value> = (0..=17)
        .rev()
        .filter(|minor| *minor != 14 && *minor != 16)
        .map(|minor| json!({"id": format!("v2.{minor}"), "status": if minor == 17 { "CURRENT" } else { "SUPPORTED" }, "links": link}))
        .collect();
    json!({"versions": list})
}

/// `sort=name:asc,created_at:desc`, or `sort_key` and `sort_dir`; newest first otherwise.
fn sort(call: &Call<'_>, items: &mut [Value]) {
    let text = |value: &Value| value.as_str().map_or_else(|| format!("{value:>20}"), str::to_owned);
    let keys: Vec<(String, bool)> = match call.param("sort") {
        Some(sort) => sort
            .split(',')
            .map(|part| part.split_once(':').unwrap_or((part, "desc")))
            .map(|(key, dir)| (key.to_owned(), dir == "asc"))
            .collect(),
        None => call
            .param("sort_key")
            .map(|key| vec![(key.to_owned(), call.param("sort_dir") == Some("asc"))])
            .unwrap_or_default(),
    };
    for (key, ascending) in keys.iter().rev() {
        items.sort_by(|one, other| {
            let order = text(&one[key]).cmp(&text(&other[key]));
            if *ascending { order } else { order.reverse() }
        });
    }
}

fn wanted(call: &Call<'_>, item: &Value) -> bool {
    call.query.iter().all(|(key, value)| match key.as_str() {
        "limit" | "marker" | "sort" | "sort_key" | "sort_dir" | "member_status" | "visibility" => true,
        "tag" => item["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == value.as_str())),
        "size_min" => item["size"].as_i64() >= value.parse().ok(),
        "size_max" => item["size"].as_i64() <= value.parse().ok(),
        "id" | "name" | "status" if value.starts_with("in:") => {
            value[3..].split(',').any(|one| item[key.as_str()] == one.trim_matches('"'))
        }
        key => match &item[key] {
            Value::String(text) => text == value,
            Value::Null => false,
            other => serde_json::from_str::<Value>(&value.to_lowercase()).is_ok_and(|wanted| *other == wanted),
        },
    })
}

/// The page length asked for, in Glance's words when it is none.
fn page_limit(text: &str) -> Result<usize, Answer> {
    match text.parse::<i64>() {
        Ok(limit) => usize::try_from(limit).map(|limit| limit.min(MOST)).map_err(|_| "limit param must be positive"),
        Err(_) => Err("limit param must be an integer"),
    }
    .map_err(|words| Answer::page(400, words))
}

fn list(call: &Call<'_>) -> Reply {
    let visibility = call.param("visibility");
    if let Some(value) = visibility.filter(|value| !["public", "private", "shared", "community", "all"].contains(value))
    {
        return Err(Answer::page(400, &format!("Invalid visibility value: {value}")));
    }
    let limit = match call.param("limit") {
        None => PAGE,
        Some(text) => page_limit(text)?,
    };
    let mut items: Vec<Value> = call
        .rows(IMAGES)
        .rev()
        .filter(|row| sees(call, row))
        .filter(|row| match visibility {
            None => call.who.owns(row) || row.text("visibility") != "community",
            Some("all") => true,
            Some(wanted) => row.text("visibility") == wanted,
        })
        .map(view)
        .filter(|item| wanted(call, item))
        .collect();
    sort(call, &mut items);
    let start = match call.param("marker") {
        None => 0,
        Some(marker) => match items.iter().position(|item| item["id"] == marker) {
            Some(at) => at + 1,
            None => return Err(Answer::page(400, &format!("No image found with ID {marker}"))),
        },
    };
    let more = items.len() - start > limit || (items.len() - start == limit && limit > 0);
    let page: Vec<Value> = items.into_iter().skip(start).take(limit).collect();
    let kept: Vec<&str> =
        call.raw_query.split('&').filter(|part| !part.is_empty() && !part.starts_with("marker=")).collect();
    let query = kept.join("&").replace(':', "%3A");
    let first = if query.is_empty() { "/v2/images".to_owned() } else { format!("/v2/images?{query}") };
    let next = page.last().filter(|_| more).and_then(|item| item["id"].as_str()).map(|id| {
        let join = if query.is_empty() { '?' } else { '&' };
        format!("{first}{join}marker={id}")
    });
    let mut body = json!({"images": page, "first": first, "schema": "/v2/schemas/images"});
    if let Some(next) = next {
        body["next"] = json!(next);
    }
    Ok(Answer::ok(body))
}
