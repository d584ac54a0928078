//! The frontend.
