//! Containers: made by naming them, described by headers, deleted when they are empty.

use serde_json::json;

use super::access::Pass;
use super::{CONTAINERS, OBJECTS, POLICY, Place, container, container_key, listing, meta, page, used, words_of};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire;

const LONGEST_NAME: usize = 256;

/// Who may read and write it, beside the project.
const RULES: [&str; 2] = ["x-container-read", "x-container-write"];

fn described(call: &Call<'_>, row: &Row, pass: &Pass, answer: Answer) -> Answer {
    let (count, bytes) = used(call, &row.project, row.text("name"));
    let answer = meta::with(answer, "x-container-object-count", count);
    let answer = meta::with(answer, "x-container-bytes-used", bytes);
    let answer = meta::with(answer, "x-storage-policy", POLICY);
    let answer = meta::with(answer, "x-timestamp", super::objects::timestamp(row.at));
    let answer = meta::with(answer, "last-modified", wire::http(row.changed.saturating_add(999_999)));
    let answer = meta::with(answer, "accept-ranges", "bytes");
    meta::shown(answer, &row.doc, pass.owner)
}

pub(super) fn list(call: &Call<'_>, place: &Place, name: &str, pass: &Pass) -> Reply {
    let kind = listing::kind(call)?;
    let row = container(call, &place.project, name)?;
    let inside = |object: &&Row| object.project == place.project && object.text("container") == name;
    let all = call.rows(OBJECTS).filter(inside).map(|object| {
        let mut item = json!({
            "name": object.text("name"), "hash": object.text("hash"), "bytes": object.number("bytes"),
            "content_type": object.text("content_type"), "last_modified": wire::naive(object.at),
        });
        if object.doc.contains_key("slo") {
            item["slo_etag"] = json!(format!("\"{}\"", object.text("slo_etag")));
        }
        (object.text("name").to_owned(), item)
    });
    let items = listing::cut(call, all.collect())?;
    Ok(described(call, row, pass, listing::answer(kind, &items)))
}

pub(super) fn head(call: &Call<'_>, place: &Place, name: &str, pass: &Pass) -> Reply {
    let row = container(call, &place.project, name)?;
    Ok(described(call, row, pass, Answer::raw(204, listing::kind(call)?, Vec::new())))
}

/// Naming it again changes what its headers say of it, whoever made it.
pub(super) fn create(call: &mut Call<'_>, place: &Place, name: &str) -> Reply {
    if name.len() > LONGEST_NAME {
        let words = format!("Container name length of {} longer than {LONGEST_NAME}", name.len());
        return Err(words_of(400, &words));
    }
    let changes = meta::changes(call, "container", &RULES)?;
    let key = container_key(&place.project, name);
    let known = call.get(CONTAINERS, &key).is_some();
    if !known {
        call.insert_for(&place.project, CONTAINERS, key.clone(), fields! {"name": name}, Vec::new());
    }
    call.change(CONTAINERS, &key, |row| meta::apply(&mut row.doc, changes));
    Ok(if known { page(202) } else { Answer::empty(201) })
}

pub(super) fn change(call: &mut Call<'_>, place: &Place, name: &str) -> Reply {
    let changes = meta::changes(call, "container", &RULES)?;
    let key = container_key(&place.project, name);
    match call.change(CONTAINERS, &key, |row| meta::apply(&mut row.doc, changes)) {
        Some(_) => Ok(Answer::empty(204)),
        None => Err(page(404)),
    }
}

pub(super) fn delete(call: &mut Call<'_>, place: &Place, name: &str) -> Reply {
    container(call, &place.project, name)?;
    if used(call, &place.project, name).0 > 0 {
        return Err(page(409));
    }
    call.remove(CONTAINERS, &container_key(&place.project, name));
    Ok(Answer::empty(204))
}
