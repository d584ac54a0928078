//! Changes, for pages that are open.
use super::row::Row;
use crate::{Ctx, Portal, access::Need, error::Error};
use model::{Result, WorkspaceSlug, view::Change};
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::broadcast;

/// The last change's number; numbers only grow, also over a restart, because they begin at the time.
static LAST: AtomicI64 = AtomicI64::new(0);

impl Portal {
    /// Changes from now on. The receiver keeps to the workspace that it asked for.
    ///
    /// # Errors
    /// 404 for who is not a member.
    pub async fn changes(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> Result<broadcast::Receiver<Change>> {
        self.may_workspace(ctx, workspace, Need::Read).await.map_err(Error::report)?;
        Ok(self.inner.changes.subscribe())
    }

    /// Whether the caller may still look at a workspace: asked again while a stream is open.
    pub async fn still_member(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> bool {
        self.may_workspace(ctx, workspace, Need::Read).await.is_ok()
    }

    pub(super) fn publish(&self, row: &Row) {
        let now = self.now();
        let next = |last: i64| Some(now.max(last + 1));
        let id = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).map_or(now, |last| now.max(last + 1));
        let change = Change {
            id,
            workspace: row.slug.clone(),
            environment: row.environment,
            resource: row.id.clone(),
            kind: row.kind.kind.slug.to_string(),
            state: row.state(),
        };
        // Nobody listening is no fault.
        let _listeners = self.inner.changes.send(change);
    }
}
