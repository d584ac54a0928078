//! Zun.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Config, Effect, Fault, Quotas};

use crate::replay::{Tape, quick};
use crate::support::{Session, frozen, instant, start};

/// The network of the recording, and what its container is called there.
const NETWORK: &str = "a538ab61-675f-55b1-83b1-d7ee751b0e0c";

async fn new_container(session: &Session, name: &str, query: &str) -> String {
    let body = json!({"name": name, "image": "nginx"});
    let (status, body) = session.post("container", &format!("/containers{query}"), body).await;
    assert_eq!(status, 202, "{body}");
    format!("/containers/{}", body["uuid"].as_str().unwrap())
}

fn sentence(answer: &Value) -> &str {
    answer["errors"][0]["detail"].as_str().unwrap()
}

#[tokio::test]
async fn containers_answer_as_they_were_recorded() {
    let cloud = start(quick()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let mut tape = Tape::new(&session, "zun_container");
    tape.know(NETWORK, &session.id("network", "/networks", "networks", "private").await);
    tape.follow(&["create", "create_bad_name", "create_bad_cpu", "create_bad_memory", "create_too_much_memory"]).await;
    tape.follow(&["create_no_image", "create_missing_network", "get_created", "create_and_start"]).await;
    tape.follow(&["stop_created", "start", "start_running", "get", "get_missing", "list", "list_page"]).await;
    tape.follow(&["list_by_label", "logs", "execute", "pause", "unpause", "reboot", "delete_running"]).await;
    tape.follow(&["delete_with_force", "stop", "execute_stopped", "get_stopped", "update", "delete_after_stop"]).await;
    tape.follow(&["delete", "delete_missing", "start_missing"]).await;
}

#[tokio::test]
async fn capsules_answer_as_they_were_recorded() {
    let cloud = start(quick()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let mut tape = Tape::new(&session, "zun_capsule");
    tape.follow(&["create", "create_bad_kind", "get", "get_missing", "list", "delete", "delete_missing"]).await;
    let template = json!({"kind": "capsule", "metadata": {"name": "empty"}, "spec": {"containers": []}});
    let (status, answer) = session.post("container", "/capsules/", json!({"template": template})).await;
    assert_eq!((status, &answer["errors"][0]["title"]), (500, &json!("Internal Server Error")));
    assert!(sentence(&answer).starts_with("Your request could not be handled because of a problem in the server."));
}

#[tokio::test]
async fn a_container_is_being_created_for_a_while_and_cannot_be_deleted_meanwhile() {
    let cloud = start(frozen()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let path = new_container(&session, "web", "?run=true").await;
    let (_, shown) = session.get("container", &path).await;
    assert_eq!((&shown["status"], &shown["task_state"]), (&json!("Creating"), &json!("container_creating")));
    let (status, answer) = session.delete("container", &path).await;
    assert_eq!(status, 409);
    assert!(sentence(&answer).ends_with("in Creating state"), "{answer}");
}

#[tokio::test]
async fn containers_are_the_projects_own_and_only_in_the_first_region() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let path = new_container(&session, "web", "").await;
    let other = cloud.sign_in("atonix-service", "payments-dev").await;
    assert_eq!(other.get("container", &path).await.0, 404);
    assert_eq!(other.get("container", "/containers").await.1["containers"], json!([]));
    let elsewhere = session.endpoint("container").replace("RegionOne", "RegionTwo");
    let response = session.http.get(format!("{elsewhere}/containers")).header("x-auth-token", &session.token);
    assert_eq!(response.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn pages_of_containers_end_with_a_link_below_every_full_one() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    for name in ["first", "second", "third"] {
        new_container(&session, name, "").await;
    }
    let (mut url, mut names) = (Some(format!("{}/containers?limit=2", session.endpoint("container"))), Vec::new());
    while let Some(page) = url {
        let response = session.http.get(page).header("x-auth-token", &session.token).send().await.unwrap();
        let body: Value = response.json().await.unwrap();
        names.extend(body["containers"].as_array().unwrap().iter().map(|one| one["name"].clone()));
        url = body["next"].as_str().map(str::to_owned);
    }
    assert_eq!(names, ["first", "second", "third"]);
    let (status, answer) = session.get("container", "/containers?limit=0").await;
    assert_eq!((status, sentence(&answer)), (400, "Limit must be positive integer"));
}

#[tokio::test]
async fn a_project_has_no_more_containers_than_its_quota() {
    let cloud = start(Config { quotas: Quotas { containers: 1, ..Quotas::default() }, ..instant() }).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    new_container(&session, "web", "").await;
    let (status, answer) = session.post("container", "/containers", json!({"image": "nginx"})).await;
    assert_eq!((status, sentence(&answer)), (403, "Quota exceeded for resources: ['containers']"));
}

#[tokio::test]
async fn faults_of_containers_are_in_zuns_own_shape() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let fault = |effect| Fault { service: Some("container".to_owned()), count: Some(1), effect, ..Fault::default() };
    cloud.simulator.knobs().add(fault(Effect::InternalError));
    let (status, answer) = session.get("container", "/containers").await;
    assert_eq!((status, &answer["errors"][0]["title"]), (500, &json!("Internal Server Error")));
    cloud.simulator.knobs().add(fault(Effect::LostAnswer));
    let body = json!({"name": "web", "image": "nginx"});
    assert!(session.request(Method::POST, "container", "/containers").json(&body).send().await.is_err());
    assert_eq!(session.get("container", "/containers/web").await.1["status"], "Created");
    cloud.simulator.knobs().add(fault(Effect::FailedBuild { message: Some("no room".to_owned()) }));
    let path = new_container(&session, "second", "?run=true").await;
    let (_, shown) = session.get("container", &path).await;
    assert_eq!((&shown["status"], &shown["status_reason"]), (&json!("Error"), &json!("no room")));
}
