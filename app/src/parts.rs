//! What pages are built from, one file each. Ids come from properties: counters differ between server and browser.
pub mod bar;
pub mod brand;
pub mod copy;
pub mod dialog;
pub mod failed;
pub mod gauge;
pub mod menu;
pub mod sidebar;
pub mod skeleton;
pub mod state;
pub mod timeline;
pub mod toast;
