//! A way to a cloud that can lose answers: each request is passed on, and of one that a test names, the answer is dropped
//! and the connection closed. For clouds that cannot be asked to do that themselves.
use axum::body::{Body, to_bytes};
use hyper::{
    Method, Request, Response,
    body::Incoming,
    header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, TRANSFER_ENCODING},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use openstack::{Collection, client::CloudConfig};
use serde_json::Value;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The way.
pub(crate) struct Lossy {
    way: Arc<Way>,
    task: JoinHandle<()>,
}

struct Way {
    root: String,
    client: reqwest::Client,
    /// Whose next creation is left without an answer: by POST to a collection's path; by PUT where it is none.
    lose: Mutex<Option<String>>,
}

impl Drop for Lossy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lossy {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let client = reqwest::Client::builder().no_proxy().no_gzip().redirect(reqwest::redirect::Policy::none());
        let way = Arc::new(Way { root, client: client.build().unwrap(), lose: Mutex::default() });
        let task = tokio::spawn(serve(listener, Arc::clone(&way)));
        Self { way, task }
    }

    /// The same cloud, by this way.
    pub(crate) fn to(&self, mut cloud: CloudConfig) -> CloudConfig {
        cloud.auth_url = self.way.to(cloud.auth_url.as_str()).parse().unwrap();
        cloud
    }

    /// Drops the answer to the next creation in a collection.
    pub(crate) fn lose(&self, collection: &Collection) {
        *self.way.lose.lock().unwrap() = Some(collection.path.to_owned());
    }
}

impl Way {
    /// An address by this way: scheme and host are the first segments of its path.
    fn to(&self, address: &str) -> String {
        format!("{}/{}", self.root, address.replacen("://", "/", 1))
    }

    /// Where a path of ours leads.
    fn from(path: &str) -> String {
        path.trim_start_matches('/').replacen('/', "://", 1)
    }

    /// Whether this is the creation whose answer is to be lost.
    fn loses(&self, method: &Method, path: &str) -> bool {
        let mut lose = self.lose.lock().unwrap();
        // A container of objects stands right below its account.
        let in_account = || path.rsplit('/').nth(1).is_some_and(|account| account.starts_with("AUTH_"));
        let meant = |lose: &String| match lose.is_empty() {
            true => method == Method::PUT && in_account(),
            false => method == Method::POST && path.trim_end_matches('/').ends_with(&format!("/{lose}")),
        };
        lose.as_ref().is_some_and(meant) && lose.take().is_some()
    }

    /// The catalogue of a token leads by this way, too.
    fn lead(&self, body: &[u8]) -> Vec<u8> {
        let Ok(mut body) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
        let entries = body.pointer_mut("/token/catalog").and_then(Value::as_array_mut);
        let endpoints = entries.into_iter().flatten().filter_map(|entry| entry["endpoints"].as_array_mut());
        for endpoint in endpoints.flatten() {
            endpoint["url"] = self.to(endpoint["url"].as_str().unwrap_or_default()).into();
        }
        body.to_string().into_bytes()
    }

    async fn pass(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(Body::new(body), usize::MAX).await.map_err(io::Error::other)?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let lost = self.loses(&parts.method, parts.uri.path());
        let onward = self.client.request(parts.method, Self::from(path)).headers(end_to_end(&parts.headers)).body(body);
        let answer = onward.send().await.map_err(io::Error::other)?;
        let (status, headers) = (answer.status(), end_to_end(answer.headers()));
        let mut body = answer.bytes().await.map_err(io::Error::other)?.to_vec();
        if lost {
            // An error closes the connection without a byte of the answer.
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        if parts.uri.path().ends_with("/auth/tokens") {
            body = self.lead(&body);
        }
        let mut response = Response::new(Body::from(body));
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }
}

/// Without what is between two neighbours only.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, ACCEPT_ENCODING] {
        headers.remove(name);
    }
    headers
}

async fn serve(listener: TcpListener, way: Arc<Way>) {
    while let Ok((stream, _)) = listener.accept().await {
        let way = Arc::clone(&way);
        tokio::spawn(async move {
            let service = service_fn(|request| way.pass(request));
            // It ends with an error where an answer was lost, which is what it is for.
            let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
