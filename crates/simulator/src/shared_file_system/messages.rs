//! Messages: why something failed that was asked for.

use serde_json::{Value, json};

use super::listing::{List, answer};
use super::{MESSAGES, links};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::{Row, Step};
use crate::wire;

/// Manila forgets them after 30 days.
const KEPT: i64 = 30 * 24 * 3600 * 1_000_000;

/// Why a share that is asked for now will fail.
pub(super) struct Why<'a> {
    /// Manila's number of the reason.
    pub(super) detail: &'a str,
    pub(super) text: &'a str,
}

/// Leaves a message about a share that nobody sees before the share fails.
pub(super) fn leave(call: &mut Call<'_>, share: &str, at: i64, why: &Why<'_>) {
    let doc = fields! {
        "action_id": "002", "detail_id": why.detail, "user_message": format!("create: {}", why.text),
        "resource_id": share, "resource_type": "SHARE", "message_level": "ERROR", "request_id": call.request_id,
        "at": at, "unborn": true,
    };
    let born = Step { at, set: fields! {"unborn": false}, gone: false };
    call.insert(MESSAGES, wire::uuid(), doc, vec![born]);
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let at = row.number("at");
    let mut value = json!({
        "id": row.id, "project_id": row.project, "created_at": wire::naive(at), "expires_at": wire::naive(at + KEPT),
        "links": links(call, &format!("messages/{}", row.id)),
    });
    for key in ["action_id", "detail_id", "user_message", "resource_id", "resource_type", "message_level", "request_id"]
    {
        value[key] = row.value(key);
    }
    value
}

fn visible<'c>(call: &'c Call<'_>) -> impl Iterator<Item = &'c Row> {
    call.own_rows(MESSAGES).filter(|row| !row.flag("unborn"))
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let wanted = |row: &&Row| {
        call.query.iter().all(|(key, value)| match key.as_str() {
            "resource_id" | "resource_type" | "action_id" | "detail_id" | "message_level" | "request_id" => {
                row.text(key) == value
            }
            _ => true,
        })
    };
    let list = List { many: "messages", links: "messages_links", counted: false };
    answer(call, &list, visible(call).filter(wanted).collect(), |row| view(call, row))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    let row = visible(call).find(|row| row.id == id);
    let row = row.ok_or_else(|| refuse::fault(404, &format!("Message {id} could not be found.")))?;
    Ok(Answer::ok(json!({"message": view(call, row)})))
}
