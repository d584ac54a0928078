//! Signing in, and finding where a service stands: what is asked once and kept.
use super::{
    ProjectScope, Token,
    config::CloudConfig,
    discovery::{Address, Offered, choose},
    retry,
    token::sign_in,
    transport::{Call, Transport, put},
};
use crate::{Error, Reads, Result, Service};
use http::{HeaderMap, Method, header};
use moka::{Expiry, future::Cache, ops::compute::Op};
use reqwest::Url;
use std::{
    sync::Arc,
    time::{Duration, Instant as StdInstant},
};
use tokio::time::{Instant, timeout_at};

/// The identity service's title, in errors of what we ask it for ourselves.
pub(super) const IDENTITY: &str = "Identity (Keystone)";
/// How long a version document holds: a service is upgraded now and then.
const DOCUMENT: Duration = Duration::from_secs(15 * 60);
/// How long it holds that a service publishes none.
const SILENCE: Duration = Duration::from_secs(30);
/// The longest wait for a version document; the address of the catalogue does without it.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Session {
    pub config: CloudConfig,
    pub transport: Transport,
    tokens: Cache<ProjectScope, Arc<Token>>,
    /// By the service's root and type, hence by region too: two regions have two roots.
    documents: Cache<(Url, &'static str), Option<Offered>>,
}

struct UntilRenewal;

impl Expiry<ProjectScope, Arc<Token>> for UntilRenewal {
    fn expire_after_create(&self, _: &ProjectScope, token: &Arc<Token>, _: StdInstant) -> Option<Duration> {
        Some(token.keep())
    }

    fn expire_after_update(
        &self,
        _: &ProjectScope,
        token: &Arc<Token>,
        _: StdInstant,
        _: Option<Duration>,
        // An expired entry that is filled anew counts as updated.
    ) -> Option<Duration> {
        Some(token.keep())
    }
}

struct WhileItHolds;

impl WhileItHolds {
    fn holds(found: &Option<Offered>) -> Option<Duration> {
        Some(if found.is_some() { DOCUMENT } else { SILENCE })
    }
}

impl Expiry<(Url, &'static str), Option<Offered>> for WhileItHolds {
    fn expire_after_create(&self, _: &(Url, &'static str), found: &Option<Offered>, _: StdInstant) -> Option<Duration> {
        Self::holds(found)
    }

    fn expire_after_update(
        &self,
        _: &(Url, &'static str),
        found: &Option<Offered>,
        _: StdInstant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Self::holds(found)
    }
}

impl Session {
    pub(super) fn new(config: CloudConfig) -> Result<Self> {
        Ok(Self {
            transport: Transport::new(&config)?,
            config,
            tokens: Cache::builder().max_capacity(10_000).expire_after(UntilRenewal).build(),
            documents: Cache::builder().max_capacity(1_000).expire_after(WhileItHolds).build(),
        })
    }

    /// Until when a request to that service type may take.
    pub(super) fn deadline(&self, service_type: &str) -> Instant {
        Instant::now() + self.config.timeout_of(service_type)
    }

    /// The token for that scope: the kept one, or one sign-in for all who wait for it.
    pub(super) async fn token(&self, scope: &ProjectScope, deadline: Instant) -> Result<Arc<Token>> {
        let sign_in = self.tokens.try_get_with_by_ref(scope, self.sign_in(scope, deadline));
        match timeout_at(deadline, sign_in).await {
            Ok(Ok(token)) => Ok(token),
            Ok(Err(error)) => Err((*error).clone()),
            Err(_) => Err(before(IDENTITY, "no answer in time")),
        }
    }

    /// Forgets a token that was refused, unless another has taken its place meanwhile.
    pub(super) async fn forget(&self, scope: &ProjectScope, refused: &Arc<Token>) {
        self.tokens
            .entry_by_ref(scope)
            .and_compute_with(|kept| {
                let same = kept.is_some_and(|kept| Arc::ptr_eq(kept.value(), refused));
                std::future::ready(if same { Op::Remove } else { Op::Nop })
            })
            .await;
    }

    async fn sign_in(&self, scope: &ProjectScope, deadline: Instant) -> Result<Arc<Token>> {
        let mut headers = HeaderMap::new();
        put(&mut headers, header::CONTENT_TYPE.as_str(), "application/json")?;
        put(&mut headers, header::ACCEPT.as_str(), "application/json")?;
        let call = Call {
            service: IDENTITY,
            kind: "identity",
            region: "",
            method: Method::POST,
            url: self.identity(&["auth", "tokens"])?,
            headers,
            body: Some(sign_in(&self.config.auth, scope).to_string().into_bytes()),
            expect: &[200, 201],
            reads: Reads::Json,
            // A second sign-in leaves nothing behind but a token that nobody uses.
            idempotent: true,
            attempts: retry::ATTEMPTS,
            deadline: deadline.min(self.deadline("identity")),
        };
        let answer = self.transport.send(&call).await.map_err(|error| match error {
            Error::Status { status: 400 | 401 | 403 | 404, message, .. } => Error::Denied { cause: message },
            Error::Status { status, message, .. } if status >= 500 => before(IDENTITY, &format!("{status}, {message}")),
            Error::Lost { service, cause, .. } => Error::Lost { service, cause, maybe_done: false },
            Error::Unreadable { cause, .. } => before(IDENTITY, &cause),
            other => other,
        })?;
        let token = Token::read(answer.headers.get("x-subject-token"), answer.body)
            .map_err(|cause| before(IDENTITY, &format!("a token that cannot be read: {cause}")))?;
        token.is_for(scope)?;
        Ok(Arc::new(token))
    }

    /// An address below the identity service's root.
    pub(super) fn identity(&self, path: &[&str]) -> Result<Url> {
        let mut url = self.config.auth_url.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().extend(path),
            Err(()) => return Err(Error::Config("the address of the identity service has no path".to_owned())),
        };
        Ok(url)
    }

    /// Where the catalogue of that token puts a service.
    pub(super) fn address(&self, token: &Token, region: &str, service: &'static Service) -> Result<Address> {
        let url = token
            .catalogue
            .find(service, region, self.config.interface)
            .ok_or_else(|| Error::NotOffered { service: service.title, region: region.to_owned() })?;
        let project = token.project.as_ref().map(|project| project.id.as_str());
        Address::read(url, project).map_err(|cause| before(service.title, &cause))
    }

    /// The version that a service offers us, from its document, which is kept.
    pub(super) async fn offered(
        &self,
        address: &Address,
        region: &str,
        service: &'static Service,
        deadline: Instant,
    ) -> Option<Offered> {
        if service.major == 0 {
            return None;
        }
        let key = (address.root().clone(), service.service_type);
        let deadline = deadline.min(Instant::now() + PATIENCE);
        let ask = async { self.ask(address, region, service, deadline).await.ok().flatten() };
        // Whoever waits for another's question stops with its own time.
        timeout_at(deadline, self.documents.get_with(key, ask)).await.ok().flatten()
    }

    /// Asks a service for its version document: at its root, then at the version that the catalogue names. None when it
    /// answers, but with no such document.
    ///
    /// # Errors
    /// When it does not answer at all.
    pub(super) async fn ask(
        &self,
        address: &Address,
        region: &str,
        service: &'static Service,
        deadline: Instant,
    ) -> Result<Option<Offered>> {
        let mut silent = None;
        for url in [Some(address.root().clone()), address.versioned()].into_iter().flatten() {
            let mut headers = HeaderMap::new();
            put(&mut headers, header::ACCEPT.as_str(), "application/json")?;
            let call = Call {
                service: service.title,
                kind: service.service_type,
                region,
                method: Method::GET,
                url,
                // Without the token: these documents are public, and it is not known yet who answers.
                headers,
                body: None,
                expect: &[200, 300],
                reads: Reads::Json,
                idempotent: true,
                attempts: 1,
                deadline,
            };
            match self.transport.send(&call).await {
                Ok(answer) => match choose(&answer.body, service.major) {
                    Some(offered) => return Ok(Some(offered)),
                    None => silent = None,
                },
                Err(error @ (Error::Lost { .. } | Error::Resting { .. })) => return Err(error),
                Err(error @ Error::Status { status: 500.., .. }) => silent = Some(error),
                Err(_) => {}
            }
        }
        silent.map_or(Ok(None), Err)
    }
}

/// An error of what is done before the request itself: the request was not sent.
fn before(service: &'static str, cause: &str) -> Error {
    Error::Lost { service, cause: cause.to_owned(), maybe_done: false }
}
