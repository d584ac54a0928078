//! `atonix call`: a kind that is kept, one that is only shown, one that lies in another, and what hands something over.
use crate::{Demo, atonix, demo};
use serde_json::{Value, json};
use std::process::{Output, Stdio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

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
    let (words, given) = arguments.split_at(2);
    exactly(demo, person, &[words, &PLACE[..], given].concat(), input).await
}

/// The same, wherever it is.
async fn exactly(demo: &Demo, person: &str, arguments: &[&str], input: &str) -> Said {
    let token = demo.ready[person]["token"].as_str().unwrap();
    let environment = [("ATONIX_URL", demo.ready["url"].as_str().unwrap()), ("ATONIX_TOKEN", token)];
    let mut command = atonix(&[&["call"], arguments].concat(), &environment);
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

#[tokio::test]
async fn objects_go_up_from_files_and_standard_input_and_down_to_files_and_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    call(&demo, &["swift-container", "create", "--name", "box"]).await.good();
    let at = |name: &'static str| ["--container", "box", "--name", name];
    let (up, down) = (["swift-object", "upload"], ["swift-object", "download"]);

    let sent = typed(&demo, "member", &[&up[..], &at("logs/today"), &["-"]].concat(), "from a pipe\n").await.good();
    assert!(sent.out.contains("name: logs/today\n") && sent.out.contains("bytes: 12\n"), "{}", sent.out);
    let came = call(&demo, &[&down[..], &at("logs/today"), &["-"]].concat()).await.good();
    assert_eq!(came.out, "from a pipe\n");
    let taken = typed(&demo, "member", &[&up[..], &at("logs/today"), &["-"]].concat(), "other").await;
    assert!(taken.code == Some(1) && taken.err.contains("--overwrite"), "{}", taken.err);
    typed(&demo, "member", &[&up[..], &at("logs/today"), &["--overwrite", "-"]].concat(), "other").await.good();
    let listed = call(&demo, &["swift-object", "list", "--container", "box"]).await.good();
    assert!(listed.out.contains("\nlogs/\n") && !listed.out.contains("STATUS"), "{}", listed.out);
    let listed = call(&demo, &["swift-object", "list", "--container", "box", "--prefix", "logs/"]).await.good();
    assert!(listed.out.contains("\nlogs/today "), "{}", listed.out);

    // Larger than a part, and not by a whole one.
    let (large, back) = (folder.path().join("large"), folder.path().join("back"));
    let content: Vec<u8> = (0_u32..5_000_001).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&large, &content).unwrap();
    let (large, to) = (format!("@{}", large.display()), format!("@{}", back.display()));
    let sent = call(&demo, &[&up[..], &at("large"), &[&large]].concat()).await.good();
    assert!(sent.out.contains(&format!("bytes: {}\n", content.len())), "{}", sent.out);
    call(&demo, &[&down[..], &at("large"), &[&to]].concat()).await.good();
    assert!(std::fs::read(&back).unwrap() == content, "what comes back is what was sent");
    let taken = call(&demo, &[&down[..], &at("logs/today"), &[&to]].concat()).await;
    assert!(taken.code == Some(1) && taken.err.contains("--overwrite"), "{}", taken.err);
    assert_eq!(std::fs::read(&back).unwrap().len(), content.len());
    call(&demo, &[&down[..], &at("logs/today"), &["--overwrite", &to]].concat()).await.good();
    assert_eq!(std::fs::read_to_string(&back).unwrap(), "other");
    demo.stop().await;
}

#[tokio::test]
async fn what_cannot_be_sent_or_written_out_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    call(&demo, &["swift-container", "create", "--name", "box"]).await.good();
    let to = folder.path().join("none");
    let none = ["swift-object", "download", "--container", "box", "--name", "none", to.to_str().unwrap()];
    let missing = call(&demo, &none).await;
    assert_eq!((missing.code, missing.out.as_str()), (Some(1), ""), "{}", missing.err);
    assert!(!to.exists() && !folder.path().join("none.part").exists());
    let send = ["swift-object", "upload", "--container", "box", "--name", "a"];
    let nothing = call(&demo, &[&send[..], &["@/nowhere/at/all"]].concat()).await;
    assert!(nothing.code == Some(1) && nothing.err.contains("/nowhere/at/all cannot be read"), "{}", nothing.err);
    let viewer = typed(&demo, "viewer", &[&send[..], &["-"]].concat(), "x").await;
    assert_eq!((viewer.code, viewer.out.as_str()), (Some(1), ""), "{}", viewer.err);
    let nowhere = ["swift-object", "upload", "--container", "none", "--name", "a", "-"];
    let nowhere = typed(&demo, "member", &nowhere, "x").await;
    assert_eq!(nowhere.code, Some(1), "{}", nowhere.err);
    let listed = call(&demo, &["swift-object", "list", "--container", "box", "--json"]).await.good().json();
    assert_eq!(listed["resources"], json!([]), "{listed}");
    demo.stop().await;
}

#[tokio::test]
async fn a_download_that_breaks_off_fails_and_leaves_no_file() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let portal = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nthe beginning").await.unwrap();
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let words = ["call", "swift-object", "download", "--container", "box", "--name", "log", file.to_str().unwrap()];
    let environment = [("ATONIX_URL", url.as_str()), ("ATONIX_TOKEN", "atx_none")];
    let said = Said::of(atonix(&[&words[..], &PLACE].concat(), &environment).output().await.unwrap());
    portal.await.unwrap();
    assert!(said.code == Some(1) && said.err.contains("the object broke off"), "{}", said.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_the_whole_clouds_is_reached_by_its_region_and_by_administrators_alone() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let region = ["--region", "RegionOne"];
    let make = ["ironic-node", "create", "--name", "rack-1", "--driver", "fake-hardware", "--json"];
    let made = exactly(&demo, "admin", &[&make[..], &region].concat(), "").await.good().json();
    let id = made["resource"]["id"].as_str().unwrap();
    let listed = exactly(&demo, "admin", &[&["ironic-node", "list"], &region[..]].concat(), "").await.good();
    assert!(listed.out.lines().any(|line| line.starts_with("rack-1 ") && line.contains(id)), "{}", listed.out);
    let one = |word| [&["ironic-node", word, "--id", id], &region[..]].concat();
    let shown = exactly(&demo, "admin", &one("show"), "").await.good();
    assert!(shown.out.starts_with("name: rack-1\n"), "{}", shown.out);
    let off = [&one("set-power-state")[..], &["--target", "reboot-at-noon"]].concat();
    let refused = exactly(&demo, "admin", &off, "").await;
    assert!(refused.code == Some(1) && refused.err.contains("--target: "), "{}", refused.err);
    let nobody = exactly(&demo, "member", &one("show"), "").await;
    assert_eq!((nobody.code, nobody.out.as_str()), (Some(1), ""), "{}", nobody.err);
    let gone = exactly(&demo, "admin", &one("delete"), "").await.good();
    assert_eq!(gone.out, "");
    assert_eq!(exactly(&demo, "admin", &one("show"), "").await.code, Some(1));
    demo.stop().await;
}

#[tokio::test]
async fn a_manifest_is_told_by_object_and_is_no_success_when_one_failed() {
    const GOOD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours, namespace: default}\ndata: {a: b}\n";
    const BAD: &str = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: broken, namespace: default}\n\
        spec:\n  template:\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: b}]}\n";
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    call(&demo, &["nova-keypair", "create", "--name", "ops"]).await.good();
    let spec = ["--cluster-template-id", "k8s-small", "--node-count", "1", "--keypair", "ops"];
    let make = [&["cluster", "create", "--name", "shop", "--json"], &spec[..]].concat();
    let made = call(&demo, &make).await.good().json();
    let id = made["provisioned"]["id"].as_str().unwrap();
    let mut shown = call(&demo, &["cluster", "show", "--id", id]).await.good();
    while !shown.out.contains("status: active\n") {
        assert!(!shown.out.contains("status: failed"), "{}", shown.out);
        shown = call(&demo, &["cluster", "show", "--id", id]).await.good();
    }
    let apply = ["cluster", "apply-manifest", "--id", id, "--manifest", "-"];
    let all = typed(&demo, "member", &apply, GOOD).await.good();
    assert!(all.out.starts_with("RESULT ") && all.out.contains("created "), "{} {}", all.out, all.err);
    assert!(all.err.contains("name: shop\n"), "what is beside the table: {}", all.err);
    let both = typed(&demo, "member", &apply, &format!("{GOOD}{BAD}")).await;
    assert_eq!(both.code, Some(1), "{} {}", both.out, both.err);
    let row = |begin: &str, name: &str| both.out.lines().any(|line| line.starts_with(begin) && line.contains(name));
    assert!(row("unchanged ", "colours") && row("failed ", "broken"), "{}", both.out);
    let exact = typed(&demo, "member", &[&apply[..], &["--json"]].concat(), &format!("{GOOD}{BAD}")).await;
    assert_eq!((exact.code, exact.json()["output"].as_array().unwrap().len()), (Some(1), 2));
    demo.stop().await;
}
