//! Forget: what vanished is gone, and gives its quota back; what was made outside is not mentioned until it changes.
use super::{Case, busy, decide, event};
use crate::{
    Ctx, Portal, audit,
    db::values,
    error::{Error, Result},
    resources::{
        advance::Lease,
        changes,
        lifecycle::{Standing, Wanted},
        list, quota,
        row::Row,
    },
};
use model::{AuditOutcome, State, drift::Remedy};
use serde_json::json;

impl Portal {
    /// Not to be mentioned as long as it looks as it does. The finding stays open, so that this may end.
    pub(super) async fn ignore(&self, ctx: &Ctx, case: &Case) -> Result<bool> {
        let finding = &case.finding;
        let now = self.now();
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE drift SET ignored = looks WHERE id = $1 AND ended_at IS NULL AND class = $2";
        if tx.execute(sql, values![finding.id.as_str(), finding.class.as_str()]).await? == 0 {
            return Ok(false);
        }
        // Asking twice is asking once.
        if !finding.ignored {
            let action = format!("{}.forget", finding.resource_type);
            audit::append(&mut tx, now, ctx, event(case, action, None, AuditOutcome::Succeeded)).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A row whose thing is not there any more becomes `gone`, once a complete list has confirmed that.
    pub(super) async fn let_go(&self, ctx: &Ctx, case: &Case) -> Result<bool> {
        let id = case.finding.provisioned_id.as_ref().ok_or(Error::Corrupt("finding"))?;
        let Some(Lease { fence, .. }) = self.lease(id).await? else { return Err(busy(&case.finding)) };
        let done = self.let_go_leased(ctx, case, fence).await;
        // Whatever came of it, the row is free again.
        self.give_back(id, fence).await?;
        done
    }

    async fn let_go_leased(&self, ctx: &Ctx, case: &Case, fence: i64) -> Result<bool> {
        let (finding, binding) = (&case.finding, &case.binding);
        let row = self.row(finding.provisioned_id.as_ref().ok_or(Error::Corrupt("finding"))?).await?;
        let there = matches!(row.standing, Standing::Vanished { .. } | Standing::Failed { id: Some(_), .. });
        if !there || row.wanted == Wanted::Absent || row.external_id.as_ref() != Some(&finding.resource_id) {
            let why = format!("{} is {} now.", row.name, row.state());
            return self.outdated_finding(finding, why).await;
        }
        let cloud = self.cloud_of(binding, &ctx.request_id)?;
        let (items, complete) = list::own(&cloud, row.kind).await.map_err(Error::Cloud)?;
        if items.iter().any(|seen| seen.id == finding.resource_id) {
            let sql = "UPDATE resources SET due_at = $2 WHERE id = $1 AND fence = $3";
            self.db().execute(sql, values![&row.id, self.now(), fence]).await?;
            return self.outdated_finding(finding, format!("{} is in the cloud after all.", row.name)).await;
        }
        if !complete {
            let why =
                "The cloud's list is incomplete, so it is not sure that this is gone. Try again later.".to_owned();
            return Err(model::Error::Conflict { why }.into());
        }
        self.write_gone(ctx, case, row, fence).await
    }

    async fn write_gone(&self, ctx: &Ctx, case: &Case, mut row: Row, fence: i64) -> Result<bool> {
        let now = self.now();
        let mut tx = self.db().begin().await?;
        if !decide(&mut tx, now, &case.finding, Remedy::Forget, None).await? {
            return Ok(false);
        }
        if row.counted {
            quota::release(&mut tx, &row.binding_id, row.usage).await?;
        }
        quota::let_go(&mut tx, &row).await?;
        row.standing = Standing::Gone;
        let sql = "UPDATE resources SET standing = $3, state = $4, fault = NULL, counted = 0, due_at = NULL, tries = 0,
                sealed_spec = NULL, claim = NULL, updated_at = $5
            WHERE id = $1 AND fence = $2";
        let values = values![&row.id, fence, json!(row.standing).to_string(), &State::Gone, now];
        if tx.execute(sql, values).await? == 0 {
            return Err(busy(&case.finding));
        }
        let sql = "UPDATE operations SET standing = 'failed', fault = $2, updated_at = $3
            WHERE resource_id = $1 AND standing = 'pending'";
        tx.execute(sql, values![&row.id, "It was not there any more.", now]).await?;
        changes::publish(&mut tx, now, &row.id).await?;
        let action = format!("{}.forget", row.kind.slug());
        audit::append(&mut tx, now, ctx, event(case, action, Some(&row), AuditOutcome::Succeeded)).await?;
        tx.commit().await?;
        self.outdated(&row.binding_id, row.kind);
        Ok(true)
    }
}
