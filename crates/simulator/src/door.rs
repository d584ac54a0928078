//! The one HTTP door: finds service and region, applies faults, checks the token, lets the service answer, writes what
//! changed, and only then answers.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request as HttpRequest, Response, header};
use percent_encoding::percent_decode_str;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::{Answer, Body, Reply, refuse};
use crate::call::{Call, Who};
use crate::config::{Config, Role};
use crate::identity::Tokens;
use crate::knobs::{Build, Effect, Facts, Knobs, Request};
use crate::listener::Peer;
use crate::store::Store;
use crate::{
    accelerator, baremetal, block_storage, compute, container, container_infra, dns, identity, image, load_balancer,
    network, object_store, placement, seed, shared_file_system, wire,
};

/// The largest body that is read; a real cloud's proxies stop earlier.
const LARGEST_BODY: usize = 16 << 20;

/// Everything a request can reach.
#[derive(Clone)]
pub(crate) struct Cloud(Arc<Inner>);

struct Inner {
    world: Mutex<World>,
    knobs: Knobs,
    root: String,
    /// Where it listens; the API servers of clusters do, too.
    host: IpAddr,
    passwords: HashMap<String, String>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

struct World {
    store: Store,
    tokens: Tokens,
}

impl Cloud {
    pub(crate) fn open(config: &Config, knobs: Knobs, addr: SocketAddr, stop: CancellationToken) -> io::Result<Self> {
        let mut store = Store::open(config.data.as_deref())?;
        seed::plant(&mut store, &config.seed, wire::now());
        store.sync()?;
        let passwords = config.seed.users.iter().map(|user| (user.name.clone(), user.password.clone())).collect();
        Ok(Self(Arc::new(Inner {
            world: Mutex::new(World { store, tokens: Tokens::default() }),
            knobs,
            root: format!("http://{addr}"),
            host: addr.ip(),
            passwords,
            stop,
            tasks: TaskTracker::new(),
        })))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.world().store.sync()
    }

    /// Cancelled when the simulator stops.
    pub(crate) fn stopped(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// Runs something until it ends; [`Cloud::rest`] waits for it.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(work);
    }

    /// Waits until what runs has ended, which it does once the simulator stops.
    pub(crate) async fn rest(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// What stands beside the services sees and changes the cloud so.
    pub(crate) fn with_store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        let mut world = self.world();
        world.store.settle(wire::now());
        let done = work(&mut world.store);
        if let Err(error) = world.store.flush() {
            tracing::error!(%error, "the simulator could not write its state");
        }
        done
    }
}

pub(crate) fn router(cloud: Cloud) -> Router {
    Router::new().fallback(door).with_state(cloud)
}

/// Where a path leads.
struct Target<'a> {
    service: &'a str,
    /// Empty for Keystone.
    region: &'a str,
    path: Vec<String>,
}

fn target(segments: &[String]) -> Option<Target<'_>> {
    match segments {
        [service, rest @ ..] if service == "identity" => {
            Some(Target { service: "identity", region: "", path: rest.to_vec() })
        }
        [region, service, rest @ ..] if identity::catalog::regions_of(service).contains(&region.as_str()) => {
            Some(Target { service, region, path: rest.to_vec() })
        }
        _ => None,
    }
}

/// Decoded segments; a slash at the end or in the middle makes none.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect()
}

pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

/// In a task of its own: what a service was asked it does, whether or not the caller still waits.
async fn door(
    State(cloud): State<Cloud>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: HttpRequest<axum::body::Body>,
) -> Response<axum::body::Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return render(Answer::page(413, "The body of your request was too large for this server."), None);
    };
    match tokio::spawn(handle(cloud, peer, parts, body)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a request could not be handled");
            render(Answer::page(500, "The server has erred."), None)
        }
    }
}

async fn handle(cloud: Cloud, peer: Peer, parts: Parts, body: Bytes) -> Response<axum::body::Body> {
    let segments = segments(parts.uri.path());
    let raw_query = parts.uri.query().unwrap_or_default();
    let query = pairs(raw_query);
    if segments.first().is_some_and(|first| first == "simulator") && peer.addr.ip().is_loopback() {
        let reply = crate::knobs::serve(&cloud.0.knobs, &parts.method, &segments[1..], &query, &body);
        return render(reply.unwrap_or_else(|refusal| refusal), None);
    }
    let Some(target) = target(&segments) else {
        return render(Answer::lost_page(), None);
    };
    let request_id = match target.service {
        "object-store" => object_store::transaction(wire::now()),
        _ => format!("req-{}", uuid::Uuid::new_v4()),
    };
    let mut asked = Asked {
        cloud: &cloud,
        target,
        method: &parts.method,
        headers: &parts.headers,
        raw_path: parts.uri.path(),
        raw_query,
        query,
        body: &body,
        request_id: &request_id,
    };
    let effects = asked.effects();
    for effect in &effects {
        if let Effect::Late { millis } = effect {
            tokio::time::sleep(Duration::from_millis(*millis)).await;
        }
    }
    let (answer, fate) = asked.answer(effects);
    if fate.wait > Duration::ZERO {
        tokio::time::sleep(fate.wait).await;
    }
    if fate.lost {
        peer.cut();
    }
    let head = parts.method == Method::HEAD;
    let mut response = render(answer, Some((asked.target.service, &request_id)));
    if head {
        *response.body_mut() = axum::body::Body::empty();
    }
    response
}

/// What a fault does to the way back.
#[derive(Default)]
struct Fate {
    wait: Duration,
    lost: bool,
    failed: bool,
}

struct Asked<'a> {
    cloud: &'a Cloud,
    target: Target<'a>,
    method: &'a Method,
    headers: &'a HeaderMap,
    raw_path: &'a str,
    raw_query: &'a str,
    query: Vec<(String, String)>,
    body: &'a [u8],
    request_id: &'a str,
}

impl Asked<'_> {
    /// What is to go wrong with it.
    fn effects(&self) -> Vec<Effect> {
        let (.., tokens_from) = self.cloud.0.knobs.settings();
        let who = self.cloud.world().tokens.who(self.token().unwrap_or_default(), wire::now(), tokens_from);
        self.cloud.0.knobs.effects(&Facts {
            service: self.target.service,
            region: self.target.region,
            method: self.method.as_str(),
            path: &format!("/{}", self.target.path.join("/")),
            project: who.as_ref().map_or("", |who| &who.project),
        })
    }

    fn token(&self) -> Option<&str> {
        self.headers.get("x-auth-token").and_then(|value| value.to_str().ok())
    }

    fn answer(&mut self, effects: Vec<Effect>) -> (Answer, Fate) {
        let cloud = self.cloud;
        let now = wire::now();
        let path = format!("/{}", self.target.path.join("/"));
        let (speed, quotas, token_lifetime, tokens_from) = cloud.0.knobs.settings();
        let mut world = cloud.world();
        let who = self.token().and_then(|token| world.tokens.who(token, now, tokens_from));
        let mut fate = Fate::default();
        let mut build = Build::Succeeds;
        let mut api_address = None;
        let mut refusal = None;
        for effect in effects {
            match effect {
                Effect::Latency { millis } => fate.wait += Duration::from_millis(millis),
                Effect::LostAnswer => fate.lost = true,
                Effect::FailedAnswer => fate.failed = true,
                // It was waited for before.
                Effect::Late { .. } => {}
                Effect::LostRequest => {
                    fate.lost = true;
                    refusal = Some(Answer::empty(503));
                }
                Effect::ApiAddress { address } => api_address = Some(address),
                Effect::StuckBuild => build = Build::Sticks,
                Effect::FailedBuild { message } => {
                    build = Build::Fails(message.unwrap_or_else(|| "No valid host was found. ".to_owned()));
                }
                Effect::Unauthorized => refusal = Some(self.unauthenticated()),
                Effect::TooManyRequests { retry_after } => {
                    refusal = Some(self.fault(429, "This request was rate-limited.", Some(retry_after)));
                }
                Effect::InternalError => {
                    refusal = Some(self.fault(
                        500,
                        "The server has either erred or is incapable of performing the requested operation.",
                        None,
                    ));
                }
                Effect::Unavailable { retry_after } => {
                    refusal =
                        Some(self.fault(503, "The service is currently unable to handle the request.", retry_after));
                }
            }
        }
        let logged = who.clone();
        let mut opened = Vec::new();
        let answer = refusal.unwrap_or_else(|| {
            let World { store, tokens } = &mut *world;
            store.settle(now);
            let path: Vec<&str> = self.target.path.iter().map(String::as_str).collect();
            let known = who.is_some();
            let mut call = Call {
                store,
                tokens,
                passwords: &cloud.0.passwords,
                quotas,
                speed,
                token_lifetime,
                build,
                now,
                region: self.target.region,
                root: &cloud.0.root,
                base: if self.target.region.is_empty() {
                    format!("{}/{}", cloud.0.root, self.target.service)
                } else {
                    format!("{}/{}/{}", cloud.0.root, self.target.region, self.target.service)
                },
                method: self.method,
                headers: self.headers,
                query: std::mem::take(&mut self.query),
                raw_path: self.raw_path,
                raw_query: self.raw_query,
                body: self.body,
                request_id: self.request_id,
                who: who.unwrap_or_else(nobody),
                host: cloud.0.host,
                opened: Vec::new(),
                api_address,
            };
            let reply = if known || open(self.target.service, self.method, &path) {
                serve(self.target.service, &mut call, &path)
            } else {
                Err(self.unauthenticated())
            };
            let answer = reply.unwrap_or_else(|refusal| refusal);
            opened = call.opened;
            match world.store.flush() {
                Ok(()) => answer,
                Err(error) => {
                    tracing::error!(%error, "the simulator could not write its state");
                    self.fault(500, "The state could not be written.", None)
                }
            }
        });
        drop(world);
        for opening in opened {
            if let Err(error) = opening.serve(cloud) {
                tracing::error!(%error, "the API server of a cluster cannot be served");
            }
        }
        let done = answer.status.as_u16();
        let answer = match fate.failed && done < 400 {
            true => self.fault(500, "The server has erred after it had done the work.", None),
            false => answer,
        };
        let logged = logged.unwrap_or_else(nobody);
        cloud.0.knobs.note(Request {
            method: self.method.as_str().to_owned(),
            service: self.target.service.to_owned(),
            region: self.target.region.to_owned(),
            path,
            query: self.raw_query.to_owned(),
            project_id: logged.project,
            user_id: logged.user,
            user: logged.user_name,
            request_id: self.request_id.to_owned(),
            global_request_id: self
                .headers
                .get("x-openstack-request-id")
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            status: done,
            at: now,
        });
        (answer, fate)
    }

    fn unauthenticated(&self) -> Answer {
        let auth_url = format!("{}/identity/v3", self.cloud.0.root);
        match self.target.service {
            "identity" => identity::unauthenticated(&auth_url),
            "image" => image::unauthenticated(&auth_url),
            "object-store" => object_store::unauthenticated(&auth_url),
            _ => refuse::unauthenticated(&auth_url),
        }
    }

    fn fault(&self, status: u16, message: &str, retry_after: Option<u64>) -> Answer {
        let mut answer = match self.target.service {
            "identity" => refuse::identity(status, message),
            "network" => refuse::network(
                status,
                if status == 500 { "HTTPInternalServerError" } else { "HTTPServiceUnavailable" },
                message,
            ),
            "container-infra" => refuse::infra(status, message),
            "container" => container::fault(status, message),
            "object-store" => object_store::page(status),
            "image" => Answer::page(status, message),
            "load-balancer" => load_balancer::fault(status, message),
            "dns" => dns::fault(self.request_id, status, "unknown", message),
            "baremetal" => baremetal::fault(status, message),
            "accelerator" => accelerator::fault(status, message),
            _ => refuse::fault(status, message),
        };
        answer.headers.retain(|(name, _)| name != header::RETRY_AFTER);
        match retry_after {
            Some(seconds) => answer.with(header::RETRY_AFTER, &seconds.to_string()),
            None => answer,
        }
    }
}

fn nobody() -> Who {
    Who { user: String::new(), user_name: String::new(), project: String::new(), role: Role::Reader }
}

/// What may be asked without a token: version documents and, of course, a token.
fn open(service: &str, method: &Method, path: &[&str]) -> bool {
    match (service, path) {
        ("identity", [] | ["v3"]) => true,
        ("identity", ["v3", "auth", "tokens"]) => method == Method::POST,
        ("network", []) | ("image", [] | ["versions"]) | ("placement" | "load-balancer" | "dns", []) => true,
        ("compute" | "block-storage" | "container-infra" | "shared-file-system", [] | [_]) => true,
        ("container" | "baremetal", [] | ["v1"]) | ("accelerator", [] | ["v2"]) => true,
        // It asks itself whether a thing is open to everybody, or opened by a signed address.
        ("object-store", _) => true,
        _ => false,
    }
}

fn serve(service: &str, call: &mut Call<'_>, path: &[&str]) -> Reply {
    match service {
        "identity" => identity::serve(call, path),
        "compute" => compute::serve(call, path),
        "network" => network::serve(call, path),
        "image" => image::serve(call, path),
        "block-storage" => block_storage::serve(call, path),
        "container-infra" => container_infra::serve(call, path),
        "container" => container::serve(call, path),
        "object-store" => object_store::serve(call),
        "placement" => placement::serve(call, path),
        "shared-file-system" => shared_file_system::serve(call, path),
        "load-balancer" => load_balancer::serve(call, path),
        "dns" => dns::serve(call, path),
        "baremetal" => baremetal::serve(call, path),
        "accelerator" => accelerator::serve(call, path),
        _ => Err(Answer::lost_page()),
    }
}

fn render(answer: Answer, from: Option<(&str, &str)>) -> Response<axum::body::Body> {
    let named;
    let (kind, body) = match answer.body {
        // WebOb names a type for nothing, too, and which one depends on the service.
        Body::Empty => match from {
            Some(("compute", _)) => (Some("application/json"), Bytes::new()),
            Some(("block-storage" | "shared-file-system" | "object-store", _)) => {
                (Some("text/html; charset=UTF-8"), Bytes::new())
            }
            _ => (None, Bytes::new()),
        },
        Body::Json(value) => (Some("application/json"), value.to_string().into()),
        Body::Html(page) => (Some("text/html; charset=UTF-8"), page.into()),
        Body::Raw { kind: of_body, bytes } => {
            named = of_body;
            (Some(named.as_str()), bytes.into())
        }
    };
    let mut response = Response::new(axum::body::Body::from(body));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if let Some(kind) = kind.and_then(|kind| HeaderValue::from_str(kind).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    for (name, value) in answer.headers {
        headers.append(name, value);
    }
    if let Some((service, request_id)) = from
        && let Ok(request_id) = HeaderValue::from_str(request_id)
    {
        if matches!(service, "compute" | "block-storage" | "shared-file-system") {
            headers.insert(HeaderName::from_static("x-compute-request-id"), request_id.clone());
        }
        if service == "object-store" {
            headers.insert(HeaderName::from_static("x-trans-id"), request_id.clone());
        }
        headers.insert(HeaderName::from_static("x-openstack-request-id"), request_id);
    }
    response
}
