//! Sends one request: its turn, its time, its repetitions, and how its answer is read.
use super::{
    config::CloudConfig,
    lane::{Health, Lane},
    message::message,
    retry,
    stream::{Download, Progress, stalled},
};
use crate::{Answer, Error, Reads, Result};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::{Body, Client, ClientBuilder, Response, Url};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    error::Error as _,
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, sleep, timeout_at},
};
use tracing::{Instrument, Span, field::Empty};

/// How much of an error's body is read, in bytes.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// The connections, and whose turn it is.
pub(super) struct Transport {
    client: Client,
    /// For streams: as long as bytes flow there is time, and what is stored packed is handed on packed.
    streams: Client,
    lanes: Mutex<BTreeMap<(String, &'static str), Arc<Lane>>>,
    config: CloudConfig,
}

/// One request, ready to be sent.
pub(super) struct Call<'a> {
    /// The service's title, for errors.
    pub service: &'static str,
    /// The service's type; with the region, whose turn it takes.
    pub kind: &'static str,
    pub region: &'a str,
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    pub expect: &'a [u16],
    pub reads: Reads,
    /// Whether a repetition does no harm even if the first one was executed.
    pub idempotent: bool,
    /// How often it is sent at most.
    pub attempts: u32,
    pub deadline: Instant,
}

impl Transport {
    pub(super) fn new(config: &CloudConfig) -> Result<Self> {
        let builder = builder(config)?.timeout(config.timeout);
        let streams = self::builder(config)?.no_gzip();
        let build = |builder: ClientBuilder| {
            builder.build().map_err(|e| Error::Config(format!("the HTTP client: {}", causes(&e))))
        };
        Ok(Self { client: build(builder)?, streams: build(streams)?, lanes: Mutex::default(), config: config.clone() })
    }

    /// Sends it, and again where that is allowed and the deadline leaves time.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Answer> {
        let (mut attempt, mut last) = (1, None);
        loop {
            let error = match self.once(call).await {
                Ok(answer) => return Ok(answer),
                // What an earlier attempt came to says more: it was sent.
                Err(Error::Resting { .. }) if let Some(earlier) = last => return Err(earlier),
                Err(error) => error,
            };
            if attempt >= call.attempts || !retry::allowed(&error, call.idempotent) {
                return Err(error);
            }
            attempt += 1;
            match retry::pause(&error, attempt) {
                Some(pause) if Instant::now() + pause < call.deadline => sleep(pause).await,
                _ => return Err(error),
            }
            last = Some(error);
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Answer> {
        let lane = self.lane(call);
        if let Some(resting) = lane.resting() {
            return Err(resting);
        }
        let reads = matches!(call.method, Method::GET | Method::HEAD);
        let turn = timeout_at(call.deadline, lane.turn(reads)).await.map_err(|_| Error::Lost {
            service: call.service,
            cause: "too many requests are running, and none ended in time".to_owned(),
            maybe_done: false,
        })?;
        let pass = lane.pass(call.deadline)?;
        let span = span(call);
        let begun = Instant::now();
        let outcome = self.exchange(call).instrument(span.clone()).await;
        pass.tell(&outcome);
        drop(turn);
        span.record("duration_ms", u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        span.in_scope(|| match &outcome {
            Ok(_) => tracing::debug!("answered"),
            // Its Display may carry a cloud's words, which belong to one tenant and not in a log.
            Err(Error::Status { status, .. }) => tracing::debug!(status, "refused"),
            Err(_) => tracing::debug!("no answer"),
        });
        outcome
    }

    fn lane(&self, call: &Call<'_>) -> Arc<Lane> {
        // A poisoned lock still holds a whole map: inserting is all that happens under it.
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry((call.region.to_owned(), call.kind));
        Arc::clone(lane.or_insert_with(|| Arc::new(Lane::new(&self.config, call.region, call.kind, call.service))))
    }

    /// How the services do that were asked so far.
    pub(super) fn health(&self) -> Vec<Health> {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.values().map(|lane| lane.health()).collect()
    }

    async fn exchange(&self, call: &Call<'_>) -> Result<Answer> {
        let left = call.deadline.saturating_duration_since(Instant::now());
        let mut request = self
            .client
            .request(call.method.clone(), call.url.clone())
            .headers(call.headers.clone())
            .timeout(left.max(Duration::from_millis(1)));
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|e| unsent(call, &e))?;
        self.answer(call, response).await
    }

    /// Sends a body that is a stream. It may take as long as it flows; then there is as long for the answer.
    pub(super) async fn upload(&self, call: &Call<'_>, body: Body, progress: &Progress) -> Result<Answer> {
        let (lane, _turn) = self.stream(call).await?;
        // It may take hours: one that finds out whether the service is there again has to be shorter.
        let pass = Some(lane.pass(call.deadline)?).filter(|pass| !pass.is_probe());
        let idle = self.config.timeout_of(call.kind);
        let sent = self.streams.request(call.method.clone(), call.url.clone()).headers(call.headers.clone()).body(body);
        let work = async {
            let response = sent.send().await.map_err(|e| unsent(call, &e))?;
            self.answer(call, response).await
        };
        let outcome = tokio::select! {
            outcome = work.instrument(span(call)) => outcome,
            () = progress.stalls(idle) => Err(stalled(call.service)),
        };
        if progress.is_broken() {
            // Whoever sent it went away, which says nothing of the service.
            drop(pass);
        } else if let Some(pass) = pass {
            pass.tell(&outcome);
        }
        outcome
    }

    /// Sends a request and leaves its answer unread, where it is an expected one.
    pub(super) async fn download(&self, call: &Call<'_>) -> Result<Download> {
        let (lane, turn) = self.stream(call).await?;
        let pass = lane.pass(call.deadline)?;
        let sent = self.streams.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
        let work = async {
            let late =
                || Error::Lost { service: call.service, cause: "no answer in time".to_owned(), maybe_done: true };
            let sent = timeout_at(call.deadline, sent.send()).await.map_err(|_| late())?;
            let response = sent.map_err(|e| unsent(call, &e))?;
            match call.expect.contains(&response.status().as_u16()) {
                true => Ok(Download::new(response, turn, self.config.timeout_of(call.kind))),
                // This reads the refusal; what is not expected is no answer.
                false => match timeout_at(call.deadline, self.answer(call, response)).await {
                    Ok(Err(refusal)) => Err(refusal),
                    Ok(Ok(_)) | Err(_) => Err(late()),
                },
            }
        };
        let outcome = work.instrument(span(call)).await;
        pass.tell(&outcome);
        outcome
    }

    /// A stream's turn, unless the service is left alone now.
    async fn stream(&self, call: &Call<'_>) -> Result<(Arc<Lane>, OwnedSemaphorePermit)> {
        let lane = self.lane(call);
        if let Some(resting) = lane.resting() {
            return Err(resting);
        }
        let turn = timeout_at(call.deadline, lane.stream()).await.ok().flatten().ok_or_else(|| Error::Lost {
            service: call.service,
            cause: "too many streams are running, and none ended in time".to_owned(),
            maybe_done: false,
        })?;
        Ok((lane, turn))
    }

    async fn answer(&self, call: &Call<'_>, mut response: Response) -> Result<Answer> {
        let status = response.status();
        let headers = response.headers().clone();
        let theirs = request_id(&headers);
        Span::current().record("status", status.as_u16());
        if let Some(id) = &theirs {
            Span::current().record("request_id", id.as_str());
        }
        let expected = call.expect.contains(&status.as_u16());
        let longest = if expected { self.config.longest_answer } else { LONGEST_REFUSAL };
        let unreadable = |cause: String| Error::Unreadable { service: call.service, cause };
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= longest => body.extend_from_slice(&chunk),
                Ok(Some(_)) if expected => {
                    return Err(unreadable(format!("the answer is longer than {longest} bytes")));
                }
                // What was read of a refusal is enough, however it goes on.
                Ok(Some(_) | None) => break,
                Err(_) if !expected => break,
                Err(e) => return Err(lost(call, &e, true)),
            }
        }
        if !expected {
            return Err(Error::Status {
                service: call.service,
                status: status.as_u16(),
                message: refusal(status, &body),
                request_id: theirs,
                retry_after: retry_after(&headers),
                url: plain(&call.url),
            });
        }
        let body = match call.reads {
            Reads::Json if body.iter().all(u8::is_ascii_whitespace) => Value::Null,
            Reads::Json => serde_json::from_slice(&body).map_err(|e| unreadable(format!("not JSON: {e}")))?,
            Reads::Text => Value::String(String::from_utf8_lossy(&body).into_owned()),
            Reads::Headers => Value::Null,
        };
        Ok(Answer { status: status.as_u16(), headers, body })
    }
}

fn span(call: &Call<'_>) -> Span {
    tracing::info_span!(
        "openstack",
        service = call.kind,
        region = call.region,
        method = %call.method,
        path = call.url.path(),
        status = Empty,
        duration_ms = Empty,
        request_id = Empty
    )
}

fn lost(call: &Call<'_>, error: &reqwest::Error, sent: bool) -> Error {
    Error::Lost { service: call.service, cause: causes(error), maybe_done: sent }
}

/// What it means that no answer began. Neither reached the service when the connection was never made, or the request
/// never built.
fn unsent(call: &Call<'_>, error: &reqwest::Error) -> Error {
    lost(call, error, !(error.is_connect() || error.is_builder()))
}

/// What both kinds of connections have in common.
fn builder(config: &CloudConfig) -> Result<ClientBuilder> {
    let mut builder = Client::builder()
        .connect_timeout(config.connect_timeout)
        // A redirect would take the token to wherever it says.
        .redirect(reqwest::redirect::Policy::none())
        // Below the five seconds after which many servers close an idle connection: a create that goes out on one
        // that is just being closed would be lost, and nobody could say whether it was executed.
        .pool_idle_timeout(Duration::from_secs(4))
        // What is repeated is decided here alone.
        .retry(reqwest::retry::never())
        .user_agent(concat!("atonix/", env!("CARGO_PKG_VERSION")));
    if is_loopback(&config.auth_url) {
        builder = builder.no_proxy();
    }
    if let Some(path) = &config.ca_file {
        let wrong = |e: &dyn std::fmt::Display| Error::Config(format!("the CA file {}: {e}", path.display()));
        let pem = fs::read(path).map_err(|e| wrong(&e))?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| wrong(&e))?;
        if certificates.is_empty() {
            return Err(wrong(&"it holds no certificate"));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(builder)
}

/// The service's words, or those of the status.
fn refusal(status: StatusCode, body: &[u8]) -> String {
    if status.is_redirection() {
        return "it points to another address, which is not followed".to_owned();
    }
    message(body, status.canonical_reason().unwrap_or("no reason given"))
}

/// The service's id of the request.
fn request_id(headers: &HeaderMap) -> Option<String> {
    ["x-openstack-request-id", "x-compute-request-id", "x-trans-id"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        .filter(|id| id.len() <= 100)
        .map(str::to_owned)
}

/// The seconds of `Retry-After`; its other form, a date, is not used by OpenStack and would need our clock to be right.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The address without its query, which may hold what belongs to a tenant.
fn plain(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

/// What the transport said, with the causes below it but without the address.
fn causes(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the connection broke".to_owned()
    };
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// Puts a header, or says whose value cannot be one.
pub(super) fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let wrong = || Error::Config(format!("the header {name} cannot carry this value"));
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    headers.insert(name, HeaderValue::from_str(value).map_err(|_| wrong())?);
    Ok(())
}
