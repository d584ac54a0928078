//! Which functions a contract run called on a real cloud, and how that ended: a line of JSON each, in the file that
//! `ATONIX_CLOUD_CALLS` names. `scripts/contract` makes `docs/real-cloud.json` of it.
use serde_json::json;
use std::{fs::OpenOptions, io::Write};

/// How a call ended.
#[derive(Clone, Copy)]
pub(crate) enum Ended {
    Well,
    Badly,
}

/// Tells that a function was called, on a service of that type and version.
pub(crate) fn called(function: &str, (service, version): (&str, &str), ended: Ended) {
    let Some(path) = std::env::var_os("ATONIX_CLOUD_CALLS") else { return };
    let outcome = match ended {
        Ended::Well => "run",
        Ended::Badly => "failed",
    };
    let line = json!({"function": function, "service": service, "version": version, "outcome": outcome});
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    // One write, because other tests append to it, too.
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
