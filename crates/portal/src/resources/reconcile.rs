//! Reconcile: rows that are due are advanced, whoever asked for them and whatever happened to who did.
mod batch;
mod under_way;

use crate::{
    Ctx, News, Portal,
    db::{Row, values},
    error::{Error, Result},
    failpoints::{Point, reach},
};
use batch::Due;
use model::{BindingId, ExternalId, Region, ResourceId};
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};
use under_way::UnderWay;

/// How many due rows are taken in one round.
const ROUND: i64 = 1000;
/// How many of them are of one kind in one binding, so that thousands of one leave room for others.
const PER_KIND: i64 = 200;
/// In microseconds.
const HOUR: i64 = 3_600_000_000;
const MINUTE: i64 = 60_000_000;

/// Waits until another server gives rows back, or news may have been lost. Asking once a second is the net under it.
async fn woken(news: &mut broadcast::Receiver<News>) {
    loop {
        match news.recv().await {
            Ok(News::Due | News::Missed) | Err(RecvError::Lagged(_)) => return,
            Ok(News::Changed(_) | News::Listed(_) | News::Ended(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Portal {
    /// Advances what is due until it is told to stop; what is under way then is finished.
    pub async fn run(&self, stop: CancellationToken) {
        if let Err(error) = self.take_over().await {
            error!(?error, "could not take over from an earlier run");
        }
        let mut news = self.listen();
        let drift = tokio::spawn(self.clone().watch_drift(stop.clone()));
        let uploads = tokio::spawn(self.clone().watch_uploads(stop.clone()));
        let (mut under_way, mut tidied, mut added) = (UnderWay::new(), 0, 0);
        let mut pause = self.inner.settings.timings.transit_min.min(Duration::from_secs(1));
        while !stop.is_cancelled() {
            if self.now() - tidied > HOUR {
                tidied = self.now();
                if let Err(error) = self.forget_keys().await {
                    error!(?error, "could not forget old idempotency keys");
                }
                if let Err(error) = self.forget_answers().await {
                    error!(?error, "could not forget old answers");
                }
                if let Err(error) = self.log_heads().await {
                    error!(?error, "could not read the heads of the audit");
                }
            }
            if self.now() - added > MINUTE {
                added = self.now();
                if let Err(error) = self.add_up_tallies().await {
                    error!(?error, "could not add up the tallies");
                }
            }
            under_way.reap();
            match self.due_rows().await {
                Ok(due) => {
                    under_way.take(self, due, &stop);
                    pause = self.inner.settings.timings.transit_min.min(Duration::from_secs(1));
                }
                Err(error) => {
                    error!(?error, "a round failed");
                    pause = (pause * 2).min(Duration::from_secs(30));
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
                () = woken(&mut news) => {}
            }
        }
        under_way.finish().await;
        if let Err(error) = drift.await {
            error!(%error, "the comparisons ended early");
        }
        if let Err(error) = uploads.await {
            error!(%error, "uploads were left alone early");
        }
    }

    /// Gives back what this server has leased: the last thing that it does with rows, so that others need not wait for
    /// the leases to run out. Of a request that is still under way nobody loses track: its row says that it was sent, and
    /// who takes over looks for what came of it.
    ///
    /// # Errors
    /// When the database fails; then the leases run out by themselves.
    pub async fn hand_back(&self) -> model::Result<()> {
        let work = async {
            let mut tx = self.db().begin().await?;
            let sql = "UPDATE resources SET lease_owner = NULL, lease_until = NULL, due_at = $1 WHERE lease_owner = $2";
            let rows = tx.execute(sql, values![self.now(), self.inner.server.as_str()]).await?;
            let sql =
                "UPDATE drift_checks SET lease_owner = NULL, lease_until = NULL, due_at = $1 WHERE lease_owner = $2";
            tx.execute(sql, values![self.now(), self.inner.server.as_str()]).await?;
            if rows > 0 {
                tx.tell(News::Due).await?;
                info!(rows, "gave back what was under way");
            }
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    /// A SQLite database has one server: leases of its earlier life bind nobody, and what they held is due.
    async fn take_over(&self) -> Result<()> {
        if self.db().is_postgres() {
            return Ok(());
        }
        // Each side along the index of the few rows that it is about; of lease owners none is called ''.
        let sql = "UPDATE resources SET lease_owner = NULL, lease_until = NULL, due_at = $1
            WHERE lease_owner > '' AND lease_owner <> $2 OR state IN ('requested', 'deleting') AND due_at > $1";
        reach(Point::TakeOverAsked);
        let freed = self.db().execute(sql, values![self.now(), self.inner.server.as_str()]).await?;
        reach(Point::TakeOverStored);
        if freed > 0 {
            info!(rows = freed, "took over what an earlier run had under way");
        }
        Ok(())
    }

    /// What is due now and leased by nobody: of each kind in each binding what has waited longest, and each in turn.
    ///
    /// Each kind of each binding is looked up by itself, so that a million due rows of one cost no more than two hundred.
    async fn due_rows(&self) -> Result<Vec<Due>> {
        let kept = services::CATALOGUE.iter().filter(|kind| kind.kept.is_some());
        let kinds: Vec<String> = kept.map(|kind| format!("SELECT '{}' AS kind", kind.slug())).collect();
        let kinds = kinds.join(" UNION ALL ");
        let first = "FROM resources x WHERE x.binding_id = b.id AND x.kind = k.kind AND x.due_at <= $1
            AND (x.lease_until IS NULL OR x.lease_until <= $1) ORDER BY x.due_at LIMIT $2";
        // SQLite knows no LATERAL; PostgreSQL would read the whole table for an IN with a LIMIT.
        let rows = match self.db().is_postgres() {
            true => format!("CROSS JOIN LATERAL (SELECT x.* {first}) AS r"),
            false => format!("CROSS JOIN resources r WHERE r.id IN (SELECT x.id {first})"),
        };
        let sql = format!(
            "SELECT id, binding_id, region, kind, fence,
                CASE WHEN state IN ('building', 'active') THEN external_id END AS looked_at
            FROM (
                SELECT r.id, r.binding_id, b.region, r.kind, r.fence, r.state, r.external_id, r.due_at,
                    ROW_NUMBER() OVER (PARTITION BY r.binding_id, r.kind ORDER BY r.due_at, r.id) AS place
                FROM bindings b CROSS JOIN ({kinds}) AS k {rows}
            ) AS due ORDER BY place, due_at LIMIT $3"
        );
        let rows = self.db().all_built(sql, values![self.now(), PER_KIND, ROUND]).await?;
        if !rows.is_empty() {
            reach(Point::RoundRead);
        }
        let due = |row: &Row| {
            Ok(Due {
                id: ResourceId::new(row.text("id")?),
                binding: BindingId::new(row.text("binding_id")?),
                region: Region::new(row.text("region")?),
                kind: row.text("kind")?,
                looked_at: row.text_opt("looked_at")?.map(ExternalId::new),
                fence: row.int("fence")?,
            })
        };
        rows.iter().map(due).collect()
    }

    /// Advances what is due now, once: for operators, and for tests that hold the clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reconcile_once(&self, ctx: &Ctx) -> model::Result<usize> {
        let work = async {
            self.may_administer(ctx).await?;
            let mut under_way = UnderWay::new();
            let count = under_way.take(self, self.due_rows().await?, &CancellationToken::new());
            under_way.finish().await;
            self.look_after_uploads(&CancellationToken::new()).await?;
            Ok(count)
        };
        work.await.map_err(Error::report)
    }
}
