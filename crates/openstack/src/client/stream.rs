//! Streams: what is too long to be held. Bytes pass through as they come, in both directions; there is no limit to how
//! long that takes, but to how long nothing may happen.
use super::{
    Cloud, ProjectScope, retry,
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
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

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

    /// The bytes. What takes them decides how fast they come.
    pub fn into_stream(self) -> impl Stream<Item = Chunk> + Send + 'static {
        let Self { response, turn, idle, .. } = self;
        stream::try_unfold((response, turn), move |(mut response, turn)| async move {
            match tokio::time::timeout(idle, response.chunk()).await {
                Ok(Ok(Some(bytes))) => Ok(Some((bytes, (response, turn)))),
                Ok(Ok(None)) => Ok(None),
                Ok(Err(error)) => Err(io::Error::other(error.without_url())),
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            }
        })
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
        let call = self.streamed(scope, region, request, length, request_id).await?;
        let progress = Progress::new();
        let told = progress.clone();
        let body = reqwest::Body::wrap_stream(body.inspect(move |chunk| told.tell(chunk)));
        let mut answer = self.0.transport.upload(&call, body, &progress).await?;
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
        let call = self.streamed(scope, region, request, None, request_id).await?;
        self.0.transport.download(&call).await
    }

    async fn streamed<'a>(
        &self,
        scope: &ProjectScope,
        region: &'a str,
        request: &'a Request,
        length: Option<u64>,
        request_id: &str,
    ) -> Result<Call<'a>> {
        let service = request.service;
        let deadline = self.0.deadline(service.service_type);
        let token = self.0.token(scope, deadline).await?;
        let (url, mut headers) = self.ready(&token, region, request, request_id, deadline).await?;
        if let Some(length) = length {
            put(&mut headers, header::CONTENT_LENGTH.as_str(), &length.to_string())?;
        }
        Ok(Call {
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
        })
    }
}

/// What is said of a stream that stood still.
pub(super) fn stalled(service: &'static str) -> Error {
    Error::Lost { service, cause: "nothing moved for too long".to_owned(), maybe_done: true }
}
