//! The server: configuration, routes, sessions, REST, OpenAPI, and the command line of the program `atonix`.
//!
//! Doors have no logic: they extract, call the [`portal::Portal`], and wrap what it says.

mod assets;
pub mod cli;
mod client;
pub mod config;
mod connections;
mod demo;
mod docs;
mod envelope;
mod events;
mod export;
mod extract;
mod gate;
mod health;
mod hosts;
mod log;
mod next;
mod once;
mod openapi;
mod pages;
mod problem;
mod rest;
mod router;
pub mod routes;
mod serve;
mod server;
mod session;

pub use config::Config;
pub use router::router;
pub use server::Server;
