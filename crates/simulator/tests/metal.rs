//! Ironic.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Effect, Fault};

use crate::replay::{Tape, quick};
use crate::support::{Cloud, Session, frozen, instant, start};

const KIND: &str = "baremetal";
/// The project of the recording.
const PROJECT: &str = "3216991aa9fd5f439f257f271bf19298";

async fn administrator(cloud: &Cloud) -> Session {
    cloud.sign_in("atonix-admin", "admin").await
}

async fn new_node(session: &Session, name: &str) -> String {
    let body = json!({"name": name, "driver": "fake-hardware"});
    let (status, node) = session.post(KIND, "/v1/nodes", body).await;
    assert_eq!(status, 201, "{node}");
    format!("/v1/nodes/{}", node["uuid"].as_str().unwrap())
}

async fn told(session: &Session, node: &str, what: &str, target: &str) -> u16 {
    session.put(KIND, &format!("{node}/states/{what}"), json!({ "target": target })).await.0
}

fn sentence(answer: &Value) -> String {
    let inside: Value = serde_json::from_str(answer["error_message"].as_str().unwrap()).unwrap();
    inside["faultstring"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn nodes_and_ports_answer_as_they_were_recorded() {
    let cloud = start(quick()).await;
    let member = cloud.sign_in("atonix-service", "devops-dev").await;
    let mut seen = Tape::new(&member, "ironic_node");
    seen.follow(&["list_as_member", "create_as_member"]).await;
    let session = administrator(&cloud).await;
    let mut nodes = seen.signed_in(&session);
    nodes.know(PROJECT, &session.project());
    nodes.follow(&["create", "create_twice", "create_bad_driver", "create_bad_name", "create_bad_field"]).await;
    nodes.follow(&["get_enrolled", "deploy_enrolled", "provision_unknown", "manage", "provide", "get"]).await;
    nodes.follow(&["get_by_name", "get_missing", "list", "list_page", "list_of_project", "list_of_owner"]).await;
    nodes.follow(&["list_states", "power_on", "power_off", "reboot", "power_unknown"]).await;
    let mut ports = nodes.in_folder("ironic_port");
    ports.follow(&["create", "create_twice", "create_bad_address", "create_missing_node", "get", "get_missing"]).await;
    ports.follow(&["list", "list_of_node", "delete", "delete_missing"]).await;
    nodes.follow(&["set_image", "deploy", "get_active", "delete_active", "undeploy"]).await;
    nodes.follow(&["set_maintenance", "clear_maintenance", "delete", "delete_missing"]).await;
}

#[tokio::test]
async fn a_node_that_changes_is_locked_until_it_is_done() {
    let cloud = start(frozen()).await;
    let session = administrator(&cloud).await;
    let node = new_node(&session, "metal").await;
    assert_eq!(told(&session, &node, "provision", "manage").await, 202);
    let (_, shown) = session.get(KIND, &node).await;
    assert_eq!(
        (&shown["provision_state"], &shown["target_provision_state"]),
        (&json!("verifying"), &json!("manageable"))
    );
    for (method, path, body) in [
        (Method::PUT, format!("{node}/states/power"), Some(json!({"target": "power on"}))),
        (Method::PUT, format!("{node}/states/provision"), Some(json!({"target": "provide"}))),
        (Method::DELETE, node.clone(), None),
    ] {
        let (status, answer) = session.send(method, KIND, &path, body).await;
        assert_eq!(status, 409, "{path}");
        assert!(sentence(&answer).contains("is locked by host"), "{answer}");
    }
}

#[tokio::test]
async fn a_deployment_that_fails_says_why_and_can_be_undone() {
    let cloud = start(instant()).await;
    let session = administrator(&cloud).await;
    let node = new_node(&session, "metal").await;
    assert_eq!(told(&session, &node, "provision", "manage").await, 202);
    assert_eq!(told(&session, &node, "provision", "provide").await, 202);
    let fault = Effect::FailedBuild { message: Some("No lights".to_owned()) };
    cloud.simulator.knobs().add(Fault { service: Some(KIND.to_owned()), effect: fault, ..Fault::default() });
    assert_eq!(told(&session, &node, "provision", "active").await, 202);
    let (_, shown) = session.get(KIND, &node).await;
    assert_eq!((&shown["provision_state"], &shown["last_error"]), (&json!("deploy failed"), &json!("No lights")));
    assert_eq!(session.delete(KIND, &node).await.0, 409);
}

#[tokio::test]
async fn what_the_hardware_cannot_do_and_what_is_in_maintenance_is_refused() {
    let cloud = start(instant()).await;
    let session = administrator(&cloud).await;
    let node = new_node(&session, "metal").await;
    assert_eq!(told(&session, &node, "provision", "manage").await, 202);
    let (status, answer) = session.put(KIND, &format!("{node}/states/provision"), json!({"target": "inspect"})).await;
    assert_eq!((status, sentence(&answer).contains("does not support inspect")), (400, true), "{answer}");
    assert_eq!(told(&session, &node, "provision", "provide").await, 202);
    assert_eq!(session.put(KIND, &format!("{node}/maintenance"), json!({"reason": "dust"})).await.0, 202);
    assert_eq!(told(&session, &node, "provision", "active").await, 400);
    assert_eq!(session.delete(KIND, &node).await.0, 204);
}
