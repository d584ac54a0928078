//! Reconcile: rows that are due are advanced, whoever asked for them and whatever happened to who did.
use crate::{
    Ctx, Portal,
    db::values,
    error::{Error, Result},
};
use futures_util::{StreamExt, stream};
use model::ResourceId;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

/// How many rows are advanced at the same time.
const AT_ONCE: usize = 16;
/// How many due rows are taken in one round.
const ROUND: i64 = 200;
/// In microseconds.
const HOUR: i64 = 3_600_000_000;

impl Portal {
    /// Advances what is due until it is told to stop; what is under way then is finished.
    pub async fn run(&self, stop: CancellationToken) {
        if let Err(error) = self.take_over().await {
            error!(?error, "could not take over from an earlier run");
        }
        let mut tidied = 0;
        let mut pause = self.inner.settings.timings.transit_min.min(Duration::from_secs(1));
        while !stop.is_cancelled() {
            if self.now() - tidied > HOUR {
                tidied = self.now();
                if let Err(error) = self.forget_keys().await {
                    error!(?error, "could not forget old idempotency keys");
                }
            }
            match self.round(&stop).await {
                Ok(_) => pause = self.inner.settings.timings.transit_min.min(Duration::from_secs(1)),
                Err(error) => {
                    error!(?error, "a round failed");
                    pause = (pause * 2).min(Duration::from_secs(30));
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// A SQLite database has one server: leases of its earlier life bind nobody, and what they held is due.
    async fn take_over(&self) -> Result<()> {
        if self.db().is_postgres() {
            return Ok(());
        }
        let sql = "UPDATE resources SET lease_owner = NULL, lease_until = NULL, due_at = $1
            WHERE lease_until IS NOT NULL AND lease_owner <> $2 OR state IN ('requested', 'deleting') AND due_at > $1";
        let freed = self.db().execute(sql, values![self.now(), self.inner.server.as_str()]).await?;
        if freed > 0 {
            info!(rows = freed, "took over what an earlier run had under way");
        }
        Ok(())
    }

    /// Advances what is due now; gives how many rows that were.
    pub(crate) async fn round(&self, stop: &CancellationToken) -> Result<usize> {
        let sql = "SELECT id FROM resources WHERE due_at IS NOT NULL AND due_at <= $1
                AND (lease_until IS NULL OR lease_until <= $1)
            ORDER BY due_at LIMIT $2";
        let rows = self.db().all(sql, values![self.now(), ROUND]).await?;
        let ids = rows.iter().map(|row| row.text("id").map(ResourceId::new)).collect::<sqlx::Result<Vec<_>>>()?;
        let count = ids.len();
        stream::iter(ids)
            .take_until(stop.cancelled())
            .for_each_concurrent(AT_ONCE, |id| self.clone().advance(id))
            .await;
        Ok(count)
    }

    /// Advances what is due now, once: for operators, and for tests that hold the clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reconcile_once(&self, ctx: &Ctx) -> model::Result<usize> {
        let work = async {
            self.may_administer(ctx).await?;
            self.round(&CancellationToken::new()).await
        };
        work.await.map_err(Error::report)
    }
}
