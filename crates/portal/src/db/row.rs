//! A row of an answer, whichever database it came from.
use crate::error::{Error, Result};
use sqlx::{ColumnIndex, Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};

/// A row; columns are asked for by name.
pub struct Row(Kind);

enum Kind {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self(Kind::Sqlite(row))
    }
}
impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self(Kind::Postgres(row))
    }
}

impl Row {
    fn get<T>(&self, column: &str) -> sqlx::Result<T>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
        for<'c> &'c str: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        match &self.0 {
            Kind::Sqlite(row) => row.try_get(column),
            Kind::Postgres(row) => row.try_get(column),
        }
    }

    /// Text that is always there.
    pub fn text(&self, column: &str) -> sqlx::Result<String> {
        self.get(column)
    }
    /// Text, if any.
    pub fn text_opt(&self, column: &str) -> sqlx::Result<Option<String>> {
        self.get(column)
    }
    /// A number that is always there.
    pub fn int(&self, column: &str) -> sqlx::Result<i64> {
        self.get(column)
    }
    /// A number, if any.
    pub fn int_opt(&self, column: &str) -> sqlx::Result<Option<i64>> {
        self.get(column)
    }
    /// Yes or no.
    pub fn flag(&self, column: &str) -> sqlx::Result<bool> {
        Ok(self.int(column)? != 0)
    }
    /// Bytes, if any.
    pub fn bytes_opt(&self, column: &str) -> sqlx::Result<Option<Vec<u8>>> {
        self.get(column)
    }
    /// A word of ours, such as an environment.
    pub(crate) fn word<T: std::str::FromStr>(&self, column: &'static str) -> Result<T> {
        self.text(column)?.parse().map_err(|_| Error::Corrupt(column))
    }
    /// JSON that we once wrote.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| Error::Corrupt(column))
    }
}
