//! The end of a step: row, quota and audit in one transaction, written only while the lease holds.
use super::{
    changes,
    effect::Effect,
    lifecycle::{self, Heard, Rules, Standing, Wanted},
    names, quota,
    row::Row,
};
use crate::{
    Ctx, Portal,
    audit::{self, Event},
    db::values,
    error::Result,
    failpoints::{Point, reach},
};
use model::{AuditOutcome, ExternalId, State};
use serde_json::{Value, json};
use std::time::Duration;

/// How often to look before an accepted deletion is asked for again.
const PATIENT_LOOKS: i64 = 5;

impl Portal {
    /// Writes what a step has come to. False when the lease had passed on to somebody else; then nothing was written.
    pub(super) async fn settle(&self, ctx: &Ctx, before: &Row, effect: &Effect) -> Result<bool> {
        let now = self.now();
        let timings = &self.inner.settings.timings;
        let rules = Rules { quiet: timings.timeout + timings.quiet };
        let main = effect.made.first().map(ExternalId::new);
        // Some services answer a creation before they know of it (Magnum): a thing so young has not vanished.
        let young = now.saturating_sub(before.created_at) < micros(rules.quiet);
        let heard = match (&before.standing, effect.heard.clone()) {
            (Standing::Building { .. }, Heard::HasNot) if young => Heard::Unreached,
            (_, heard) => heard,
        };
        let standing =
            lifecycle::after(before.wanted, before.standing.clone(), heard, main.as_ref(), effect.more, now, rules);
        // Accepted, and still there after several looks: the cloud lost it, so it is asked again.
        let standing = match (&before.standing, standing, &effect.heard) {
            (
                Standing::Deleting { last_error: None, .. },
                Standing::Deleting { id, last_error: None },
                Heard::Has { state: State::Active | State::Building, .. },
            ) if before.tries >= PATIENT_LOOKS => {
                let error = "The cloud accepted the deletion and still has it; it is asked again.".to_owned();
                Standing::Deleting { id, last_error: Some(error) }
            }
            (_, standing, _) => standing,
        };
        let mut row = before.clone();
        row.made.clone_from(&effect.made);
        row.external_id = standing.id().cloned().or(main).or_else(|| before.external_id.clone());
        if let Some(seen) = &effect.seen {
            row.observed = seen.metadata.clone();
            // What has no name of its own is called what the cloud calls it: a floating IP, its address.
            if !row.kind.kind.fields.iter().any(|field| field.name == "name") {
                row.name = seen.name.clone();
            }
        }
        row.standing = standing;
        // What is at rest is looked for once more.
        row.doubts = match effect.doubted {
            true => before.doubts.max(1),
            false if row.rests() && before.standing == row.standing => 0,
            false => before.doubts,
        };
        let changed = row.state() != before.state() || row.standing.fault() != before.standing.fault();
        row.tries = if changed { 0 } else { before.tries + 1 };
        // What is broken or vanished may still stand in the cloud, and counts until that is sure.
        let nothing_there = match &row.standing {
            Standing::Gone | Standing::Failed { id: None, .. } => true,
            Standing::Vanished { .. } => effect.heard == Heard::SurelyNot,
            _ => false,
        };
        let release = before.counted && nothing_there;
        // What had been given up and is there after all counts again, even over the quota.
        let recount = !before.counted
            && matches!(before.standing, Standing::Vanished { .. })
            && matches!(
                row.standing,
                Standing::Building { .. } | Standing::Active { .. } | Standing::Failed { id: Some(_), .. }
            );
        row.counted = before.counted && !release || recount;
        // What was read before its last part was made does not show that part yet.
        let grown = row.made.len() > 1 && row.made.len() > before.made.len();
        let moving = grown || effect.seen.as_ref().is_some_and(|seen| seen.moving);
        let due = self.due(&row, moving).map(|wait| now + micros(wait));
        // Beside an active thing stands why its last action failed; beside others, what keeps it from going on.
        let active = row.state() == State::Active;
        let fault = row.standing.fault().or(effect.trouble.as_deref().filter(|_| !active));
        let ended = matches!(row.standing, Standing::Gone | Standing::Failed { id: None, .. });
        // Secrets have done their work once everything is made, or will not be.
        let sealed = match &row.standing {
            Standing::Requested | Standing::Sending { .. } => before.sealed_spec.clone(),
            _ => None,
        };
        let told = changed || row.observed != before.observed || !active && fault != before.fault.as_deref();

        reach(Point::SettleAsked);
        let mut tx = self.db().begin().await?;
        if release {
            quota::release(&mut tx, &row.binding_id, row.usage).await?;
            quota::let_go(&mut tx, &row).await?;
            reach(Point::SettleReleased);
        }
        if let Some(takes) = effect.seen.as_ref().filter(|seen| !seen.moving).and_then(|seen| seen.takes)
            && row.counted
        {
            quota::trim(&mut tx, before, takes, now - micros(rules.quiet), now).await?;
        }
        if recount {
            quota::recount(&mut tx, &row.binding_id, row.usage).await?;
        }
        // A deletion may have been asked for meanwhile: then what this step saw of the wish is out of date.
        let sql = "UPDATE resources SET standing = $3,
                state = CASE WHEN wanted = $17 OR $4 = 'gone' THEN $4 ELSE 'deleting' END,
                fault = CASE WHEN $18 = 1 THEN $5 ELSE COALESCE($5, fault) END, external_id = $6, parts = $7,
                observed = $8, name = $16, counted = $9,
                due_at = CASE WHEN wanted = $17 OR $4 = 'gone' THEN $10 ELSE $15 END, tries = $11, sealed_spec = $12,
                claim = CASE WHEN $13 = 1 THEN NULL ELSE claim END,
                updated_at = CASE WHEN $14 = 1 THEN $15 ELSE updated_at END,
                doubts = CASE WHEN doubts = $19 THEN $20 ELSE doubts END,
                lease_owner = NULL, lease_until = NULL
            WHERE id = $1 AND fence = $2";
        let written = tx
            .execute(
                sql,
                values![
                    &row.id,
                    before.fence,
                    json!(row.standing).to_string(),
                    &row.state(),
                    fault,
                    row.external_id.as_ref(),
                    json!(row.made).to_string(),
                    json!(row.observed).to_string(),
                    row.counted,
                    due,
                    row.tries,
                    sealed,
                    ended,
                    changed,
                    now,
                    row.name.as_str(),
                    before.wanted.as_str(),
                    changed || !active,
                    before.doubts,
                    row.doubts,
                ],
            )
            .await?;
        if written == 0 {
            return Ok(false);
        }
        if row.name != before.name {
            names::keep(&mut tx, &row.id, &row.name).await?;
        }
        reach(Point::SettleWritten);
        if !matches!(row.state(), State::Active | State::Building | State::Requested) {
            let sql = "UPDATE operations SET standing = 'failed', fault = $2, updated_at = $3
                WHERE resource_id = $1 AND standing = 'pending'";
            tx.execute(sql, values![&row.id, "It was not there any more.", now]).await?;
        }
        // An action may have been asked for meanwhile, too, or somebody's answer came too late. A statement of its own,
        // because only that sees it.
        let sql = "UPDATE resources SET due_at = $2 WHERE id = $1 AND (doubts > $3 OR due_at > $2
            AND EXISTS (SELECT 1 FROM operations o WHERE o.resource_id = $1 AND o.standing = 'pending'))";
        tx.execute(sql, values![&row.id, now, row.doubts]).await?;
        if told {
            changes::publish(&mut tx, now, &row.id).await?;
        }
        for twin in &effect.twins {
            let event = Event::new(row.slug.as_str(), format!("{}.twin", row.kind.slug()), AuditOutcome::Succeeded)
                .within(row.environment)
                .about(row.kind.slug(), row.id.as_str(), &row.name)
                .detail(json!({ "deleted": twin }));
            audit::append(&mut tx, now, ctx, event).await?;
        }
        if let Some(event) = event(before, &row) {
            audit::append(&mut tx, now, ctx, event).await?;
        }
        reach(Point::SettleAudited);
        tx.commit().await?;
        reach(Point::SettleStored);
        if told {
            self.outdated(&row.binding_id, row.kind);
            if let Some(id) = row.standing.id() {
                self.outdated_in(&row.binding_id, row.kind, id);
            }
        }
        Ok(true)
    }

    /// How long until it is worth looking again; never for what rests. What is moving will soon look different.
    fn due(&self, row: &Row, moving: bool) -> Option<Duration> {
        let timings = &self.inner.settings.timings;
        match (&row.standing, row.wanted) {
            _ if row.rests() && row.doubts > 0 => Some(timings.settled),
            (Standing::Gone, _) | (Standing::Failed { .. }, Wanted::Present) => None,
            (Standing::Active { .. }, Wanted::Present) if !moving => Some(timings.settled),
            (Standing::Vanished { .. }, Wanted::Present) => Some(timings.settled),
            _ => {
                let doubled = timings.transit_min.saturating_mul(1 << row.tries.clamp(0, 10));
                Some(doubled.min(timings.transit_max))
            }
        }
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The event that a change of standing is worth; none while nothing was decided.
fn event<'a>(before: &Row, row: &'a Row) -> Option<Event<'a>> {
    let slug = row.kind.slug();
    let fault = row.standing.fault().unwrap_or_default();
    let same = before.state() == row.state();
    let (verb, outcome) = match row.state() {
        State::Active if !same && before.state() == State::Vanished => ("reappear", AuditOutcome::Succeeded),
        State::Active if !same => ("create", AuditOutcome::Succeeded),
        State::Failed if !same => ("create", AuditOutcome::Failed),
        State::Vanished if !same => ("vanish", AuditOutcome::Failed),
        State::Gone if !same => ("delete", AuditOutcome::Succeeded),
        State::Deleting if before.standing.fault() != row.standing.fault() && !fault.is_empty() => {
            ("delete", AuditOutcome::Failed)
        }
        _ => return None,
    };
    let mut detail = json!({ "region": row.region, "resource_id": row.external_id });
    if !fault.is_empty() {
        detail["fault"] = Value::from(fault);
    }
    let event = Event::new(row.slug.as_str(), format!("{slug}.{verb}"), outcome)
        .within(row.environment)
        .about(slug, row.id.as_str(), &row.name)
        .detail(detail);
    Some(event)
}
