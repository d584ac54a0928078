//! A simulated cloud, a database and servers on it, each a process of its own.
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
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
    pub(crate) token: String,
    pub(crate) client: Client,
}

/// A running server.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is, only the environment can say")]
pub(crate) fn postgres() -> Option<String> {
    std::env::var("ATONIX_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

impl Site {
    /// With a quota of so many vCPUs in `devops-team/staging`; on PostgreSQL in a schema of its own, or on SQLite.
    pub(crate) async fn new(vcpus: u32, postgres: Option<String>) -> Self {
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
        let mut site = Self { folder, cloud, _simulator: simulator, database_url, token: String::new(), client };
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
        // Times are short, so that what waits for them does not wait long; leases and quiet time follow from them.
        command.env_clear().current_dir(self.folder.path()).kill_on_drop(true).stdin(Stdio::null()).envs([
            ("HOME", "/nonexistent"),
            ("PATH", "/usr/bin:/bin"),
            ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
            ("DATABASE_URL", &self.database_url),
            ("OS_AUTH_URL", &auth_url),
            ("OS_USERNAME", "atonix-service"),
            ("OS_PASSWORD", "secret"),
            ("RUST_LOG", "warn"),
            ("ATONIX_TIMEOUT_SECONDS", "10"),
            ("ATONIX_LEASE_MARGIN_SECONDS", "1"),
            ("ATONIX_QUIET_SECONDS", "1"),
            ("ATONIX_TRANSIT_MIN_SECONDS", "1"),
            ("ATONIX_TRANSIT_MAX_SECONDS", "2"),
        ]);
        command
    }

    async fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A server on this site's database and cloud, ready.
    pub(crate) async fn serve(&self) -> Server {
        let address = free();
        let process = self.command().args(["serve", "--listen", &address.to_string()]).spawn().unwrap();
        let server = Server { process, address };
        let ready = format!("http://{address}/readyz");
        let answers = async || self.client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success());
        until("the server is ready", answers).await;
        server
    }

    /// Asks a server's REST API.
    pub(crate) async fn call(
        &self,
        server: SocketAddr,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let request = self.client.request(method, format!("http://{server}/api/services/{path}"));
        let request = request.header("authorization", format!("Token {}", self.token));
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
        let (status, mut body) = self.call(server, Method::GET, path, None).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        body["resources"].as_array_mut().unwrap().drain(..).collect()
    }

    /// What is taken of the quota: vCPUs, MiB, GB.
    pub(crate) async fn used(&self, server: SocketAddr) -> Value {
        let (_, body) = self.call(server, Method::GET, "workspaces/", None).await.unwrap();
        body["workspaces"][0]["environments"][0]["used"].clone()
    }

    pub(crate) async fn cloud_call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.client.request(method, format!("http://{}{path}", self.cloud));
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
