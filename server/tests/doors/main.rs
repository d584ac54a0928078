//! The doors, as their callers meet them: the whole router on a fresh database, before a simulated cloud.
#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]
mod audited;
mod bad_input;
mod degraded;
#[path = "../../../crates/portal/tests/support/dump.rs"]
mod dump;
mod events;
mod every_kind;
mod guide;
mod headers;
mod long_lists;
mod objects;
mod once;
mod paging;
mod picture;
mod rpc;
mod rpc_input;
mod sign_in;
mod walk;
mod whole;
mod world;
