//! `atonix provision` and `atonix request`: they speak REST, like any script.
use super::{exact, say};
use crate::config::Remote;
use anyhow::{Context, bail};
use clap::Args;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use std::{process::ExitCode, time::Duration};
use url::Url;

/// Something to provision.
#[derive(Debug, Args)]
pub(super) struct Provision {
    /// The workspace's slug.
    workspace: String,
    /// dev, staging or prod.
    environment: String,
    /// vm, volume, network, cluster, floating_ip, or any other `group/service/collection` of the API.
    kind: String,
    /// The fields, as name=value. Whole numbers, true and false are sent as such; a name of digits only is quoted:
    /// name='"42"'.
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// Sent as Idempotency-Key: the same command may then be repeated safely.
    #[arg(long)]
    key: Option<String>,
}

/// An address to ask.
#[derive(Debug, Args)]
pub(super) struct Ask {
    /// GET, POST, PUT or DELETE.
    method: Method,
    /// The path with its query.
    path: String,
    /// The body, as JSON.
    body: Option<String>,
    /// Sent as Idempotency-Key.
    #[arg(long)]
    key: Option<String>,
}

pub(super) async fn provision(command: Provision) -> anyhow::Result<ExitCode> {
    let path = match command.kind.as_str() {
        "vm" => "provision/compute/vm",
        "volume" => "provision/storage/volume",
        "network" => "provision/network",
        "cluster" => "provision/kubernetes/cluster",
        "floating_ip" | "floating-ip" => "provision/floating-ip",
        other if other.contains('/') => other,
        other => {
            bail!("there is no kind {other}; say vm, volume, network, cluster, floating_ip or group/service/collection")
        }
    };
    let mut body = Map::new();
    for field in &command.fields {
        let (name, value) = field.split_once('=').with_context(|| format!("{field} is not name=value"))?;
        body.insert(name.to_owned(), typed(value));
    }
    body.insert("workspace_id".to_owned(), json!(command.workspace));
    body.insert("environment_id".to_owned(), json!(command.environment));
    let path = format!("api/services/{}/", path.trim_matches('/'));
    send(Method::POST, &path, Some(Value::Object(body)), command.key).await
}

/// A name may be digits only, but is quoted then: `name='"42"'`.
fn typed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) => value,
        _ => json!(text),
    }
}

pub(super) async fn request(command: Ask) -> anyhow::Result<ExitCode> {
    let body = command.body.map(|text| serde_json::from_str(&text)).transpose().context("the body is not JSON")?;
    send(command.method, command.path.trim_start_matches('/'), body, command.key).await
}

/// What the portal said.
pub(super) struct Answer {
    /// Whether it did it.
    pub ok: bool,
    /// The status.
    pub status: StatusCode,
    /// The body, as it came.
    pub text: String,
}

/// Asks the portal. `url` must be one of its own.
pub(super) async fn ask(
    remote: &Remote,
    method: Method,
    url: Url,
    body: Option<&Value>,
    key: Option<&str>,
) -> anyhow::Result<Answer> {
    let mut request = of(remote, method, url, Client::builder().timeout(Duration::from_secs(150)))?;
    if let Some(body) = body {
        request = request.json(body);
    }
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    answer(request.send().await.context("the portal is not reachable")?).await
}

/// Reads an answer.
pub(super) async fn answer(response: Response) -> anyhow::Result<Answer> {
    let status = response.status();
    Ok(Answer { ok: status.is_success(), status, text: response.text().await? })
}

/// Which way bytes go.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    /// To the portal.
    Up,
    /// From it.
    Down,
}

/// A request that takes as long as its bytes come. `url` must be one of the portal's own.
pub(super) fn stream(remote: &Remote, method: Method, url: Url, which: Stream) -> anyhow::Result<RequestBuilder> {
    // What is packed stays packed.
    let client = Client::builder().connect_timeout(Duration::from_secs(30)).tcp_keepalive(Duration::from_secs(30));
    let client = client.no_gzip();
    of(
        remote,
        method,
        url,
        match which {
            // What has been silent for so long is not coming any more; upwards, the portal is silent until it has all.
            Stream::Down => client.read_timeout(Duration::from_secs(150)),
            Stream::Up => client,
        },
    )
}

fn of(remote: &Remote, method: Method, url: Url, client: ClientBuilder) -> anyhow::Result<RequestBuilder> {
    anyhow::ensure!(url.origin() == remote.url.origin(), "{} leads elsewhere", url.path());
    // No redirects: the token is for this address alone.
    let client = client.redirect(reqwest::redirect::Policy::none()).build()?;
    let request = client.request(method, url);
    Ok(request.header("authorization", format!("Token {}", remote.token.expose_secret())))
}

/// Sends it, prints the answer, and fails when the portal says no.
async fn send(method: Method, path: &str, body: Option<Value>, key: Option<String>) -> anyhow::Result<ExitCode> {
    let remote = Remote::from_environment()?;
    let url = remote.url.join(path).with_context(|| format!("{path} is no path"))?;
    let Answer { ok, text, .. } = ask(&remote, method, url, body.as_ref(), key.as_deref()).await?;
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => say(&exact(&format!("{value:#}")))?,
        Err(_) if text.is_empty() => {}
        Err(_) => say(&exact(&text))?,
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
