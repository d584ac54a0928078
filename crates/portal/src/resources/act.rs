//! Act: something done to one thing. A change is a row of `operations`, sent by `advance`; a reading is sent at once.
use super::{
    SpecInput,
    advance::Went,
    changes,
    cloud::ScopedCloud,
    cluster::{Done, Task},
    effect,
    keys::{Keyed, Replay},
    lifecycle::Heard,
    objects, quota,
    resolve::{Own, Resolver},
    row::Row,
};
use crate::{
    Actor, Ctx, Portal,
    access::Need,
    audit::{self, Event},
    bindings::Binding,
    db::{values, violates},
    error::{Error, Result},
    failpoints::{Point, reach},
};
use model::{
    Action, AuditOutcome, OperationId, Place, RequestId, Spec, Usage, applied::Became, kind::Output, view::Acted,
};
use openstack::Request;
use serde_json::{Value, json};
use services::{Act, ActAsk, Again, Deed, Facts, definition::Steps};
use tracing::Instrument;

impl Portal {
    /// Does something with one thing of a place. `id` is the row's or the cloud's.
    ///
    /// # Errors
    /// As [`model::Error`] says; 409 while another action is under way or the state does not allow it.
    #[expect(
        clippy::too_many_arguments,
        reason = "where, what, which, how and under which key: each is an answer of its own"
    )]
    pub async fn act(
        &self,
        ctx: &Ctx,
        place: &Place,
        slug: &str,
        id: &str,
        action: &str,
        input: SpecInput,
        key: Option<&str>,
    ) -> model::Result<Acted> {
        let call = Call { place, slug, id, action, input };
        self.try_act(ctx, call, key).await.map_err(Error::report)
    }

    async fn try_act(&self, ctx: &Ctx, call: Call<'_>, key: Option<&str>) -> Result<Acted> {
        let Call { place, slug, id, action, input } = call;
        let access = self.may(ctx, place, Need::Provision).await?;
        let row = self.find_row(&access, place, slug, id).await?;
        // The row's own binding: the place may have been bound to another project since.
        let binding = self.binding(&row.binding_id).await?;
        let unknown = || Error::from(model::Error::not_found(format!("action {action} on a {slug}")));
        let (descriptor, act) = row.kind.act(action).ok_or_else(unknown)?;
        let fields = input.check(&descriptor.fields)?;
        if let Some((field, sentence)) = (act.refuse)(&fields) {
            return Err(model::Error::invalid(field, sentence).into());
        }
        let keyed = self.keyed(ctx, key, &format!("POST {place} {slug} {} {action} {}", row.id, input.canonical()))?;
        if let Some(first) = self.replayed(keyed.as_ref()).await? {
            if descriptor.output == Output::Once {
                return Err(model::Error::AlreadyDelivered.into());
            }
            return self.outcome_again(first).await;
        }
        if !descriptor.when.contains(&row.state()) {
            let why = format!("{} is {}; “{}” does not apply to it now.", row.name, row.state(), descriptor.label);
            return Err(model::Error::Conflict { why }.into());
        }
        let cloud = self.cloud_of(&binding, &ctx.request_id)?;
        let own = row.standing.id().map(|id| Own { kind: row.kind, id });
        let resolver = Resolver { portal: self, cloud: &cloud, binding: &binding, own };
        let facts = resolver.facts(&descriptor.fields, &fields, &[], act.lookups).await?;
        let Some(asked) = asked(act, &row, &fields, &facts)? else {
            let field = descriptor.fields.first().map_or("body", |field| field.name.as_ref()).to_owned();
            return Err(model::Error::invalid(field, "Say which.").into());
        };
        if let Some((field, sentence)) = ask(&row, &fields, &facts).and_then(|ask| (act.misfits)(&ask)) {
            return Err(model::Error::invalid(field, sentence).into());
        }
        let noted = (act.noted)(&fields);
        if act.reads {
            let reading = Reading { noted, ctx: ctx.clone(), row, act, action: descriptor, asked, cloud, keyed };
            // In a task of its own: what was begun is ended, and told of, when the caller leaves.
            let work = self.clone().reading(reading).in_current_span();
            return tokio::spawn(work).await.unwrap_or_else(|_| Err(model::Error::Internal.into()));
        }
        // While it may be either, the larger of what it takes and what it will take is held. What it is to take by an action
        // before is held already.
        let held = becoming(&row, act, &fields, &facts)
            .map_or(Usage::ZERO, |(.., usage)| usage.beyond(row.usage + row.asks().beyond(row.usage)));
        let operation = OperationId::new(uuid::Uuid::now_v7().to_string());
        let now = self.now();
        reach(Point::ActAsked);
        let mut tx = self.db().begin().await?;
        if !self.claim(&mut tx, keyed.as_ref(), &row.id, Some(&operation)).await? {
            drop(tx);
            return self.outcome_again(self.outrun(keyed.as_ref()).await?).await;
        }
        reach(Point::ActKeyed);
        if held != Usage::ZERO {
            quota::reserve(&mut tx, &binding, held).await?;
        }
        let stored = json!({ "fields": fields, "facts": facts }).to_string();
        let sql = "INSERT INTO operations (id, resource_id, action, fields, standing, created_by, created_by_name,
                request_id, created_at, updated_at, held_vcpus, held_ram_mib, held_storage_gb)
            VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $8, $9, $10, $11)";
        let (actor, request_id) = (ctx.actor_name(), &ctx.request_id);
        let values = values![
            &operation,
            &row.id,
            action,
            stored,
            ctx.user_id(),
            actor,
            request_id,
            now,
            held.vcpus,
            held.ram_mib,
            held.storage_gb,
        ];
        if let Err(error) = tx.execute(sql, values).await {
            let busy = || format!("{} is busy with another action. Try again when it is done.", row.name);
            return Err(match violates(&error, "operations_busy_key", "operations.resource_id") {
                true => model::Error::Conflict { why: busy() }.into(),
                false => error.into(),
            });
        }
        reach(Point::ActInserted);
        // A server that dies once this is committed leaves the row due.
        let sql = "UPDATE resources SET due_at = $2, fault = NULL WHERE id = $1";
        tx.execute(sql, values![&row.id, now + self.lease_micros()]).await?;
        changes::publish(&mut tx, now, &row.id).await?;
        audit::append(&mut tx, now, ctx, about(&row, action, AuditOutcome::Attempted).detail(noted)).await?;
        reach(Point::ActAudited);
        tx.commit().await?;
        reach(Point::ActStored);
        self.advance_for_caller(&row.id).await;
        reach(Point::ActAdvanced);
        self.outcome(&operation, &row).await
    }

    /// What has come of an operation.
    async fn outcome(&self, operation: &OperationId, row: &Row) -> Result<Acted> {
        let sql = "SELECT standing, fault FROM operations WHERE id = $1";
        let done = self.db().one(sql, values![operation]).await?.ok_or(Error::Corrupt("operation"))?;
        match done.text("standing")?.as_str() {
            "failed" => {
                let detail = done.text_opt("fault")?.unwrap_or_default();
                Err(model::Error::Refused { detail }.into())
            }
            standing => {
                let view = self.row(&row.id).await?.view();
                Ok(Acted { view, confirmed: standing == "done", output: None })
            }
        }
    }

    /// What has come of the operation that the same request asked for before.
    async fn outcome_again(&self, first: Replay) -> Result<Acted> {
        let Replay { row, operation } = first;
        match operation {
            Some(operation) => self.outcome(&operation, &row).await,
            None => Ok(Acted { confirmed: row.busy.is_none(), view: row.view(), output: None }),
        }
    }

    /// A reading: intent and outcome are audited, nothing else is kept.
    async fn reading(self, reading: Reading) -> Result<Acted> {
        let Reading { ctx, row, act, action, asked, noted, cloud, keyed } = reading;
        let about = |outcome| about(&row, &action.name, outcome).detail(noted.clone());
        // What is shown once is delivered when it is there: until then its key is good for another attempt.
        let once = action.output == Output::Once;
        reach(Point::ReadAsked);
        let mut tx = self.db().begin().await?;
        // What a second time does or is refused is asked for once under a key; its output is given then, and not kept.
        let claims = act.again != Again::Same && !once;
        if claims && !self.claim(&mut tx, keyed.as_ref(), &row.id, None).await? {
            drop(tx);
            return self.outcome_again(self.outrun(keyed.as_ref()).await?).await;
        }
        audit::append(&mut tx, self.now(), &ctx, about(AuditOutcome::Attempted)).await?;
        tx.commit().await?;
        reach(Point::ReadNoted);
        let written = match &asked {
            Asked::Steps { fields, facts, .. } => objects::written(&row, fields, facts),
            _ => None,
        };
        let answered = match asked {
            Asked::Request(request) => cloud.send(&request).await.map_err(Error::from).map(|answer| Answered {
                output: (act.output)(&answer.body),
                outcome: AuditOutcome::Succeeded,
                detail: noted.clone(),
            }),
            Asked::Steps { steps, fields, facts } => {
                let ask = ask(&row, &fields, &facts).ok_or(Error::Corrupt("action"))?;
                let output = self.step_by_step(&cloud, row.kind, ask, steps).await;
                output.map(|output| Answered { output, outcome: AuditOutcome::Succeeded, detail: noted.clone() })
            }
            Asked::Cluster(task) => self.on_cluster(&cloud, &row, ctx.actor_name(), task).await.and_then(Answered::of),
        };
        reach(Point::ReadAnswered);
        match answered {
            Ok(Answered { output, outcome, detail }) => {
                let mut tx = self.db().begin().await?;
                if once && !self.claim(&mut tx, keyed.as_ref(), &row.id, None).await? {
                    return Err(model::Error::AlreadyDelivered.into());
                }
                if let Some((container, object)) = &written {
                    objects::doubt_in(&mut tx, self.now(), &row.binding_id, (container, object)).await?;
                }
                audit::append(&mut tx, self.now(), &ctx, about(outcome).detail(detail)).await?;
                tx.commit().await?;
                reach(Point::ReadDone);
                Ok(Acted { view: row.view(), confirmed: true, output })
            }
            Err(error) => {
                let mut tx = self.db().begin().await?;
                // What would do it again each time is not done again while nobody knows whether it was done.
                let doubtful = matches!(&error, Error::Cloud(error) if error.maybe_done());
                if claims && !(doubtful && act.again == Again::Repeated) {
                    self.unclaim(&mut tx, keyed.as_ref()).await?;
                }
                audit::append(&mut tx, self.now(), &ctx, about(AuditOutcome::Failed)).await?;
                tx.commit().await?;
                Err(error)
            }
        }
    }

    /// Writes an event that nothing else changes with.
    pub(crate) async fn note(&self, ctx: &Ctx, event: Event<'_>) -> Result<()> {
        let mut tx = self.db().begin().await?;
        audit::append(&mut tx, self.now(), ctx, event).await?;
        Ok(tx.commit().await?)
    }

    /// Sends a pending operation of a leased row, under the id of the request that asked for it. One whose answer was lost
    /// is not sent again: it says so.
    pub(super) async fn operate(&self, row: &Row, binding: &Binding) -> Result<Went> {
        let sql = "SELECT id, action, fields, standing, request_id FROM operations
            WHERE resource_id = $1 AND standing IN ('pending', 'sending')";
        let Some(pending) = self.db().one(sql, values![&row.id]).await? else { return Ok(Went::Waiting) };
        let (id, action) = (pending.text("id")?, pending.text("action")?);
        let ctx = Ctx::new(Actor::System("system"), RequestId::new(pending.text("request_id")?));
        let cloud = self.cloud_of(binding, &ctx.request_id)?;
        let stored: Stored = pending.json("fields")?;
        let lost = "The answer was lost; the cloud may have done it all the same. Look at the state and try again.";
        let (_, act) = row.kind.act(&action).ok_or(Error::Corrupt("action"))?;
        let heard = match pending.text("standing")?.as_str() {
            "sending" => Heard::Doubt,
            _ => {
                reach(Point::OperateAsked);
                let sql = "UPDATE operations SET standing = 'sending', updated_at = $2 WHERE id = $1
                    AND EXISTS (SELECT 1 FROM resources WHERE id = $3 AND fence = $4)";
                if self.db().execute(sql, values![id.as_str(), self.now(), &row.id, row.fence]).await? == 0 {
                    return Ok(Went::Waiting);
                }
                reach(Point::OperateIntended);
                let request = request(act, row, &stored.fields, &stored.facts).ok_or(Error::Corrupt("action"))?;
                let answered = cloud.send(&request).await;
                reach(Point::OperateAnswered);
                match answered {
                    Ok(_) => Heard::Accepted,
                    Err(error) => match effect::refused(&error) {
                        Heard::Unreached => Heard::Refused("The cloud could not be reached. Try again.".to_owned()),
                        heard => heard,
                    },
                }
            }
        };
        let ended = match heard {
            Heard::Doubt => Ended::Lost(lost),
            Heard::Refused(fault) => Ended::Refused(fault),
            _ => Ended::Done(becoming(row, act, &stored.fields, &stored.facts)),
        };
        self.finish(&ctx, row, &id, &action, ended).await?;
        self.outdated(&binding.id, row.kind);
        if let Some(id) = row.standing.id() {
            self.outdated_in(&binding.id, row.kind, id);
            self.outdated_deeper(&binding.id, row.kind, &stored.facts);
        }
        // What it changed shows at the next look, which is due now.
        Ok(Went::On)
    }

    async fn finish(&self, ctx: &Ctx, row: &Row, id: &str, action: &str, ended: Ended) -> Result<()> {
        let now = self.now();
        let (standing, fault, outcome) = match &ended {
            Ended::Refused(fault) => ("failed", Some(fault.as_str()), AuditOutcome::Failed),
            Ended::Lost(fault) => ("failed", Some(*fault), AuditOutcome::Failed),
            Ended::Done(_) => ("done", None, AuditOutcome::Succeeded),
        };
        let mut tx = self.db().begin().await?;
        if matches!(ended, Ended::Refused(_)) {
            // What was not done takes nothing. After a lost answer only the cloud knows.
            quota::let_go(&mut tx, row).await?;
        }
        let sql = "UPDATE resources SET lease_owner = NULL, lease_until = NULL, due_at = $3, tries = 0, fault = $4,
                updated_at = $3 WHERE id = $1 AND fence = $2";
        if tx.execute(sql, values![&row.id, row.fence, now, fault]).await? == 0 {
            return Ok(());
        }
        let sql = "UPDATE operations SET standing = $2, fault = $3, updated_at = $4 WHERE id = $1";
        tx.execute(sql, values![id, standing, fault, now]).await?;
        reach(Point::FinishWritten);
        if let Ended::Done(Some((spec, facts, _))) = &ended {
            let sql = "UPDATE resources SET spec = $2, facts = $3 WHERE id = $1";
            tx.execute(sql, values![&row.id, json!(spec).to_string(), json!(facts).to_string()]).await?;
        }
        let mut event = about(row, action, outcome);
        if let Some(fault) = fault {
            event.detail = json!({ "fault": fault });
        }
        changes::publish(&mut tx, now, &row.id).await?;
        audit::append(&mut tx, now, ctx, event).await?;
        reach(Point::FinishAudited);
        tx.commit().await?;
        reach(Point::FinishStored);
        Ok(())
    }
}

/// How an operation ended.
enum Ended {
    /// The cloud took it; and what the thing is asked for as from now on, where it becomes another by it.
    Done(Option<(Spec, Facts, Usage)>),
    /// Nothing was done.
    Refused(String),
    /// It may have been done.
    Lost(&'static str),
}

/// What a thing will be asked for as once an action is done, and what it takes then; none where it stays what it is.
fn becoming(row: &Row, act: &Act, fields: &Spec, facts: &Facts) -> Option<(Spec, Facts, Usage)> {
    let kept = row.kind.kept.as_ref()?;
    let (mut spec, mut known) = (row.spec.clone(), row.facts.clone());
    (act.becomes)(&ask(row, fields, facts)?, &mut spec, &mut known);
    if (&spec, &known) == (&row.spec, &row.facts) {
        return None;
    }
    let usage = (kept.usage)(&spec, &known);
    Some((spec, known, usage))
}

/// What an action comes to: its request as it is sent, or work as it can be done.
enum Asked {
    Request(Request),
    Steps { steps: Steps, fields: Spec, facts: Facts },
    Cluster(Task),
}

/// A reading with all that it needs.
struct Reading {
    ctx: Ctx,
    row: Row,
    act: &'static Act,
    action: &'static Action,
    asked: Asked,
    /// What the audit learns of its fields.
    noted: Value,
    cloud: ScopedCloud,
    keyed: Option<Keyed>,
}

/// What came of a reading: for the caller, and for the audit.
struct Answered {
    output: Option<String>,
    outcome: AuditOutcome,
    detail: Value,
}

impl Answered {
    /// Of work on a cluster. The audit learns which objects it was about, and never what stands in them.
    fn of(done: Done) -> Result<Self> {
        let applied = match done {
            Done::Kubeconfig(text) => {
                return Ok(Self { output: Some(text), outcome: AuditOutcome::Succeeded, detail: json!({}) });
            }
            Done::Applied(applied) => applied,
        };
        let failed = applied.iter().any(|one| one.result == Became::Failed);
        let objects: Vec<Value> = applied
            .iter()
            .map(|one| json!({"kind": one.kind, "namespace": one.namespace, "name": one.name, "result": one.result}))
            .collect();
        let output = serde_json::to_string(&applied).map_err(|_| Error::Corrupt("list of objects"))?;
        Ok(Self {
            output: Some(output),
            outcome: if failed { AuditOutcome::Failed } else { AuditOutcome::Succeeded },
            detail: json!({ "objects": objects }),
        })
    }
}

struct Call<'a> {
    place: &'a Place,
    slug: &'a str,
    id: &'a str,
    action: &'a str,
    input: SpecInput,
}

#[derive(serde::Deserialize)]
struct Stored {
    fields: Spec,
    facts: Facts,
}

/// None where the fields do not say what is to be done.
fn asked(act: &Act, row: &Row, fields: &Spec, facts: &Facts) -> Result<Option<Asked>> {
    let Some(ask) = ask(row, fields, facts) else { return Ok(None) };
    match act.deed {
        Deed::Request(request) => Ok(request(&ask).map(Asked::Request)),
        Deed::Steps(steps) => Ok(Some(Asked::Steps { steps, fields: fields.clone(), facts: facts.clone() })),
        Deed::Cluster(work) => work(&ask).map(|work| Task::read(&work).map(Asked::Cluster)).transpose(),
    }
}

fn request(act: &Act, row: &Row, fields: &Spec, facts: &Facts) -> Option<Request> {
    act.request(&ask(row, fields, facts)?)
}

fn ask<'a>(row: &'a Row, fields: &'a Spec, facts: &'a Facts) -> Option<ActAsk<'a>> {
    Some(ActAsk { id: row.standing.id()?.as_str(), region: &row.region, fields, facts, observed: &row.observed })
}

fn about<'a>(row: &'a Row, action: &str, outcome: AuditOutcome) -> Event<'a> {
    let slug = row.kind.slug();
    Event::new(row.slug.as_str(), format!("{slug}.{action}"), outcome).within(row.environment).about(
        slug,
        row.id.as_str(),
        &row.name,
    )
}
