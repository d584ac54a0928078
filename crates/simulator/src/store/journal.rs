//! The file behind the store: one line of JSON per change, appended before the answer leaves.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Row;

const NAME: &str = "simulator.jsonl";
const LOCK: &str = "simulator.lock";

/// One change.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entry<'a> {
    Put { table: Cow<'a, str>, row: Cow<'a, Row> },
    Gone { table: Cow<'a, str>, id: Cow<'a, str> },
}

/// The open journal of one simulator.
pub(crate) struct Journal {
    dir: PathBuf,
    file: Option<File>,
    noted: Vec<u8>,
    /// Held as long as the journal is open: two writers would interleave.
    _lock: File,
}

impl Journal {
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, format!("{} is in use by another simulator", dir.display()))
            }
            fs::TryLockError::Error(error) => error,
        })?;
        Ok(Self { dir: dir.to_owned(), file: None, noted: Vec::new(), _lock: lock })
    }

    /// Reads what earlier runs wrote. A torn last line is what a kill in the middle of a write leaves: its change was
    /// never answered, so it is dropped. Anything else that cannot be read is an error.
    pub(crate) fn replay(&mut self, mut apply: impl FnMut(Entry<'static>)) -> io::Result<()> {
        let file = match File::open(self.dir.join(NAME)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 || line.last() != Some(&b'\n') {
                return Ok(());
            }
            let entry = serde_json::from_slice(&line).map_err(|error| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{NAME}, line {number}: {error}"))
            })?;
            apply(entry);
        }
        Ok(())
    }

    /// Replaces the file by one that holds only `rows`, atomically, and appends to that one from here on.
    pub(crate) fn compact<'a>(&mut self, rows: impl Iterator<Item = (&'a str, &'a Row)>) -> io::Result<()> {
        let fresh = self.dir.join(format!("{NAME}.new"));
        let mut out = BufWriter::new(File::create(&fresh)?);
        for (table, row) in rows {
            serde_json::to_writer(&mut out, &Entry::Put { table: table.into(), row: Cow::Borrowed(row) })?;
            out.write_all(b"\n")?;
        }
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&fresh, self.dir.join(NAME))?;
        File::open(&self.dir)?.sync_all()?;
        self.file = Some(file);
        Ok(())
    }

    /// Remembers a change for the next [`Journal::flush`].
    pub(crate) fn note(&mut self, entry: &Entry<'_>) {
        let start = self.noted.len();
        match serde_json::to_writer(&mut self.noted, entry) {
            Ok(()) => self.noted.push(b'\n'),
            // Rows are made of JSON values, which always serialise; were one not to, half a line must not stay.
            Err(error) => {
                self.noted.truncate(start);
                tracing::error!(%error, "a change could not be written to the simulator's journal");
            }
        }
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.noted.is_empty() {
            return Ok(());
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.noted)?;
        }
        self.noted.clear();
        Ok(())
    }

    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.as_ref().map_or(Ok(()), File::sync_all)
    }
}
