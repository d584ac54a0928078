//! Adopt and clean up: a row for what has none, wanted or not; and the cloud's values for what was changed.
use super::{Case, busy, decide, event};
use crate::{
    Ctx, Portal, audit,
    bindings::Binding,
    db::{Tx, values},
    error::{Error, Result},
    resources::{
        advance::Lease,
        changes,
        cloud::ScopedCloud,
        drift::{OWNERS, compare, is_ours_to_see, owners_of},
        kind,
        lifecycle::{Standing, Wanted},
        names, quota,
        resolve::Resolver,
    },
};
use model::{AuditOutcome, Input, ResourceId, Spec, State, Usage, drift::Remedy};
use serde_json::{Map, Value, json};
use services::{Definition, Facts, Seen};

/// A thing in our words: as if it had been asked for here.
struct Described {
    spec: Spec,
    facts: Facts,
    usage: Usage,
}

impl Portal {
    /// A row for a thing that has none. To clean up, it is a row that is not wanted: what follows is the path of every
    /// deletion. It counts only when it is adopted, and then may go over the quota: it is there already.
    pub(super) async fn take_in(&self, ctx: &Ctx, case: &Case, remedy: Remedy) -> Result<bool> {
        let (finding, binding) = (&case.finding, &case.binding);
        let definition = kind(&finding.resource_type)?;
        let cloud = self.cloud_of(binding, &ctx.request_id)?;
        let Some(seen) = self.read_own(&cloud, binding, definition, case).await? else {
            return self
                .outdated_finding(finding, format!("{} is not in the cloud any more.", finding.resource_name))
                .await;
        };
        let wanted = if remedy == Remedy::Adopt { Wanted::Present } else { Wanted::Absent };
        let described = match wanted {
            Wanted::Present => self.describe(&cloud, binding, definition, &seen).await?,
            Wanted::Absent => Described { spec: seen.asked.clone(), facts: Facts::default(), usage: Usage::ZERO },
        };
        let id = ResourceId::new(uuid::Uuid::now_v7().to_string());
        let now = self.now();
        let mut tx = self.db().begin().await?;
        // One at a time in a project, so that two places that are bound to it do not both take it in.
        let sql = "UPDATE project_owners SET workspace_id = workspace_id WHERE project_id = $1";
        tx.execute(sql, values![&binding.project_id]).await?;
        if !decide(&mut tx, now, finding, remedy, None).await? {
            return Ok(false);
        }
        if let Some(why) = claimed(&mut tx, binding, definition, &seen).await? {
            drop(tx);
            return self.outdated_finding(finding, why).await;
        }
        if wanted == Wanted::Present {
            quota::recount(&mut tx, &binding.id, described.usage).await?;
        }
        insert(&mut tx, ctx, case, definition, &seen, &described, (&id, wanted, now)).await?;
        tx.execute("UPDATE drift SET resource_id = $2 WHERE id = $1", values![finding.id.as_str(), &id]).await?;
        changes::publish(&mut tx, now, &id).await?;
        let action = format!("{}.{}", definition.slug(), remedy.as_str());
        // To adopt is done with that; a deletion is only begun.
        let outcome = if wanted == Wanted::Present { AuditOutcome::Succeeded } else { AuditOutcome::Attempted };
        let mut said = event(case, action, None, outcome);
        said.target_id = id.as_str();
        said.detail["usage"] = json!(described.usage);
        audit::append(&mut tx, now, ctx, said).await?;
        tx.commit().await?;
        self.outdated(&binding.id, definition);
        self.advance_for_caller(&id).await;
        Ok(true)
    }

    /// The cloud's values for what was changed there, and what it takes now.
    pub(super) async fn follow(&self, ctx: &Ctx, case: &Case) -> Result<bool> {
        let id = case.finding.provisioned_id.as_ref().ok_or(Error::Corrupt("finding"))?;
        let Some(Lease { fence, .. }) = self.lease(id).await? else { return Err(busy(&case.finding)) };
        let done = self.follow_leased(ctx, case, fence).await;
        self.give_back(id, fence).await?;
        done
    }

    async fn follow_leased(&self, ctx: &Ctx, case: &Case, fence: i64) -> Result<bool> {
        let (finding, binding) = (&case.finding, &case.binding);
        let row = self.row(finding.provisioned_id.as_ref().ok_or(Error::Corrupt("finding"))?).await?;
        if row.busy.is_some() || !matches!(row.standing, Standing::Active { .. }) || row.wanted == Wanted::Absent {
            return Err(busy(finding));
        }
        let cloud = self.cloud_of(binding, &ctx.request_id)?;
        let Some(seen) = self.read_own(&cloud, binding, row.kind, case).await? else {
            return self.outdated_finding(finding, format!("{} is not in the cloud any more.", row.name)).await;
        };
        let differences = compare::differences(&row, &seen);
        if differences.is_empty() {
            let why = format!("{} is as it was asked for after all.", row.name);
            return self.outdated_finding(finding, why).await;
        }
        let described = self.describe(&cloud, binding, row.kind, &seen).await?;
        let (mut spec, mut facts, mut name) = (row.spec.clone(), row.facts.clone(), row.name.clone());
        for difference in &differences {
            let field = difference.field.as_str();
            if field == "name" {
                name.clone_from(&seen.name);
            }
            spec.extend(described.spec.get(field).map(|value| (field.to_owned(), value.clone())));
            facts.0.extend(described.facts.0.get(field).map(|fact| (field.to_owned(), fact.clone())));
        }
        let now = self.now();
        let mut tx = self.db().begin().await?;
        if !decide(&mut tx, now, finding, Remedy::Adopt, None).await? {
            return Ok(false);
        }
        if row.counted {
            quota::recount(&mut tx, &row.binding_id, described.usage - row.usage).await?;
        }
        let sql = "UPDATE resources SET name = $3, spec = $4, facts = $5, usage_vcpus = $6,
                usage_ram_mib = $7, usage_storage_gb = $8, observed = $9, updated_at = $10
            WHERE id = $1 AND fence = $2";
        let usage = described.usage;
        let values = values![
            &row.id,
            fence,
            name.as_str(),
            Value::Object(spec).to_string(),
            json!(facts).to_string(),
            usage.vcpus,
            usage.ram_mib,
            usage.storage_gb,
            json!(seen.metadata).to_string(),
            now,
        ];
        if tx.execute(sql, values).await? == 0 {
            return Err(busy(finding));
        }
        names::keep(&mut tx, &row.id, &name).await?;
        changes::publish(&mut tx, now, &row.id).await?;
        let mut said = event(case, format!("{}.adopt", row.kind.slug()), Some(&row), AuditOutcome::Succeeded);
        said.detail["differences"] = json!(differences);
        said.detail["usage"] = json!(usage);
        audit::append(&mut tx, now, ctx, said).await?;
        tx.commit().await?;
        self.outdated(&row.binding_id, row.kind);
        Ok(true)
    }

    /// The thing that a finding is about, if the project still has it.
    async fn read_own(
        &self,
        cloud: &ScopedCloud,
        binding: &Binding,
        definition: &'static Definition,
        case: &Case,
    ) -> Result<Option<Seen>> {
        let seen = match cloud.send(&definition.get(&case.finding.resource_id)).await {
            Ok(answer) => definition.read_one(&answer.body),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let unreadable = || openstack::Error::Unreadable {
            service: definition.collection.service.title,
            cause: format!("a {} is not of the documented shape", definition.slug()),
        };
        let seen = seen.ok_or_else(unreadable)?;
        Ok(Some(seen).filter(|seen| is_ours_to_see(definition, seen, &binding.id, binding.project_id.as_str())))
    }

    /// What a thing would have been asked for as, and what it takes.
    async fn describe(
        &self,
        cloud: &ScopedCloud,
        binding: &Binding,
        definition: &'static Definition,
        seen: &Seen,
    ) -> Result<Described> {
        let mut spec = seen.asked.clone();
        let fields = &definition.kind.fields;
        if fields.iter().any(|field| field.name == "name") {
            spec.insert("name".to_owned(), seen.name.clone().into());
        }
        let Some(kept) = &definition.kept else { return Err(Error::Corrupt("kind")) };
        if let Some(usage) = seen.takes {
            // What it chose may be gone from the cloud's offer; its name remains.
            let chosen = fields.iter().filter(|field| matches!(field.input, Input::Choice { .. }));
            let fact = |value: &Value| {
                let mut fact = Map::from_iter([("name".to_owned(), value.clone())]);
                fact.extend([("vcpus".to_owned(), usage.vcpus.into()), ("ram_mib".to_owned(), usage.ram_mib.into())]);
                Value::Object(fact)
            };
            let facts = chosen.filter_map(|field| Some((field.name.to_string(), fact(spec.get(field.name.as_ref())?))));
            let facts = Facts(facts.collect());
            return Ok(Described { spec, facts, usage });
        }
        let resolver = Resolver { portal: self, cloud, binding, own: None };
        let facts = resolver.facts(fields, &spec, &[], kept.lookups).await?;
        let usage = (kept.usage)(&spec, &facts);
        Ok(Described { spec, facts, usage })
    }
}

/// Why a thing cannot be taken in: some row answers for it, or is about to.
async fn claimed(
    tx: &mut Tx,
    binding: &Binding,
    definition: &'static Definition,
    seen: &Seen,
) -> Result<Option<String>> {
    for slug in owners_of(definition) {
        let sql = format!(
            "SELECT r.name FROM resources r JOIN bindings b ON b.id = r.binding_id {OWNERS}
                AND (r.external_id = $4 AND r.kind = $5 OR r.parts LIKE $6)"
        );
        let part = format!("%{}%", json!(seen.id.as_str()));
        let id = seen.id.as_str();
        let values = values![&binding.project_id, &binding.region, slug, id, definition.slug(), part];
        if let Some(row) = tx.all_built(sql, values).await?.first() {
            return Ok(Some(format!("{} is in the inventory already.", row.text("name")?)));
        }
    }
    let Some(tag) = &seen.tag else { return Ok(None) };
    let sql = "SELECT r.name FROM resources r WHERE r.id = $1 AND r.state NOT IN ('gone', 'failed')
        AND r.external_id IS NULL";
    let row = tx.one(sql, values![tag.as_str()]).await?;
    let waits = |row: crate::db::Row| Ok(format!("{} is still being made.", row.text("name")?));
    row.map(waits).transpose()
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    case: &Case,
    definition: &'static Definition,
    seen: &Seen,
    described: &Described,
    (id, wanted, now): (&ResourceId, Wanted, i64),
) -> Result<()> {
    let external = seen.id.clone();
    let standing = match seen.state {
        State::Active => Standing::Active { id: external },
        State::Failed => {
            let fault = seen.fault.clone().unwrap_or_else(|| "The cloud gives no reason.".to_owned());
            Standing::Failed { id: Some(external), fault }
        }
        _ => Standing::Building { id: external },
    };
    let present = wanted == Wanted::Present;
    let state = if present { standing.state() } else { State::Deleting };
    let usage = described.usage;
    let binding = &case.binding;
    let sql = "INSERT INTO resources (id, binding_id, workspace_id, environment, kind, name, external_id, wanted,
            state, standing, fault, spec, facts, parts, observed, usage_vcpus, usage_ram_mib, usage_storage_gb, counted,
            created_by, created_by_name, request_id, created_at, updated_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $23, $23)";
    let values = values![
        id,
        &binding.id,
        binding.workspace_id.as_str(),
        &binding.environment,
        definition.slug(),
        seen.name.as_str(),
        &seen.id,
        wanted.as_str(),
        &state,
        json!(standing).to_string(),
        standing.fault(),
        Value::Object(described.spec.clone()).to_string(),
        json!(described.facts).to_string(),
        json!([seen.id]).to_string(),
        json!(seen.metadata).to_string(),
        usage.vcpus,
        usage.ram_mib,
        usage.storage_gb,
        present,
        ctx.user_id(),
        ctx.actor_name(),
        &ctx.request_id,
        now,
    ];
    tx.execute(sql, values).await?;
    Ok(names::keep(tx, id, &seen.name).await?)
}
