//! The knobs over HTTP, for tests in another process: `/simulator/faults`, `/simulator/requests`,
//! `/simulator/settings`, `/simulator/tokens`. They answer callers on loopback only.

use std::time::Duration;

use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Fault, FaultId, Knobs, Request};
use crate::answer::{Answer, Reply};
use crate::config::{Quotas, Speed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    speed_millis: Option<(u64, u64)>,
    #[serde(default)]
    quotas: Option<Quotas>,
    #[serde(default)]
    token_lifetime_millis: Option<u64>,
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Answer> {
    serde_json::from_slice(body).map_err(|error| Answer::json(400, json!({"error": error.to_string()})))
}

/// Answers a request below `/simulator`.
pub(crate) fn serve(knobs: &Knobs, method: &Method, path: &[String], query: &[(String, String)], body: &[u8]) -> Reply {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (method.as_str(), path.as_slice()) {
        ("POST", ["faults"]) => Ok(Answer::json(201, json!({"id": knobs.add(parse::<Fault>(body)?)}))),
        ("GET", ["faults"]) => {
            let faults: Vec<Value> =
                knobs.faults().into_iter().map(|(id, fault)| json!({"id": id, "fault": fault})).collect();
            Ok(Answer::ok(json!({"faults": faults})))
        }
        ("DELETE", ["faults"]) => {
            knobs.clear();
            Ok(Answer::empty(204))
        }
        ("DELETE", ["faults", id]) => {
            let removed = id.parse().is_ok_and(|id| knobs.remove(FaultId(id)));
            Ok(Answer::empty(if removed { 204 } else { 404 }))
        }
        ("GET", ["requests"]) => {
            let requests: Vec<Request> =
                knobs.requests().into_iter().filter(|request| wanted(request, query)).collect();
            Ok(Answer::ok(json!({"requests": requests})))
        }
        ("DELETE", ["requests"]) => {
            knobs.forget_requests();
            Ok(Answer::empty(204))
        }
        ("DELETE", ["tokens"]) => {
            knobs.expire_tokens();
            Ok(Answer::empty(204))
        }
        ("PATCH", ["settings"]) => {
            let settings: Settings = parse(body)?;
            if let Some((min, max)) = settings.speed_millis {
                knobs.set_speed(Speed { min: Duration::from_millis(min), max: Duration::from_millis(max) });
            }
            if let Some(quotas) = settings.quotas {
                knobs.set_quotas(quotas);
            }
            if let Some(millis) = settings.token_lifetime_millis {
                knobs.set_token_lifetime(Duration::from_millis(millis));
            }
            Ok(Answer::empty(204))
        }
        _ => Err(Answer::json(404, json!({"error": "no such knob"}))),
    }
}

/// Each parameter of the query must equal the field of that name; an unknown name matches nothing.
fn wanted(request: &Request, query: &[(String, String)]) -> bool {
    let fields = serde_json::to_value(request).unwrap_or_default();
    query.iter().all(|(name, value)| match fields.get(name) {
        Some(Value::String(text)) => text == value,
        Some(Value::Number(number)) => number.to_string() == *value,
        _ => false,
    })
}
