//! The stand-in for the API servers of clusters, and the certificates by which it is reached.

use rcgen::{CertificateParams, KeyPair};
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};

use crate::support::{Cloud, Folder, Session, instant, start};

/// Somebody with a certificate for a cluster.
struct Kube {
    client: Client,
    address: String,
    cluster: String,
}

async fn new_cluster(session: &Session) -> String {
    let body = json!({"name": "main", "cluster_template_id": "k8s-small"});
    let (status, made) = session.post("container-infra", "/clusters", body).await;
    assert_eq!(status, 202, "{made}");
    made["uuid"].as_str().unwrap().to_owned()
}

async fn sign(session: &Session, cluster: &str, key: &KeyPair) -> String {
    let csr = CertificateParams::default().serialize_request(key).unwrap().pem().unwrap();
    let body = json!({"cluster_uuid": cluster, "csr": csr});
    let (status, signed) = session.post("container-infra", "/certificates", body).await;
    assert_eq!((status, &signed["cluster_uuid"]), (201, &json!(cluster)), "{signed}");
    signed["pem"].as_str().unwrap().to_owned()
}

impl Kube {
    async fn of(session: &Session, cluster: &str) -> Self {
        let (_, shown) = session.get("container-infra", &format!("/clusters/{cluster}")).await;
        let (status, ca) = session.get("container-infra", &format!("/certificates/{cluster}")).await;
        assert_eq!(status, 200, "{ca}");
        let key = KeyPair::generate().unwrap();
        let identity = format!("{}{}", sign(session, cluster, &key).await, key.serialize_pem());
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(ca["pem"].as_str().unwrap().as_bytes()).unwrap()])
            .identity(Identity::from_pem(identity.as_bytes()).unwrap())
            .build()
            .unwrap();
        Self { client, address: shown["api_address"].as_str().unwrap().to_owned(), cluster: cluster.to_owned() }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.address)).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn apply_as(&self, manager: &str, path: &str, object: Value) -> (u16, Value) {
        let asked = self.client.patch(format!("{}{path}", self.address)).query(&[("fieldManager", manager)]);
        let asked = asked.header("content-type", "application/apply-patch+yaml").body(object.to_string());
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn apply(&self, path: &str, object: Value) -> (u16, Value) {
        self.apply_as("tests", path, object).await
    }
}

async fn one() -> (Cloud, Kube) {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let cluster = new_cluster(&session).await;
    let kube = Kube::of(&session, &cluster).await;
    (cloud, kube)
}

fn config_map(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data})
}

const MAP: &str = "/api/v1/namespaces/default/configmaps/a";
const WEB: &str = "/apis/apps/v1/namespaces/default/deployments/web";

fn deployment(replicas: i64) -> Value {
    let template =
        json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a", "image": "b"}]}});
    let spec = json!({"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
}

#[tokio::test]
async fn only_a_certificate_of_its_own_authority_opens_an_api_server() {
    let (cloud, kube) = one().await;
    assert_eq!(kube.get("/api").await.1["versions"], json!(["v1"]));
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let other = Kube::of(&session, &new_cluster(&session).await).await;
    assert_ne!(other.address, kube.address);
    // Neither is the server believed, nor would it believe.
    assert!(other.client.get(format!("{}/api", kube.address)).send().await.is_err());
    let (_, ca) = session.get("container-infra", &format!("/certificates/{}", kube.cluster)).await;
    let ca = Certificate::from_pem(ca["pem"].as_str().unwrap().as_bytes()).unwrap();
    let nobody = Client::builder().tls_certs_only([ca]).build().unwrap();
    assert!(nobody.get(format!("{}/api", kube.address)).send().await.is_err());
}

#[tokio::test]
async fn magnum_refuses_what_is_no_request_for_a_certificate() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let cluster = new_cluster(&session).await;
    for (body, expected) in [
        (json!({"cluster_uuid": cluster, "csr": "nonsense"}), 400),
        (json!({"cluster_uuid": cluster}), 400),
        (json!({"cluster_uuid": "none-such", "csr": "nonsense"}), 404),
    ] {
        assert_eq!(session.post("container-infra", "/certificates", body).await.0, expected);
    }
    let stranger = cloud.sign_in("atonix-service", "payments-dev").await;
    assert_eq!(stranger.get("container-infra", &format!("/certificates/{cluster}")).await.0, 404);
}

#[tokio::test]
async fn a_second_apply_changes_nothing() {
    let (_cloud, kube) = one().await;
    let (created, first) = kube.apply(WEB, deployment(2)).await;
    let (unchanged, second) = kube.apply(WEB, deployment(2)).await;
    assert_eq!((created, unchanged), (201, 200));
    assert_eq!(first, second);
    let (_, third) = kube.apply(WEB, deployment(3)).await;
    assert_ne!(third["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
    assert_eq!((&third["metadata"]["generation"], &third["spec"]["replicas"]), (&json!(2), &json!(3)));
    assert_eq!(kube.get(WEB).await.1, third);
    assert_eq!(kube.get("/apis/apps/v1/deployments").await.1["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_its_manager_no_longer_names_goes_and_what_others_own_stays() {
    let (_cloud, kube) = one().await;
    kube.apply(MAP, config_map(json!({"a": "1", "b": "2"}))).await;
    kube.apply_as("other", MAP, config_map(json!({"c": "3"}))).await;
    let (_, left) = kube.apply(MAP, config_map(json!({"a": "1"}))).await;
    assert_eq!(left["data"], json!({"a": "1", "c": "3"}));
}

#[tokio::test]
async fn what_another_manager_owns_conflicts_until_it_is_taken() {
    let (_cloud, kube) = one().await;
    kube.apply(WEB, deployment(2)).await;
    let (status, refused) = kube.apply_as("other", WEB, deployment(5)).await;
    assert_eq!((status, &refused["reason"]), (409, &json!("Conflict")));
    let said = "Apply failed with 1 conflict: conflict with \"tests\" using apps/v1: .spec.replicas";
    assert_eq!(refused["message"], said);
    let (status, taken) = kube.apply_as("other", &format!("{WEB}?force=true"), deployment(5)).await;
    assert_eq!((status, &taken["spec"]["replicas"]), (200, &json!(5)));
    assert_eq!(kube.apply(WEB, deployment(2)).await.0, 409);
}

#[tokio::test]
async fn it_refuses_in_the_words_of_an_api_server() {
    let (_cloud, kube) = one().await;
    let mut without = deployment(1);
    without["spec"].as_object_mut().unwrap().remove("selector");
    let mut nowhere = config_map(json!({}));
    nowhere["metadata"]["namespace"] = json!("none-such");
    for (path, object, code, message) in [
        (WEB, without, 422, "Deployment.apps \"web\" is invalid: spec.selector: Required value"),
        ("/api/v1/namespaces/none-such/configmaps/a", nowhere, 404, "namespaces \"none-such\" not found"),
        (
            "/apis/example.com/v1/namespaces/default/widgets/a",
            json!({"apiVersion": "example.com/v1", "kind": "Widget"}),
            404,
            "the server could not find the requested resource",
        ),
        (
            "/api/v1/namespaces/default/configmaps/b",
            config_map(json!({})),
            400,
            "the name of the object (a) does not match the name on the URL (b)",
        ),
    ] {
        let (status, refused) = kube.apply(path, object).await;
        assert_eq!(
            (status, &refused["message"], &refused["kind"]),
            (code, &json!(message), &json!("Status")),
            "{path}"
        );
    }
    assert_eq!(kube.get(WEB).await.1["message"], "deployments.apps \"web\" not found");
}

fn definition(plural: &str) -> Value {
    let schema = json!({"type": "object", "properties": {"spec": {"type": "object", "required": ["size"],
        "properties": {"size": {"type": "integer", "minimum": 1}}}}});
    let version = json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}});
    let names = json!({"plural": plural, "kind": "Widget"});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.example.com")},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    })
}

async fn condition(kube: &Kube, plural: &str, kind: &str) -> String {
    let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.example.com");
    loop {
        let (_, shown) = kube.get(&path).await;
        let all = shown["status"]["conditions"].as_array().cloned().unwrap_or_default();
        if let Some(one) = all.iter().find(|one| one["type"] == kind) {
            return one["status"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_custom_resource_is_served_and_checked_once_its_definition_is_established() {
    let (_cloud, kube) = one().await;
    let at = |plural: &str| format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.example.com");
    assert_eq!(kube.get("/apis/example.com/v1").await.0, 404);
    assert_eq!(kube.apply(&at("widgets"), definition("widgets")).await.0, 201);
    assert_eq!(condition(&kube, "widgets", "Established").await, "True");
    assert_eq!(kube.get("/apis/example.com/v1").await.1["resources"][0]["kind"], "Widget");
    let widget = |size: Value| json!({"apiVersion": "example.com/v1", "kind": "Widget", "spec": {"size": size}});
    let path = "/apis/example.com/v1/namespaces/default/widgets/w";
    assert_eq!(kube.apply(path, widget(json!(3))).await.0, 201);
    let (status, refused) = kube.apply(path, widget(json!("x"))).await;
    let said = "Widget.example.com \"w\" is invalid: spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"";
    assert_eq!((status, &refused["message"]), (422, &json!(said)));
    // Applied once more it stays established; another with the same kind is not.
    let (_, before) = kube.get(&at("widgets")).await;
    assert_eq!(kube.apply(&at("widgets"), definition("widgets")).await.1, before);
    kube.apply(&at("gadgets"), definition("gadgets")).await;
    assert_eq!(condition(&kube, "gadgets", "NamesAccepted").await, "False");
}

#[tokio::test]
async fn an_api_server_is_where_it_was_after_a_restart_and_goes_with_its_cluster() {
    let folder = Folder::new("kubernetes");
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let cluster = new_cluster(&session).await;
    let kube = Kube::of(&session, &cluster).await;
    kube.apply(MAP, config_map(json!({"a": "1"}))).await;
    cloud.simulator.shutdown().await.unwrap();

    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    // The certificate from before is still one of its authority.
    let address = Kube::of(&session, &cluster).await.address;
    let again = Kube { address, ..kube };
    assert_eq!(again.get(MAP).await.1["data"]["a"], "1");
    session.delete("container-infra", &format!("/clusters/{cluster}")).await;
    let answer = again.client.get(format!("{}/api", again.address)).send().await.unwrap();
    assert_eq!(answer.status(), 503);
}
