//! Provisioning against the simulator, on every database that there is.
#[path = "../support/world.rs"]
mod world;

mod lifecycle;
mod quota;
mod scene;
mod spec;
