//! The quota ledger, looked at: what is promised, what the rows add up to, and what the cloud says.
use super::{cloud::ScopedCloud, drift::OWNERS, kind, list};
use crate::{
    Ctx, Portal,
    access::Need,
    bindings::{Binding, usage},
    db::{Row, values},
    error::{Error, Result, from_cloud},
};
use model::{
    BindingId, Place, Usage, WorkspaceSlug,
    ledger::{CloudUse, Ledger},
    view::Timestamp,
};
use services::{
    Seen,
    limits::{COUNTED, LIMITS},
};
use std::collections::HashSet;

/// Ledger and rows in one statement, so that they are of one moment. An operation holds what it may take until the cloud
/// shows the outcome.
///
/// `of` limits the sums to what the caller's own condition lets through, so that one ledger reads one binding's rows.
fn select(of: &str) -> String {
    format!(
        "SELECT b.*, w.slug, c.cloud AS cloud_said, c.cloud_at,
        CAST(COALESCE(r.vcpus, 0) + COALESCE(o.vcpus, 0) AS BIGINT) AS rows_vcpus,
        CAST(COALESCE(r.ram_mib, 0) + COALESCE(o.ram_mib, 0) AS BIGINT) AS rows_ram_mib,
        CAST(COALESCE(r.storage_gb, 0) + COALESCE(o.storage_gb, 0) AS BIGINT) AS rows_storage_gb,
        CAST(COALESCE(r.open_vcpus, 0) + COALESCE(o.vcpus, 0) AS BIGINT) AS reserved_vcpus,
        CAST(COALESCE(r.open_ram_mib, 0) + COALESCE(o.ram_mib, 0) AS BIGINT) AS reserved_ram_mib,
        CAST(COALESCE(r.open_storage_gb, 0) + COALESCE(o.storage_gb, 0) AS BIGINT) AS reserved_storage_gb
    FROM bindings b
    JOIN workspaces w ON w.id = b.workspace_id
    LEFT JOIN drift_checks c ON c.binding_id = b.id
    LEFT JOIN (
        SELECT binding_id, SUM(usage_vcpus) AS vcpus, SUM(usage_ram_mib) AS ram_mib, SUM(usage_storage_gb) AS storage_gb,
            SUM(CASE WHEN state IN ('requested', 'building') THEN usage_vcpus ELSE 0 END) AS open_vcpus,
            SUM(CASE WHEN state IN ('requested', 'building') THEN usage_ram_mib ELSE 0 END) AS open_ram_mib,
            SUM(CASE WHEN state IN ('requested', 'building') THEN usage_storage_gb ELSE 0 END) AS open_storage_gb
        FROM resources WHERE counted = 1{of} GROUP BY binding_id
    ) r ON r.binding_id = b.id
    LEFT JOIN (
        SELECT s.binding_id, SUM(p.held_vcpus) AS vcpus, SUM(p.held_ram_mib) AS ram_mib,
            SUM(p.held_storage_gb) AS storage_gb
        FROM operations p JOIN resources s ON s.id = p.resource_id
        WHERE (p.held_vcpus > 0 OR p.held_ram_mib > 0 OR p.held_storage_gb > 0){of} GROUP BY s.binding_id
    ) o ON o.binding_id = b.id"
    )
}

impl Portal {
    /// The ledgers of all bindings, or of one workspace's, with what the cloud last said. For administrators.
    ///
    /// # Errors
    /// 404 for who is not staff, and for a workspace that does not exist.
    pub async fn ledgers(&self, ctx: &Ctx, workspace: Option<&WorkspaceSlug>) -> model::Result<Vec<Ledger>> {
        let work = async {
            self.may_staff(ctx).await?;
            self.read_ledgers(workspace).await
        };
        work.await.map_err(Error::report)
    }

    /// As [`Portal::ledgers`], after the cloud was asked anew. A cloud that does not answer is told in the ledger.
    ///
    /// # Errors
    /// As [`Portal::ledgers`].
    pub async fn verify_quota(&self, ctx: &Ctx, workspace: Option<&WorkspaceSlug>) -> model::Result<Vec<Ledger>> {
        let work = async {
            self.may_staff(ctx).await?;
            let mut ledgers = self.read_ledgers(workspace).await?;
            for ledger in &mut ledgers {
                let binding = self.binding(&ledger.binding_id).await?;
                let said = match self.cloud_of(&binding, &ctx.request_id) {
                    Ok(cloud) => self.ask_use(&cloud, &binding).await?,
                    Err(error) => CloudUse { trouble: vec![error.report().to_string()], ..CloudUse::default() },
                };
                (ledger.cloud, ledger.cloud_as_of) = (Some(said), Some(Timestamp(self.now())));
            }
            Ok(ledgers)
        };
        work.await.map_err(Error::report)
    }

    /// The ledger of a place, with what the cloud last said.
    ///
    /// # Errors
    /// 404 to strangers and for environments that are not bound.
    pub async fn ledger(&self, ctx: &Ctx, place: &Place) -> model::Result<Ledger> {
        let work = async {
            let (_, binding) = self.resolve(ctx, place, Need::Read).await?;
            let sql = format!("{} WHERE b.id = $1", select(" AND binding_id = $1"));
            let rows = self.db().all_built(sql, values![&binding.id]).await?;
            read(rows.first().ok_or(Error::Corrupt("binding"))?)
        };
        work.await.map_err(Error::report)
    }

    async fn read_ledgers(&self, workspace: Option<&WorkspaceSlug>) -> Result<Vec<Ledger>> {
        if let Some(slug) = workspace {
            let sql = "SELECT id FROM workspaces WHERE slug = $1";
            self.db()
                .one(sql, values![slug])
                .await?
                .ok_or_else(|| Error::from(model::Error::not_found("workspace")))?;
        }
        let slug = workspace.map_or("", WorkspaceSlug::as_str);
        let sql = format!(
            "{} WHERE $1 = '' OR w.slug = $1
            ORDER BY w.slug, CASE WHEN b.retired_at IS NULL THEN 0 ELSE 1 END, b.environment, b.id",
            select("")
        );
        self.db().all_built(sql, values![slug]).await?.iter().map(read).collect()
    }

    /// What the cloud says of a project now.
    async fn ask_use(&self, cloud: &ScopedCloud, binding: &Binding) -> Result<CloudUse> {
        let mut said = CloudUse::default();
        for slug in COUNTED {
            let kind = kind(slug)?;
            match list::own(cloud, kind).await {
                Ok((items, complete)) => {
                    let ours = self.known_ids(binding, slug).await?;
                    add_up(&mut said, &items, &ours, binding.project_id.as_str());
                    if !complete {
                        said.trouble.push(incomplete(&kind.kind.plural));
                    }
                }
                // What a region does not offer takes nothing.
                Err(openstack::Error::NotOffered { .. }) => {}
                Err(error) => said.trouble.push(from_cloud(&error).to_string()),
            }
        }
        self.ask_limits(cloud, &mut said).await;
        Ok(said)
    }

    /// What the cloud's own quota is.
    pub(super) async fn ask_limits(&self, cloud: &ScopedCloud, said: &mut CloudUse) {
        for limits in &LIMITS {
            match cloud.send(&limits.request()).await {
                Ok(answer) => match limits.read(&answer.body) {
                    Some(read) => said.limits.extend(read),
                    None => said.trouble.push(format!("{} tells no limits that we can read.", limits.service.title)),
                },
                Err(openstack::Error::NotOffered { .. }) => {}
                Err(error) => said.trouble.push(from_cloud(&error).to_string()),
            }
        }
    }

    /// The cloud's ids of a kind's rows in a binding's project and region, whichever binding they are of.
    async fn known_ids(&self, binding: &Binding, slug: &str) -> Result<HashSet<String>> {
        let sql = format!(
            "SELECT r.external_id FROM resources r JOIN bindings b ON b.id = r.binding_id {OWNERS}
                AND r.external_id IS NOT NULL"
        );
        let rows = self.db().all_built(sql, values![&binding.project_id, &binding.region, slug]).await?;
        Ok(rows.iter().map(|row| row.text("external_id")).collect::<sqlx::Result<_>>()?)
    }
}

/// Why an amount is too small.
pub(super) fn incomplete(plural: &str) -> String {
    format!("The list of {} is incomplete.", plural.to_lowercase())
}

/// Adds what listed things take.
pub(super) fn add_up(said: &mut CloudUse, items: &[Seen], ours: &HashSet<String>, project: &str) {
    for seen in items.iter().filter(|seen| seen.belongs_to(project)) {
        let takes = seen.takes.unwrap_or(Usage::ZERO);
        let sum = if ours.contains(seen.id.as_str()) { &mut said.managed } else { &mut said.unmanaged };
        *sum = *sum + takes;
    }
}

fn read(row: &Row) -> Result<Ledger> {
    let binding = Binding::read(row)?;
    let said = row.text_opt("cloud_said")?;
    let said = said.map(|said| serde_json::from_str(&said)).transpose().map_err(|_| Error::Corrupt("cloud"))?;
    Ok(Ledger {
        binding_id: BindingId::new(row.text("id")?),
        workspace_id: binding.slug,
        environment_id: binding.environment,
        openstack_project: binding.project_name,
        openstack_region: binding.region,
        retired: row.int_opt("retired_at")?.is_some(),
        quota: binding.quota,
        used: binding.used,
        reserved: usage(row, "reserved_vcpus", "reserved_ram_mib", "reserved_storage_gb")?,
        rows: usage(row, "rows_vcpus", "rows_ram_mib", "rows_storage_gb")?,
        cloud: said,
        cloud_as_of: row.int_opt("cloud_at")?.map(Timestamp),
    })
}
