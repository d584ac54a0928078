//! A simulated cloud, a database and servers on it, each a process of its own.
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Where everything runs. Processes end with it.
pub(crate) struct Site {
    folder: TempDir,
    cloud: SocketAddr,
    _simulator: Child,
    database_url: String,
    pace: Pace,
    pub(crate) token: String,
    pub(crate) client: Client,
}

/// How long things take, by the variables that say so; leases and quiet time follow from them.
pub(crate) type Pace = &'static [(&'static str, &'static str)];

/// For tests in which many are asked at once on a slow machine.
pub(crate) const PATIENT: Pace = &[
    ("ATONIX_TIMEOUT_SECONDS", "10"),
    ("ATONIX_LEASE_MARGIN_SECONDS", "1"),
    ("ATONIX_QUIET_SECONDS", "1"),
    ("ATONIX_TRANSIT_MIN_SECONDS", "1"),
    ("ATONIX_TRANSIT_MAX_SECONDS", "2"),
];

/// For tests that wait for leases and quiet times again and again.
pub(crate) const QUICK: Pace = &[
    ("ATONIX_TIMEOUT_SECONDS", "1"),
    ("ATONIX_LEASE_MARGIN_SECONDS", "0.4"),
    ("ATONIX_QUIET_SECONDS", "0.4"),
    ("ATONIX_PATIENCE_SECONDS", "3"),
    ("ATONIX_TRANSIT_MIN_SECONDS", "0.1"),
    ("ATONIX_TRANSIT_MAX_SECONDS", "0.4"),
    ("ATONIX_SETTLED_SECONDS", "1"),
];

/// What the servers' secrets are sealed with.
pub(crate) const SECRET_KEY: &str = "0123456789abcdef0123456789abcdef";

/// A running server.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

/// A port that was free a moment ago, and will be again after its server was killed: none of those that the system gives
/// to whoever connects to something.
fn free() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() * 61 % 12_000).unwrap();
    let ports = std::iter::repeat_with(|| 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000);
    let addresses = ports.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    addresses.into_iter().find(|address| TcpListener::bind(address).is_ok()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is, only the environment can say")]
pub(crate) fn postgres() -> Option<String> {
    std::env::var("ATONIX_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

impl Site {
    /// With a quota of so many vCPUs in `devops-team/staging`; on PostgreSQL in a schema of its own, or on SQLite.
    pub(crate) async fn new(vcpus: u32, postgres: Option<String>, pace: Pace) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cloud = free();
        let listen = cloud.to_string();
        let simulator = Command::new(env!("CARGO_BIN_EXE_atonix"))
            .args(["simulator", "--password", "secret", "--listen", &listen])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let database_url = match postgres {
            Some(url) => {
                let schema = format!("site_{}", uuid::Uuid::now_v7().simple());
                let sign = if url.contains('?') { '&' } else { '?' };
                let made = Command::new("psql").args([&url, "-qc", &format!("CREATE SCHEMA {schema}")]).status();
                assert!(made.await.unwrap().success());
                format!("{url}{sign}options=-csearch_path%3D{schema}")
            }
            None => format!("sqlite://{}/atonix.db", folder.path().display()),
        };
        let client = Client::builder().no_proxy().build().unwrap();
        let mut site = Self { folder, cloud, _simulator: simulator, database_url, pace, token: String::new(), client };
        let root = format!("http://{cloud}/identity/v3");
        until("the simulator answers", async || site.client.get(&root).send().await.is_ok()).await;
        site.cloud_call(Method::PATCH, "/simulator/settings", Some(json!({"speed_millis": [0, 0]}))).await;
        site.run(&["migrate"]).await;
        site.run(&["user", "create", "olga"]).await;
        let vcpus = vcpus.to_string();
        site.run(&[
            "binding",
            "create",
            "devops-team",
            "staging",
            "--project",
            "devops-staging-9a3f",
            "--region",
            "RegionOne",
            "--vcpus",
            &vcpus,
            "--ram-gb",
            "200",
            "--storage-gb",
            "2000",
            "--create-workspace",
            "--owner",
            "olga",
        ])
        .await;
        let said = site.run(&["token", "issue", "olga", "--name", "test"]).await;
        site.token = said.split_whitespace().find(|word| word.starts_with("atx_")).unwrap().to_owned();
        site
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atonix"));
        let auth_url = format!("http://{}/identity/v3", self.cloud);
        let failpoints = self.folder.path().display().to_string();
        command.env_clear().current_dir(self.folder.path()).kill_on_drop(true).stdin(Stdio::null()).envs([
            ("HOME", "/nonexistent"),
            ("PATH", "/usr/bin:/bin"),
            ("SECRET_KEY", SECRET_KEY),
            ("DATABASE_URL", &self.database_url),
            ("OS_AUTH_URL", &auth_url),
            ("OS_USERNAME", "atonix-service"),
            ("OS_PASSWORD", "secret"),
            ("ATONIX_CLUSTER_LOOPBACK", "1"),
            ("RUST_LOG", "warn"),
            ("ATONIX_FAILPOINTS", &failpoints),
        ]);
        // What they say is read only when a test fails: then the runner shows it.
        command.envs(self.pace.iter().copied());
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A server on this site's database and cloud, ready.
    pub(crate) async fn serve(&self) -> Server {
        let server = self.spawn(SECRET_KEY);
        self.ready(&server).await;
        server
    }

    /// A server that has just been started, with that secret key.
    pub(crate) fn spawn(&self, secret_key: &str) -> Server {
        let address = free();
        let mut command = self.command();
        command.env("SECRET_KEY", secret_key).args(["serve", "--listen", &address.to_string()]);
        Server { process: command.spawn().unwrap(), address }
    }

    /// Waits until it answers.
    pub(crate) async fn ready(&self, server: &Server) {
        let address = server.address;
        let ready = format!("http://{address}/readyz");
        let answers = async || self.client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success());
        until("the server is ready", answers).await;
    }

    /// Lets a server end or stop at a point: at once, because servers read while we write.
    pub(crate) fn order(&self, text: &str) {
        let new = self.folder().join("order.new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.folder().join("order")).unwrap();
    }

    /// Where the servers' points are ordered and traced: see `portal::failpoints`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Asks a server's REST API.
    pub(crate) async fn call(
        &self,
        server: SocketAddr,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        self.call_under(None, server, method, path, body).await
    }

    /// As [`Site::call`], under an idempotency key.
    pub(crate) async fn call_under(
        &self,
        key: Option<&str>,
        server: SocketAddr,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let request = self.client.request(method, format!("http://{server}/api/services/{path}"));
        let mut request = request.header("authorization", format!("Token {}", self.token));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await?;
        Ok((answer.status(), answer.json().await?))
    }

    /// Creates something at the guide's address for it.
    pub(crate) async fn provision(
        &self,
        server: SocketAddr,
        kind: &str,
        spec: &Value,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let mut body = spec.clone();
        body["workspace_id"] = json!("devops-team");
        body["environment_id"] = json!("staging");
        self.call(server, Method::POST, &format!("provision/{kind}/"), Some(body)).await
    }

    /// All rows that are not gone.
    pub(crate) async fn inventory(&self, server: SocketAddr) -> Vec<Value> {
        let path = "provision/resources/?workspace_id=devops-team&environment_id=staging&limit=500";
        self.read(server, path).await["resources"].as_array_mut().unwrap().drain(..).collect()
    }

    /// Reads something. On a machine that is very busy a server may be too busy, too, and says so: then it is asked again.
    pub(crate) async fn read(&self, server: SocketAddr, path: &str) -> Value {
        let began = std::time::Instant::now();
        loop {
            let (status, body) = self.call(server, Method::GET, path, None).await.unwrap();
            let busy = status == StatusCode::SERVICE_UNAVAILABLE && began.elapsed() < Duration::from_secs(60);
            if !busy {
                assert_eq!(status, StatusCode::OK, "{path}: {body}");
                return body;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// What is taken of the quota: vCPUs, MiB, GB.
    pub(crate) async fn used(&self, server: SocketAddr) -> Value {
        let body = self.read(server, "workspaces/").await;
        body["workspaces"][0]["environments"][0]["used"].clone()
    }

    pub(crate) async fn cloud_call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        self.cloud_as("", method, path, body).await
    }

    /// A token for the bound project, past the platform.
    pub(crate) async fn cloud_token(&self) -> String {
        let domain = json!({"name": "Default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "atonix-service", "password": "secret", "domain": domain,
            }}},
            "scope": {"project": {"name": "devops-staging-9a3f", "domain": domain}},
        }});
        let url = format!("http://{}/identity/v3/auth/tokens", self.cloud);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        answer.headers()["x-subject-token"].to_str().unwrap().to_owned()
    }

    /// Asks the cloud itself, with a token.
    pub(crate) async fn cloud_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.client.request(method, format!("http://{}{path}", self.cloud));
        let request = match token {
            "" => request,
            token => request.header("x-auth-token", token),
        };
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap().json().await.unwrap_or(Value::Null)
    }

    /// The creations that the cloud carried out at a path.
    pub(crate) async fn made(&self, path: &str) -> usize {
        let log = self.cloud_call(Method::GET, "/simulator/requests?method=POST", None).await;
        let list = log.as_array().or_else(|| log["requests"].as_array()).cloned().unwrap_or_default();
        let fits = |one: &&Value| {
            let at = one["path"].as_str().unwrap_or_default();
            at.ends_with(path) && one["status"].as_u64().is_some_and(|status| status < 300)
        };
        list.iter().filter(fits).count()
    }
}

impl Server {
    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id().unwrap()
    }

    /// Waits until it has died; false when it lives on.
    pub(crate) async fn dies(&mut self) -> bool {
        tokio::time::timeout(Duration::from_secs(20), self.process.wait()).await.is_ok()
    }

    /// Whether it was stopped, as a job is by SIGSTOP.
    pub(crate) async fn is_stopped(&mut self) -> bool {
        let path = format!("/proc/{}/stat", self.process.id().unwrap());
        let stat = std::fs::read_to_string(path).unwrap();
        // The state stands behind the program's name in brackets.
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
    }

    /// Sends it a signal.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap().success());
    }

    /// SIGKILL.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }
}

/// Waits for something that comes about by itself; the limit is generous, because machines are slow at times.
pub(crate) async fn until(what: &str, mut happens: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if happens().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came about that {what}");
}
