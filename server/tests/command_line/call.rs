//! `atonix call`: a kind that is kept, one that is only shown, one that lies in another, and what hands something over.
use crate::{Demo, atonix, demo};
use serde_json::{Value, json};
use std::process::{Output, Stdio};
use tokio::io::AsyncWriteExt;

const PLACE: [&str; 4] = ["--workspace", "devops-team", "--environment", "dev"];

/// What a command said.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{:?} {} {}", self.code, self.out, self.err))
    }

    #[track_caller]
    fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{} {}", self.out, self.err);
        self
    }
}

/// `atonix call` for somebody of the demo, with something on standard input.
async fn typed(demo: &Demo, person: &str, arguments: &[&str], input: &str) -> Said {
    let token = demo.ready[person]["token"].as_str().unwrap();
    let environment = [("ATONIX_URL", demo.ready["url"].as_str().unwrap()), ("ATONIX_TOKEN", token)];
    let (words, given) = arguments.split_at(2);
    let mut command = atonix(&[&["call"], words, &PLACE[..], given].concat(), &environment);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses does not wait for it.
    process.stdin.take().unwrap().write_all(input.as_bytes()).await.ok();
    Said::of(process.wait_with_output().await.unwrap())
}

async fn call(demo: &Demo, arguments: &[&str]) -> Said {
    typed(demo, "member", arguments, "").await
}

#[tokio::test]
async fn what_is_kept_is_made_listed_shown_acted_on_and_deleted_by_name_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let made = call(&demo, &["volume", "create", "--name", "by-hand", "--size-gb", "2", "--json"]).await.good().json();
    let id = made["resource"]["id"].as_str().unwrap();
    assert_eq!(made["provisioned"]["metadata"]["size_gb"], 2, "{made}");

    let listed = call(&demo, &["volume", "list"]).await.good();
    let line = listed.out.lines().find(|line| line.starts_with("by-hand ")).unwrap_or_else(|| panic!("{}", listed.out));
    assert!(line.contains(id) && listed.out.starts_with("NAME"), "{}", listed.out);
    let mut shown = call(&demo, &["volume", "show", "--id", id]).await.good();
    while !shown.out.contains("status: active\n") {
        shown = call(&demo, &["volume", "show", "--id", id]).await.good();
    }
    assert!(shown.out.starts_with("name: by-hand\n"), "{}", shown.out);

    let extend = ["volume", "extend", "--id", id, "--new_size_gb", "3", "--key", "the-same", "--json"];
    let extended = call(&demo, &extend).await.good().json();
    assert_eq!(call(&demo, &extend).await.good().json()["provisioned"]["id"], extended["provisioned"]["id"]);
    let refused = call(&demo, &["volume", "extend", "--id", id, "--new-size-gb", "4", "--key", "the-same"]).await;
    assert_eq!(refused.code, Some(1), "another request under the same key: {}", refused.out);

    let gone = call(&demo, &["volume", "delete", "--id", id]).await.good();
    assert!(gone.out.contains("status: deleting\n") || gone.out.contains("status: gone\n"), "{}", gone.out);
    demo.stop().await;
}

#[tokio::test]
async fn a_refusal_is_told_at_the_option_and_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let refused = call(&demo, &["volume", "create", "--name", "x", "--size-gb", "many"]).await;
    assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""), "{}", refused.err);
    assert!(refused.err.contains("\n  --size-gb: This must be a whole number"), "{}", refused.err);
    let unknown = call(&demo, &["volume", "create", "--name", "x", "--size-gb", "1", "--field", "colour=red"]).await;
    assert!(unknown.err.contains("colour: There is no such field."), "{}", unknown.err);
    let exact = call(&demo, &["volume", "create", "--json"]).await;
    assert_eq!((exact.code, &exact.json()["status"]), (Some(1), &json!(400)));
    let stranger = typed(&demo, "stranger", &["volume", "list"], "").await;
    assert_eq!(stranger.code, Some(1));
    assert!(stranger.err.contains("--workspace: "), "{}", stranger.err);
    let misspelt = call(&demo, &["volume", "create", "--nmae", "x"]).await;
    assert_eq!(misspelt.code, Some(2), "like every wrong command line: {}", misspelt.err);
    assert!(misspelt.err.contains("--name"), "{}", misspelt.err);
    let nothing = typed(&demo, "viewer", &["volume", "delete", "--id", ".."], "").await;
    assert_eq!(nothing.code, Some(1), "{}", nothing.out);
    demo.stop().await;
}

#[tokio::test]
async fn what_is_only_shown_can_be_listed_and_what_lies_in_something_is_listed_of_that() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let flavors = typed(&demo, "viewer", &["nova-flavor", "list"], "").await.good();
    assert!(flavors.out.contains("m1.small"), "{}", flavors.out);
    let all = call(&demo, &["nova_flavor", "list", "--json"]).await.good().json();
    let id = all["resources"][0]["id"].as_str().unwrap();
    assert!(call(&demo, &["nova-flavor", "show", "--id", id]).await.good().out.contains(&format!("id: {id}\n")));

    call(&demo, &["neutron-security-group", "create", "--name", "web"]).await.good();
    let rule = ["neutron-security-group", "add-rule", "--id"];
    let group = call(&demo, &["neutron-security-group", "list", "--json"]).await.good().json();
    let group = group["resources"].as_array().unwrap().iter().find(|one| one["name"] == "web").unwrap().clone();
    let group = group["id"].as_str().unwrap();
    let more = ["--direction", "ingress", "--protocol", "tcp", "--port-min", "443", "--port-max", "443"];
    call(&demo, &[&rule[..], &[group], &more].concat()).await.good();
    let rules = call(&demo, &["neutron-security-group-rule", "list", "--parent", "web"]).await.good();
    assert!(rules.out.contains("443"), "{}", rules.out);
    let nowhere = call(&demo, &["neutron-security-group-rule", "list", "--parent", "none"]).await;
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.err.contains("--parent: "), "{}", nowhere.err);
    demo.stop().await;
}

#[tokio::test]
async fn what_is_handed_over_stands_alone_on_standard_output_and_a_value_comes_from_a_file_or_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let key = call(&demo, &["nova-keypair", "create", "--name", "laptop"]).await.good();
    assert!(key.out.starts_with("-----BEGIN") && key.err.contains("name: laptop"), "{} {}", key.out, key.err);

    let script = folder.path().join("script");
    std::fs::write(&script, "#!/bin/sh\necho from a file\n").unwrap();
    call(&demo, &["network", "create", "--name", "net", "--subnet-cidr", "10.4.0.0/24"]).await.good();
    let spec = ["--flavor-id", "m1.small", "--image-id", "ubuntu-22.04-lts", "--network-id", "net", "--user-data"];
    let file = format!("@{}", script.display());
    let server = [&["vm", "create", "--json", "--name", "-"], &spec[..], &[file.as_str()]].concat();
    let made = typed(&demo, "member", &server, "web-from-stdin\n").await.good().json();
    assert_eq!(made["resource"]["name"], "web-from-stdin");
    assert_eq!(made["provisioned"]["metadata"]["user_data"], "(set)", "{made}");
    let id = made["provisioned"]["id"].as_str().unwrap();
    let mut log = call(&demo, &["vm", "console", "--id", id, "--length", "5"]).await;
    while log.code != Some(0) {
        assert!(log.err.contains("does not apply to it now"), "{}", log.err);
        log = call(&demo, &["vm", "console", "--id", id, "--length", "5"]).await;
    }
    assert!(!log.out.trim().is_empty() && !log.out.contains("status:"), "{}", log.out);
    demo.stop().await;
}

#[tokio::test]
async fn help_lists_kinds_operations_and_fields() {
    let help = async |arguments: &[&str]| Said::of(atonix(arguments, &[]).output().await.unwrap()).good().out;
    let kinds = help(&["call", "--help"]).await;
    assert!(kinds.contains("nova-keypair") && kinds.contains("octavia-load-balancer"), "{kinds}");
    let volume = help(&["call", "volume", "--help"]).await;
    assert!(volume.contains("extend") && volume.contains("--size-gb"), "{volume}");
    let create = help(&["call", "volume", "create", "--help"]).await;
    assert!(create.contains("--snapshot-id") && create.contains("1 to 65536 GB"), "{create}");
}
