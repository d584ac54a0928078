//! Streams: what is too long to be held. Bytes pass through as they come, in both directions; there is no limit to how
//! long that takes, but to how long nothing may happen.
use super::{
    Cloud, ProjectScope, Token, retry,
    transport::{Call, put},
};
use crate::{Answer, Error, Reads, Request, Result, request::heard};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http::{HeaderMap, header};
use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, timeout},
};

/// How long nobody may take anything of a stream.
const UNTAKEN: Duration = Duration::from_secs(60);

/// A piece of a stream, or why no more come.
pub type Chunk = io::Result<Bytes>;

/// What a service sends, of which only the beginning was read.
#[derive(Debug)]
pub struct Download {
    /// The status, one of those that the request expects.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    response: reqwest::Response,
    turn: OwnedSemaphorePermit,
    idle: Duration,
}

impl Download {
    pub(super) fn new(response: reqwest::Response, turn: OwnedSemaphorePermit, idle: Duration) -> Self {
        Self { status: response.status().as_u16(), headers: response.headers().clone(), response, turn, idle }
    }

    /// The bytes. Whoever takes them decides how fast they come; who takes none for a minute gets no more, because a turn is
    /// held all the while.
    pub fn into_stream(self) -> impl Stream<Item = Chunk> + Send + 'static {
        let Self { mut response, turn, idle, .. } = self;
        let (give, take) = mpsc::channel(4);
        tokio::spawn(async move {
            let _turn = turn;
            loop {
                let chunk = match timeout(idle, response.chunk()).await {
                    Ok(Ok(Some(bytes))) => Ok(bytes),
                    Ok(Ok(None)) => return,
                    Ok(Err(error)) => Err(io::Error::other(error.without_url())),
                    Err(_) => Err(io::ErrorKind::TimedOut.into()),
                };
                let ends = chunk.is_err();
                // Nobody is there any more, or nobody takes anything.
                let taken = timeout(UNTAKEN, give.send(chunk)).await.is_ok_and(|sent| sent.is_ok());
                if ends || !taken {
                    return;
                }
            }
        });
        // What ends without its end is cut off: the length was told before.
        stream::unfold(take, async |mut take| take.recv().await.map(|chunk| (chunk, take)))
    }
}

/// How far a stream is, as its body knows it.
#[derive(Clone)]
pub(super) struct Progress {
    moved: Arc<Mutex<Instant>>,
    broken: Arc<AtomicBool>,
}

impl Progress {
    fn new() -> Self {
        Self { moved: Arc::new(Mutex::new(Instant::now())), broken: Arc::default() }
    }

    fn moved(&self) -> Instant {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, chunk: &Chunk) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        if chunk.is_err() {
            self.broken.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was our side that broke off.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Ends when nothing has moved for so long.
    pub(super) async fn stalls(&self, idle: Duration) {
        loop {
            let until = self.moved() + idle;
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}

impl Cloud {
    /// Sends a request whose body is a stream, once: what was taken out of a stream is gone. `length` in bytes, where it
    /// is known.
    ///
    /// # Errors
    /// As [`Self::send`]; [`Error::Lost`] also when the stream itself breaks off or stands still.
    pub async fn upload(
        &self,
        scope: &ProjectScope,
        region: &str,
        request: &Request,
        (body, length): (impl Stream<Item = Chunk> + Send + 'static, Option<u64>),
        request_id: &str,
    ) -> Result<Answer> {
        let (call, token) = self.streamed(scope, region, request, length, request_id).await?;
        let progress = Progress::new();
        let told = progress.clone();
        let body = reqwest::Body::wrap_stream(body.inspect(move |chunk| told.tell(chunk)));
        let answered = self.0.transport.upload(&call, body, &progress).await;
        let mut answer = self.forgetting(scope, &token, answered).await?;
        if request.reads == Reads::Headers {
            answer.body = heard(&request.about(), &answer.headers);
        }
        Ok(answer)
    }

    /// Sends a request and reads of its answer only the beginning.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn download(
        &self,
        scope: &ProjectScope,
        region: &str,
        request: &Request,
        request_id: &str,
    ) -> Result<Download> {
        let (call, token) = self.streamed(scope, region, request, None, request_id).await?;
        match self.forgetting(scope, &token, self.0.transport.download(&call).await).await {
            // Nothing was read of it yet, so it may be asked for again.
            Err(Error::Status { status: 401, .. }) => {
                let (call, _) = self.streamed(scope, region, request, None, request_id).await?;
                self.0.transport.download(&call).await
            }
            outcome => outcome,
        }
    }

    /// Forgets a token that was revoked: the next request signs in anew.
    async fn forgetting<T>(&self, scope: &ProjectScope, token: &Arc<Token>, outcome: Result<T>) -> Result<T> {
        if matches!(outcome, Err(Error::Status { status: 401, .. })) {
            self.0.forget(scope, token).await;
        }
        outcome
    }

    async fn streamed<'a>(
        &self,
        scope: &ProjectScope,
        region: &'a str,
        request: &'a Request,
        length: Option<u64>,
        request_id: &str,
    ) -> Result<(Call<'a>, Arc<Token>)> {
        let service = request.service;
        let deadline = self.0.deadline(service.service_type);
        let token = self.0.token(scope, deadline).await?;
        let (url, mut headers) = self.ready(&token, region, request, request_id, deadline).await?;
        if let Some(length) = length {
            put(&mut headers, header::CONTENT_LENGTH.as_str(), &length.to_string())?;
        }
        let call = Call {
            service: service.title,
            kind: service.service_type,
            region,
            method: request.method.clone(),
            url,
            headers,
            body: None,
            expect: request.expect,
            reads: request.reads,
            idempotent: false,
            attempts: retry::ONCE,
            deadline,
        };
        Ok((call, token))
    }
}

/// What is said of a stream that stood still.
pub(super) fn stalled(service: &'static str) -> Error {
    Error::Lost { service, cause: "nothing moved for too long".to_owned(), maybe_done: true }
}
