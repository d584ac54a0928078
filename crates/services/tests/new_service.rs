//! Adding a service stays cheap: `new_service/` has a small one as a patch, the files of its own and the lines that it adds
//! to files that are there. `scripts/new-service` puts it into a copy of the tree and runs the tests that walk over all
//! kinds; here, in every run, the patch must fit, and may not grow.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A line that is added to a file behind another.
#[derive(Deserialize)]
struct Line {
    file: String,
    after: String,
    line: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn patch() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/new_service")
}

fn lines() -> Vec<Line> {
    serde_json::from_str(&fs::read_to_string(patch().join("lines.json")).unwrap()).unwrap()
}

/// The files below a folder, by their path there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |entry: fs::DirEntry| match entry.path() {
        path if path.is_dir() => {
            files(&path).into_iter().map(|inner| Path::new(&entry.file_name()).join(inner)).collect()
        }
        _ => vec![PathBuf::from(entry.file_name())],
    };
    fs::read_dir(folder).unwrap().flat_map(|entry| below(entry.unwrap())).collect()
}

#[test]
fn a_service_is_two_files_its_fixtures_and_a_line_wherever_services_are_listed() {
    let mut own: Vec<String> =
        files(&patch().join("files")).iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    own.sort();
    let fixtures = "crates/services/tests/fixtures/masakari_segment";
    assert_eq!(
        own,
        [
            "crates/services/src/workload_lifecycle.rs",
            &format!("{fixtures}/create.json"),
            &format!("{fixtures}/get.json"),
            &format!("{fixtures}/list.json"),
            "crates/simulator/src/instance_ha.rs",
        ]
    );
    let mut touched: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines() {
        *touched.entry(line.file).or_default() += 1;
    }
    let touched: Vec<(&str, usize)> = touched.iter().map(|(file, lines)| (file.as_str(), *lines)).collect();
    assert_eq!(
        touched,
        [
            // The catalogue: the kind, and the file that it is in.
            ("crates/services/src/lib.rs", 2),
            // The simulator's: which path the service answers at, what its catalogue says, and the file.
            ("crates/simulator/src/door.rs", 1),
            ("crates/simulator/src/identity/catalog.rs", 1),
            ("crates/simulator/src/lib.rs", 1),
        ]
    );
}

#[test]
fn the_patch_that_adds_a_service_fits_this_tree() {
    for own in files(&patch().join("files")) {
        assert!(!root().join(&own).exists(), "{} is there already: choose another service", own.display());
    }
    for Line { file, after, line } in lines() {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        assert_eq!(text.lines().filter(|one| *one == after).count(), 1, "{file} has not one line {after:?}");
        assert!(!text.contains(&line), "{file} has {line:?} already");
    }
}
