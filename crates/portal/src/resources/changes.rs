//! News, for pages that are open: what changed, and that somebody may no longer look.
use super::row::Row;
use crate::{
    Ctx, Portal,
    access::Need,
    db::values,
    error::{Error, Result},
};
use model::{UserId, WorkspaceSlug, view::Change};
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::broadcast;

/// The last change's number; numbers only grow, also over a restart, because they begin at the time.
static LAST: AtomicI64 = AtomicI64::new(0);

/// What open streams are told.
#[derive(Clone, Debug)]
pub enum News {
    /// A row changed.
    Changed(Change),
    /// What this user may has become less, or what anybody may: a session or a token ended, a member left, a user was
    /// deactivated. Streams of theirs ask whether they may go on.
    Ended(Option<UserId>),
}

impl Portal {
    /// News from now on. The receiver keeps to the workspace that it asked for.
    ///
    /// # Errors
    /// 404 for who is not a member.
    pub async fn news(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> model::Result<broadcast::Receiver<News>> {
        // Before the look: what ends right after it is heard of.
        let news = self.inner.news.subscribe();
        self.may_workspace(ctx, workspace, Need::Read).await.map_err(Error::report)?;
        Ok(news)
    }

    /// Whether the caller may still look at a workspace, and its token still holds, if it came with one: asked again
    /// while a stream is open. When the database is away, nobody can tell, and the answer is no.
    pub async fn may_still_look(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> bool {
        let work = async {
            self.may_workspace(ctx, workspace, Need::Read).await?;
            let Some(limits) = ctx.token() else { return Ok(true) };
            let sql = "SELECT id FROM tokens
                WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
            Ok(self.db().one(sql, values![&limits.id, self.now()]).await?.is_some())
        };
        let answer: Result<bool> = work.await;
        answer.unwrap_or(false)
    }

    pub(super) fn publish(&self, row: &Row) {
        let now = self.now();
        let next = |last: i64| Some(now.max(last + 1));
        let id = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).map_or(now, |last| now.max(last + 1));
        self.tell(News::Changed(Change {
            id,
            workspace: row.slug.clone(),
            environment: row.environment,
            resource: row.id.clone(),
            kind: row.kind.kind.slug.to_string(),
            state: row.state(),
        }));
    }

    /// Says that this user may less than before, or that anybody does. To be called once that is committed.
    pub(crate) fn ended(&self, user: Option<&UserId>) {
        self.tell(News::Ended(user.cloned()));
    }

    fn tell(&self, news: News) {
        // Nobody listening is no fault.
        let _listeners = self.inner.news.send(news);
    }
}
