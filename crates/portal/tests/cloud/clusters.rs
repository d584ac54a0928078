//! What is done on clusters themselves: kubeconfigs and manifests, against stand-ins for their API servers.
use crate::{
    dump::dump,
    scene::{Scene, everywhere},
};
use model::{
    AuditEvent, Error,
    applied::{Applied, Became},
    view::ResourceView,
};
use portal::{AuditQuery, SpecInput};
use serde_json::{Value, json};
use simulator::{Effect, Fault};
use std::{path::PathBuf, process::Stdio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    process::Command,
};

/// A namespace, a deployment, a custom resource with its definition, something secret, and an object that is broken. They
/// stand in an order in which they cannot be applied.
const SHOP: &str = r#"
apiVersion: example.com/v1
kind: Widget
metadata: {name: gear, namespace: shop}
spec: {size: 3}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: broken, namespace: shop}
spec:
  template:
    metadata: {labels: {app: broken}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: shop}
stringData: {password: hunter2}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
"#;

const QUOTA: (i64, i64, i64) = (50, 200, 1000);

async fn cluster(scene: &Scene<'_>, name: &str) -> ResourceView {
    scene.made("cluster", json!({"name": name, "cluster_template_id": "k8s-small", "node_count": 1})).await
}

async fn apply(scene: &Scene<'_>, cluster: &ResourceView, manifest: &str) -> model::Result<Vec<Applied>> {
    let acted = scene.act(cluster, "apply_manifest", json!({ "manifest": manifest })).await?;
    Ok(serde_json::from_str(&acted.output.unwrap()).unwrap())
}

async fn kubeconfig(scene: &Scene<'_>, cluster: &ResourceView) -> model::Result<String> {
    Ok(scene.act(cluster, "kubeconfig", json!({})).await?.output.unwrap())
}

fn told(applied: &[Applied]) -> Vec<(String, Became)> {
    applied.iter().map(|one| (format!("{} {}", one.kind, one.name), one.result)).collect()
}

async fn events(scene: &Scene<'_>) -> Vec<AuditEvent> {
    let query = AuditQuery { limit: Some(200), ..AuditQuery::default() };
    scene.world.portal.audit(&scene.operator, &scene.place.workspace, &query).await.unwrap().items
}

/// `kubectl` with a kubeconfig of ours; what it said, and whether it was content.
struct Kubectl(PathBuf);

impl Kubectl {
    fn new(kubeconfig: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kubeconfig-{}", uuid::Uuid::now_v7()));
        std::fs::write(&path, kubeconfig).unwrap();
        Self(path)
    }

    async fn run(&self, arguments: &[&str], input: &str) -> (bool, String) {
        let mut command = Command::new("kubectl");
        command.arg("--kubeconfig").arg(&self.0).args(arguments).env("HOME", std::env::temp_dir());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("scripts/bootstrap --tests installs kubectl (kubernetes-client)");
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let ended = child.wait_with_output().await.unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        (ended.status.success(), String::from_utf8(said).unwrap())
    }

    /// All that a cluster holds, without what is another's at each apply.
    async fn objects(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let kinds = "namespaces,configmaps,secrets,services,deployments,customresourcedefinitions,widgets";
        let (fine, said) = self.run(&["get", kinds, "--all-namespaces", "-o", "json"], "").await;
        assert!(fine, "{said}");
        let list: Value = serde_json::from_str(&said).unwrap();
        for mut object in list["items"].as_array().unwrap().iter().cloned() {
            let metadata = object["metadata"].as_object_mut().unwrap();
            for own in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
                metadata.remove(own);
            }
            all.push(object);
        }
        all.sort_by_key(Value::to_string);
        all
    }
}

impl Drop for Kubectl {
    fn drop(&mut self) {
        // One that is gone already is as good as one that is removed.
        let _gone = std::fs::remove_file(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_applied_object_by_object_and_a_second_apply_changes_nothing() {
    everywhere(QUOTA, async |scene| {
        let cluster = cluster(&scene, "k8s").await;
        let first = apply(&scene, &cluster, SHOP).await.unwrap();
        let expected = |result| {
            [
                ("Widget gear", result),
                ("Deployment broken", Became::Failed),
                ("Deployment web", result),
                ("Secret password", result),
                ("CustomResourceDefinition widgets.example.com", result),
                ("Namespace shop", result),
            ]
            .map(|(name, result)| (name.to_owned(), result))
        };
        assert_eq!(told(&first), expected(Became::Created), "{first:?}");
        let words = "Deployment.apps \"broken\" is invalid: spec.selector: Required value";
        assert_eq!(first[1].message.as_deref(), Some(words));
        assert_eq!((first[0].namespace.as_deref(), first[5].namespace.as_deref()), (Some("shop"), None));
        let second = apply(&scene, &cluster, SHOP).await.unwrap();
        assert_eq!(told(&second), expected(Became::Unchanged), "{second:?}");
        let third = apply(&scene, &cluster, &SHOP.replace("replicas: 2", "replicas: 4")).await.unwrap();
        assert_eq!(third[2].result, Became::Configured);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_makes_the_same_objects_with_our_kubeconfig() {
    everywhere(QUOTA, async |scene| {
        let (ours, theirs) = (cluster(&scene, "ours").await, cluster(&scene, "theirs").await);
        apply(&scene, &ours, SHOP).await.unwrap();
        let ours = Kubectl::new(&kubeconfig(&scene, &ours).await.unwrap());
        let theirs = Kubectl::new(&kubeconfig(&scene, &theirs).await.unwrap());
        let arguments = ["apply", "--server-side", "--validate=false", "-f", "-"];
        // It has no order of its own: what needs what stands below is applied at a later attempt.
        for _ in 0..3 {
            theirs.run(&arguments, SHOP).await;
        }
        let (fine, said) = theirs.run(&arguments, SHOP).await;
        assert!(!fine && said.contains("spec.selector: Required value"), "{said}");
        for applied in ["widget.example.com/gear serverside-applied", "deployment.apps/web serverside-applied"] {
            assert!(said.contains(applied), "{said}");
        }
        assert_eq!(ours.objects().await, theirs.objects().await);
        // And it may go on with what we made.
        let (fine, said) = ours.run(&arguments, &SHOP.replace("size: 3", "size: 4")).await;
        assert!(!fine && said.contains("Apply failed with 1 conflict: conflict with \"atonix\""), "{said}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_others_are_taken_over_only_when_asked_for() {
    everywhere(QUOTA, async |scene| {
        let cluster = cluster(&scene, "k8s").await;
        let kubectl = Kubectl::new(&kubeconfig(&scene, &cluster).await.unwrap());
        let map = |value: &str| {
            let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n";
            format!("{head}data: {{a: '{value}'}}\n")
        };
        let (fine, said) = kubectl.run(&["apply", "--server-side", "--validate=false", "-f", "-"], &map("1")).await;
        assert!(fine, "{said}");
        let refused = apply(&scene, &cluster, &map("2")).await.unwrap();
        let words = "Apply failed with 1 conflict: conflict with \"kubectl\" using v1: .data.a";
        assert_eq!((refused[0].result, refused[0].message.as_deref()), (Became::Failed, Some(words)));
        let forced = json!({"manifest": map("2"), "force": true});
        let forced = scene.act(&cluster, "apply_manifest", forced).await.unwrap().output.unwrap();
        assert!(forced.contains("\"configured\""), "{forced}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_what_stands_in_a_manifest_are_kept_nowhere() {
    everywhere(QUOTA, async |scene| {
        let cluster = cluster(&scene, "k8s").await;
        apply(&scene, &cluster, SHOP).await.unwrap();
        kubeconfig(&scene, &cluster).await.unwrap();
        let everything = format!("{:?}", dump(&scene.world.db).await);
        for secret in ["hunter2", "aHVudGVyMg", "PRIVATE KEY", "client-key-data", "nginx:1.27"] {
            assert!(!everything.contains(secret), "{secret} is in the database");
        }
        let events = events(&scene).await;
        let of = |action: &str| -> Vec<&AuditEvent> { events.iter().filter(|one| one.action == action).collect() };
        assert_eq!(of("cluster.kubeconfig").len(), 2, "asked for, and given");
        let applied = of("cluster.apply_manifest");
        let object = json!({"kind": "Secret", "namespace": "shop", "name": "password", "result": "created"});
        let all = |event: &AuditEvent| event.detail["objects"].as_array().cloned().unwrap_or_default();
        assert!(applied.iter().any(|event| all(event).contains(&object)), "{applied:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kubeconfig_is_delivered_once_under_a_key_and_an_attempt_that_failed_spends_none() {
    everywhere(QUOTA, async |scene| {
        let cluster = cluster(&scene, "k8s").await;
        let ask = async || {
            let (portal, id) = (&scene.world.portal, cluster.id.as_str());
            let input = SpecInput::Json(serde_json::Map::new());
            portal.act(&scene.operator, &scene.place, "cluster", id, "kubeconfig", input, Some("key-1")).await
        };
        let fault = Fault {
            path: Some("/v1/certificates".to_owned()),
            count: Some(1),
            effect: Effect::InternalError,
            ..Fault::default()
        };
        scene.cloud.add(fault);
        assert!(matches!(ask().await, Err(Error::Upstream { .. })));
        assert!(ask().await.unwrap().output.unwrap().contains("client-key-data"));
        assert_eq!(ask().await.unwrap_err(), Error::AlreadyDelivered);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_cannot_be_read_is_refused_at_its_field_and_nothing_is_asked() {
    everywhere(QUOTA, async |scene| {
        let cluster = cluster(&scene, "k8s").await;
        for manifest in ["a: [", "kind: Pod", "---\n"] {
            let refused = apply(&scene, &cluster, manifest).await.unwrap_err();
            assert!(refused.fields().contains_key("manifest"), "{refused:?}");
        }
        assert!(scene.posts("/certificates").is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_the_cluster_lacks_is_told_of_its_object_alone() {
    everywhere(QUOTA, async |scene| {
        let cluster = cluster(&scene, "k8s").await;
        let manifest = "{apiVersion: none.example/v1, kind: Thing, metadata: {name: a}}\n---\n\
                        {apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n\
                        {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n";
        let applied = apply(&scene, &cluster, manifest).await.unwrap();
        let message = |at: usize| applied[at].message.as_deref().unwrap_or_default();
        assert_eq!(message(0), "no matches for kind \"Thing\" in version \"none.example/v1\"");
        assert_eq!(message(1), "no matches for kind \"Pod\" in version \"v1\"");
        assert_eq!((applied[2].result, applied[2].namespace.as_deref()), (Became::Created, Some("default")));
    })
    .await;
}

/// Answers every connection with these bytes, or never when there are none.
async fn listener(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            if !answer.is_empty() {
                let mut asked = [0; 1024];
                let _read = stream.read(&mut asked).await;
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            open.push(stream);
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_cannot_be_trusted_or_reached_is_told_clearly() {
    everywhere(QUOTA, async |scene| {
        let (one, other) = (cluster(&scene, "one").await, cluster(&scene, "other").await);
        let others = other.metadata["api_address"].as_str().unwrap().to_owned();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let silent = listener("").await;
        let cases = [
            ("https://169.254.169.254".to_owned(), 409, "an address that is never called from here"),
            ("http://127.0.0.1:1".to_owned(), 409, "no https address"),
            (others, 409, "does not prove to be the cluster's"),
            (listener("HTTP/1.1 200 OK\r\n\r\n").await, 409, "does not prove to be the cluster's"),
            (format!("https://{closed}"), 503, "is not reachable"),
            (silent, 503, "is not reachable"),
            ("https://api.invalid:6443".to_owned(), 503, "api.invalid is not reachable"),
        ];
        for (address, status, why) in cases {
            let effect = Effect::ApiAddress { address: address.clone() };
            let path = Some("/v1/clusters".to_owned());
            let fault = scene.cloud.add(Fault { path, effect, ..Fault::default() });
            let refused = apply(&scene, &one, SHOP).await.unwrap_err();
            assert!(refused.status() == status && refused.detail().contains(why), "{address}: {refused}");
            assert!(scene.cloud.remove(fault));
        }
        assert_eq!(told(&apply(&scene, &one, SHOP).await.unwrap())[5].1, Became::Created, "nothing was applied before");
    })
    .await;
}
