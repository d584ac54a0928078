//! Cyborg.

use reqwest::Method;
use serde_json::json;

use crate::replay::{Tape, quick};
use crate::support::{instant, start};

const KIND: &str = "accelerator";
/// Of the recording: the device, what can be handed out of it, its provider, and the member's project.
const DEVICE: &str = "20b9bf95-16d3-5e6f-b524-63c0eeabde2f";
const PROJECT: &str = "7e8319b397ef5023b914b756978a6485";

#[tokio::test]
async fn devices_profiles_and_requests_answer_as_they_were_recorded() {
    let cloud = start(quick()).await;
    let member = cloud.sign_in("atonix-service", "devops-dev").await;
    let mut devices = Tape::new(&member, "cyborg_device");
    let (_, found) = member.get(KIND, "/devices").await;
    devices.know(DEVICE, found["devices"][0]["uuid"].as_str().unwrap());
    devices.follow(&["list", "list_by_type", "list_page", "get", "get_missing", "list_deployables"]).await;

    let administrator = cloud.sign_in("atonix-admin", "admin").await;
    let mut profiles = devices.in_folder("cyborg_device_profile").signed_in(&administrator);
    profiles.follow(&["create", "create_twice", "create_bad_name", "create_bad_group", "create_no_groups"]).await;
    profiles.follow(&["get", "get_missing", "list", "list_by_name"]).await;
    let mut seen = profiles.signed_in(&member);
    seen.follow(&["create_as_member", "list_as_member"]).await;

    let mut requests = devices.in_folder("cyborg_arq");
    requests.know(PROJECT, &member.project());
    requests.follow(&["create", "create_missing_profile", "create_no_profile", "list", "get", "get_missing"]).await;
    requests.follow(&["delete", "delete_missing"]).await;
    profiles.follow(&["delete", "delete_missing"]).await;
}

#[tokio::test]
async fn a_request_is_made_of_each_accelerator_that_a_profile_asks_for_and_is_the_projects_own() {
    let cloud = start(instant()).await;
    let administrator = cloud.sign_in("atonix-admin", "admin").await;
    let profile = json!([{"name": "three", "groups": [{"resources:FPGA": "2"}, {"resources:GPU": "1"}]}]);
    let (status, answer) = administrator.post(KIND, "/device_profiles", profile).await;
    assert_eq!(status, 201, "{answer}");
    let member = cloud.sign_in("atonix-service", "devops-dev").await;
    let (status, made) = member.post(KIND, "/accelerator_requests", json!({"device_profile_name": "three"})).await;
    assert_eq!((status, made["arqs"].as_array().unwrap().len()), (201, 3), "{made}");
    let stranger = cloud.sign_in("atonix-service", "payments-dev").await;
    assert_eq!(stranger.get(KIND, "/accelerator_requests").await.1["arqs"], json!([]));
    let path = format!("/accelerator_requests?arqs={}", made["arqs"][0]["uuid"].as_str().unwrap());
    assert_eq!(stranger.send(Method::DELETE, KIND, &path, None).await.0, 404);
    assert_eq!(member.send(Method::DELETE, KIND, &path, None).await.0, 204);
}
