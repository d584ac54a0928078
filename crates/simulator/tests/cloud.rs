//! The simulator, asked over HTTP as any client would.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod accelerators;
mod balancers;
mod blocks;
mod clusters;
mod containers;
mod followed;
mod identity;
mod knobs;
mod kubernetes;
mod metal;
mod networks;
mod objects;
mod recorded;
mod replay;
mod servers;
mod shares;
mod state;
mod support;
mod zones;
