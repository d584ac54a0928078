//! Masakari: segments.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire;

const SEGMENTS: &str = "segments";

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let path = match path {
        ["v1", rest @ ..] => rest,
        _ => return Err(Answer::lost_page()),
    };
    match (call.method.as_str(), path) {
        ("GET", [SEGMENTS]) => Ok(list(call)),
        ("POST", [SEGMENTS]) => create(call),
        ("GET", [SEGMENTS, id]) => Ok(Answer::ok(json!({"segment": view(find(call, id)?)}))),
        ("DELETE", [SEGMENTS, id]) => {
            let id = find(call, id)?.id.clone();
            call.remove(SEGMENTS, &id);
            Ok(Answer::empty(204))
        }
        _ => Err(Answer::lost_page()),
    }
}

fn find<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Row, Answer> {
    call.mine(SEGMENTS, id).ok_or_else(|| refuse::fault(404, &format!("No segment with id {id}.")))
}

fn view(row: &Row) -> Value {
    json!({
        "uuid": row.id, "id": row.seq, "name": row.value("name"), "description": row.value("description"),
        "recovery_method": row.value("recovery_method"), "service_type": row.value("service_type"), "enabled": true,
        "created_at": wire::naive(row.at), "updated_at": null,
    })
}

fn list(call: &Call<'_>) -> Answer {
    let limit = call.param("limit").and_then(|text| text.parse().ok()).unwrap_or(1000);
    let behind = |row: &&Row| call.param("marker").is_none_or(|marker| row.id != marker);
    let all = call.own_rows(SEGMENTS);
    let rows: Vec<Value> = match call.param("marker") {
        None => all.take(limit).map(view).collect(),
        Some(_) => all.skip_while(behind).skip(1).take(limit).map(view).collect(),
    };
    Answer::ok(json!({"segments": rows}))
}

fn create(call: &mut Call<'_>) -> Reply {
    let given = call.object().and_then(|mut body| body.remove("segment"));
    let Some(Value::Object(given)) = given else { return Err(refuse::fault(400, "'segment' is a required property")) };
    let mut doc = fields! {"description": null, "recovery_method": "auto", "service_type": "compute"};
    doc.extend(given);
    let row = call.insert(SEGMENTS, wire::uuid(), doc, Vec::new());
    Ok(Answer::json(201, json!({"segment": view(&row)})))
}
