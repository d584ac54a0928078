//! The program as it is started: what it refuses, and the demo.
#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]
mod call;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

fn atonix(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atonix"));
    // Of what the machine has, nothing: no clouds.yaml, no variables of somebody's cloud.
    command.env_clear().env("HOME", "/nonexistent").envs(environment.iter().copied()).args(arguments);
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

async fn refusal(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = atonix(arguments, environment).current_dir(folder.path()).output().await.unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn it_tells_its_version() {
    let output = atonix(&["--version"], &[]).output().await.unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("atonix "));
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_one_sentence_and_exit_code_2() {
    let key = ("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    for (environment, word) in [
        (vec![], "SECRET_KEY"),
        (vec![("SECRET_KEY", "short")], "SECRET_KEY"),
        (vec![key], "OS_AUTH_URL"),
        (vec![key, ("ATONIX_LISTEN", "here")], "ATONIX_LISTEN"),
        (vec![key, ("OS_CLOUD", "no-such-cloud")], "no-such-cloud"),
    ] {
        let (code, said) = refusal(&["serve"], &environment).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(word) && said.trim().lines().count() == 1, "{said}");
    }
}

#[tokio::test]
async fn a_new_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let key = ("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    let status = atonix(&["migrate"], &[key]).current_dir(folder.path()).status().await.unwrap();
    assert!(status.success());
    let mode = std::fs::metadata(folder.path().join("atonix.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_ledger_that_is_the_sum_of_its_rows_is_exit_code_0() {
    let folder = tempfile::tempdir().unwrap();
    let key = ("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    for command in ["show", "verify"] {
        let output = atonix(&["quota", command], &[key]).current_dir(folder.path()).output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(String::from_utf8(output.stdout).unwrap().starts_with("WHERE"));
    }
    let nobody = atonix(&["quota", "verify", "--workspace", "none"], &[key]).current_dir(folder.path()).output();
    assert_eq!(nobody.await.unwrap().status.code(), Some(1));
}

#[tokio::test]
async fn a_cloud_is_tried_without_a_portal_and_its_own_words_are_told() {
    let nobody_home = [("OS_AUTH_URL", "http://127.0.0.1:1/v3"), ("OS_USERNAME", "a"), ("OS_PASSWORD", "b")];
    let (code, said) = refusal(&["check"], &nobody_home).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(!said.contains("SECRET_KEY") && said.to_lowercase().contains("refused"), "{said}");
}

/// A running demo and what it said when it was ready.
struct Demo {
    process: Child,
    out: BufReader<ChildStdout>,
    ready: Value,
}

async fn demo(data: &Path) -> Demo {
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--json", "--data", data.to_str().unwrap()];
    let mut process = atonix(&arguments, &[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).await.unwrap();
    Demo { process, out, ready: serde_json::from_str(&line).unwrap() }
}

impl Demo {
    async fn call(&self, person: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.ready["url"].as_str().unwrap());
        let client = Client::new();
        let request = match body {
            Some(body) => client.post(url).json(&body),
            None => client.get(url),
        };
        let token = self.ready[person]["token"].as_str().unwrap();
        let answer = request.header("authorization", format!("Token {token}")).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// SIGTERM; it must end in order, and have said nothing more.
    async fn stop(mut self) {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(20), self.process.wait()).await;
        assert!(ended.expect("it must end within 20 seconds").unwrap().success());
        let mut rest = String::new();
        self.out.read_line(&mut rest).await.unwrap();
        assert_eq!(rest, "", "standard output carries one line");
    }
}

#[tokio::test]
async fn the_demo_goes_on_from_where_it_was_killed_with_new_tokens() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    let mut first = demo(folder.path()).await;
    let (status, teams) = first.call("member", "/api/services/workspaces/", None).await;
    assert_eq!(status, StatusCode::OK, "{teams}");
    let team = &teams["workspaces"][0];
    assert_eq!((&team["workspace_id"], &team["role"]), (&json!("devops-team"), &json!("operator")));
    let staging = &team["environments"][1];
    assert_eq!(staging["openstack_project"], "devops-staging-9a3f");
    assert_eq!(staging["quota"], json!({"vcpus": 50, "ram_mib": 204_800, "storage_gb": 2000}));
    let volume = json!({"workspace_id": "devops-team", "environment_id": "dev", "name": "kept", "size_gb": 1});
    let (status, made) = first.call("member", "/api/services/provision/storage/volume/", Some(volume)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let old = first.ready.clone();
    first.process.kill().await.unwrap();

    let second = demo(folder.path()).await;
    for person in ["admin", "member", "viewer", "stranger"] {
        assert_ne!(second.ready[person]["token"], old[person]["token"]);
    }
    let place = "workspace_id=devops-team&environment_id=dev";
    let (_, listed) = second.call("viewer", &format!("/api/services/provision/resources/?{place}"), None).await;
    assert_eq!(listed["resources"][0]["resource_id"], made["resource"]["id"], "{listed}");
    let (_, cloud) = second.call("viewer", &format!("/api/services/storage/cinder/volumes/?{place}"), None).await;
    assert_eq!(cloud["resources"][0]["id"], made["resource"]["id"], "{cloud}");
    second.stop().await;
    assert_eq!(std::fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "not ours");
}
