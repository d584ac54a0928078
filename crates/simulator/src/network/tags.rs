//! The tags of networks, subnets, ports, routers, floating IPs and security groups.

use serde_json::{Value, json};

use super::{Kind, bad, nowhere, refuse};
use crate::answer::{Answer, Reply};
use crate::call::Call;

fn store(call: &mut Call<'_>, kind: &Kind, id: &str, mut tags: Vec<String>) -> Value {
    tags.sort();
    tags.dedup();
    call.change(kind.many, id, |row| {
        row.set("tags", tags.clone());
        let revision = row.number("revision") + 1;
        row.set("revision", revision);
    });
    json!({"tags": tags})
}

fn given(call: &Call<'_>) -> Result<Vec<String>, Answer> {
    let body = call.object().ok_or_else(|| bad("Body contains invalid data"))?;
    let Some(tags) = body.get("tags").and_then(Value::as_array) else {
        return Err(bad("Invalid tags body"));
    };
    let tag = |value: &Value| match value.as_str() {
        Some(text) if text.chars().count() <= 255 && !text.contains(',') => Ok(text.to_owned()),
        _ => Err(bad(&format!("Invalid input for tags. Reason: {value} is not a valid tag."))),
    };
    tags.iter().map(tag).collect()
}

/// Answers `{collection}/{id}/tags[/{tag}]`.
pub(super) fn serve(call: &mut Call<'_>, kind: &Kind, id: &str, path: &[&str]) -> Reply {
    let row = if call.method == "GET" { kind.find(call, id)? } else { kind.find_own(call, id, "update")? };
    let mut tags: Vec<String> = row.texts("tags").map(str::to_owned).collect();
    match (call.method.as_str(), path) {
        ("GET", []) => Ok(Answer::ok(json!({"tags": tags}))),
        ("PUT", []) => {
            let tags = given(call)?;
            Ok(Answer::ok(store(call, kind, id, tags)))
        }
        ("POST", []) => {
            tags.extend(given(call)?);
            Ok(Answer::ok(store(call, kind, id, tags)))
        }
        ("DELETE", []) => {
            store(call, kind, id, Vec::new());
            Ok(Answer::empty(204))
        }
        (method, [tag]) => {
            let held = tags.iter().any(|held| held == tag);
            match method {
                "PUT" => {
                    tags.push((*tag).to_owned());
                    store(call, kind, id, tags);
                    Ok(Answer::json(201, Value::Null))
                }
                "GET" | "DELETE" if !held => {
                    Err(refuse::network(404, "TagNotFound", &format!("Tag {tag} could not be found.")))
                }
                "GET" => Ok(Answer::empty(204)),
                "DELETE" => {
                    tags.retain(|held| held != tag);
                    store(call, kind, id, tags);
                    Ok(Answer::empty(204))
                }
                _ => Err(nowhere()),
            }
        }
        _ => Err(nowhere()),
    }
}
