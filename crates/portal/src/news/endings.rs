//! How the server of a SQLite file hears that an operator's command took somebody's rights: it counts.
use crate::{
    News,
    db::{Db, Tx, values},
    error::{Error, Result},
};
use std::time::Duration;
use tracing::warn;

/// How often to look. One row by its key.
const PERIOD: Duration = Duration::from_millis(500);

/// Counts one. PostgreSQL has no need of it.
pub(super) async fn count(tx: &mut Tx) -> Result<()> {
    if !tx.is_postgres() {
        tx.execute("UPDATE endings SET count = count + 1 WHERE id = 1", &[]).await?;
        // Our listeners are told by us. One too many or too few does no harm: everybody is asked once more.
        tx.reach().count_ending();
    }
    Ok(())
}

/// Tells of those that other processes counted, for ever.
pub(super) async fn watch(db: Db) {
    let mut known = None;
    let mut beat = tokio::time::interval(PERIOD);
    loop {
        beat.tick().await;
        match others(&db).await {
            Ok(count) => {
                if known.is_some_and(|known| known != count) {
                    db.reach().tell(News::Ended(None));
                }
                known = Some(count);
            }
            Err(error) => warn!(?error, "could not look whether somebody's rights ended"),
        }
    }
}

async fn others(db: &Db) -> Result<i64> {
    let row = db.one("SELECT count FROM endings WHERE id = $1", values![1_i64]).await?;
    Ok(row.ok_or(Error::Corrupt("count"))?.int("count")? - db.reach().endings())
}
