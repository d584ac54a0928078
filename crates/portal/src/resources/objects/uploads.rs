//! Objects that are sent in parts: what breaks off goes on where it stopped, and no part has to be sent twice.
use super::{
    Container, UPLOAD,
    list::{Listed, read},
    stream::{Bytes, there_already},
    writable,
};
use crate::{
    Ctx, Portal,
    access::Need,
    audit,
    db::{Row, Tx, values},
    error::{Error, Result},
};
use model::{
    AuditOutcome, BindingId, Place, ResourceId,
    objects::{NewUpload, PART_BYTES, Upload, part_size, parts_of},
    view::Timestamp,
};
use serde_json::json;
use services::object;

const MIB: i64 = 1024 * 1024;
/// Of what tells a file from another, in bytes.
const LONGEST_FINGERPRINT: usize = 255;
/// How many parts a manifest may list: Swift's own default.
const MOST_PARTS: i64 = 1000;
/// The largest part: what Swift takes in one piece, 5 GiB.
const LARGEST_PART: i64 = 5 * 1024 * MIB;
/// How long parts wait for the next one, in microseconds: 7 days.
pub(super) const PATIENCE: i64 = 7 * 24 * 3_600_000_000;
/// How long somebody who writes an object has for that, in microseconds.
pub(super) const JOINING: i64 = 600_000_000;

/// What is kept of one.
pub(super) struct Kept {
    pub id: String,
    pub resource: ResourceId,
    pub object: String,
    pub bytes: i64,
    pub part_bytes: i64,
    pub content_type: Option<String>,
    pub overwrite: bool,
    pub standing: String,
    pub created_at: i64,
}

pub(super) const SELECT: &str = "SELECT id, resource_id, object, bytes, part_bytes, content_type, overwrite, standing,
    created_at FROM uploads";

impl Kept {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            resource: ResourceId::new(row.text("resource_id")?),
            object: row.text("object")?,
            bytes: row.int("bytes")?,
            part_bytes: row.int("part_bytes")?,
            content_type: row.text_opt("content_type")?,
            overwrite: row.int("overwrite")? != 0,
            standing: row.text("standing")?,
            created_at: row.int("created_at")?,
        })
    }

    /// How many parts it has.
    fn parts(&self) -> u32 {
        parts_of(self.bytes, self.part_bytes)
    }

    fn view(self, done: Vec<u32>) -> Upload {
        Upload {
            complete: self.standing == "done",
            parts: self.parts(),
            id: self.id,
            object: self.object,
            bytes: self.bytes,
            part_bytes: self.part_bytes,
            done,
            created_at: Timestamp(self.created_at),
        }
    }

    pub(super) fn detail(&self) -> serde_json::Value {
        json!({ "object": self.object, "bytes": self.bytes, "upload": self.id })
    }
}

/// A part that the cloud has: its number, name, checksum and size.
type Part = (u32, (String, String, i64));

impl Portal {
    /// Begins to send an object in parts, or goes on with what the same person began: the same name and size.
    ///
    /// # Errors
    /// As [`Self::objects`]; 400 at `bytes` for what no manifest could list.
    pub async fn begin_upload(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        object: &str,
        new: NewUpload,
    ) -> model::Result<Upload> {
        self.try_begin(ctx, place, container, object, new).await.map_err(Error::report)
    }

    async fn try_begin(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        object: &str,
        new: NewUpload,
    ) -> Result<Upload> {
        let object = writable(object)?;
        let container = self.container(ctx, place, container, Need::Provision).await?;
        if !(1..=LARGEST_PART * MOST_PARTS).contains(&new.bytes) {
            let sentence = "An object that is sent in parts has from 1 byte to 5,000 GiB.";
            return Err(model::Error::invalid("bytes", sentence).into());
        }
        if new.fingerprint.len() > LONGEST_FINGERPRINT {
            let sentence = format!("At most {LONGEST_FINGERPRINT} bytes.");
            return Err(model::Error::invalid("fingerprint", sentence).into());
        }
        let sql = "SELECT id FROM uploads WHERE resource_id = $1 AND object = $2 AND bytes = $3 AND created_by = $4
            AND fingerprint = $5 AND standing = 'open' ORDER BY created_at DESC LIMIT 1";
        let values = values![&container.row.id, object, new.bytes, ctx.user_id(), new.fingerprint.as_str()];
        if let Some(row) = self.db().one(sql, values).await? {
            let id = row.text("id")?;
            // What it becomes is as it was asked for last.
            let sql = "UPDATE uploads SET overwrite = $2, content_type = $3 WHERE id = $1 AND standing = 'open'";
            self.db().execute(sql, values![id.as_str(), new.overwrite, new.content_type]).await?;
            let kept = self.kept(&container, &id).await?;
            return self.shown_upload(&container, kept).await;
        }
        let least = (new.bytes + MOST_PARTS - 1) / MOST_PARTS;
        let part_bytes = PART_BYTES.max((least + MIB - 1) / MIB * MIB);
        let (id, now) = (uuid::Uuid::now_v7().to_string(), self.now());
        let mut tx = self.db().begin().await?;
        let sql = "INSERT INTO uploads (id, resource_id, object, bytes, part_bytes, content_type, overwrite, standing,
                created_by, created_at, updated_at, due_at, fingerprint)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $9, $10, $11)";
        let values = values![
            id.as_str(),
            &container.row.id,
            object,
            new.bytes,
            part_bytes,
            new.content_type,
            new.overwrite,
            ctx.user_id(),
            now,
            now + PATIENCE,
            new.fingerprint,
        ];
        tx.execute(sql, values).await?;
        let detail = json!({ "object": object, "bytes": new.bytes, "upload": id });
        audit::append(&mut tx, now, ctx, container.event(UPLOAD, AuditOutcome::Attempted, detail)).await?;
        tx.commit().await?;
        Ok(self.kept(&container, &id).await?.view(Vec::new()))
    }

    /// How far an upload is.
    ///
    /// # Errors
    /// As [`Self::objects`].
    pub async fn upload(&self, ctx: &Ctx, place: &Place, container: &str, id: &str) -> model::Result<Upload> {
        let work = async {
            let container = self.container(ctx, place, container, Need::Read).await?;
            let kept = self.kept(&container, id).await?;
            self.shown_upload(&container, kept).await
        };
        work.await.map_err(Error::report)
    }

    /// Sends a part. One that is there already is replaced.
    ///
    /// # Errors
    /// As [`Self::objects`]; 400 at `part` or `bytes` for what is no part of it; 409 when it is not open any more.
    #[expect(clippy::too_many_arguments, reason = "where, of what, which, and what: each is an answer of its own")]
    pub async fn upload_part(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        id: &str,
        part: u32,
        length: Option<u64>,
        body: Bytes,
    ) -> model::Result<()> {
        let work = async {
            let container = self.container(ctx, place, container, Need::Provision).await?;
            let kept = self.open_upload(&container, id).await?;
            if part == 0 || part > kept.parts() {
                let sentence = format!("There are parts 1 to {}.", kept.parts());
                return Err(model::Error::invalid("part", sentence).into());
            }
            let size = part_size(kept.bytes, kept.part_bytes, part);
            if length != u64::try_from(size).ok() {
                return Err(model::Error::invalid("bytes", format!("Part {part} has {size} bytes.")).into());
            }
            let request = object::put(container.name(), &object::segment(id, part), None, false);
            self.pass(&container, &request, (body, length)).await?;
            let sql = "UPDATE uploads SET updated_at = $2, due_at = $3 WHERE id = $1 AND standing = 'open'";
            let now = self.now();
            if self.db().execute(sql, values![id, now, now + PATIENCE]).await? == 1 {
                return Ok(());
            }
            // It was closed while the bytes came. What was given up is looked after once more: this part came after that.
            let sql = "UPDATE uploads SET standing = 'dropped', due_at = $2
                WHERE id = $1 AND standing IN ('dropped', 'swept')";
            self.db().execute(sql, values![id, now]).await?;
            Err(closed(&self.kept(&container, id).await?))
        };
        work.await.map_err(Error::report)
    }

    /// Makes one object of the parts. Asked again, it says the same.
    ///
    /// # Errors
    /// As [`Self::objects`]; 409 while parts are missing, or when an object is there already and may not be replaced.
    pub async fn finish_upload(&self, ctx: &Ctx, place: &Place, container: &str, id: &str) -> model::Result<Upload> {
        let work = async {
            let container = self.container(ctx, place, container, Need::Provision).await?;
            let kept = self.kept(&container, id).await?;
            if kept.standing == "done" {
                return self.shown_upload(&container, kept).await;
            }
            let (portal, ctx, id) = (self.clone(), ctx.clone(), id.to_owned());
            let joined = tokio::spawn(async move {
                portal.join(&ctx, &container, &id).await?;
                let kept = portal.kept(&container, &id).await?;
                portal.shown_upload(&container, kept).await
            });
            joined.await.map_err(|_| Error::Corrupt("task"))?
        };
        work.await.map_err(Error::report)
    }

    async fn join(&self, ctx: &Ctx, container: &Container, id: &str) -> Result<()> {
        let kept = self.open_upload(container, id).await?;
        let parts = self.parts(container, &kept).await?;
        let all = kept.parts();
        if let Some(missing) = (1..=all).find(|part| !parts.iter().any(|(number, _)| number == part)) {
            let left = usize::try_from(all).unwrap_or(usize::MAX).saturating_sub(parts.len());
            let why = format!("{left} of {all} parts are missing, part {missing} first. Send them, then try again.");
            return Err(model::Error::Conflict { why }.into());
        }
        // From here on somebody looks what came of it, should this server end.
        let sql = "UPDATE uploads SET standing = 'joining', updated_at = $2, due_at = $3
            WHERE id = $1 AND standing = 'open'";
        let now = self.now();
        let mut tx = self.db().begin().await?;
        if tx.execute(sql, values![id, now, now + JOINING]).await? == 0 {
            return Err(closed(&kept));
        }
        doubt(&mut tx, now + JOINING, &kept.resource, &kept.object, id).await?;
        tx.commit().await?;
        let listed: Vec<(String, String, i64)> = parts.into_iter().map(|(_, part)| part).collect();
        let request =
            object::manifest(container.name(), &kept.object, kept.content_type.as_deref(), !kept.overwrite, &listed);
        let Err(error) = container.cloud.send(&request).await else {
            return self.joined(ctx, container, &kept).await;
        };
        if error.maybe_done() {
            // Swift may be at it still: whoever looks after it finds out what came of it, once it had its time.
            return Err(error.into());
        }
        // It may be refused for what an earlier attempt of the same request made.
        match (self.settle_joining(ctx, container, &kept).await?, error) {
            (true, _) => Ok(()),
            (false, openstack::Error::Status { status: 412, .. }) => Err(there_already()),
            (false, error) => Err(error.into()),
        }
    }

    /// Writes down that an upload became its object, whatever was thought of it before.
    pub(super) async fn joined(&self, ctx: &Ctx, container: &Container, kept: &Kept) -> Result<()> {
        let now = self.now();
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE uploads SET standing = 'done', updated_at = $2, due_at = NULL
            WHERE id = $1 AND standing IN ('joining', 'dropped')";
        if tx.execute(sql, values![kept.id.as_str(), now]).await? == 1 {
            doubt(&mut tx, now, &kept.resource, &kept.object, &kept.id).await?;
            audit::append(&mut tx, now, ctx, container.event(UPLOAD, AuditOutcome::Succeeded, kept.detail())).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Gives an upload up: its parts are deleted.
    ///
    /// # Errors
    /// As [`Self::objects`]; 409 when it has become an object.
    pub async fn drop_upload(&self, ctx: &Ctx, place: &Place, container: &str, id: &str) -> model::Result<()> {
        let work = async {
            let container = self.container(ctx, place, container, Need::Provision).await?;
            let kept = self.open_upload(&container, id).await?;
            let now = self.now();
            let mut tx = self.db().begin().await?;
            let sql = "UPDATE uploads SET standing = 'dropped', updated_at = $2, due_at = $2
                WHERE id = $1 AND standing = 'open'";
            if tx.execute(sql, values![id, now]).await? == 0 {
                return Err(closed(&kept));
            }
            audit::append(&mut tx, now, ctx, container.event(UPLOAD, AuditOutcome::Failed, kept.detail())).await?;
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    async fn kept(&self, container: &Container, id: &str) -> Result<Kept> {
        let sql = format!("{SELECT} WHERE id = $1 AND resource_id = $2");
        let rows = self.db().all_built(sql, values![id, &container.row.id]).await?;
        Kept::read(rows.first().ok_or_else(|| model::Error::not_found("upload"))?)
    }

    async fn open_upload(&self, container: &Container, id: &str) -> Result<Kept> {
        let kept = self.kept(container, id).await?;
        if kept.standing == "open" { Ok(kept) } else { Err(closed(&kept)) }
    }

    async fn shown_upload(&self, container: &Container, kept: Kept) -> Result<Upload> {
        let done = match kept.standing.as_str() {
            "open" => self.parts(container, &kept).await?.into_iter().map(|(number, _)| number).collect(),
            "done" => (1..=kept.parts()).collect(),
            _ => Vec::new(),
        };
        Ok(kept.view(done))
    }

    /// The parts that the cloud has, whole ones only.
    async fn parts(&self, container: &Container, kept: &Kept) -> Result<Vec<Part>> {
        let answer = container.cloud.send(&object::segments(container.name(), &kept.id)).await?;
        let whole = |part: u32, bytes: i64| part > 0 && part_size(kept.bytes, kept.part_bytes, part) == bytes;
        let parts = read(answer.body)?.into_iter().filter_map(|one| match one {
            Listed::Object { name, bytes, hash, .. } => {
                let number: u32 = name.rsplit('/').next()?.parse().ok()?;
                whole(number, bytes).then_some((number, (name, hash, bytes)))
            }
            Listed::Folder { .. } => None,
        });
        Ok(parts.collect())
    }
}

fn closed(kept: &Kept) -> Error {
    let why = match kept.standing.as_str() {
        "done" => "This upload is complete.",
        "joining" => "This upload is just being made an object. Look again in a minute.",
        _ => "This upload was given up. Begin anew.",
    };
    model::Error::Conflict { why: why.to_owned() }.into()
}

/// Has somebody look at that time whether an object is still the one that an upload made, of all but that one: another may
/// take its place. Which one it is in the end only the cloud can say.
pub(super) async fn doubt(tx: &mut Tx, due: i64, container: &ResourceId, object: &str, but: &str) -> Result<()> {
    let sql =
        "UPDATE uploads SET due_at = $4 WHERE resource_id = $1 AND object = $2 AND id <> $3 AND standing = 'done'";
    tx.execute(sql, values![container, object, but, due]).await?;
    Ok(())
}

/// The same at once, of an object in the container of that name.
pub(in crate::resources) async fn doubt_in(
    tx: &mut Tx,
    now: i64,
    binding: &BindingId,
    (container, object): (&str, &str),
) -> Result<()> {
    let sql = "UPDATE uploads SET due_at = $4 WHERE object = $3 AND standing = 'done' AND resource_id IN
        (SELECT id FROM resources WHERE binding_id = $1 AND kind = 'swift_container' AND external_id = $2)";
    tx.execute(sql, values![binding, container, object, now]).await?;
    Ok(())
}
