//! Cinder and Glance.

use serde_json::json;
use simulator::{Config, Quotas};

use crate::support::{frozen, instant, start};

#[tokio::test]
async fn a_volume_is_made_of_the_default_type_and_is_gone_after_its_deletion() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = json!({"volume": {"name": "data", "size": 3, "metadata": {"key": "value"}}});
    let (status, made) = session.post("block-storage", "/volumes", body).await;
    assert_eq!(
        (status, &made["volume"]["status"], &made["volume"]["volume_type"]),
        (202, &json!("creating"), &json!("standard"))
    );
    let path = format!("/volumes/{}", made["volume"]["id"].as_str().unwrap());
    let (_, shown) = session.get("volumev3", &path).await;
    assert_eq!(
        (&shown["volume"]["status"], &shown["volume"]["metadata"]["key"]),
        (&json!("available"), &json!("value"))
    );
    assert_eq!(session.delete("block-storage", &path).await.0, 202);
    assert_eq!(session.get("block-storage", &path).await.0, 404);
}

#[tokio::test]
async fn a_volume_that_is_being_made_cannot_be_deleted() {
    let cloud = start(frozen()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let id = session.new_volume("data", 1).await;
    let (status, body) = session.delete("block-storage", &format!("/volumes/{id}")).await;
    assert_eq!(status, 400);
    assert!(
        body["badRequest"]["message"].as_str().unwrap().starts_with("Invalid volume: Volume status must be available")
    );
}

#[tokio::test]
async fn more_than_the_clouds_own_quota_is_413() {
    let config = Config { quotas: Quotas { gigabytes: 10, ..Quotas::default() }, ..instant() };
    let cloud = start(config).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    session.new_volume("one", 8).await;
    let (status, body) = session.post("block-storage", "/volumes", json!({"volume": {"size": 3}})).await;
    let message = "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 3G, quota is 10G and 8G has been consumed.";
    assert_eq!((status, &body["overLimit"]["message"]), (413, &json!(message)));
}

#[tokio::test]
async fn sizes_are_refused_in_cinders_words() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let cases = [
        (json!(0), "Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1"),
        (json!(-1), "Invalid input for field/attribute size. Value: -1. -1 is less than the minimum of 1"),
        (json!("x"), "Invalid input for field/attribute size. Value: x. 'x' does not match '^[0-9]+$'"),
    ];
    for (size, message) in cases {
        let (status, body) = session.post("block-storage", "/volumes", json!({"volume": {"size": size}})).await;
        assert_eq!((status, &body["badRequest"]["message"]), (400, &json!(message)));
    }
}

#[tokio::test]
async fn a_volume_with_a_snapshot_stays_and_can_grow() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let id = session.new_volume("data", 1).await;
    let path = format!("/volumes/{id}");
    let action = format!("{path}/action");
    assert_eq!(session.post("block-storage", &action, json!({"os-extend": {"new_size": 2}})).await.0, 202);
    assert_eq!(session.get("block-storage", &path).await.1["volume"]["size"], 2);
    let (status, made) = session.post("block-storage", "/snapshots", json!({"snapshot": {"volume_id": id}})).await;
    assert_eq!((status, &made["snapshot"]["size"]), (202, &json!(2)));
    assert_eq!(session.delete("block-storage", &path).await.0, 400);
    let snapshot = format!("/snapshots/{}", made["snapshot"]["id"].as_str().unwrap());
    assert_eq!(session.delete("block-storage", &snapshot).await.0, 202);
    assert_eq!(session.delete("block-storage", &path).await.0, 202);
}

#[tokio::test]
async fn images_are_paged_by_a_marker_in_a_link_without_a_host() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let (_, first) = session.get("image", "/images?limit=3&sort=name:asc").await;
    assert_eq!(first["images"][0]["name"], "cirros-0.6");
    let next = first["next"].as_str().unwrap();
    let (_, second) = session.get("image", next.strip_prefix("/v2").unwrap()).await;
    assert_eq!(second["images"][0]["os_distro"], "ubuntu");
    assert!(second.get("next").is_none());
    let (status, body) = session.get("image", "/images/zz").await;
    assert_eq!(status, 404);
    assert!(body.as_str().unwrap().contains("No image found with ID zz"));
}
