//! Uploads that nobody looks after any more: parts that wait for the next one for too long, parts of what was given up or
//! replaced, and what a server was just joining when it ended.
use super::{
    Container, UPLOAD,
    list::{Listed, read},
    uploads::{Kept, PATIENCE, SELECT},
};
use crate::{
    Actor, Ctx, Portal, audit,
    db::values,
    error::{Error, Result},
};
use http::Method;
use model::{AuditOutcome, ExternalId};
use openstack::Reads;
use services::object;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

/// How often it is looked for what is due.
const EACH: Duration = Duration::from_secs(60);
/// How many are looked after in one go.
const ROUND: i64 = 20;
/// How many parts of one are deleted in one go.
const AT_ONCE: usize = 100;
/// How long one server keeps one to itself, in microseconds: what it does takes less.
const TURN: i64 = 300_000_000;

impl Portal {
    /// Looks after what is due, once a minute: beside everything else, because it may have much to ask of a cloud.
    pub(in crate::resources) async fn watch_uploads(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look_after_uploads(&stop).await {
                error!(?error, "could not look after uploads");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(EACH) => {}
            }
        }
    }

    /// Looks after what is due. Any server may; what two do at once does no harm.
    pub(in crate::resources) async fn look_after_uploads(&self, stop: &CancellationToken) -> Result<()> {
        let now = self.now();
        let sql = format!("{SELECT} WHERE due_at <= $1 ORDER BY due_at LIMIT $2");
        for row in self.db().all_built(sql, values![now, ROUND]).await? {
            if stop.is_cancelled() {
                return Ok(());
            }
            let kept = Kept::read(&row)?;
            let sql = "UPDATE uploads SET due_at = $3 WHERE id = $1 AND due_at <= $2";
            if self.db().execute(sql, values![kept.id.as_str(), now, now + TURN]).await? == 0 {
                continue;
            }
            // One that fails is due again after its turn, and holds up no other.
            if let Err(error) = self.look_after(&kept).await {
                warn!(?error, upload = kept.id, "could not look after an upload");
            }
        }
        Ok(())
    }

    async fn look_after(&self, kept: &Kept) -> Result<()> {
        let ctx = Ctx::new(Actor::System("system"), Ctx::new_request_id());
        let row = self.row(&kept.resource).await?;
        let Some(id) = row.standing.id().cloned() else {
            // The container is gone, and with it what lay in it: Swift deletes none that is not empty.
            return self.set(kept, &kept.standing, "swept", None).await;
        };
        let binding = self.binding(&row.binding_id).await?;
        let cloud = self.cloud_of(&binding, &ctx.request_id)?;
        let container = Container { row, id: ExternalId::new(id.as_str()), cloud };
        match kept.standing.as_str() {
            "joining" => self.settle_joining(&ctx, &container, kept).await.map(drop),
            "open" => {
                let now = self.now();
                let mut tx = self.db().begin().await?;
                let sql = "UPDATE uploads SET standing = 'dropped', updated_at = $2, due_at = $2
                    WHERE id = $1 AND standing = 'open' AND updated_at <= $3";
                if tx.execute(sql, values![kept.id.as_str(), now, now - PATIENCE]).await? == 1 {
                    let event = container.event(UPLOAD, AuditOutcome::Failed, kept.detail());
                    audit::append(&mut tx, now, &ctx, event).await?;
                }
                Ok(tx.commit().await?)
            }
            "dropped" => self.sweep(&ctx, &container, kept).await,
            "done" => match is_joined(&container, kept).await? {
                true => self.set(kept, "done", "done", None).await,
                false => self.set(kept, "done", "dropped", Some(self.now())).await,
            },
            _ => self.set(kept, &kept.standing, &kept.standing, None).await,
        }
    }

    /// Finds out whether the manifest of an upload came to be. If not, the upload is open again.
    pub(super) async fn settle_joining(&self, ctx: &Ctx, container: &Container, kept: &Kept) -> Result<bool> {
        let came = is_joined(container, kept).await?;
        match came {
            true => self.joined(ctx, container, kept).await?,
            false => self.set(kept, "joining", "open", Some(self.now() + PATIENCE)).await?,
        }
        Ok(came)
    }

    /// Deletes the parts.
    async fn sweep(&self, ctx: &Ctx, container: &Container, kept: &Kept) -> Result<()> {
        // Whatever was thought of it: what the object is made of stays.
        if is_joined(container, kept).await? {
            return self.joined(ctx, container, kept).await;
        }
        let answer = match container.cloud.send(&object::segments(container.name(), &kept.id)).await {
            Err(error) if error.is_not_found() => return self.set(kept, "dropped", "swept", None).await,
            answer => answer?,
        };
        let listed = read(answer.body)?;
        for one in listed.iter().take(AT_ONCE) {
            let Listed::Object { name, .. } = one else { continue };
            let request = object::about(Method::DELETE, container.name(), name).expect(&[204]);
            match container.cloud.send(&request).await {
                Err(error) if !error.is_not_found() => return Err(error.into()),
                _ => {}
            }
        }
        match listed.is_empty() {
            // Only a list that shows nothing any more is the end: one may be older than a part.
            true => self.set(kept, "dropped", "swept", None).await,
            false => self.set(kept, "dropped", "dropped", Some(self.now())).await,
        }
    }

    async fn set(&self, kept: &Kept, from: &str, to: &str, due: Option<i64>) -> Result<()> {
        let sql = "UPDATE uploads SET standing = $3, due_at = $4 WHERE id = $1 AND standing = $2";
        self.db().execute(sql, values![kept.id.as_str(), from, to, due]).await?;
        Ok::<_, Error>(())
    }
}

/// Whether an object is made of an upload's parts: then its manifest lists them. The newest that any of Swift's copies
/// knows decides.
async fn is_joined(container: &Container, kept: &Kept) -> Result<bool> {
    let about = |method| object::about(method, container.name(), &kept.object).header("x-newest", "true");
    let large = match container.cloud.send(&about(Method::HEAD)).await {
        Ok(answer) => answer.body.get("x-static-large-object").is_some(),
        Err(error) if error.is_not_found() => false,
        Err(error) => return Err(error.into()),
    };
    if !large {
        return Ok(false);
    }
    // Of what is no manifest, this would read the object itself.
    let request = about(Method::GET).query("multipart-manifest", "get").reads(Reads::Text);
    let answer = container.cloud.send(&request).await?;
    Ok(answer.body.as_str().is_some_and(|text| text.contains(&object::folder(&kept.id))))
}
