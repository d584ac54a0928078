//! Who may listen, and may still.
use crate::{
    Ctx, News, Portal,
    access::Need,
    db::values,
    error::{Error, Result},
};
use model::WorkspaceSlug;
use std::time::Duration;
use tokio::sync::broadcast;

/// How long a new listener waits until news come at all.
const PATIENCE: Duration = Duration::from_secs(5);

impl Portal {
    /// News from now on. The receiver keeps to the workspace that it asked for.
    ///
    /// # Errors
    /// 404 for who is not a member; 503 while no news come.
    pub async fn news(&self, ctx: &Ctx, workspace: &WorkspaceSlug) -> model::Result<broadcast::Receiver<News>> {
        // Before the look: what ends right after it is heard of.
        let news = self.listen();
        if !self.ear().opens(PATIENCE).await {
            return Err(model::Error::Unavailable { what: "The database".to_owned(), retry_after: 5 });
        }
        self.may_workspace(ctx, workspace, Need::Read).await.map_err(Error::report)?;
        Ok(news)
    }

    /// Whether the caller may still look at a workspace: asked again while a stream is open. The session, or the token,
    /// that it came with must still hold, and it must still be a member.
    ///
    /// # Errors
    /// When the database is away: then nobody can tell.
    pub async fn may_still_look(
        &self,
        ctx: &Ctx,
        session: Option<&str>,
        workspace: &WorkspaceSlug,
    ) -> model::Result<bool> {
        let work = async {
            if let Some(limits) = ctx.token() {
                let sql = "SELECT id FROM tokens
                    WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
                if self.db().one(sql, values![&limits.id, self.now()]).await?.is_none() {
                    return Ok(false);
                }
            } else if let Some(session) = session
                && self.session(session).await?.is_none()
            {
                return Ok(false);
            }
            match self.may_workspace(ctx, workspace, Need::Read).await {
                Ok(_) => Ok(true),
                Err(Error::Public(_)) => Ok(false),
                Err(error) => Err(error),
            }
        };
        let answer: Result<bool> = work.await;
        answer.map_err(Error::report)
    }
}
