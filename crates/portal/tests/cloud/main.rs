//! Provisioning against the simulator, on every database that there is.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#[path = "../support/dump.rs"]
mod dump;
#[path = "../support/lossy.rs"]
mod lossy;
#[path = "../support/unanswered.rs"]
mod unanswered;
#[path = "../support/world.rs"]
mod world;

mod audit;
mod balancers;
mod cdn;
mod clusters;
mod containers;
mod drift;
mod groups;
mod inventory;
mod keypairs;
mod keys;
mod ledger;
mod lifecycle;
mod lost_answers;
mod objects;
mod quota;
mod reconcile;
mod scene;
mod shares;
mod spec;
mod topology;
mod volumes;
mod whole;
mod zones;
