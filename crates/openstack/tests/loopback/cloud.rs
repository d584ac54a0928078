//! A cloud just large enough: sign-in, a catalogue, a version document, and servers that answer what a test says.
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};
use openstack::{
    Collection, MicroversionHeader, Service,
    client::{Auth, Cloud, CloudConfig},
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::net::TcpListener;

/// The service of these tests.
pub(crate) static COMPUTE: Service = Service {
    title: "Compute",
    service_type: "compute",
    aliases: &[],
    major: 2,
    path: "v2.1",
    project_in_path: false,
    microversions: Some(MicroversionHeader::Standard("compute")),
};

/// Its collection.
pub(crate) static SERVERS: Collection =
    Collection { one: Some("server"), ..Collection::new(&COMPUTE, "servers", "servers") };

/// What the servers answer next, instead of success.
pub(crate) enum Say {
    /// A refusal with this status.
    Status(u16),
    /// The same, but only to this token.
    StatusIfToken(u16, &'static str),
    /// A refusal with `Retry-After` in seconds.
    ComeBack(u16, u64),
    /// This body.
    Body(Value),
    /// A redirect.
    Redirect(String),
    /// Success after a while.
    Slowly(Duration),
    /// Nothing, until the client has lost patience.
    Hang,
    /// Half an answer; then the connection breaks.
    Cut,
}

#[derive(Default)]
struct Seen {
    requests: Vec<(String, String, HeaderMap)>,
    script: VecDeque<Say>,
    tokens: u32,
    brief: bool,
    now: u32,
    most: u32,
}

/// The running cloud.
pub(crate) struct SmallCloud {
    url: String,
    seen: Arc<Mutex<Seen>>,
}

type Shared = (String, Arc<Mutex<Seen>>);

impl SmallCloud {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let router = Router::new().fallback(answer).with_state((url.clone(), Arc::clone(&seen)));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen }
    }

    pub(crate) fn config(&self) -> CloudConfig {
        let auth =
            Auth::Password { username: "u".to_owned(), password: "right".into(), user_domain: "Default".to_owned() };
        let mut config = CloudConfig::new(&self.url, auth).unwrap();
        // Long enough for a slow machine, short enough for a test of losing patience.
        config.timeout = Duration::from_secs(4);
        config
    }

    pub(crate) fn client(&self) -> Cloud {
        Cloud::new(self.config()).unwrap()
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// From now on tokens end as soon as they are issued.
    pub(crate) fn tokens_end_at_once(&self) {
        self.seen().brief = true;
    }

    pub(crate) fn next(&self, say: Say) {
        self.seen().script.push_back(say);
    }

    /// Forgets what was to be said.
    pub(crate) fn forget_script(&self) {
        self.seen().script.clear();
    }

    /// All requests, as `GET /path`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen().requests.iter().map(|(line, ..)| line.clone()).collect()
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.requests().iter().filter(|seen| *seen == line).count()
    }

    pub(crate) fn queries(&self, path: &str) -> Vec<String> {
        let wanted = format!("GET {path}");
        self.seen().requests.iter().filter(|(line, ..)| *line == wanted).map(|(_, query, _)| query.clone()).collect()
    }

    pub(crate) fn last_headers(&self) -> HeaderMap {
        self.seen().requests.last().unwrap().2.clone()
    }

    pub(crate) fn headers_of(&self, line: &str) -> HeaderMap {
        self.seen().requests.iter().find(|(seen, ..)| seen == line).unwrap().2.clone()
    }

    pub(crate) fn most_at_once(&self) -> u32 {
        self.seen().most
    }
}

async fn answer(State((url, seen)): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let line = format!("{} {path}", parts.method);
    let query = parts.uri.query().unwrap_or_default().to_owned();
    seen.lock().unwrap().requests.push((line.clone(), query, parts.headers.clone()));
    match path.as_str() {
        "/v3/auth/tokens" => sign_in(&url, &seen, &body).await,
        "/" => Json(json!({"versions": [{"id": "v2.1", "status": "CURRENT", "version": "2.104", "min_version": "2.1",
            "links": [{"rel": "self", "href": "http://elsewhere.invalid/v2.1/"}]}]}))
        .into_response(),
        "/v2.1/servers" => {
            {
                let mut seen = seen.lock().unwrap();
                seen.now += 1;
                seen.most = seen.most.max(seen.now);
            }
            let token = parts.headers.get("x-auth-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
            let response = servers(&seen, &parts.method, token).await;
            seen.lock().unwrap().now -= 1;
            response
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn sign_in(url: &str, seen: &Mutex<Seen>, body: &Bytes) -> Response {
    // Time enough for all who come at once to find that somebody is already asking.
    tokio::time::sleep(Duration::from_millis(50)).await;
    if !String::from_utf8_lossy(body).contains("right") {
        let error = json!({"error": {"code": 401, "title": "Unauthorized", "message": "no such user"}});
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    }
    let (number, hour) = {
        let mut seen = seen.lock().unwrap();
        seen.tokens += 1;
        (seen.tokens, if seen.brief { 21 } else { 22 })
    };
    let endpoint =
        |region: &str, url: String| json!({"interface": "public", "region_id": region, "region": region, "url": url});
    let token = json!({"token": {
        "user": {"id": "u1", "name": "u", "domain": {"id": "default", "name": "Default"}},
        "project": {"id": "p1", "name": "one", "domain": {"id": "default", "name": "Default"}},
        "roles": [{"id": "r", "name": "member"}],
        "issued_at": "2026-11-22T21:39:45.000000Z",
        "expires_at": format!("2026-11-22T{hour}:39:45.000000Z"),
        // Port 9 (discard) is closed wherever these tests run.
        "catalog": [{"type": "compute", "name": "nova", "endpoints": [
            endpoint("One", format!("{url}/v2.1")), endpoint("Down", "http://127.0.0.1:9/v2.1".to_owned())]}],
    }});
    (StatusCode::CREATED, [("x-subject-token", format!("token-{number}"))], Json(token)).into_response()
}

async fn servers(seen: &Mutex<Seen>, method: &Method, token: &str) -> Response {
    let said = {
        let mut seen = seen.lock().unwrap();
        match seen.script.front() {
            Some(Say::StatusIfToken(_, wanted)) if *wanted != token => None,
            _ => seen.script.pop_front(),
        }
    };
    let refuse = |status: u16| {
        let words = json!({"conflictingRequest": {"code": status, "message": "said so"}});
        (StatusCode::from_u16(status).unwrap(), [("x-openstack-request-id", "req-theirs")], Json(words)).into_response()
    };
    match said {
        Some(Say::Status(status) | Say::StatusIfToken(status, _)) => return refuse(status),
        Some(Say::ComeBack(status, seconds)) => {
            let mut response = refuse(status);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return response;
        }
        Some(Say::Body(body)) => return Json(body).into_response(),
        Some(Say::Redirect(to)) => return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
        Some(Say::Slowly(while_)) => tokio::time::sleep(while_).await,
        Some(Say::Hang) => std::future::pending().await,
        Some(Say::Cut) => {
            let half = broken(vec![Ok("{\"serv".into()), Err(io::Error::other("cut"))]);
            return Response::builder().status(if *method == Method::POST { 202 } else { 200 }).body(half).unwrap();
        }
        None => {}
    }
    match *method {
        Method::POST => (StatusCode::ACCEPTED, Json(json!({"server": {"id": "s"}}))).into_response(),
        _ => Json(json!({"servers": []})).into_response(),
    }
}

fn broken(parts: Vec<Result<Bytes, io::Error>>) -> Body {
    Body::from_stream(futures_util::stream::iter(parts))
}
