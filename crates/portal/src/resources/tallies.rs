//! How many rows there are of each kind and state, kept by the database's triggers as rows come, change and go.
use crate::{Portal, db::values, error::Result};
use model::{Environment, State};

/// How many rows of a workspace are of a kind and in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub environment: Environment,
    /// The kind's slug.
    pub kind: String,
    pub state: State,
    /// Never 0.
    pub count: i64,
}

impl Portal {
    /// The tallies of a workspace, by environment, kind and state.
    pub(crate) async fn tallies(&self, workspace_id: &str) -> Result<Vec<Tally>> {
        let sql = "SELECT environment, kind, state, CAST(SUM(n) AS BIGINT) AS n FROM tallies WHERE workspace_id = $1
            GROUP BY environment, kind, state HAVING SUM(n) > 0 ORDER BY environment, kind, state";
        let rows = self.db().all(sql, values![workspace_id]).await?;
        let read = rows.iter().map(|row| {
            let (environment, state) = (row.word("environment")?, row.word("state")?);
            Ok(Tally { environment, kind: row.text("kind")?, state, count: row.int("n")? })
        });
        read.collect()
    }

    /// Adds up what changes have left one by one, so that reading stays cheap. Several servers may do so at once: each
    /// takes what no other holds. SQLite, with its one writer, keeps sums only.
    pub async fn add_up_tallies(&self) -> model::Result<()> {
        let work = async {
            let mut tx = self.db().begin().await?;
            if tx.is_postgres() {
                let sql = "WITH taken AS (
                        DELETE FROM tallies WHERE id IN (SELECT id FROM tallies FOR UPDATE SKIP LOCKED)
                        RETURNING workspace_id, environment, kind, state, n)
                    INSERT INTO tallies (workspace_id, environment, kind, state, n)
                    SELECT workspace_id, environment, kind, state, SUM(n) FROM taken
                    GROUP BY workspace_id, environment, kind, state HAVING SUM(n) <> 0";
                tx.execute(sql, &[]).await?;
            }
            tx.commit().await
        };
        work.await.map_err(|error| crate::error::Error::from(error).report())
    }
}
