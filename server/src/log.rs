//! The log: lines on standard error.
use crate::config::Logging;
use std::io;
use tracing_subscriber::{EnvFilter, fmt};

/// Starts the log.
///
/// # Errors
/// When the filter cannot be read.
pub(crate) fn start(logging: &Logging) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(&logging.filter).map_err(|error| format!("RUST_LOG must be a log filter: {error}."))?;
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    // A second start in one process (tests) leaves the first one's log as it is.
    let _already_started = if logging.json { lines.json().try_init() } else { lines.with_ansi(false).try_init() };
    Ok(())
}
