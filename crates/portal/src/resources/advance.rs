//! Advance: lease the row, decide, send one request, settle. The only code that asks a cloud to create, change or delete
//! something of ours, and the only code that changes such a row.
use super::{
    effect::{Effect, Parts},
    lifecycle::{self, Heard, Standing, Step},
    row::Row,
    settle::micros,
};
use crate::{
    Actor, Ctx, Portal,
    audit::{self, Event},
    db::values,
    error::{Error, Result},
    failpoints::{Point, reach},
};
use model::{AuditOutcome, ResourceId, Spec};
use serde_json::json;
use services::Seen;
use std::time::Duration;
use tracing::{Instrument, error, info_span, warn};

/// How often to try to write down what has come of a request, and how long to wait in between: ten seconds in all.
const INSISTENCE: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// Whether there is more to do right away.
#[derive(PartialEq, Eq)]
pub(super) enum Went {
    /// The next step is due now.
    On,
    /// The next step takes time, or another's turn.
    Waiting,
}

/// A thing as a list has just shown it, so that a look at it need not ask the cloud once more.
pub(super) struct Sighting {
    pub seen: Seen,
    /// The row's fence before the list was read.
    pub fence: i64,
}

/// A row that is ours for a while.
pub(super) struct Lease {
    /// What every write under it is held against.
    pub fence: i64,
    /// When it was due.
    due: Option<i64>,
}

impl Sighting {
    /// Whether it is what this step would read: the same thing, and nobody had the row since, who may have changed it.
    fn suffices(&self, row: &Row, step: &Step) -> bool {
        // A list of this kind does not tell of the twins of parts.
        row.fence == self.fence + 1 && row.doubts == 0 && matches!(step, Step::Look(id) if *id == self.seen.id)
    }
}

impl Portal {
    /// How long a lease lasts: a request's longest time and a margin.
    pub(super) fn lease_micros(&self) -> i64 {
        let timings = &self.inner.settings.timings;
        micros(timings.timeout + timings.lease_margin)
    }

    /// Advances a row, and waits for it as long as a caller has patience. Whether it went on, the row tells.
    pub(super) async fn advance_for_caller(&self, id: &ResourceId) {
        self.for_caller(self.clone().advance(id.clone(), None)).await;
    }

    /// Does something in a task of its own, because a door drops its handler when the client leaves, and waits for it as
    /// long as a caller has patience. When that ends, the task goes on; also when the database is away, which a task may
    /// wait out, but a caller is told at once.
    pub(super) async fn for_caller(&self, work: impl Future<Output = ()> + Send + 'static) {
        let patience = self.inner.settings.timings.patience;
        tokio::select! {
            () = self.db().reach().away() => {}
            _ended = tokio::time::timeout(patience, tokio::spawn(work)) => {}
        }
    }

    /// Advances a row until its next step takes time. The first step may find what it would read already read.
    pub(super) async fn advance(self, id: ResourceId, mut sighting: Option<Sighting>) {
        let span = info_span!("advance", resource = %id);
        let work = async {
            loop {
                match self.step(&id, sighting.take()).await {
                    Ok(Went::On) => {}
                    Ok(Went::Waiting) => break,
                    Err(error) => {
                        error!(?error, "could not advance");
                        break;
                    }
                }
            }
        };
        work.instrument(span).await;
    }

    async fn step(&self, id: &ResourceId, sighting: Option<Sighting>) -> Result<Went> {
        let Some(lease) = self.lease(id).await? else { return Ok(Went::Waiting) };
        let went = self.leased(id, lease.fence, sighting).await;
        if went.is_err()
            && let Err(error) = self.postpone(id, &lease).await
        {
            // Then the lease runs out by itself.
            error!(?error, "could not postpone");
        }
        went
    }

    async fn leased(&self, id: &ResourceId, fence: i64, sighting: Option<Sighting>) -> Result<Went> {
        let mut row = self.row(id).await?;
        // Between the two statements the lease may have run out and passed on: then this fence is not ours.
        if row.fence != fence {
            return Ok(Went::Waiting);
        }
        let ctx = Ctx::new(Actor::System("system"), row.request_id.clone());
        let binding = self.binding(&row.binding_id).await?;
        if row.busy.is_some() && matches!(row.standing, Standing::Active { .. }) {
            return self.operate(&row, &binding).await;
        }
        let cloud = self.cloud_of(&binding, &row.request_id)?;
        let step = lifecycle::next(row.wanted, &row.standing, row.made.len());
        let mut secrets = Spec::new();
        if step == Step::Make {
            // Before anything is promised: what cannot be opened is not asked for. A changed key stops nothing else.
            secrets = self.secrets(&row)?;
            let attempt = 1 + self.attempts(&row);
            let standing = Standing::Sending { attempt, since: self.now() };
            if !self.intend(&row, &standing).await? {
                return Ok(Went::Waiting);
            }
            row.standing = standing;
        }
        let parts = Parts::of(&row, &binding.project_id).with(secrets);
        let effect = match sighting.filter(|sighting| sighting.suffices(&row, &step) && parts.is_it(&sighting.seen)) {
            Some(sighting) => parts.read(sighting.seen),
            None => parts.carry_out(&cloud, &step).await,
        };
        let made = effect.made.len() != row.made.len();
        let more = effect.more;
        if !self.write_down(&ctx, &row, &step, &effect).await? {
            return Ok(Went::Waiting);
        }
        // A part was made or deleted, and another one is left.
        Ok(if made && (more || step == Step::Delete) { Went::On } else { Went::Waiting })
    }

    /// Settles, also when the database is away for a moment (or this process was): what is known now would have to be
    /// found out again. False when the lease had passed on.
    async fn write_down(&self, ctx: &Ctx, row: &Row, step: &Step, effect: &Effect) -> Result<bool> {
        let made = effect.made.get(row.made.len()).map(String::as_str);
        let late = *step == Step::Make && (made.is_some() || effect.heard == Heard::Doubt);
        let mut attempts = 0;
        loop {
            let settled = match self.settle(ctx, row, effect).await {
                Ok(false) if late => self.too_late(ctx, row, made).await.map(|()| false),
                settled => settled,
            };
            match settled {
                Err(error) if once_more(&mut attempts, &error).await => {}
                settled => return settled,
            }
        }
    }

    fn attempts(&self, row: &Row) -> u32 {
        u32::try_from(row.tries).unwrap_or(u32::MAX - 1)
    }

    /// Takes the row for ourselves; none while another has it.
    pub(super) async fn lease(&self, id: &ResourceId) -> Result<Option<Lease>> {
        reach(Point::LeaseAsked);
        let now = self.now();
        let sql = "UPDATE resources SET lease_owner = $2, lease_until = $3, fence = fence + 1
            WHERE id = $1 AND (lease_until IS NULL OR lease_until <= $4)
            RETURNING fence, due_at";
        let until = now + self.lease_micros();
        let mut tx = self.db().begin().await?;
        let leased = tx.one(sql, values![id, self.inner.server.as_str(), until, now]).await?;
        reach(Point::LeaseWritten);
        tx.commit().await?;
        reach(Point::LeaseTaken);
        let lease = |row: crate::db::Row| Ok(Lease { fence: row.int("fence")?, due: row.int_opt("due_at")? });
        leased.map(lease).transpose()
    }

    /// Gives a row back as it is. The fence says whether it still is ours.
    pub(super) async fn give_back(&self, id: &ResourceId, fence: i64) -> Result<()> {
        let sql = "UPDATE resources SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND fence = $2";
        self.db().execute(sql, values![id, fence]).await?;
        Ok(())
    }

    /// Gives a row back whose step failed on our side, to be tried again later and later: what it takes to mend that (a
    /// row that cannot be read, a changed `SECRET_KEY`) is a person. Whoever asked for something meanwhile (a deletion, an
    /// action) made the row due anew and found it leased: that does not wait.
    async fn postpone(&self, id: &ResourceId, lease: &Lease) -> Result<()> {
        reach(Point::PostponeAsked);
        let timings = &self.inner.settings.timings;
        let sql = "SELECT tries FROM resources WHERE id = $1";
        let tries = self.db().one(sql, values![id]).await?.map_or(Ok(0), |row| row.int("tries"))?;
        let wait = timings.transit_min.saturating_mul(1 << tries.clamp(0, 10)).min(timings.settled);
        let now = self.now();
        let sql = "UPDATE resources SET due_at = CASE WHEN COALESCE(due_at, 0) = $5 THEN $3 ELSE $4 END,
                tries = tries + 1, lease_owner = NULL, lease_until = NULL
            WHERE id = $1 AND fence = $2";
        let unchanged = lease.due.unwrap_or_default();
        self.db().execute(sql, values![id, lease.fence, now + micros(wait), now, unchanged]).await?;
        reach(Point::PostponeStored);
        Ok(())
    }

    /// Commits to a request before it is sent. False when the lease has passed on.
    async fn intend(&self, row: &Row, standing: &Standing) -> Result<bool> {
        reach(Point::IntendAsked);
        let due = self.now() + self.lease_micros();
        let sql = "UPDATE resources SET standing = $3, due_at = $4 WHERE id = $1 AND fence = $2";
        let written = self.db().execute(sql, values![&row.id, row.fence, json!(standing).to_string(), due]).await?;
        reach(Point::Intended);
        Ok(written == 1)
    }

    /// What was made after the lease had passed on is a twin of what its new holder made, or will find. It is not for us
    /// to say which of them stays: the row is looked at again, now, and with its tag.
    async fn too_late(&self, ctx: &Ctx, row: &Row, made: Option<&str>) -> Result<()> {
        warn!(resource = %row.id, made, "an answer came after the lease had passed on");
        let now = self.now();
        let mut tx = self.db().begin().await?;
        tx.execute("UPDATE resources SET doubts = doubts + 1, due_at = $2 WHERE id = $1", values![&row.id, now])
            .await?;
        let slug = row.kind.slug();
        let event = Event::new(row.slug.as_str(), format!("{slug}.too_late"), AuditOutcome::Failed)
            .within(row.environment)
            .about(slug, row.id.as_str(), &row.name)
            .detail(json!({ "region": row.region, "made": made }));
        audit::append(&mut tx, now, ctx, event).await?;
        Ok(tx.commit().await?)
    }
}

/// Waits before another attempt to write down what has come of a request; false when there is none left.
async fn once_more(attempts: &mut u32, error: &Error) -> bool {
    if !matches!(error, Error::Database(_)) || *attempts == INSISTENCE {
        return false;
    }
    warn!(?error, "what came of a request could not be written; once more");
    *attempts += 1;
    tokio::time::sleep(PAUSE).await;
    true
}
