//! A parameter of a statement.
use sqlx::{Postgres, Sqlite, postgres::PgArguments, query::Query, sqlite::SqliteArguments};

/// Text, a number or bytes; or none of that type, because PostgreSQL wants to know the type of nothing too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(Option<String>),
    /// A number, a time in microseconds, or yes (1) and no (0).
    Int(Option<i64>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}
impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}
impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(Some(i64::from(flag)))
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}
impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        Self::Bytes(bytes)
    }
}

/// Ids, environments, roles and states are text in the database.
macro_rules! text {
    ($($type:ty),+ $(,)?) => {$(
        impl From<&$type> for Value {
            fn from(value: &$type) -> Self {
                Self::Text(Some(value.as_str().to_owned()))
            }
        }
        impl From<Option<&$type>> for Value {
            fn from(value: Option<&$type>) -> Self {
                Self::Text(value.map(|value| value.as_str().to_owned()))
            }
        }
    )+};
}
text!(
    model::UserId,
    model::ResourceId,
    model::ExternalId,
    model::BindingId,
    model::ProjectId,
    model::Region,
    model::TokenId,
    model::OperationId,
    model::RequestId,
    model::WorkspaceSlug,
    model::Environment,
    model::Role,
    model::State,
);

/// The parameters of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*][..] };
}
pub(crate) use values;

pub(super) fn bind_sqlite<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    values: &[Value],
) -> Query<'q, Sqlite, SqliteArguments> {
    values.iter().cloned().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Int(number) => query.bind(number),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

pub(super) fn bind_postgres<'q>(
    query: Query<'q, Postgres, PgArguments>,
    values: &[Value],
) -> Query<'q, Postgres, PgArguments> {
    values.iter().cloned().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Int(number) => query.bind(number),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}
