//! The browser half: pages rendered on the server, alive in the browser.
//!
//! Pages compose [`parts`]; what they ask and send are the server functions of [`api`]. Everything reads, and the main
//! forms work, without JavaScript.

// A page is one type, as deep as the page: the compiler's usual limit is too low for routes full of them.
#![recursion_limit = "512"]

pub mod api;
pub mod ask;
pub mod data;
pub mod failure;
pub mod live;
pub mod page;
pub mod pages;
pub mod parts;
pub mod send;
pub mod shell;
#[cfg(feature = "ssr")]
mod ssr;
pub mod still;
pub mod time;
pub mod upload;
pub mod words;

pub use shell::{App, shell};

/// The path of the page that a form stands on. The server puts it into the request, after a look at whether it is one of
/// our pages: a form without JavaScript leads back there.
#[derive(Clone, Debug)]
pub struct CameFrom(pub String);

/// The header that marks an answer with something that is shown once. The server takes it off.
pub const ONCE: &str = "x-atonix-once";

/// The portal's address as its users type it, without a trailing slash. The server provides it as a context when it is
/// configured; commands to copy use it.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub String);
