//! Magnum.

use serde_json::json;

use crate::support::{frozen, instant, start};

#[tokio::test]
async fn a_cluster_is_built_from_the_public_template() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let template = session.id("container-infra", "/clustertemplates", "clustertemplates", "k8s-small").await;
    let body = json!({"name": "main", "cluster_template_id": template, "node_count": 2});
    let (status, made) = session.post("container-infra", "/clusters", body).await;
    assert_eq!(status, 202, "{made}");
    let path = format!("/clusters/{}", made["uuid"].as_str().unwrap());
    let (_, shown) = session.get("container-infra", &path).await;
    assert_eq!(shown["status"], "CREATE_COMPLETE");
    assert_eq!(shown["node_addresses"].as_array().unwrap().len(), 2);
    assert_eq!(session.delete("container-infra", &path).await.0, 204);
    assert_eq!(session.get("container-infra", &path).await.0, 404);
}

#[tokio::test]
async fn a_cluster_is_not_there_yet_when_it_was_just_asked_for() {
    let cloud = start(frozen()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = json!({"name": "main", "cluster_template_id": "k8s-small"});
    let (_, made) = session.post("container-infra", "/clusters", body).await;
    let (status, _) = session.get("container-infra", &format!("/clusters/{}", made["uuid"].as_str().unwrap())).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn magnum_refuses_in_its_own_words() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let cases = [
        (
            json!({"name": "x"}),
            400,
            "Invalid input for field/attribute cluster_template_id. Value: 'None'. Mandatory field missing.",
        ),
        (json!({"name": "x", "cluster_template_id": "zz"}), 400, "ClusterTemplate zz could not be found."),
        (
            json!({"name": "-x", "cluster_template_id": "k8s-small"}),
            400,
            "Invalid input for field/attribute name. Value: '-x'. Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$",
        ),
        (
            json!({"name": "x", "cluster_template_id": "k8s-small", "node_count": -1}),
            400,
            "Invalid input for field/attribute node_count. Value: '-1'. Value should be greater or equal to 0",
        ),
        (json!({"name": "x", "cluster_template_id": "k8s-small", "keypair": "zz"}), 404, "Unable to find keypair zz."),
        (
            json!({"name": "x", "cluster_template_id": "k8s-small", "foo": 1}),
            400,
            "Unknown attribute for argument cluster: foo",
        ),
    ];
    for (body, expected, detail) in cases {
        let (status, answer) = session.post("container-infra", "/clusters", body).await;
        assert_eq!((status, &answer["errors"][0]["detail"]), (expected, &json!(detail)));
    }
}
