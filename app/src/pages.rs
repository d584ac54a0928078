//! The pages, one file each.
pub mod frame;
pub mod missing;
pub mod overview;
pub mod sign_in;
pub mod workspaces;
