//! Changes of rows, for pages that are open.
use crate::{
    Ctx, News, Portal,
    access::Need,
    db::{LONGEST_IDLE, Row, Tx, values},
    error::{Error, Result},
};
use model::{ResourceId, WorkspaceSlug, view::Change};
use std::time::Duration;

/// A change is numbered by the time at which it was written, and is seen when that is committed: later, and not in the
/// order of the numbers. No transaction of ours lasts longer than this, with what servers' clocks are apart.
const MARGIN: Duration = LONGEST_IDLE.saturating_mul(2);
/// So many rows are told one by one to who comes back; of more, it asks anew.
const MOST: i64 = 500;

/// Tells that a row looks different from now on, and notes when that was. In the transaction that changed the row, which
/// has it locked.
pub(crate) async fn publish(tx: &mut Tx, now: i64, id: &ResourceId) -> Result<()> {
    let sql = "UPDATE resources SET changed_at = $2 WHERE id = $1 RETURNING id, environment, kind, state, changed_at,
            (SELECT w.slug FROM workspaces w WHERE w.id = resources.workspace_id) AS slug";
    if let Some(row) = tx.one(sql, values![id, now]).await? {
        tx.tell(News::Changed(change(&row)?)).await?;
    }
    Ok(())
}

fn change(row: &Row) -> Result<Change> {
    Ok(Change {
        id: row.int("changed_at")?,
        workspace: WorkspaceSlug::new(row.text("slug")?),
        environment: row.word("environment")?,
        resource: ResourceId::new(row.text("id")?),
        kind: row.text("kind")?,
        state: row.word("state")?,
    })
}

impl Portal {
    /// The number of a change that would happen now.
    pub fn change_now(&self) -> i64 {
        self.now()
    }

    /// What has changed in a workspace since the change of that number, each row once, as it is now; some that were told
    /// already may be among it. None when it is too much to be told one by one.
    ///
    /// # Errors
    /// 404 for who is not a member.
    pub async fn changes_since(
        &self,
        ctx: &Ctx,
        workspace: &WorkspaceSlug,
        number: i64,
    ) -> model::Result<Option<Vec<Change>>> {
        let work = async {
            let access = self.may_workspace(ctx, workspace, Need::Read).await?;
            let since = number.saturating_sub(super::settle::micros(MARGIN));
            let sql = "SELECT r.id, r.environment, r.kind, r.state, r.changed_at, w.slug
                FROM resources r JOIN workspaces w ON w.id = r.workspace_id
                WHERE r.workspace_id = $1 AND r.changed_at > $2 ORDER BY r.changed_at LIMIT $3";
            let rows = self.db().all(sql, values![access.workspace_id.as_str(), since, MOST + 1]).await?;
            if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST {
                return Ok(None);
            }
            Ok(Some(rows.iter().map(change).collect::<Result<Vec<Change>>>()?))
        };
        work.await.map_err(Error::report)
    }
}
