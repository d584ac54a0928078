//! A cluster of a test's own, with a workspace in it.
use reqwest::{Client, Method, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::Path,
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::process::Command;

/// The workspace.
pub(crate) const TEAM: &str = "devops-team";

/// A running cluster; it ends with this.
pub(crate) struct Cluster {
    folder: TempDir,
    environment: HashMap<String, String>,
    /// The owner's.
    pub(crate) token: String,
    pub(crate) client: Client,
}

#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is, only the environment can say")]
fn postgres_is_there() -> bool {
    std::env::var("ATONIX_TEST_POSTGRES").is_ok_and(|url| !url.is_empty())
}

/// The program: the one under test, or the release that a measurement names.
fn program() -> OsString {
    std::env::var_os("ATONIX_MEASURED_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_atonix").into())
}

impl Cluster {
    /// Three servers, whose times are short; none where tests are to do without PostgreSQL.
    pub(crate) async fn up(environment: &[(&str, &str)]) -> Option<Self> {
        if !postgres_is_there() {
            return None;
        }
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let folder = tempfile::Builder::new().prefix("atonix-cluster-").tempdir_in("/tmp").unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut cluster = Self { folder, environment, token: String::new(), client };
        let said = cluster.run(["up"]).await;
        for line in said.lines() {
            let (name, value) = line.trim_start_matches("export ").split_once('=').unwrap();
            cluster.environment.insert(name.to_owned(), value.trim_matches('\'').to_owned());
        }
        cluster.cloud(Method::PATCH, "settings", Some(json!({"speed_millis": [0, 0]}))).await;
        cluster.atonix(["user", "create", "olga"]).await;
        let binding = "binding create devops-team staging --project devops-staging-9a3f --region RegionOne --vcpus 500 \
            --ram-gb 2000 --storage-gb 100000 --create-workspace --owner olga";
        cluster.atonix(binding.split_whitespace()).await;
        cluster.token = cluster.token_of("olga").await;
        Some(cluster)
    }

    fn command(&self) -> std::process::Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/cluster");
        let mut command = std::process::Command::new(script);
        command.stdin(Stdio::null()).envs(&self.environment).envs([
            ("ATONIX_BIN", program().as_os_str()),
            ("ATONIX_CLUSTER_HOME", self.folder.path().join("home").as_os_str()),
            ("ATONIX_TIMEOUT_SECONDS", OsStr::new("10")),
            ("ATONIX_LEASE_MARGIN_SECONDS", OsStr::new("1")),
            ("ATONIX_QUIET_SECONDS", OsStr::new("1")),
            ("ATONIX_TRANSIT_MIN_SECONDS", OsStr::new("1")),
            ("ATONIX_TRANSIT_MAX_SECONDS", OsStr::new("2")),
        ]);
        command
    }

    /// Runs `end2end/cluster`; gives what it said.
    pub(crate) async fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        let mut command = self.command();
        command.args(arguments);
        let output = Command::from(command).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs an operator's command.
    pub(crate) async fn atonix<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        self.run(["atonix"].into_iter().chain(arguments)).await
    }

    async fn token_of(&self, user: &str) -> String {
        let said = self.atonix(["token", "issue", user, "--name", "test"]).await;
        said.split_whitespace().find(|word| word.starts_with("atx_")).unwrap().to_owned()
    }

    /// A new member; gives its password.
    pub(crate) async fn member(&self, user: &str, role: &str) -> String {
        let said = self.atonix(["user", "create", user]).await;
        self.atonix(["workspace", "add-member", TEAM, user, "--role", role]).await;
        said.split_whitespace().last().unwrap().to_owned()
    }

    /// The load balancer's address.
    pub(crate) fn balancer(&self) -> &str {
        &self.environment["ATONIX_URL"]
    }

    /// A server's address.
    pub(crate) fn server(&self, number: usize) -> &str {
        &self.environment[&format!("ATONIX_SERVER_{number}")]
    }

    /// Resident memory of all servers together, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let resident = |number| {
            let pid = std::fs::read_to_string(self.folder.path().join(format!("home/server{number}.pid"))).unwrap();
            let status = std::fs::read_to_string(format!("/proc/{}/status", pid.trim())).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
        };
        (1..=3).map(resident).sum()
    }

    /// Asks the REST API at `at` as the owner.
    pub(crate) async fn call(
        &self,
        at: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let request = self.client.request(method, format!("{at}/api/services/{path}"));
        let request = request.header("authorization", format!("Token {}", self.token));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await?;
        Ok((answer.status(), answer.json().await.unwrap_or(Value::Null)))
    }

    /// Creates a volume through `at`; gives its row.
    pub(crate) async fn volume(&self, at: &str, name: &str) -> Value {
        let (status, mut body) =
            self.call(at, Method::POST, "provision/storage/volume/", Some(volume(name))).await.unwrap();
        assert!(status.is_success(), "{status} {body}");
        body["provisioned"].take()
    }

    /// All rows that are not gone.
    pub(crate) async fn rows(&self) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!(
                "provision/resources/?workspace_id={TEAM}&environment_id=staging&limit=500{}",
                if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") }
            );
            let (status, mut body) = self.call(self.balancer(), Method::GET, &path, None).await.unwrap();
            assert_eq!(status, StatusCode::OK, "{body}");
            rows.append(body["resources"].as_array_mut().unwrap());
            match body["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return rows,
            }
        }
    }

    /// Turns a knob of the simulated cloud.
    pub(crate) async fn cloud(&self, method: Method, knob: &str, body: Option<Value>) -> Value {
        let root = self.environment["OS_AUTH_URL"].trim_end_matches("/identity/v3");
        let request = self.client.request(method, format!("{root}/simulator/{knob}"));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap().json().await.unwrap_or(Value::Null)
    }

    /// How many requests the cloud got; with a method and the end of a path, those that it carried out.
    pub(crate) async fn asked(&self, method: Option<&str>, path: &str) -> usize {
        let query = method.map_or_else(|| "requests".to_owned(), |method| format!("requests?method={method}"));
        let log = self.cloud(Method::GET, &query, None).await;
        let fits = |one: &&Value| {
            let at = one["path"].as_str().unwrap_or_default();
            at.ends_with(path) && (method.is_none() || one["status"].as_u64().is_some_and(|status| status < 300))
        };
        log["requests"].as_array().unwrap().iter().filter(fits).count()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let ended = self.command().arg("down").status();
        assert!(ended.is_ok_and(|status| status.success()) || std::thread::panicking(), "the cluster did not end");
    }
}

/// What asks for a volume of a gigabyte.
pub(crate) fn volume(name: &str) -> Value {
    json!({"workspace_id": TEAM, "environment_id": "staging", "name": name, "size_gb": 1})
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
