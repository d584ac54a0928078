//! What administrators change of the whole cloud. Each change is asked for once; its intent and its outcome are events of
//! the platform's audit. After a lost answer nobody looks for what may have been done: who asked is told that.
use super::{
    AdminCloud, kind,
    show::{facts, item, shown},
};
use crate::{
    Ctx, Portal, SpecInput,
    audit::{Event, PLATFORM},
    error::{Error, Result, from_cloud},
};
use model::{
    AuditOutcome, Region, Spec,
    kind::Does,
    view::{CloudItem, WholeItem},
};
use openstack::{Answer, Request};
use serde_json::{Value, json};
use services::{ActAsk, Definition};

/// A change: what is told of it.
struct Change {
    kind: &'static Definition,
    /// `create`, `delete`, or an action's name.
    verb: String,
    region: Region,
    /// The cloud's id; empty of what is not made yet.
    id: String,
    name: String,
    /// What was asked for, secrets left out.
    fields: Value,
}

impl Change {
    fn event(&self, outcome: AuditOutcome, fault: Option<&str>) -> Event<'_> {
        let mut detail = json!({ "region": self.region, "fields": self.fields });
        if let Some(fault) = fault {
            detail["fault"] = json!(fault);
        }
        let action = format!("{}.{}", self.kind.slug(), self.verb);
        Event::new(PLATFORM, action, outcome).about(self.kind.slug(), &self.id, &self.name).detail(detail)
    }
}

impl Portal {
    /// Creates one of a kind in a region.
    ///
    /// # Errors
    /// As [`Self::whole_list`]; 400 at the field, and in the cloud's words where it refused; 403 for a token that only
    /// reads; 504 when the answer was lost.
    pub async fn create_whole(
        &self,
        ctx: &Ctx,
        region: &str,
        slug: &str,
        input: SpecInput,
    ) -> model::Result<CloudItem> {
        let work = async {
            let cloud = AdminCloud::open_to_change(self, ctx, region).await?;
            let kind = kind(slug)?;
            let unkept = kind.unkept.as_ref();
            let unkept = unkept.ok_or_else(|| model::Error::not_found(format!("way to create a {slug}")))?;
            let spec = input.check(&kind.kind.fields)?;
            if let Some((field, sentence)) = (unkept.refuse)(&spec) {
                return Err(model::Error::invalid(field, sentence).into());
            }
            let facts = facts(&cloud, &kind.kind.fields, &spec).await?;
            let request = (unkept.create)(&spec, &facts).once();
            let name = spec.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let change = change(kind, &cloud, "create", ("", name), told(&kind.kind.fields, spec));
            let answer = self.carry_out(ctx, cloud, change, request).await?;
            let made = (kind.read)(&answer.body).ok_or_else(|| doubt(kind))?;
            Ok(item(made))
        };
        work.await.map_err(Error::report)
    }

    /// Does something with one, and says how it is then.
    ///
    /// # Errors
    /// As [`Self::create_whole`]; 404 when there is none; 409 when its state does not allow it.
    pub async fn act_whole(
        &self,
        ctx: &Ctx,
        region: &str,
        (slug, id): (&str, &str),
        action: &str,
        input: SpecInput,
    ) -> model::Result<WholeItem> {
        let work = async {
            let cloud = AdminCloud::open_to_change(self, ctx, region).await?;
            let kind = kind(slug)?;
            let unknown = || Error::from(model::Error::not_found(format!("action {action} on a {slug}")));
            let (descriptor, act) = kind.act(action).ok_or_else(unknown)?;
            let fields = input.check(&descriptor.fields)?;
            if let Some((field, sentence)) = (act.refuse)(&fields) {
                return Err(model::Error::invalid(field, sentence).into());
            }
            let seen = cloud.get(kind, id).await?;
            if !descriptor.when.contains(&seen.state) {
                let why = format!("{} is {}; “{}” does not apply to it now.", seen.name, seen.state, descriptor.label);
                return Err(model::Error::Conflict { why }.into());
            }
            let facts = facts(&cloud, &descriptor.fields, &fields).await?;
            let ask = ActAsk {
                id: seen.id.as_str(),
                region: cloud.region(),
                fields: &fields,
                facts: &facts,
                observed: &seen.metadata,
            };
            let request = act.request(&ask).ok_or_else(|| model::Error::invalid("body", "Say which."))?;
            let of = (seen.id.as_str(), seen.name.clone());
            let change = change(kind, &cloud, action, of, told(&descriptor.fields, fields.clone()));
            self.carry_out(ctx, cloud.clone(), change, request).await?;
            // It was done, whether or not it can be looked at now.
            Ok(shown(kind, cloud.get(kind, seen.id.as_str()).await.unwrap_or(seen)))
        };
        work.await.map_err(Error::report)
    }

    /// Deletes one.
    ///
    /// # Errors
    /// As [`Self::act_whole`].
    pub async fn delete_whole(&self, ctx: &Ctx, region: &str, slug: &str, id: &str) -> model::Result<()> {
        let work = async {
            let cloud = AdminCloud::open_to_change(self, ctx, region).await?;
            let kind = kind(slug)?;
            if !kind.kind.can(Does::Delete) {
                return Err(model::Error::not_found(format!("way to delete a {slug}")).into());
            }
            let seen = cloud.get(kind, id).await?;
            let request = kind.collection.delete(seen.id.as_str());
            let change = change(kind, &cloud, "delete", (seen.id.as_str(), seen.name.clone()), json!({}));
            self.carry_out(ctx, cloud, change, request.once()).await?;
            Ok(())
        };
        work.await.map_err(Error::report)
    }

    /// Notes the intent, asks the cloud once, notes the outcome. In a task of its own: a handler is dropped when its client
    /// leaves, and what was asked for by then has an outcome all the same.
    async fn carry_out(&self, ctx: &Ctx, cloud: AdminCloud, mut change: Change, request: Request) -> Result<Answer> {
        self.note(ctx, change.event(AuditOutcome::Attempted, None)).await?;
        let (portal, ctx) = (self.clone(), ctx.clone());
        let work = async move {
            let answered = cloud.send(&request).await;
            let (outcome, fault) = match &answered {
                Ok(answer) => {
                    if change.id.is_empty()
                        && let Some(made) = (change.kind.read)(&answer.body)
                    {
                        (change.id, change.name) = (made.id.to_string(), made.name);
                    }
                    (AuditOutcome::Succeeded, None)
                }
                Err(error) if error.maybe_done() => (AuditOutcome::Failed, Some(doubt(change.kind).detail())),
                Err(error) => (AuditOutcome::Failed, Some(from_cloud(error).detail())),
            };
            portal.note(&ctx, change.event(outcome, fault.as_deref())).await?;
            match answered {
                Err(error) if error.maybe_done() => {
                    tracing::warn!(%error, "a change of the whole cloud is in doubt");
                    Err(doubt(change.kind).into())
                }
                other => other.map_err(Error::from),
            }
        };
        tokio::spawn(work).await.map_err(|_| Error::Corrupt("change"))?
    }
}

fn change(
    kind: &'static Definition,
    cloud: &AdminCloud,
    verb: &str,
    (id, name): (&str, String),
    fields: Value,
) -> Change {
    Change { kind, verb: verb.to_owned(), region: cloud.region().clone(), id: id.to_owned(), name, fields }
}

fn doubt(kind: &Definition) -> model::Error {
    model::Error::InDoubt { service: kind.collection.service.title.to_owned() }
}

/// What was asked for, without what is secret.
fn told(fields: &[model::Field], mut spec: Spec) -> Value {
    spec.retain(|name, _| !fields.iter().any(|field| field.secret && field.name == **name));
    Value::Object(spec)
}
