//! The pages of platform administrators.
pub mod binding;
pub mod users;
pub mod whole;
pub mod workspace;
pub mod workspaces;
