//! What the cloud holds: rows in named tables, with the changes that time brings to them.
//!
//! The store knows nothing about OpenStack. A row is a document with an owner; whatever happens to it later by itself
//! (a server becomes active, a volume disappears) is stored with it as a list of steps, so that a restart changes nothing.

mod bytes;
mod journal;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use journal::Journal;

/// The attribute of a row that names the bytes it has in [`Store::keep`].
pub(crate) const BYTES: &str = "bytes_at";

/// The attributes of a row.
pub(crate) type Doc = Map<String, Value>;

/// One thing in the cloud.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Position in the order of creation, over all tables.
    pub(crate) seq: u64,
    pub(crate) id: String,
    /// Id of the owning project; empty for what belongs to the cloud.
    pub(crate) project: String,
    /// Creation, microseconds since the epoch.
    pub(crate) at: i64,
    /// Last change, microseconds since the epoch.
    pub(crate) changed: i64,
    pub(crate) doc: Doc,
    /// What time will do to it, soonest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) then: Vec<Step>,
}

/// A change that happens by itself at its time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Microseconds since the epoch.
    pub(crate) at: i64,
    /// Attributes that are set then.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) set: Doc,
    /// The row disappears then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) gone: bool,
}

impl Row {
    /// A text attribute, empty when it is absent or null.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.doc.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A whole number, 0 when it is absent.
    pub(crate) fn number(&self, name: &str) -> i64 {
        self.doc.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.doc.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The texts of a list attribute.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.doc.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    pub(crate) fn value(&self, name: &str) -> Value {
        self.doc.get(name).cloned().unwrap_or(Value::Null)
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.doc.insert(name.to_owned(), value.into());
    }
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<u64, Row>,
    seqs: HashMap<String, u64>,
}

/// All tables, and the journal that survives the process.
#[derive(Default)]
pub(crate) struct Store {
    tables: HashMap<String, Table>,
    due: BTreeSet<(i64, String, String)>,
    seq: u64,
    journal: Option<Journal>,
    bytes: bytes::Bytes,
}

impl Store {
    /// Opens the store kept in `dir`, or an empty one in memory.
    ///
    /// # Errors
    /// When the folder cannot be written, is in use by another simulator, or holds a damaged journal.
    pub(crate) fn open(dir: Option<&Path>) -> io::Result<Self> {
        let mut store = Self::default();
        let Some(dir) = dir else { return Ok(store) };
        let mut journal = Journal::open(dir)?;
        journal.replay(|entry| store.apply(entry))?;
        let rows =
            store.tables.iter().flat_map(|(table, held)| held.rows.values().map(move |row| (table.as_str(), row)));
        journal.compact(rows)?;
        // What time took away meanwhile needs no bytes any more.
        store.settle(crate::wire::now());
        let rows = store.tables.values().flat_map(|held| held.rows.values());
        let needed: HashSet<String> = rows.map(|row| row.text(BYTES).to_owned()).collect();
        store.bytes = bytes::Bytes::open(dir)?;
        store.bytes.keep_only(&needed)?;
        store.journal = Some(journal);
        Ok(store)
    }

    fn apply(&mut self, entry: journal::Entry<'static>) {
        match entry {
            journal::Entry::Put { table, row } => {
                self.seq = self.seq.max(row.seq);
                let row = row.into_owned();
                self.place(&table, row);
            }
            journal::Entry::Gone { table, id } => {
                self.take(&table, &id);
            }
        }
    }

    fn place(&mut self, table: &str, row: Row) {
        if let Some(step) = row.then.first() {
            self.due.insert((step.at, table.to_owned(), row.id.clone()));
        }
        let held = self.tables.entry(table.to_owned()).or_default();
        if let Some(old) = held.seqs.insert(row.id.clone(), row.seq)
            && let Some(old) = held.rows.remove(&old)
            && let Some(step) = old.then.first()
            && row.then.first().is_none_or(|new| new.at != step.at)
        {
            self.due.remove(&(step.at, table.to_owned(), old.id));
        }
        held.rows.insert(row.seq, row);
    }

    fn take(&mut self, table: &str, id: &str) -> Option<Row> {
        let held = self.tables.get_mut(table)?;
        let row = held.rows.remove(&held.seqs.remove(id)?)?;
        if let Some(step) = row.then.first() {
            self.due.remove(&(step.at, table.to_owned(), row.id.clone()));
        }
        Some(row)
    }

    /// Lets time do what was due until `now` (microseconds since the epoch). Not journalled: replaying gives the same.
    pub(crate) fn settle(&mut self, now: i64) {
        while let Some((at, table, id)) = self.due.first().cloned() {
            if at > now {
                return;
            }
            self.due.remove(&(at, table.clone(), id.clone()));
            let Some(mut row) = self.take(&table, &id) else { continue };
            let step = row.then.remove(0);
            if step.gone {
                continue;
            }
            row.doc.extend(step.set);
            row.changed = step.at;
            self.place(&table, row);
        }
    }

    /// The names of all tables.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// The rows of a table, oldest first.
    pub(crate) fn rows<'s>(&'s self, table: &str) -> impl DoubleEndedIterator<Item = &'s Row> + use<'s> {
        self.tables.get(table).into_iter().flat_map(|held| held.rows.values())
    }

    pub(crate) fn get(&self, table: &str, id: &str) -> Option<&Row> {
        let held = self.tables.get(table)?;
        held.rows.get(held.seqs.get(id)?)
    }

    /// Adds a row.
    pub(crate) fn insert(&mut self, table: &str, new: New<'_>) -> Row {
        self.seq += 1;
        let row = Row {
            seq: self.seq,
            id: new.id,
            project: new.project.to_owned(),
            at: new.at,
            changed: new.at,
            doc: new.doc,
            then: new.then,
        };
        self.write(table, row.clone());
        row
    }

    /// Changes a row, and says how it is afterwards; nothing happens when there is none.
    pub(crate) fn change(&mut self, table: &str, id: &str, now: i64, change: impl FnOnce(&mut Row)) -> Option<Row> {
        let mut row = self.take(table, id)?;
        change(&mut row);
        row.changed = now;
        self.write(table, row.clone());
        Some(row)
    }

    pub(crate) fn remove(&mut self, table: &str, id: &str) -> Option<Row> {
        let row = self.take(table, id)?;
        if let Some(journal) = &mut self.journal {
            journal.note(&journal::Entry::Gone { table: table.into(), id: id.into() });
        }
        Some(row)
    }

    fn write(&mut self, table: &str, row: Row) {
        if let Some(journal) = &mut self.journal {
            journal.note(&journal::Entry::Put { table: table.into(), row: std::borrow::Cow::Borrowed(&row) });
        }
        self.place(table, row);
    }

    /// Hands everything noted since the last call to the operating system, so that a killed process loses none of it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.journal.as_mut().map_or(Ok(()), Journal::flush)?;
        self.bytes.drop_forgotten();
        Ok(())
    }

    /// Keeps bytes that are too many for the journal; the row that they belong to remembers their name as [`BYTES`].
    pub(crate) fn keep(&mut self, bytes: &[u8]) -> io::Result<String> {
        self.bytes.keep(bytes)
    }

    pub(crate) fn bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        self.bytes.read(name)
    }

    /// Lets bytes go once the journal has it that their row did.
    pub(crate) fn forget(&mut self, name: &str) {
        self.bytes.forget(name.to_owned());
    }

    /// As [`Store::flush`], down to the disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.journal.as_mut().map_or(Ok(()), Journal::sync)
    }
}

/// A row to be added.
pub(crate) struct New<'a> {
    pub(crate) id: String,
    pub(crate) project: &'a str,
    /// Microseconds since the epoch.
    pub(crate) at: i64,
    pub(crate) doc: Doc,
    pub(crate) then: Vec<Step>,
}
