//! The program as an operator sets it up for a real cloud, and `curl` to ask it.
use crate::cloud::given;
use serde_json::Value;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub(crate) struct Site {
    folder: TempDir,
    address: SocketAddr,
    token: String,
    _server: Child,
}

impl Site {
    /// `devops-team/staging` bound to its project in RegionOne, an operator's token, and a server.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        run(&folder, &["migrate"]).await;
        run(&folder, &["user", "create", "olga"]).await;
        let quota = ["--vcpus", "50", "--ram-gb", "200", "--storage-gb", "2000"];
        let whose = ["--create-workspace", "--owner", "olga"];
        let binding = ["binding", "create", "devops-team", "staging"];
        let leads = ["--project", crate::PROJECT, "--region", "RegionOne"];
        run(&folder, &[&binding[..], &leads, &quota, &whose].concat()).await;
        let said = run(&folder, &["token", "issue", "olga", "--name", "curl"]).await;
        let token = said.split_whitespace().find(|word| word.starts_with("atx_")).unwrap().to_owned();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let server = command(&folder).args(["serve", "--listen", &address.to_string()]).spawn().unwrap();
        let site = Self { folder, address, token, _server: server };
        site.until("the server is ready", async || site.raw("GET", "/readyz", None).await.0 == 200).await;
        site
    }

    /// Asks the API with curl: the status and the answer.
    pub(crate) async fn curl(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.raw(method, &format!("/api/services/{path}"), body).await
    }

    async fn raw(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "-w", "\n%{http_code}", "-X", method]);
        curl.args(["-H", &format!("Authorization: Token {}", self.token)]);
        if let Some(body) = body {
            curl.args(["-H", "Content-Type: application/json", "-d", &body.to_string()]);
        }
        let said = curl.arg(format!("http://{}{path}", self.address)).output().await.unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let (answer, status) = said.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), serde_json::from_str(answer).unwrap_or(Value::Null))
    }

    /// Waits until the inventory shows a row in a state; what is gone is on no list unless it is asked for.
    pub(crate) async fn until_in_state(&self, row: &str, state: &str) {
        let path =
            format!("provision/resources/?workspace_id=devops-team&environment_id=staging&status={state}&limit=500");
        let failed = path.replace(&format!("status={state}"), "status=failed");
        let among = async |path: &str| {
            let (_, body) = self.curl("GET", path, None).await;
            body["resources"].as_array().and_then(|rows| rows.iter().find(|one| one["id"] == row)).cloned()
        };
        let arrived = async || {
            if let Some(failed) = among(&failed).await {
                panic!("it failed: {failed}");
            }
            among(&path).await.is_some()
        };
        self.until(&format!("{row} is {state}"), arrived).await;
    }

    /// What is taken of the quota.
    pub(crate) async fn used(&self) -> Value {
        let (_, body) = self.curl("GET", "workspaces/", None).await;
        body["workspaces"][0]["environments"][0]["used"].clone()
    }

    /// Waits for something that comes about by itself; the limit is generous, because the cloud is slow at times.
    async fn until(&self, what: &str, mut happens: impl AsyncFnMut() -> bool) {
        for _ in 0..600 {
            if happens().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("it never came about that {what} (data in {})", self.folder.path().display());
    }
}

fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atonix"));
    command.env_clear().current_dir(folder.path()).kill_on_drop(true).stdin(Stdio::null());
    command.envs([
        ("HOME", "/nonexistent"),
        ("PATH", "/usr/bin:/bin"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("DATABASE_URL", "sqlite://atonix.db"),
        ("RUST_LOG", "warn"),
    ]);
    for name in ["OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD"] {
        command.env(name, given(name));
    }
    command
}

async fn run(folder: &TempDir, arguments: &[&str]) -> String {
    let output = command(folder).args(arguments).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
