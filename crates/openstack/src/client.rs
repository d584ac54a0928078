//! What sends requests: one [`Cloud`] for each cloud and account.
//!
//! It signs in once per project and keeps the token until five minutes before its end; finds a service in the token's
//! catalogue, asks it once which versions it has, and sends [`Request`]s to it. What it repeats, and what never, is in
//! `retry`. Its callers give the project and the region with every request: it has none of its own.

mod catalogue;
mod clouds_yaml;
mod config;
mod discovery;
mod message;
mod paging;
mod retry;
mod session;
mod token;
mod transport;

pub use catalogue::Catalogue;
pub use config::{Auth, CloudConfig, Interface};
pub use discovery::VersionInfo;
pub use paging::Listing;
pub use reqwest::Url;
pub use secrecy::SecretString;
pub use token::{ProjectInfo, ProjectScope, Token};

use crate::{Answer, Body, Collection, Error, MicroversionHeader, Paging, Reads, Request, Result, Service};
use discovery::Offered;
use http::{HeaderMap, Method, header};
use paging::{Next, Query};
use serde::Deserialize;
use serde_json::Value;
use session::{IDENTITY, Session};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};
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
        self.0.token(scope, self.0.deadline()).await
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
        let deadline = self.0.deadline();
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
        let address = self.0.address(token, region, service)?;
        let offered = self.0.offered(&address, region, service, deadline).await;
        let project = token.project.as_ref().map(|project| project.id.as_str());
        let url = url(&address.base(service, offered.as_ref(), project), request)?;
        let mut headers = headers(request, request_id)?;
        headers.insert("x-auth-token", token.header().clone());
        if let Some((name, value)) = microversion(request, offered.as_ref())? {
            put(&mut headers, name, &value)?;
        }
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
        self.0.transport.send(&call).await
    }

    /// Lists a collection, page after page, up to `max` things.
    ///
    /// # Errors
    /// Those of [`Self::send`]; [`Error::Unreadable`] when the list is not where it must be, or goes round in a circle.
    pub async fn list(
        &self,
        scope: &ProjectScope,
        region: &str,
        collection: &Collection,
        query: &[(Cow<'static, str>, String)],
        max: usize,
        request_id: &str,
    ) -> Result<Listing> {
        let unreadable = |cause: String| Error::Unreadable { service: collection.service.title, cause };
        let mut request = collection.list();
        request.query.extend_from_slice(query);
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
            let mut answer = self.send(scope, region, &request, request_id).await?;
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
            if let Some(Value::Array(page)) = answer.body.get_mut(collection.many).map(Value::take) {
                items.extend(page.into_iter().take(left));
            }
            match next {
                Next::End => return Ok(Listing { items, complete: !cut }),
                Next::Astray => return Ok(Listing { items, complete: false }),
                Next::Page(_) if items.len() >= max => return Ok(Listing { items, complete: false }),
                Next::Page(query) => {
                    if seen.contains(&query) {
                        return Err(unreadable("the list goes round in a circle".to_owned()));
                    }
                    seen.push(std::mem::replace(&mut request.query, query));
                }
            }
        }
    }

    /// The projects that this account may sign in to.
    ///
    /// # Errors
    /// Those of [`Self::send`].
    pub async fn projects(&self, request_id: &str) -> Result<Vec<ProjectInfo>> {
        #[derive(Deserialize)]
        struct Projects {
            projects: Vec<Project>,
        }
        #[derive(Deserialize)]
        struct Project {
            id: String,
            name: String,
            domain_id: String,
            #[serde(default = "yes")]
            enabled: bool,
        }
        #[derive(Deserialize)]
        struct Domains {
            domains: Vec<Domain>,
        }
        #[derive(Deserialize)]
        struct Domain {
            id: String,
            name: String,
        }
        fn yes() -> bool {
            true
        }
        let Projects { projects } = self.identity(&["auth", "projects"], request_id).await?;
        // The list gives the domains' ids; the names of those in which we have a role stand here, others keep the id.
        let domains = match self.identity::<Domains>(&["auth", "domains"], request_id).await {
            Ok(Domains { domains }) => domains,
            Err(Error::Status { status: 403 | 404, .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let names: BTreeMap<String, String> = domains.into_iter().map(|domain| (domain.id, domain.name)).collect();
        let named = |id: String| match names.get(&id) {
            Some(name) => name.clone(),
            // The one domain whose id is the same in every cloud.
            None if id == "default" => "Default".to_owned(),
            None => id,
        };
        Ok(projects
            .into_iter()
            .filter(|project| project.enabled)
            .map(|project| ProjectInfo { id: project.id, name: project.name, domain_name: named(project.domain_id) })
            .collect())
    }

    /// The cloud's regions, in its order.
    ///
    /// # Errors
    /// Those of [`Self::send`].
    pub async fn regions(&self, request_id: &str) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Regions {
            regions: Vec<Region>,
        }
        #[derive(Deserialize)]
        struct Region {
            id: String,
        }
        match self.identity::<Regions>(&["regions"], request_id).await {
            Ok(found) if !found.regions.is_empty() => Ok(found.regions.into_iter().map(|region| region.id).collect()),
            // Some clouds keep that list to themselves; each project's catalogue names them too.
            Ok(_) | Err(Error::Status { status: 401 | 403 | 404, .. }) => {
                match self.projects(request_id).await?.first() {
                    Some(project) => Ok(self.token(&ProjectScope::Id(project.id.clone())).await?.catalogue.regions()),
                    None => Ok(Vec::new()),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Asks the identity service itself, where the configuration says that it is, with an unscoped token.
    async fn identity<T: for<'a> Deserialize<'a>>(&self, path: &[&str], request_id: &str) -> Result<T> {
        let deadline = self.0.deadline();
        let scope = ProjectScope::Unscoped;
        let mut again = true;
        loop {
            let token = self.0.token(&scope, deadline).await?;
            let mut headers = HeaderMap::new();
            put(&mut headers, header::ACCEPT.as_str(), "application/json")?;
            identify(&mut headers, request_id)?;
            headers.insert("x-auth-token", token.header().clone());
            let call = Call {
                service: IDENTITY,
                kind: "identity",
                region: "",
                method: Method::GET,
                url: self.0.identity(path)?,
                headers,
                body: None,
                expect: &[200],
                reads: Reads::Json,
                idempotent: true,
                attempts: retry::ATTEMPTS,
                deadline,
            };
            match self.0.transport.send(&call).await {
                Err(Error::Status { status: 401, .. }) if again => {
                    again = false;
                    self.0.forget(&scope, &token).await;
                }
                outcome => {
                    return serde_json::from_value(outcome?.body)
                        .map_err(|e| Error::Unreadable { service: IDENTITY, cause: e.to_string() });
                }
            }
        }
    }

    /// Whether a service is offered and answers, and in which version. Asks anew each time.
    ///
    /// # Errors
    /// [`Error::NotOffered`], or what came instead of an answer.
    pub async fn probe(&self, scope: &ProjectScope, region: &str, service: &'static Service) -> Result<VersionInfo> {
        let deadline = self.0.deadline();
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

/// The whole address of a request.
fn url(base: &str, request: &Request) -> Result<Url> {
    // An empty segment would make a thing's address its collection's; a dot segment, even encoded, its parent's.
    if request.path.iter().any(|segment| matches!(segment.as_ref(), "" | "." | "..")) {
        return Err(Error::Config("an empty or dotted path segment cannot be sent".to_owned()));
    }
    let text = match request.encoded_path() {
        path if path.is_empty() => base.to_owned(),
        path => format!("{base}/{path}"),
    };
    let mut url =
        Url::parse(&text).map_err(|e| Error::Config(format!("the address of {}: {e}", request.service.title)))?;
    if !request.query.is_empty() {
        url.query_pairs_mut().extend_pairs(request.query.iter().map(|(name, value)| (name.as_ref(), value.as_str())));
    }
    Ok(url)
}

/// The headers of a request, but for the token and the microversion.
fn headers(request: &Request, request_id: &str) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    if request.reads == Reads::Json {
        put(&mut headers, header::ACCEPT.as_str(), "application/json")?;
    }
    match &request.body {
        Body::None => {}
        Body::Json(_) => put(&mut headers, header::CONTENT_TYPE.as_str(), "application/json")?,
        Body::Text(kind, _) => put(&mut headers, header::CONTENT_TYPE.as_str(), kind)?,
    }
    for (name, value) in &request.headers {
        put(&mut headers, name, value)?;
    }
    identify(&mut headers, request_id)?;
    Ok(headers)
}

/// Says who asks, so that one id is found in all services' logs. Services take only `req-` and a UUID.
fn identify(headers: &mut HeaderMap, request_id: &str) -> Result<()> {
    let uuid = request_id.strip_prefix("req-").unwrap_or(request_id);
    let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && uuid.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
        put(headers, "x-openstack-request-id", &format!("req-{uuid}"))?;
    }
    Ok(())
}

/// The header that asks for the microversion which the request needs.
fn microversion(request: &Request, offered: Option<&Offered>) -> Result<Option<(&'static str, String)>> {
    let (Some(needs), Some(header)) = (request.microversion, request.service.microversions) else { return Ok(None) };
    if let Some(has) = offered.and_then(|offered| offered.max)
        && has < needs
    {
        let service = request.service.title;
        return Err(Error::TooOld { service, has: has.to_string(), needs: needs.to_string() });
    }
    // A service that has given up what we need still does what came after it, in its own lowest version.
    let asked = offered.and_then(|offered| offered.min).map_or(needs, |min| min.max(needs));
    Ok(Some(match header {
        MicroversionHeader::Standard(word) => ("openstack-api-version", format!("{word} {asked}")),
        MicroversionHeader::Own(name) => (name, asked.to_string()),
    }))
}
