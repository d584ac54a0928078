//! How to speak to OpenStack. Names no service: what a service is, is data that others bring.
//!
//! Without features this crate is words only: a [`Request`] is data and an [`Answer`] is data, so that everything a
//! service says can be tested without a network. Feature `client` adds what sends them: sessions, tokens, catalogue,
//! version discovery, microversions, retries and paging.

#[cfg(feature = "client")]
pub mod client;
pub mod collection;
pub mod error;
pub mod request;
pub mod service;

pub use collection::{Collection, Paging, Told};
pub use error::{Error, Result};
pub use request::{Answer, Body, Reads, Request};
pub use service::{Microversion, MicroversionHeader, Service};
