//! Documents that are made of the catalogue: a test holds the file against what the catalogue gives.
use std::{fs, path::Path};

/// Fails unless `docs/<name>` is that text; with `INSTA_UPDATE=always` it is written first, as snapshots are.
#[expect(clippy::disallowed_methods, reason = "only the environment can say that the file is to be written")]
pub(crate) fn stands(name: &str, document: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var("INSTA_UPDATE").is_ok_and(|wish| wish == "always") {
        fs::write(&path, document).unwrap();
    }
    let stands = fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == document, "docs/{name} is out of date: run this with INSTA_UPDATE=always and look at the change");
}
