//! When comparisons are made: each binding once in a period, a little apart from the others, by whichever server takes it.
use super::store::Lease;
use crate::{
    Ctx, Portal,
    db::values,
    error::{Error, Result},
    resources::settle::micros,
};
use model::BindingId;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::error;

impl Portal {
    /// Compares what is due until it is told to stop. One binding at a time: a comparison is no hurry, and of many servers
    /// each takes another one.
    pub(in crate::resources) async fn watch_drift(self, stop: CancellationToken) {
        if let Err(error) = self.take_over_checks().await {
            error!(?error, "could not take over comparisons from an earlier run");
        }
        // Often enough that a period is kept, also a short one.
        let pause = (self.inner.settings.timings.drift / 20).clamp(Duration::from_millis(50), Duration::from_secs(5));
        while !stop.is_cancelled() {
            match self.next_check().await {
                Ok(Some(lease)) => {
                    self.clone().check(lease, None, stop.clone()).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => error!(?error, "could not look for a comparison that is due"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Compares every binding that is due now, once: for operators, and for tests that hold the clock.
    ///
    /// # Errors
    /// 404 for who is not staff; when the database fails.
    pub async fn check_drift_once(&self, ctx: &Ctx) -> model::Result<usize> {
        let work = async {
            self.may_administer(ctx).await?;
            let mut count = 0;
            while let Some(lease) = self.next_check().await? {
                self.clone().check(lease, None, CancellationToken::new()).await;
                count += 1;
            }
            Ok(count)
        };
        work.await.map_err(Error::report)
    }

    /// A period and up to a tenth more, so that bindings that were made together do not stay together.
    pub(super) fn until_next_check(&self) -> Result<i64> {
        let mut seed = [0; 2];
        getrandom::fill(&mut seed).map_err(|_| Error::Sealed)?;
        let period = micros(self.inner.settings.timings.drift);
        Ok(period + period / 10 * i64::from(u16::from_le_bytes(seed)) / i64::from(u16::MAX))
    }

    /// Leases the binding whose comparison has been due for the longest time.
    async fn next_check(&self) -> Result<Option<Lease>> {
        let now = self.now();
        // New bindings have no row yet.
        let sql = "INSERT INTO drift_checks (binding_id, due_at, trouble)
            SELECT b.id, $1, '[]' FROM bindings b
            WHERE NOT EXISTS (SELECT 1 FROM drift_checks c WHERE c.binding_id = b.id)
            ON CONFLICT (binding_id) DO NOTHING";
        self.db().execute(sql, values![now]).await?;
        // Retired ones are looked at as long as rows of theirs live on.
        let sql = "SELECT c.binding_id FROM drift_checks c JOIN bindings b ON b.id = c.binding_id
            WHERE c.due_at <= $1 AND (c.lease_until IS NULL OR c.lease_until <= $1)
                AND (b.retired_at IS NULL
                    OR EXISTS (SELECT 1 FROM resources r WHERE r.binding_id = b.id AND r.state <> 'gone')
                    OR EXISTS (SELECT 1 FROM drift d WHERE d.binding_id = b.id AND d.ended_at IS NULL))
            ORDER BY c.due_at, c.binding_id LIMIT 8";
        for row in self.db().all(sql, values![now]).await? {
            let binding = self.binding(&BindingId::new(row.text("binding_id")?)).await?;
            // Another server may have taken it since.
            if let Some(lease) = self.lease_check(&binding, None).await? {
                return Ok(Some(lease));
            }
        }
        Ok(None)
    }

    /// A SQLite database has one server: leases of its earlier life bind nobody.
    async fn take_over_checks(&self) -> Result<()> {
        if !self.db().is_postgres() {
            let sql = "UPDATE drift_checks SET lease_owner = NULL, lease_until = NULL WHERE lease_owner <> $1";
            self.db().execute(sql, values![self.inner.server.as_str()]).await?;
        }
        Ok(())
    }
}
