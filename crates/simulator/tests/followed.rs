//! Which recordings each test followed to their end, kept in `replayed/` for `docs/services.md`: a test that follows other
//! ones than its file says fails. Written anew with `INSTA_UPDATE=always`, as snapshots are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, thread};

/// What one test has followed so far.
#[derive(Default)]
pub(crate) struct Followed {
    names: BTreeSet<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replayed")
}

impl Followed {
    /// A recording was answered as it was recorded.
    pub(crate) fn note(&mut self, name: &str) {
        self.names.insert(name.to_owned());
    }
}

/// At its end a test has followed all that it will.
impl Drop for Followed {
    #[expect(clippy::disallowed_methods, reason = "only the environment can say that the file is to be written")]
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let thread = thread::current();
        let test = thread.name().and_then(|name| name.rsplit("::").next()).unwrap();
        let file = folder().join(format!("{test}.txt"));
        let text: String = self.names.iter().map(|name| format!("{name}\n")).collect();
        if std::env::var("INSTA_UPDATE").is_ok_and(|wish| wish == "always") {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&file, &text).unwrap();
        }
        let kept = fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == text, "{} is out of date: run this with INSTA_UPDATE=always", file.display());
    }
}

#[test]
fn each_file_of_what_was_followed_is_of_a_test_that_there_is() {
    let tests = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")).unwrap();
    let sources = tests.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|rs| rs == "rs"));
    let sources: String = sources.map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut files = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(sources.contains(&format!("async fn {name}()")), "there is no test {name}");
        files += 1;
    }
    assert!(files > 0);
}
