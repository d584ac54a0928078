//! The simulator, asked over HTTP as any client would.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod blocks;
mod clusters;
mod containers;
mod identity;
mod knobs;
mod networks;
mod objects;
mod replay;
mod servers;
mod state;
mod support;
