//! Makes sure that the folder of the built site exists: it is embedded, and an empty one says what is missing.
use std::{fs, path::Path};

#[expect(clippy::disallowed_methods, reason = "cargo says where the site is, before there is a configuration")]
fn main() -> std::io::Result<()> {
    let site = std::env::var("ATONIX_SITE").unwrap_or_else(|_| "../target/site".to_owned());
    let pkg = Path::new(&site).join("pkg");
    fs::create_dir_all(&pkg)?;
    // A new file in it must be embedded too, not only those that were there at the last build.
    println!("cargo:rerun-if-changed={site}");
    println!("cargo:rerun-if-changed={}", pkg.display());
    println!("cargo:rerun-if-env-changed=ATONIX_SITE");
    Ok(())
}
