//! The doors, as their callers meet them: the whole router on a fresh database, before a simulated cloud.
mod bad_input;
mod events;
mod guide;
mod headers;
mod sign_in;
mod walk;
mod world;
