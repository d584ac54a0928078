//! People and what they may: sign-in, sessions, tokens, users, workspaces, members, bindings and their audit. Every
//! test runs on SQLite and, where there is one, on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod audit;
mod bindings;
mod members;
mod once;
mod pages;
mod sessions;
mod sign_in;
mod tokens;
mod transactions;
mod users;
mod workspaces;
#[path = "../support/world.rs"]
mod world;
