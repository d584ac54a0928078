//! An object's bytes: up and down, in one piece.
use super::{Container, DOWNLOAD, UPLOAD, checked, of, uploads, writable};
use crate::{
    Ctx, Portal,
    access::Need,
    audit,
    error::{Error, Result},
};
use futures_util::{Stream, StreamExt as _, stream::BoxStream};
use model::{AuditOutcome, Place, objects::ObjectItem};
use openstack::{Request, client::Chunk};
use services::object;

/// Bytes as they come.
pub type Bytes = BoxStream<'static, Chunk>;

/// What is sent to become an object.
pub struct Incoming {
    /// Its media type; the cloud guesses by the name when there is none.
    pub content_type: Option<String>,
    /// How many bytes there are, where the sender says so.
    pub length: Option<u64>,
    /// Whether it may take the place of an object that is there.
    pub overwrite: bool,
    /// The bytes.
    pub body: Bytes,
}

/// An object as it is read.
pub struct Outgoing {
    /// 200, or 206 for a part of it.
    pub status: u16,
    /// What the cloud says of it: type, length, range, checksum, age, packing.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Bytes,
}

/// Which of the cloud's headers belong to whoever reads an object.
const HANDED_ON: [&str; 6] =
    ["content-type", "content-length", "content-range", "content-encoding", "etag", "last-modified"];

impl Portal {
    /// Reads an object, or a part of it: `range` is a header's value (RFC 9110, 14.2). It is audited when it begins.
    ///
    /// # Errors
    /// 404 to strangers and when there is no such object; 416 is a refusal by the cloud.
    pub async fn download_object(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        object: &str,
        range: Option<&str>,
    ) -> model::Result<Outgoing> {
        self.try_download(ctx, place, container, object, range).await.map_err(Error::report)
    }

    async fn try_download(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        object: &str,
        range: Option<&str>,
    ) -> Result<Outgoing> {
        let object = checked(object)?;
        let container = self.container(ctx, place, container, Need::Read).await?;
        let begun = container.cloud.download(&object::download(container.name(), object, range)).await;
        let outcome = if begun.is_ok() { AuditOutcome::Succeeded } else { AuditOutcome::Failed };
        self.note(ctx, container.event(DOWNLOAD, outcome, of(object))).await?;
        let begun = match begun {
            Err(error) if error.is_not_found() => return Err(model::Error::not_found("object").into()),
            Err(openstack::Error::Status { status: 416, .. }) => {
                return Err(model::Error::invalid("range", "The object has no such part.").into());
            }
            begun => begun?,
        };
        let header = |name: &'static str| {
            let value = begun.headers.get(name)?;
            Some((name, String::from_utf8_lossy(value.as_bytes()).into_owned()))
        };
        let headers = HANDED_ON.iter().filter_map(|name| header(name)).collect();
        Ok(Outgoing { status: begun.status, headers, body: begun.into_stream().boxed() })
    }

    /// Sends an object in one piece. It goes on for as long as bytes come; when they break off there is no object, and the
    /// audit says so, whether the caller still waits or not.
    ///
    /// # Errors
    /// As [`Self::objects`]; 409 when one is there already and may not be replaced.
    pub async fn upload_object(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        object: &str,
        incoming: Incoming,
    ) -> model::Result<ObjectItem> {
        let work = async {
            let object = writable(object)?.to_owned();
            let container = self.container(ctx, place, container, Need::Provision).await?;
            let now = self.now();
            let mut tx = self.db().begin().await?;
            uploads::doubt(&mut tx, now + uploads::JOINING, &container.row.id, &object, "").await?;
            audit::append(&mut tx, now, ctx, container.event(UPLOAD, AuditOutcome::Attempted, of(&object))).await?;
            tx.commit().await?;
            let (portal, ctx) = (self.clone(), ctx.clone());
            // In a task of its own: a caller that leaves takes its bytes along, not what is to be written down.
            let sent = tokio::spawn(async move { portal.sent_whole(&ctx, &container, &object, incoming).await });
            sent.await.map_err(|_| Error::Corrupt("task"))?
        };
        work.await.map_err(Error::report)
    }

    async fn sent_whole(
        &self,
        ctx: &Ctx,
        container: &Container,
        object: &str,
        incoming: Incoming,
    ) -> Result<ObjectItem> {
        let Incoming { content_type, length, overwrite, body } = incoming;
        let request = object::put(container.name(), object, content_type.as_deref(), !overwrite);
        let sent = self.pass(container, &request, (body, length)).await;
        let outcome = if sent.is_ok() { AuditOutcome::Succeeded } else { AuditOutcome::Failed };
        let now = self.now();
        let mut tx = self.db().begin().await?;
        // The parts of the one whose place it took belong to nothing any more.
        uploads::doubt(&mut tx, now, &container.row.id, object, "").await?;
        audit::append(&mut tx, now, ctx, container.event(UPLOAD, outcome, of(object))).await?;
        tx.commit().await?;
        let (etag, bytes) = sent?;
        Ok(ObjectItem {
            name: object.to_owned(),
            bytes,
            content_type: content_type.unwrap_or_default(),
            last_modified: String::new(),
            etag,
        })
    }

    /// Passes bytes on, and gives the checksum by which the cloud calls them, and how many they were.
    pub(super) async fn pass(
        &self,
        container: &Container,
        request: &Request,
        (body, length): (impl Stream<Item = Chunk> + Send + 'static, Option<u64>),
    ) -> Result<(String, i64)> {
        let counted = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
        let count = std::sync::Arc::clone(&counted);
        let body = body.inspect(move |chunk| {
            let more = chunk.as_ref().map_or(0, |bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            count.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
        });
        match container.cloud.upload(request, body, length).await {
            Ok(answer) => {
                let etag = answer.body.get("etag").and_then(serde_json::Value::as_str).unwrap_or_default();
                Ok((etag.trim_matches('"').to_owned(), counted.load(std::sync::atomic::Ordering::Relaxed)))
            }
            Err(openstack::Error::Status { status: 412, .. }) => Err(there_already()),
            Err(openstack::Error::Status { status: 413, .. }) => {
                let detail = "It is larger than one piece may be, or than the cloud has room for.".to_owned();
                Err(model::Error::Refused { detail }.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What is said when an object may not take the place of another.
pub(super) fn there_already() -> Error {
    let why = "An object of that name is there already. Choose another, or let it be replaced.".to_owned();
    model::Error::Conflict { why }.into()
}
