//! Up: in one piece, or in parts that go on where they stopped.
use super::Place;
use crate::{
    cli::{
        call::Call,
        remote::{self, Answer, Stream},
    },
    config::Remote,
};
use anyhow::{Context, ensure};
use model::objects::{PART_BYTES, Upload, part_size};
use reqwest::{Body, Method};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    io::{self, Read as _, SeekFrom},
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _},
    sync::mpsc,
};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::io::ReaderStream;

/// How often a part is sent, when the connection breaks or the portal or the cloud fails.
const ATTEMPTS: u32 = 5;
/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

#[derive(Deserialize)]
struct Begun {
    upload: Upload,
}

/// Sends an object.
///
/// # Errors
/// What cannot be read, and what the portal refuses. One that is there already is refused before a byte is sent, unless it
/// may be replaced.
pub(in crate::cli::call) async fn up(call: &Call, remote: &Remote) -> anyhow::Result<Answer> {
    let source = Place::of(&call.text("file"))?;
    let file = match &source {
        Place::Standard => None,
        Place::File(path) => Some(Source::open(path).await?),
    };
    if !call.flag("overwrite") {
        // Whoever may not know of it is told so by the answer to what is sent.
        let looked = remote::ask(remote, Method::GET, call.placed(remote, &[&call.text("id")])?, None, None).await?;
        ensure!(!looked.ok, "an object of that name is there already; --overwrite replaces it");
    }
    match file {
        Some(file) if file.regular && i64::try_from(file.bytes)? > PART_BYTES => in_parts(call, remote, file).await,
        Some(Source { file, bytes, regular: true, .. }) => {
            whole(call, remote, body(file.take(bytes)), Some(bytes)).await
        }
        Some(Source { file, .. }) => whole(call, remote, body(file), None).await,
        None => whole(call, remote, Body::wrap_stream(standard_input()), None).await,
    }
}

/// A file that is sent.
struct Source {
    file: File,
    path: PathBuf,
    bytes: u64,
    changed: Option<SystemTime>,
    /// Whether it has a size, and parts that can be read again.
    regular: bool,
}

impl Source {
    async fn open(path: &Path) -> anyhow::Result<Self> {
        let told = || format!("{} cannot be read", path.display());
        let file = File::open(path).await.with_context(told)?;
        let known = file.metadata().await.with_context(told)?;
        ensure!(!known.is_dir(), "{} is a directory", path.display());
        let (bytes, changed, regular) = (known.len(), known.modified().ok(), known.is_file());
        Ok(Self { file, path: path.to_owned(), bytes, changed, regular })
    }

    /// What tells it from another file of its size, and from itself once it was changed.
    fn fingerprint(&self) -> String {
        let since = self.changed.and_then(|changed| changed.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.map(|since| since.as_nanos().to_string()).unwrap_or_default()
    }

    /// # Errors
    /// It is not as it was when it was opened.
    async fn is_same(&self) -> anyhow::Result<()> {
        let known = self.file.metadata().await?;
        let same = known.len() == self.bytes && known.modified().ok() == self.changed;
        ensure!(same, "{} was changed while it was sent; nothing was made of it", self.path.display());
        Ok(())
    }
}

fn body(from: impl AsyncRead + Send + 'static) -> Body {
    Body::wrap_stream(ReaderStream::with_capacity(from, CHUNK))
}

/// What comes on standard input. In a thread that nobody waits for: a refusal is told though nothing comes.
fn standard_input() -> ReceiverStream<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(4);
    thread::spawn(move || {
        let mut from = io::stdin().lock();
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = from.read(&mut chunk);
            if matches!(read, Ok(0)) {
                return;
            }
            let goes_on = read.is_ok();
            let told = read.map(|read| chunk[..read].to_vec());
            if sender.blocking_send(told).is_err() || !goes_on {
                return;
            }
        }
    });
    ReceiverStream::new(receiver)
}

/// In one piece.
async fn whole(call: &Call, remote: &Remote, body: Body, bytes: Option<u64>) -> anyhow::Result<Answer> {
    let mut url = call.placed(remote, &[&call.text("id"), "content"])?;
    if call.flag("overwrite") {
        url.query_pairs_mut().append_pair("overwrite", "true");
    }
    let mut request = remote::stream(remote, Method::PUT, url, Stream::Up)?;
    if let Some(kind) = call.optional("content-type") {
        request = request.header("content-type", kind);
    }
    if let Some(bytes) = bytes {
        request = request.header("content-length", bytes);
    }
    let response = request.body(body).send().await.context("the object was not sent: the connection broke off")?;
    remote::answer(response).await
}

/// In parts: those that the cloud has already are not sent again.
async fn in_parts(call: &Call, remote: &Remote, source: Source) -> anyhow::Result<Answer> {
    let (name, bytes) = (call.text("id"), i64::try_from(source.bytes)?);
    let said = |more: Value| {
        let mut body = more;
        for (name, value) in call.place().chain([("parent", call.text("parent"))]) {
            body[name] = json!(value);
        }
        body
    };
    let mut asked = json!({"bytes": bytes, "overwrite": call.flag("overwrite"), "fingerprint": source.fingerprint()});
    if let Some(kind) = call.optional("content-type") {
        asked["content_type"] = json!(kind);
    }
    let url = call.address(remote, &[&name, "uploads"])?;
    let begun = remote::ask(remote, Method::POST, url, Some(&said(asked)), None).await?;
    if !begun.ok {
        return Ok(begun);
    }
    let Begun { upload } = serde_json::from_str(&begun.text).context("the portal's answer cannot be read")?;
    for part in (1..=upload.parts).filter(|part| !upload.done.contains(part)) {
        let url = call.placed(remote, &[&name, "uploads", &upload.id, &part.to_string()])?;
        let length = u64::try_from(part_size(bytes, upload.part_bytes, part))?;
        let from = u64::from(part - 1) * u64::try_from(upload.part_bytes)?;
        let mut attempt = 1;
        loop {
            // A handle of its own: what an attempt left behind does not read where the next one is.
            let mut file = File::open(&source.path).await?;
            file.seek(SeekFrom::Start(from)).await?;
            let request = remote::stream(remote, Method::PUT, url.clone(), Stream::Up)?;
            let sent = match request.header("content-length", length).body(body(file.take(length))).send().await {
                Ok(response) => remote::answer(response).await,
                Err(error) => Err(error.into()),
            };
            match sent {
                Ok(answer) if answer.ok => break,
                Ok(answer) if !answer.status.is_server_error() || attempt == ATTEMPTS => return Ok(answer),
                Err(error) if attempt == ATTEMPTS => {
                    source.is_same().await?;
                    return Err(error.context("not all of it was sent; the same command goes on where it stopped"));
                }
                Ok(_) | Err(_) => tokio::time::sleep(Duration::from_secs(1 << attempt)).await,
            }
            attempt += 1;
        }
    }
    source.is_same().await?;
    let url = call.address(remote, &[&name, "uploads", &upload.id])?;
    let mut made = remote::ask(remote, Method::POST, url, Some(&said(json!({}))), None).await?;
    if made.ok && !call.flag("json") {
        // As what went in one piece is shown.
        made.text = json!({"resource": {"name": upload.object, "bytes": upload.bytes}}).to_string();
    }
    Ok(made)
}
