//! A project's account: what containers it has, and the keys that sign its addresses. It comes into being by itself.

use std::collections::HashMap;

use serde_json::json;

use super::access::Pass;
use super::{ACCOUNTS, CONTAINERS, OBJECTS, POLICY, Place, listing, meta};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::Doc;
use crate::wire;

/// Objects and bytes by container.
fn totals(call: &Call<'_>, project: &str) -> HashMap<String, (i64, i64)> {
    let mut totals = HashMap::new();
    for row in call.rows(OBJECTS).filter(|row| row.project == project) {
        let held: &mut (i64, i64) = totals.entry(row.text("container").to_owned()).or_default();
        held.0 += 1;
        held.1 += row.number("bytes");
    }
    totals
}

fn described(call: &Call<'_>, place: &Place, pass: &Pass, answer: Answer) -> Answer {
    let containers = call.rows(CONTAINERS).filter(|row| row.project == place.project).count();
    let totals = totals(call, &place.project);
    let sum = |part: fn(&(i64, i64)) -> i64| totals.values().map(part).sum::<i64>();
    let (objects, bytes) = (sum(|held| held.0), sum(|held| held.1));
    let answer = meta::with(answer, "x-account-container-count", containers);
    let answer = meta::with(answer, "x-account-object-count", objects);
    let answer = meta::with(answer, "x-account-bytes-used", bytes);
    let answer = meta::with(answer, "accept-ranges", "bytes");
    match call.get(ACCOUNTS, &place.account) {
        Some(row) => meta::shown(answer, &row.doc, pass.owner),
        None => answer,
    }
}

pub(super) fn list(call: &Call<'_>, place: &Place, pass: &Pass) -> Reply {
    let kind = listing::kind(call)?;
    let totals = totals(call, &place.project);
    let all = call.rows(CONTAINERS).filter(|row| row.project == place.project).map(|row| {
        let (count, bytes) = totals.get(row.text("name")).copied().unwrap_or_default();
        let item = json!({
            "name": row.text("name"), "count": count, "bytes": bytes, "last_modified": wire::naive(row.at),
            "storage_policy": POLICY,
        });
        (row.text("name").to_owned(), item)
    });
    let items = listing::cut(call, all.collect())?;
    Ok(described(call, place, pass, listing::answer(kind, &items)))
}

pub(super) fn head(call: &Call<'_>, place: &Place, pass: &Pass) -> Answer {
    let kind = listing::kind(call).unwrap_or(super::JSON);
    described(call, place, pass, Answer::raw(204, kind, Vec::new()))
}

pub(super) fn change(call: &mut Call<'_>, place: &Place) -> Reply {
    let changes = meta::changes(call, "account", &[])?;
    if call.get(ACCOUNTS, &place.account).is_none() {
        call.insert_for(&place.project, ACCOUNTS, place.account.clone(), Doc::new(), Vec::new());
    }
    call.change(ACCOUNTS, &place.account, |row| meta::apply(&mut row.doc, changes));
    Ok(Answer::empty(204))
}
