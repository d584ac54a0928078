//! One comparison of a binding: lease it, list each kind, compare, write down what was found.
use super::{
    compare::{Scene, Verdict},
    compared,
    store::Lease,
};
use crate::{
    Ctx, Portal,
    access::Need,
    audit::{self, Event},
    bindings::Binding,
    db::values,
    error::{Error, Result, from_cloud},
    resources::{
        cloud::ScopedCloud,
        ledger::{add_up, incomplete},
        list,
        row::Row,
        settle::micros,
    },
};
use model::{
    AuditOutcome, BindingId, Place, ResourceId,
    drift::{DriftPage, DriftQuery},
    ledger::CloudUse,
};
use serde_json::json;
use services::{Definition, Seen, limits::COUNTED};
use std::collections::{HashMap, HashSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

/// So many rows that a list lacks are looked at in one comparison; the others have their turn anyway.
const MOST_MISSING: usize = 50;

/// What a comparison found out beside findings.
#[derive(Default)]
struct Report {
    /// Kind and sentence.
    trouble: Vec<(String, String)>,
    said: CloudUse,
    /// It was told to stop: what it has seen is written down, and the rest is due.
    stopped: bool,
}

impl Portal {
    /// Compares a place with its cloud now, and tells what was found. While another comparison of it is under way, or
    /// when it takes longer than a caller has patience, the answer says so.
    ///
    /// # Errors
    /// 404 to strangers, 403 without the role.
    pub async fn check_drift(&self, ctx: &Ctx, place: &Place) -> model::Result<DriftPage> {
        let work = async {
            let (_, binding) = self.resolve(ctx, place, Need::Provision).await?;
            self.cloud_of(&binding, &ctx.request_id)?;
            if let Some(lease) = self.lease_check(&binding, Some(ctx)).await? {
                self.for_caller(self.clone().check(lease, Some(ctx.clone()), CancellationToken::new())).await;
            }
            self.drift_of(ctx, place, &DriftQuery::default()).await
        };
        work.await.map_err(Error::report)
    }

    /// How long a comparison's lease lasts: it is taken anew for each kind, whose list has many pages.
    pub(super) fn check_lease_micros(&self) -> i64 {
        self.lease_micros().saturating_mul(4)
    }

    /// Takes the comparison of a binding for ourselves; none while another has it. Whoever asked for it is audited.
    pub(super) async fn lease_check(&self, binding: &Binding, asked: Option<&Ctx>) -> Result<Option<Lease>> {
        let now = self.now();
        let mut tx = self.db().begin().await?;
        let make = "INSERT INTO drift_checks (binding_id, due_at, trouble) VALUES ($1, $2, '[]')
            ON CONFLICT (binding_id) DO NOTHING";
        tx.execute(make, values![&binding.id, now]).await?;
        let sql = "UPDATE drift_checks SET lease_owner = $2, lease_until = $3, fence = fence + 1
            WHERE binding_id = $1 AND (lease_until IS NULL OR lease_until <= $4) RETURNING fence";
        let until = now + self.check_lease_micros();
        let leased = tx.one(sql, values![&binding.id, self.inner.server.as_str(), until, now]).await?;
        let Some(fence) = leased.map(|leased| leased.int("fence")).transpose()? else { return Ok(None) };
        if let Some(ctx) = asked {
            audit::append(&mut tx, now, ctx, about(binding, AuditOutcome::Attempted)).await?;
        }
        tx.commit().await?;
        Ok(Some(Lease { binding: binding.id.clone(), fence }))
    }

    /// Compares a leased binding. What fails on our side is logged, and tried again when it is due again.
    pub(super) async fn check(self, lease: Lease, asked: Option<Ctx>, stop: CancellationToken) {
        let compared = self.compare_all(&lease, asked.as_ref(), &stop).await;
        if let Err(error) = &compared {
            error!(?error, binding = %lease.binding, "could not compare with the cloud");
        }
        if let Err(error) = self.end_check(&lease, compared.ok(), asked.as_ref()).await {
            // Then the lease runs out by itself.
            error!(?error, binding = %lease.binding, "could not end a comparison");
        }
    }

    async fn compare_all(&self, lease: &Lease, asked: Option<&Ctx>, stop: &CancellationToken) -> Result<Report> {
        let binding = self.binding(&lease.binding).await?;
        let request_id = asked.map_or_else(Ctx::new_request_id, |ctx| ctx.request_id.clone());
        let cloud = self.cloud_of(&binding, &request_id)?;
        let retired = self.is_retired(&binding.id).await?;
        let mut report = Report::default();
        for kind in compared() {
            if stop.is_cancelled() {
                report.stopped = true;
                return Ok(report);
            }
            if !self.compare_kind(lease, &binding, retired, &cloud, kind, &mut report).await? {
                warn!(binding = %binding.id, "a comparison's lease has passed on");
                break;
            }
        }
        self.ask_limits(&cloud, &mut report.said).await;
        Ok(report)
    }

    async fn is_retired(&self, binding: &BindingId) -> Result<bool> {
        let row = self.db().one("SELECT retired_at FROM bindings WHERE id = $1", values![binding]).await?;
        Ok(row.ok_or(Error::Corrupt("binding"))?.int_opt("retired_at")?.is_some())
    }

    /// False when the lease has passed on.
    async fn compare_kind(
        &self,
        lease: &Lease,
        binding: &Binding,
        retired: bool,
        cloud: &ScopedCloud,
        kind: &'static Definition,
        report: &mut Report,
    ) -> Result<bool> {
        let list = match self.list_now(binding, cloud, kind).await {
            Ok(list) => list,
            // What the region does not offer has nothing to compare.
            Err(Error::Cloud(openstack::Error::NotOffered { .. })) => return Ok(true),
            // Findings of a kind that cannot be listed stay as they were.
            Err(Error::Cloud(error)) => {
                let sentence = from_cloud(&error).to_string();
                report.said.trouble.extend(COUNTED.contains(&kind.slug()).then(|| sentence.clone()));
                report.trouble.push((kind.kind.plural.to_string(), sentence));
                return Ok(true);
            }
            Err(error) => return Err(error),
        };
        if !list.complete {
            report.trouble.push((kind.kind.plural.to_string(), incomplete(&kind.kind.plural)));
        }
        let look = Look { binding, retired, kind, list: &list };
        let (mut rows, mut verdict) = self.verdict(&look).await?;
        if !verdict.missing.is_empty() {
            for id in verdict.missing.iter().take(MOST_MISSING) {
                // Once it is looked at, and found missing; then a list confirms that, and gives its quota back.
                self.clone().advance(id.clone(), None).await;
                self.clone().advance(id.clone(), None).await;
            }
            (rows, verdict) = self.verdict(&look).await?;
        }
        if COUNTED.contains(&kind.slug()) {
            let ours: HashSet<String> =
                rows.iter().filter_map(|row| Some(row.external_id.as_ref()?.to_string())).collect();
            add_up(&mut report.said, &list.items, &ours, binding.project_id.as_str());
            report.said.trouble.extend((!list.complete).then(|| incomplete(&kind.kind.plural)));
        }
        self.store_verdict(lease, kind.slug(), verdict, list.complete).await
    }

    /// Lists a kind, and what is known before.
    async fn list_now(&self, binding: &Binding, cloud: &ScopedCloud, kind: &'static Definition) -> Result<List> {
        // There may be very many rows, so they are read for what can be listed only.
        cloud.offers(kind.collection.service).await?;
        let fences = self.fences(binding, kind).await?;
        let begun = self.now();
        let (items, complete) = list::own(cloud, kind).await?;
        Ok(List { begun, fences, items, complete })
    }

    /// Holds a list against the rows as they are now.
    async fn verdict(&self, look: &Look<'_>) -> Result<(Vec<Row>, Verdict)> {
        let rows = self.owners(look.binding, look.kind).await?;
        let mut marked = HashMap::new();
        let mut known: HashSet<&str> = rows.iter().filter_map(|row| Some(row.external_id.as_ref()?.as_str())).collect();
        known.extend(rows.iter().flat_map(|row| row.made.iter().map(String::as_str)));
        for seen in look.list.items.iter().filter(|seen| !known.contains(seen.id.as_str())) {
            if let Some(tag) = &seen.tag {
                match self.row(&ResourceId::new(tag)).await {
                    Ok(row) => {
                        marked.insert(tag.clone(), row);
                    }
                    Err(Error::Public(model::Error::NotFound { .. })) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let timings = &self.inner.settings.timings;
        let scene = Scene {
            kind: look.kind,
            binding: &look.binding.id,
            project: look.binding.project_id.as_str(),
            retired: look.retired,
            begun: look.list.begun,
            quiet: micros(timings.timeout + timings.quiet),
            fences: &look.list.fences,
            rows: &rows,
            marked: &marked,
        };
        let verdict = scene.compare(&look.list.items, look.list.complete);
        Ok((rows, verdict))
    }

    /// Writes down how a comparison ended, and when the next one is due.
    async fn end_check(&self, lease: &Lease, report: Option<Report>, asked: Option<&Ctx>) -> Result<()> {
        let binding = self.binding(&lease.binding).await?;
        let now = self.now();
        let stopped = report.as_ref().is_some_and(|report| report.stopped);
        let fine = !stopped && report.as_ref().is_some_and(|report| report.trouble.is_empty());
        let (ended, trouble, said) = match report {
            Some(Report { trouble, said, stopped: false }) => {
                (Some(now), Some(json!(trouble).to_string()), Some(json!(said).to_string()))
            }
            _ => (None, None, None),
        };
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE drift_checks SET lease_owner = NULL, lease_until = NULL, due_at = $3,
                ended_at = COALESCE($4, ended_at), trouble = COALESCE($5, trouble), cloud = COALESCE($6, cloud),
                cloud_at = COALESCE($4, cloud_at)
            WHERE binding_id = $1 AND fence = $2";
        let due = if stopped { now } else { now + self.until_next_check()? };
        let written = tx.execute(sql, values![&lease.binding, lease.fence, due, ended, trouble, said]).await?;
        if let Some(ctx) = asked {
            let outcome = if fine && written == 1 { AuditOutcome::Succeeded } else { AuditOutcome::Failed };
            audit::append(&mut tx, now, ctx, about(&binding, outcome)).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What the cloud listed, and what was known when that was asked for.
struct List {
    begun: i64,
    fences: HashMap<ResourceId, i64>,
    items: Vec<Seen>,
    complete: bool,
}

/// A list, and what it is held against.
struct Look<'a> {
    binding: &'a Binding,
    retired: bool,
    kind: &'static Definition,
    list: &'a List,
}

fn about(binding: &Binding, outcome: AuditOutcome) -> Event<'_> {
    Event::new(binding.slug.as_str(), "drift.check", outcome).within(binding.environment).about(
        "binding",
        binding.id.as_str(),
        &binding.project_name,
    )
}
