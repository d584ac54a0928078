//! Several servers on one PostgreSQL behind a load balancer: what `end2end/cluster` starts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
mod cluster;
mod database;
mod load;
mod people;
mod rolling;
mod stream;
mod streams;
