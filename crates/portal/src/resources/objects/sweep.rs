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
use tracing::warn;

/// How many are looked after in one go.
const ROUND: i64 = 20;
/// How long one server keeps one to itself, in microseconds: what it does takes less.
const TURN: i64 = 300_000_000;

impl Portal {
    /// Looks after what is due. Any server may; what two do at once does no harm.
    pub(in crate::resources) async fn look_after_uploads(&self) -> Result<()> {
        let now = self.now();
        let sql = format!("{SELECT} WHERE due_at <= $1 ORDER BY due_at LIMIT $2");
        for row in self.db().all_built(sql, values![now, ROUND]).await? {
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
            "dropped" => self.sweep(&container, kept).await,
            _ => self.set(kept, &kept.standing, &kept.standing, None).await,
        }
    }

    /// Finds out whether the manifest of an upload came to be: then it lists its parts. If not, the upload is open again.
    pub(super) async fn settle_joining(&self, ctx: &Ctx, container: &Container, kept: &Kept) -> Result<bool> {
        let about = |method| object::about(method, container.name(), &kept.object);
        let large = match container.cloud.send(&about(Method::HEAD)).await {
            Ok(answer) => answer.body.get("x-static-large-object").is_some(),
            Err(error) if error.is_not_found() => false,
            Err(error) => return Err(error.into()),
        };
        // Of what is no manifest, this would read the object itself.
        let came = large && {
            let request = about(Method::GET).query("multipart-manifest", "get").reads(Reads::Text);
            let answer = container.cloud.send(&request).await?;
            answer.body.as_str().is_some_and(|text| text.contains(&object::folder(&kept.id)))
        };
        match came {
            true => self.joined(ctx, container, kept).await?,
            false => self.set(kept, "joining", "open", Some(self.now() + PATIENCE)).await?,
        }
        Ok(came)
    }

    /// Deletes the parts.
    async fn sweep(&self, container: &Container, kept: &Kept) -> Result<()> {
        let answer = match container.cloud.send(&object::segments(container.name(), &kept.id)).await {
            Err(error) if error.is_not_found() => return self.set(kept, "dropped", "swept", None).await,
            answer => answer?,
        };
        let listed = read(answer.body)?;
        for one in &listed {
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
