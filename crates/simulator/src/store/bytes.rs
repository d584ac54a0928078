//! Where bytes are kept that are too many for a line of the journal: in a file each, or in memory where there is no folder.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = "simulator.objects";

/// Bytes by the name that they were given when they came.
#[derive(Default)]
pub(crate) struct Bytes {
    dir: Option<PathBuf>,
    held: HashMap<String, Vec<u8>>,
    /// To be removed once the journal says that nobody needs them.
    forgotten: Vec<String>,
}

impl Bytes {
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let dir = dir.join(FOLDER);
        fs::create_dir_all(&dir)?;
        Ok(Self { dir: Some(dir), ..Self::default() })
    }

    /// Removes what is not needed: a kill may leave bytes that no row speaks of.
    pub(super) fn keep_only(&mut self, needed: &HashSet<String>) -> io::Result<()> {
        let Some(dir) = &self.dir else { return Ok(()) };
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if !needed.contains(entry.file_name().to_string_lossy().as_ref()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    pub(super) fn keep(&mut self, bytes: &[u8]) -> io::Result<String> {
        let name = crate::wire::hex_id();
        match &self.dir {
            Some(dir) => fs::write(dir.join(&name), bytes)?,
            None => {
                self.held.insert(name.clone(), bytes.to_vec());
            }
        }
        Ok(name)
    }

    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        match &self.dir {
            Some(dir) => fs::read(dir.join(name)),
            None => self.held.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn forget(&mut self, name: String) {
        self.forgotten.push(name);
    }

    pub(super) fn drop_forgotten(&mut self) {
        for name in self.forgotten.drain(..) {
            self.held.remove(&name);
            if let Some(dir) = &self.dir
                && let Err(error) = fs::remove_file(dir.join(&name))
            {
                // It only takes room, and the next start removes it.
                tracing::warn!(%error, "bytes of an object could not be removed");
            }
        }
    }
}
