//! The migrations of both databases, built into the program.
use sqlx::migrate::Migrator;

pub(super) static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");
