//! Provision: from a request at any door to a row, its quota and its audit event, and then to the cloud.
use super::{
    SpecInput, changes, effect::Parts, keys::Keyed, kind, lifecycle::Standing, listed::set_key, names, quota,
    resolve::Resolver, row::Row, seal,
};
use crate::{
    Ctx, Portal,
    access::Need,
    audit::{self, Event},
    bindings::Binding,
    db::{values, violates},
    error::{Error, Result},
    failpoints::{Point, reach},
};
use model::{AuditOutcome, Place, ResourceId, Spec, State, Usage, kind::Does, view::Provisioned};
use serde_json::{Value, json};
use services::{Ask, Definition, Facts, Kept};

/// A checked and resolved request, ready to be stored.
struct Order<'a> {
    definition: &'static Definition,
    binding: &'a Binding,
    id: ResourceId,
    name: String,
    open: Spec,
    sealed: Option<Vec<u8>>,
    facts: Facts,
    usage: Usage,
    claim: Option<String>,
}

impl Portal {
    /// Creates one of a kind in a place. It answers once the cloud has confirmed it, or could not be waited for.
    ///
    /// # Errors
    /// As [`model::Error`] says: 400 at the field, 403, 404, 409 with what is left of the quota, 422, 502, 503. When the
    /// cloud refused, the row stays as failed.
    pub async fn provision(
        &self,
        ctx: &Ctx,
        place: &Place,
        slug: &str,
        input: SpecInput,
        key: Option<&str>,
    ) -> model::Result<Provisioned> {
        self.try_provision(ctx, place, slug, input, key).await.map_err(Error::report)
    }

    async fn try_provision(
        &self,
        ctx: &Ctx,
        place: &Place,
        slug: &str,
        input: SpecInput,
        key: Option<&str>,
    ) -> Result<Provisioned> {
        let (_, binding) = self.resolve(ctx, place, Need::Provision).await?;
        let definition = kind(slug)?;
        let creatable = definition.kept.as_ref().filter(|_| definition.kind.can(Does::Create));
        let kept = creatable.ok_or_else(|| Error::from(model::Error::not_found(format!("way to create a {slug}"))))?;
        let mut spec = input.check(&definition.kind.fields)?;
        if let Some((field, sentence)) = (kept.refuse)(&spec) {
            return Err(model::Error::invalid(field, sentence).into());
        }
        let keyed = self.keyed(ctx, key, &format!("POST {place} {slug} {}", input.canonical()))?;
        let once = (kept.prepare)(&mut spec, random()?);
        if let Some(first) = self.replayed(keyed.as_ref()).await? {
            return self.answer_again(&first.row, &binding, once.is_some());
        }
        let cloud = self.cloud_of(&binding, &ctx.request_id)?;
        let resolver = Resolver { portal: self, cloud: &cloud, binding: &binding, own: None };
        let facts = resolver.facts(&definition.kind.fields, &spec, kept.sole, kept.lookups).await?;
        let order = self.order(definition, kept, &binding, spec, facts)?;
        let id = order.id.clone();
        reach(Point::ProvisionAsked);
        if !self.store(ctx, place, order, keyed.as_ref()).await? {
            // Another request under the same key was first, between our look and our transaction.
            let first = self.outrun(keyed.as_ref()).await?;
            return self.answer_again(&first.row, &binding, once.is_some());
        }
        reach(Point::ProvisionStored);
        self.advance_for_caller(&id).await;
        reach(Point::ProvisionAdvanced);
        self.answer(&self.row(&id).await?, &binding, once)
    }

    fn order<'a>(
        &self,
        definition: &'static Definition,
        kept: &'static Kept,
        binding: &'a Binding,
        spec: Spec,
        mut facts: Facts,
    ) -> Result<Order<'a>> {
        let id = ResourceId::new(uuid::Uuid::now_v7().to_string());
        let usage = (kept.usage)(&spec, &facts);
        let ask = Ask {
            spec: &spec,
            facts: &facts,
            tag: id.as_str(),
            binding: binding.id.as_str(),
            project: &binding.project_id,
            made: &[],
        };
        let claim = kept.chosen_id.map(|chosen| chosen(&ask));
        let name = match ask.text("name") {
            "" => id.to_string(),
            name => name.to_owned(),
        };
        let secret = |name: &String| definition.kind.fields.iter().any(|field| field.secret && field.name == **name);
        let (secrets, open): (Spec, Spec) = spec.into_iter().partition(|(name, _)| secret(name));
        for name in secrets.keys() {
            facts.0.insert(set_key(name), Value::Bool(true));
        }
        let sealed = match secrets.is_empty() {
            true => None,
            false => {
                let plain = Value::Object(secrets).to_string();
                Some(seal::seal(&self.inner.settings.secret_key, id.as_str(), plain.as_bytes())?)
            }
        };
        Ok(Order { definition, binding, id, name, open, sealed, facts, usage, claim })
    }

    /// One transaction: key, quota, row, event. False when the key was taken in the meantime; then nothing happened.
    async fn store(&self, ctx: &Ctx, place: &Place, order: Order<'_>, keyed: Option<&Keyed>) -> Result<bool> {
        let now = self.now();
        // Should this process die before it has asked the cloud, another look is due once its lease would be over.
        let due = now + self.lease_micros();
        let slug = order.definition.slug();
        let mut tx = self.db().begin().await?;
        if !self.claim(&mut tx, keyed, &order.id, None).await? {
            return Ok(false);
        }
        reach(Point::ProvisionKeyed);
        quota::reserve(&mut tx, order.binding, order.usage).await?;
        reach(Point::ProvisionReserved);
        let sql = "INSERT INTO resources (id, binding_id, workspace_id, environment, kind, name, claim, wanted, state,
                standing, spec, sealed_spec, facts, parts, observed, usage_vcpus, usage_ram_mib, usage_storage_gb,
                counted, created_by, created_by_name, request_id, created_at, updated_at, due_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 'present', 'requested', $8, $9, $10, $11, '[]', '{}', $12, $13, $14,
                1, $15, $16, $17, $18, $18, $19)";
        let inserted = tx
            .execute(
                sql,
                values![
                    &order.id,
                    &order.binding.id,
                    order.binding.workspace_id.as_str(),
                    &place.environment,
                    slug,
                    order.name.as_str(),
                    order.claim,
                    json!(Standing::Requested).to_string(),
                    Value::Object(order.open).to_string(),
                    order.sealed,
                    json!(order.facts).to_string(),
                    order.usage.vcpus,
                    order.usage.ram_mib,
                    order.usage.storage_gb,
                    ctx.user_id(),
                    ctx.actor_name(),
                    &ctx.request_id,
                    now,
                    due,
                ],
            )
            .await;
        if let Err(error) = inserted {
            return Err(match violates(&error, "resources_claim_key", "resources.binding_id, resources.kind") {
                true => model::Error::invalid("name", "This name is taken here.").into(),
                false => error.into(),
            });
        }
        names::keep(&mut tx, &order.id, &order.name).await?;
        reach(Point::ProvisionInserted);
        let event = Event::new(place.workspace.as_str(), format!("{slug}.create"), AuditOutcome::Attempted)
            .within(place.environment)
            .about(slug, order.id.as_str(), &order.name)
            .detail(json!({
                "project": order.binding.project_name,
                "region": order.binding.region,
                "usage": order.usage,
            }));
        changes::publish(&mut tx, now, &order.id).await?;
        audit::append(&mut tx, now, ctx, event).await?;
        reach(Point::ProvisionAudited);
        tx.commit().await?;
        Ok(true)
    }

    /// What a row says to the one who asked for it, the first time and each time that the request comes again. What was
    /// made and broke later was not refused: then the answer is the broken thing.
    fn answer(&self, row: &Row, binding: &Binding, once: Option<String>) -> Result<Provisioned> {
        if let Standing::Failed { fault, .. } = &row.standing
            && !Parts::of(row, &binding.project_id).all_made()
        {
            return Err(refusal(row, fault).into());
        }
        let confirmed = row.state() != State::Requested && row.external_id.is_some();
        Ok(Provisioned { view: row.view(), confirmed, once })
    }

    /// The answer to a request that comes again. What is shown `once` was shown to the first one.
    fn answer_again(&self, row: &Row, binding: &Binding, once: bool) -> Result<Provisioned> {
        let answer = self.answer(row, binding, None)?;
        if once { Err(model::Error::AlreadyDelivered.into()) } else { Ok(answer) }
    }
}

/// A cloud's refusal, told at the field where that is known.
fn refusal(row: &Row, fault: &str) -> model::Error {
    let lower = fault.to_lowercase();
    if lower.contains("quota") {
        return model::Error::CloudQuota { detail: fault.to_owned() };
    }
    let named = row.kind.kind.fields.iter().find(|field| match field.name.as_ref() {
        "name" => lower.contains("name") && !lower.contains("key_name"),
        "subnet_cidr" | "cidr" => lower.contains("cidr") || lower.contains("subnet"),
        "size_gb" => lower.contains("size"),
        name => lower.contains(name.trim_end_matches("_id")),
    });
    match named {
        Some(field) => model::Error::invalid(field.name.to_string(), fault),
        None => model::Error::Refused { detail: fault.to_owned() },
    }
}

fn random() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| Error::Sealed)?;
    Ok(seed)
}
