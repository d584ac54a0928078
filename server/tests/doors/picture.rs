//! What a refused request must leave as it was: every row of every table, and the cloud.
use crate::{
    dump::{Dump, dump},
    world::World,
};
use std::collections::{BTreeMap, BTreeSet};

/// What may differ all the same: table, column (`*` is all of them), and why.
const APART: [(&str, &str, &str); 6] = [
    ("audit_events", "*", "events are only added; which ones is looked at by itself"),
    ("audit_heads", "*", "the end of the chain to which an event was added"),
    ("tokens", "last_used_at", "the token was used, if only to be refused"),
    ("sessions", "data", "the session was used"),
    ("sessions", "expires_at", "a session lasts from its last use"),
    ("sign_in_failures", "*", "the rate limit counts"),
];

type Row = BTreeMap<String, String>;

/// The database and what the cloud was asked to change, at a moment.
#[derive(Debug)]
pub(crate) struct Picture {
    tables: Dump,
    events: BTreeSet<Row>,
    changes: Vec<String>,
}

impl World {
    /// How things stand.
    pub(crate) async fn picture(&self) -> Picture {
        let mut tables = dump(&self.db).await;
        let events = tables.get("audit_events").into_iter().flatten().cloned().collect();
        for (table, column, _) in APART {
            let rows = tables.get_mut(table).unwrap();
            match column {
                "*" => rows.clear(),
                column => rows.iter_mut().for_each(|row| assert!(row.remove(column).is_some(), "{table}.{column}")),
            }
        }
        Picture { tables, events, changes: self.changes() }
    }
}

impl Picture {
    /// What is another at a later moment, if anything is. After something that was `denied`, new events must say so.
    pub(crate) fn differs(&self, later: &Self, denied: bool) -> Option<String> {
        for (table, rows) in &self.tables {
            let after = &later.tables[table];
            if rows != after {
                let new = after.iter().find(|row| !rows.contains(row));
                let old = rows.iter().find(|row| !after.contains(row));
                return Some(format!("{table} changed: {old:?} became {new:?}"));
            }
        }
        if let Some(lost) = self.events.difference(&later.events).next() {
            return Some(format!("an event was lost: {lost:?}"));
        }
        let mut added = later.events.difference(&self.events);
        if let Some(event) = added.find(|event| denied && !event["outcome"].contains("denied")) {
            return Some(format!("an event that is no denial: {event:?}"));
        }
        (self.changes != later.changes).then(|| format!("the cloud was asked: {:?}", later.changes.last()))
    }
}
