//! The program as several processes: servers that are killed while the cloud works, and servers that share a database.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
mod crash;
mod objects;
mod parallel;
mod pause;
mod site;
mod storm;
