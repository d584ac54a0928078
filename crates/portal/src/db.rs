//! The database: SQLite or PostgreSQL behind one small interface, so that nearly every statement is one text.
//!
//! Three column types are enough: text, 64-bit integers (also for times, in microseconds, and for yes and no) and bytes.
//! Parameters are `$1`, `$2`, … in both.
mod migrate;
mod reach;
mod row;
mod statement;
mod value;

pub(crate) use reach::Reach;
pub use row::Row;
pub(crate) use statement::Statement;
pub use value::Value;
pub(crate) use value::values;

use crate::{News, settings::StartError};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fs::OpenOptions, io::ErrorKind, os::unix::fs::OpenOptionsExt, path::Path, str::FromStr, time::Duration};
use tracing::Instrument as _;

/// The longest that a transaction of ours may lie idle before PostgreSQL ends it: a server that was stopped in the middle
/// of one must not keep its locks from the others.
pub(crate) const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// For so long after its last use a connection is taken to work.
const TRUSTED: Duration = Duration::from_secs(1);

/// A database.
#[derive(Clone)]
pub struct Db {
    kind: Kind,
    reach: Reach,
}

#[derive(Clone)]
enum Kind {
    /// One writer, because SQLite has one; readers beside it, because WAL lets them.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], it never happened.
pub struct Tx {
    kind: TxKind,
    reach: Reach,
    /// What is told once it is committed; with PostgreSQL, which tells it itself, nothing.
    told: Vec<News>,
}

enum TxKind {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the database at `sqlite://…` or `postgres://…`.
    ///
    /// # Errors
    /// When it cannot be reached, or the address is neither.
    pub async fn open(url: &str) -> Result<Self, StartError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let reach = Reach::default();
            return Ok(Self { kind: Kind::Postgres(postgres_options(&reach).connect(url).await?), reach });
        }
        if !url.starts_with("sqlite:") {
            return Err(StartError::Config(
                "DATABASE_URL must begin with sqlite:// or postgres://, for instance sqlite://atonix.db".to_owned(),
            ));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: an answered request must survive the power going out, not only the process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20));
        keep_to_owner(options.get_filename())?;
        // A connection to a file does not go away, so none is asked whether it is still there.
        let pool = SqlitePoolOptions::new().test_before_acquire(false);
        let write = pool.clone().max_connections(1).acquire_timeout(Duration::from_secs(20));
        let write = write.connect_with(options.clone()).await?;
        let read = pool.max_connections(readers()).connect_with(options.read_only(true)).await?;
        Ok(Self { kind: Kind::Sqlite { write, read }, reach: Reach::default() })
    }

    /// Ends all connections. The last one of SQLite's brings what is in the WAL into the file, which then is all there is.
    pub async fn close(&self) {
        match &self.kind {
            Kind::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Kind::Postgres(pool) => pool.close().await,
        }
    }

    /// Whether several servers may share it.
    pub fn is_postgres(&self) -> bool {
        matches!(self.kind, Kind::Postgres(_))
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a migration fails or was altered.
    pub async fn migrate(&self) -> Result<(), StartError> {
        match &self.kind {
            Kind::Sqlite { write, .. } => migrate::SQLITE.run(write).await?,
            Kind::Postgres(pool) => migrate::POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// Reads rows, outside of any transaction.
    pub async fn all(&self, sql: &'static str, values: &[Value]) -> sqlx::Result<Vec<Row>> {
        self.all_built(sql.to_owned(), values).await
    }

    /// As [`Db::all`], for the few statements whose text is put together (from constants, never from input).
    pub(crate) async fn all_built(&self, sql: String, values: &[Value]) -> sqlx::Result<Vec<Row>> {
        match &self.kind {
            Kind::Sqlite { read, .. } => {
                let query = value::bind_sqlite(sqlx::query(AssertSqlSafe(sql)), values);
                Ok(query.fetch_all(read).await?.into_iter().map(Row::from).collect())
            }
            Kind::Postgres(pool) => {
                let query = value::bind_postgres(sqlx::query(AssertSqlSafe(sql)), values);
                Ok(self.reach.wait(query.fetch_all(pool)).await?.into_iter().map(Row::from).collect())
            }
        }
    }

    /// Reads one row or none.
    pub async fn one(&self, sql: &'static str, values: &[Value]) -> sqlx::Result<Option<Row>> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// Changes rows in a transaction of its own; gives their number.
    pub async fn execute(&self, sql: &'static str, values: &[Value]) -> sqlx::Result<u64> {
        let mut tx = self.begin().await?;
        let changed = tx.execute(sql, values).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Begins a transaction that may write. With SQLite it holds the one writer from the start, so that a read in it
    /// stays true until its end.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        let kind = match &self.kind {
            Kind::Sqlite { write, .. } => TxKind::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Kind::Postgres(pool) => TxKind::Postgres(self.reach.wait(begun(pool.clone())).await?),
        };
        Ok(Tx { kind, reach: self.reach.clone(), told: Vec::new() })
    }

    /// Tells PostgreSQL's planner what there is now, after more was added at once than it notices soon. SQLite goes by
    /// the indexes alone.
    pub(crate) async fn analyze(&self) -> sqlx::Result<()> {
        if let Kind::Postgres(pool) = &self.kind {
            pool.execute("ANALYZE resources, resource_words, audit_events, tallies").await?;
        }
        Ok(())
    }

    /// Lets this process keep a GiB of SQLite's file in memory while it writes, for one that adds very much.
    pub(crate) async fn write_much(&self) -> sqlx::Result<()> {
        if let Kind::Sqlite { write, .. } = &self.kind {
            write.execute("PRAGMA cache_size = -1048576").await?;
        }
        Ok(())
    }

    /// What is known of the way to the database, and the news that came on it.
    pub(crate) fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// What connections to PostgreSQL have in common.
fn postgres_options(reach: &Reach) -> PgPoolOptions {
    let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
    let reach = reach.clone();
    pool.after_connect(|connection, _| {
        Box::pin(async move {
            // Our statements have many parts, each of which finds little: planning one for its values takes longer than
            // running it, and so does making machine code of it.
            let set = format!(
                "SET idle_in_transaction_session_timeout = '{}s'; SET plan_cache_mode = force_generic_plan; SET jit = off",
                LONGEST_IDLE.as_secs()
            );
            connection.execute(AssertSqlSafe(set)).await.map(|_| ())
        })
    })
    // What was just used is not asked whether it still works: that takes as long as a statement, and one that is cut off
    // with its caller loses the connection.
    .test_before_acquire(false)
    .before_acquire(move |connection, about| {
        let (old, used) = (reach.broke_within(about.age), about.idle_for < TRUSTED);
        Box::pin(async move { Ok(!old && (used || connection.ping().await.is_ok())) })
    })
}

/// A transaction, begun in a task of its own: a BEGIN that is cut off, because its caller left or the database went away,
/// would leave its connection within a transaction. What nobody takes is rolled back.
async fn begun(pool: PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    let work = tokio::spawn(async move { pool.begin().await }.in_current_span());
    work.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// How many read at once. Each has a thread and a memory of its own, and more threads than cores only take turns; a few
/// more, so that one that reads much keeps nobody waiting.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(2 * cores).unwrap_or(u32::MAX).clamp(4, 16)
}

/// Makes a new file readable for its owner only: it holds the hashes of passwords and the audit. SQLite gives the files
/// beside it the same permissions. What exists is its owner's business.
fn keep_to_owner(file: &Path) -> Result<(), StartError> {
    if file.as_os_str().is_empty() || file == Path::new(":memory:") {
        return Ok(());
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(StartError::Config(format!("The database {} cannot be made: {error}.", file.display())))
        }
        _ => Ok(()),
    }
}

impl Tx {
    /// Reads rows.
    pub async fn all(&mut self, sql: &'static str, values: &[Value]) -> sqlx::Result<Vec<Row>> {
        self.all_built(sql.to_owned(), values).await
    }

    /// As [`Tx::all`], for the few statements whose text is put together (from constants, never from input).
    pub(crate) async fn all_built(&mut self, sql: String, values: &[Value]) -> sqlx::Result<Vec<Row>> {
        match &mut self.kind {
            TxKind::Sqlite(tx) => {
                let query = value::bind_sqlite(sqlx::query(AssertSqlSafe(sql)), values);
                Ok(query.fetch_all(&mut **tx).await?.into_iter().map(Row::from).collect())
            }
            TxKind::Postgres(tx) => {
                let query = value::bind_postgres(sqlx::query(AssertSqlSafe(sql)), values);
                Ok(self.reach.wait(query.fetch_all(&mut **tx)).await?.into_iter().map(Row::from).collect())
            }
        }
    }

    /// Reads one row or none.
    pub async fn one(&mut self, sql: &'static str, values: &[Value]) -> sqlx::Result<Option<Row>> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// Changes rows; gives their number.
    pub async fn execute(&mut self, sql: &'static str, values: &[Value]) -> sqlx::Result<u64> {
        self.execute_built(sql.to_owned(), values).await
    }

    /// As [`Tx::execute`], for the few statements whose text is put together (from constants, never from input).
    pub(crate) async fn execute_built(&mut self, sql: String, values: &[Value]) -> sqlx::Result<u64> {
        Ok(match &mut self.kind {
            TxKind::Sqlite(tx) => {
                value::bind_sqlite(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut **tx).await?.rows_affected()
            }
            TxKind::Postgres(tx) => {
                let query = value::bind_postgres(sqlx::query(AssertSqlSafe(sql)), values);
                self.reach.wait(query.execute(&mut **tx)).await?.rows_affected()
            }
        })
    }

    /// Makes it so. When the database went away meanwhile, that is an error, and nobody knows whether it is so.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.kind {
            TxKind::Sqlite(tx) => tx.commit().await?,
            TxKind::Postgres(tx) => self.reach.wait(tx.commit()).await?,
        }
        for news in self.told {
            self.reach.tell(news);
        }
        Ok(())
    }

    /// Tells everybody, on every server, once this transaction is committed, and only then.
    pub(crate) async fn tell(&mut self, news: News) -> sqlx::Result<()> {
        if let TxKind::Sqlite(_) = self.kind {
            self.told.push(news);
            return Ok(());
        }
        // Channels are the database's, not the schema's: the schema's name makes this one ours.
        let sql = "SELECT pg_notify('atonix_' || md5(current_schema()), $1)";
        let payload = serde_json::to_string(&news).map_err(|error| sqlx::Error::Encode(error.into()))?;
        self.execute(sql, values![payload]).await.map(|_| ())
    }

    /// Whether several servers may share the database.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.kind, TxKind::Postgres(_))
    }

    pub(crate) fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// Whether a statement failed because the named constraint said no. SQLite names columns, PostgreSQL the constraint, so
/// each unique index is told by the name `table_columns_key` and by `table.column`.
pub(crate) fn violates(error: &sqlx::Error, constraint: &str, column: &str) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    error.is_unique_violation()
        && (error.constraint() == Some(constraint) || error.message().contains(&format!(": {column}")))
}
