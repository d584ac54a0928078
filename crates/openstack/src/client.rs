//! What sends requests: one [`Cloud`] for each cloud and account.
//!
//! It signs in once per project and keeps the token until five minutes before its end; finds a service in the token's
//! catalogue, asks it once which versions it has, and sends [`Request`]s to it. What it repeats, and what never, is in
//! `retry`; a service that does not answer is left alone for a while (`breaker`). Its callers give the project and the region with every request: it has none of its own.

mod breaker;
mod catalogue;
mod clouds_yaml;
mod config;
mod discovery;
mod identity;
mod lane;
mod message;
mod paging;
mod prepare;
mod retry;
mod session;
mod stream;
mod token;
mod transport;

pub use breaker::Patience;
pub use catalogue::Catalogue;
pub use config::{Auth, CloudConfig, Interface};
pub use discovery::VersionInfo;
pub use lane::Health;
pub use paging::{Listing, Part};
pub use reqwest::Url;
pub use secrecy::SecretString;
pub use stream::{Chunk, Download};
pub use token::{ProjectInfo, ProjectScope, Token};

use crate::{Answer, Body, Collection, Error, Paging, Reads, Request, Result, Service, request::heard};
use http::HeaderMap;
use paging::{Next, Query};
use serde_json::Value;
use session::Session;
use std::{borrow::Cow, sync::Arc};
use tokio::time::Instant;
use transport::{Call, put};

/// How many things one page of a list is asked for.
const PAGE: usize = 500;

/// A cloud as one account sees it. Cheap to clone: all clones share connections, tokens and what is known of versions.
#[derive(Clone)]
pub struct Cloud(Arc<Session>);

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cloud").field(&self.0.config.auth_url.as_str()).finish()
    }
}

impl Cloud {
    /// Makes ready; connects to nothing yet.
    ///
    /// # Errors
    /// [`Error::Config`] when the CA file cannot be read.
    pub fn new(config: CloudConfig) -> Result<Self> {
        Session::new(config).map(|session| Self(Arc::new(session)))
    }

    /// How it is configured.
    pub fn config(&self) -> &CloudConfig {
        &self.0.config
    }

    /// A token for a project, from memory if there is one. Callers at the same time share one sign-in.
    ///
    /// # Errors
    /// [`Error::Denied`] when the account may not sign in, or not there; [`Error::Lost`] when nobody answers.
    pub async fn token(&self, scope: &ProjectScope) -> Result<Arc<Token>> {
        self.0.token(scope, self.0.deadline("identity")).await
    }

    /// Whether a request for a project could be sent to a service of a region.
    ///
    /// # Errors
    /// Those of [`Self::token`]; [`Error::NotOffered`].
    pub async fn offers(&self, scope: &ProjectScope, region: &str, service: &'static Service) -> Result<()> {
        let token = self.token(scope).await?;
        self.0.address(&token, region, service).map(|_| ())
    }

    /// Sends a request for a project to a region. `request_id` is ours, `req-` and a UUID (the prefix may be missing); it
    /// stands in the cloud's logs as the global request id.
    ///
    /// # Errors
    /// [`Error`] says whether the work may have been done all the same: see [`Error::maybe_done`].
    pub async fn send(
        &self,
        scope: &ProjectScope,
        region: &str,
        request: &Request,
        request_id: &str,
    ) -> Result<Answer> {
        let deadline = self.0.deadline(request.service.service_type);
        let mut token = self.0.token(scope, deadline).await?;
        match self.send_with(&token, region, request, request_id, deadline).await {
            // The token was revoked, or the identity service lost it. Nothing was done, so anything may be sent again.
            Err(Error::Status { status: 401, .. }) => {
                self.0.forget(scope, &token).await;
                token = self.0.token(scope, deadline).await?;
                self.send_with(&token, region, request, request_id, deadline).await
            }
            outcome => outcome,
        }
    }

    async fn send_with(
        &self,
        token: &Token,
        region: &str,
        request: &Request,
        request_id: &str,
        deadline: Instant,
    ) -> Result<Answer> {
        let service = request.service;
        let (url, headers) = self.ready(token, region, request, request_id, deadline).await?;
        let body = match &request.body {
            Body::None => None,
            Body::Json(json) => Some(json.to_string().into_bytes()),
            Body::Text(_, text) => Some(text.clone().into_bytes()),
        };
        let call = Call {
            service: service.title,
            kind: service.service_type,
            region,
            method: request.method.clone(),
            url,
            headers,
            body,
            expect: request.expect,
            reads: request.reads,
            idempotent: request.is_idempotent(),
            attempts: retry::ATTEMPTS,
            deadline,
        };
        let mut answer = self.0.transport.send(&call).await?;
        if request.reads == Reads::Headers {
            answer.body = heard(&request.about(), &answer.headers);
        }
        Ok(answer)
    }

    /// Where a request goes, and with which headers.
    async fn ready(
        &self,
        token: &Token,
        region: &str,
        request: &Request,
        request_id: &str,
        deadline: Instant,
    ) -> Result<(Url, HeaderMap)> {
        let service = request.service;
        let address = self.0.address(token, region, service)?;
        let offered = self.0.offered(&address, region, service, deadline).await;
        let project = token.project.as_ref().map(|project| project.id.as_str());
        let url = prepare::url(&address.base(service, offered.as_ref(), project), request)?;
        let mut headers = prepare::headers(request, request_id)?;
        headers.insert("x-auth-token", token.header().clone());
        if let Some((name, value)) = prepare::microversion(request, offered.as_ref())? {
            put(&mut headers, name, &value)?;
        }
        Ok((url, headers))
    }

    /// Where a request of a project to a region would go: what a signed address has to name.
    ///
    /// # Errors
    /// Those of [`Self::token`]; [`Error::NotOffered`].
    pub async fn address(&self, scope: &ProjectScope, region: &str, request: &Request) -> Result<Url> {
        let deadline = self.0.deadline(request.service.service_type);
        let token = self.0.token(scope, deadline).await?;
        Ok(self.ready(&token, region, request, "", deadline).await?.0)
    }

    /// Lists a collection as the request asks, page after page, up to `max` things.
    ///
    /// # Errors
    /// Those of [`Self::send`]; [`Error::Unreadable`] when the list is not where it must be, or goes round in a circle.
    pub async fn list(
        &self,
        scope: &ProjectScope,
        region: &str,
        collection: &Collection,
        mut request: Request,
        max: usize,
        request_id: &str,
    ) -> Result<Listing> {
        let unreadable = |cause: String| Error::Unreadable { service: collection.service.title, cause };
        let mut limit =
            request.query.iter().find(|(name, _)| name == "limit").and_then(|(_, limit)| limit.parse().ok());
        if limit.is_none() && collection.paging != Paging::None {
            let page = max.clamp(1, PAGE);
            request.query.push((Cow::Borrowed("limit"), page.to_string()));
            limit = Some(page);
        }
        // Only links are compared with it: which host it names does not matter, as long as it is the service's.
        let token = self.token(scope).await?;
        let address = self.0.address(&token, region, collection.service)?;
        let mut items: Vec<Value> = Vec::new();
        let mut seen: Vec<Query> = Vec::new();
        loop {
            let answer = self.send(scope, region, &request, request_id).await?;
            let page = collection
                .unwrap_many(&answer.body)
                .ok_or_else(|| unreadable(format!("the list has no {:?}", collection.many)))?;
            let next = paging::next(
                collection,
                &answer.body,
                page,
                address.root(),
                &request.query,
                limit.unwrap_or(usize::MAX),
            );
            let left = max - items.len();
            let cut = page.len() > left;
            items.extend(collection.take_many(answer.body).into_iter().take(left));
            match next {
                Next::End => return Ok(Listing { items, complete: !cut }),
                Next::Astray => return Ok(Listing { items, complete: false }),
                Next::Page(_) if items.len() >= max => return Ok(Listing { items, complete: false }),
                Next::Page(query) => {
                    if query == request.query || seen.contains(&query) {
                        return Err(unreadable("the list goes round in a circle".to_owned()));
                    }
                    seen.push(std::mem::replace(&mut request.query, query));
                }
            }
        }
    }

    /// One page of a list as the request asks, `limit` things at most: one request. `from` is where the page before ended.
    ///
    /// # Errors
    /// Those of [`Self::send`]; [`Error::Unreadable`] when the list is not where it must be, or goes round in a circle.
    #[expect(clippy::too_many_arguments, reason = "whose, where, of what, how, from where on, and how much")]
    pub async fn page(
        &self,
        scope: &ProjectScope,
        region: &str,
        collection: &Collection,
        mut request: Request,
        from: Option<&str>,
        limit: usize,
        request_id: &str,
    ) -> Result<Part> {
        let unreadable = |cause: String| Error::Unreadable { service: collection.service.title, cause };
        paging::ask(collection, &mut request.query, from, limit);
        let token = self.token(scope).await?;
        let address = self.0.address(&token, region, collection.service)?;
        let answer = self.send(scope, region, &request, request_id).await?;
        let part = paging::part(collection, &answer.body, address.root(), &request.query, limit);
        let part = part.ok_or_else(|| unreadable(format!("the list has no {:?}", collection.many)))?;
        if part.next.is_some() && part.next.as_deref() == from {
            return Err(unreadable("the list goes round in a circle".to_owned()));
        }
        Ok(part)
    }

    /// How the services do that were asked so far, by region and type.
    pub fn health(&self) -> Vec<Health> {
        self.0.transport.health()
    }

    /// Whether a service is offered and answers, and in which version. Asks anew each time.
    ///
    /// # Errors
    /// [`Error::NotOffered`], or what came instead of an answer.
    pub async fn probe(&self, scope: &ProjectScope, region: &str, service: &'static Service) -> Result<VersionInfo> {
        let deadline = self.0.deadline(service.service_type);
        let token = self.0.token(scope, deadline).await?;
        let address = self.0.address(&token, region, service)?;
        let offered = self.0.ask(&address, region, service, deadline).await?;
        let project = token.project.as_ref().map(|project| project.id.as_str());
        Ok(VersionInfo {
            url: address.base(service, offered.as_ref(), project),
            min: offered.as_ref().and_then(|offered| offered.min),
            max: offered.as_ref().and_then(|offered| offered.max),
            version: offered.map(|offered| offered.id),
        })
    }
}
