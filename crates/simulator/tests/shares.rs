//! Manila.

use serde_json::json;
use simulator::{Config, Effect, Fault, Quotas};

use crate::recorded::{Replay, swift};
use crate::support::{Cloud, Session, frozen, instant, start};

const KIND: &str = "shared-file-system";

async fn new_share(session: &Session, name: &str) -> String {
    let body = json!({"share": {"name": name, "size": 1, "share_proto": "NFS"}});
    let (status, made) = session.post(KIND, "/shares", body).await;
    assert_eq!(status, 200, "{made}");
    made["share"]["id"].as_str().unwrap().to_owned()
}

async fn member(cloud: &Cloud) -> Session {
    cloud.sign_in("atonix-service", "devops-dev").await
}

#[tokio::test]
async fn everything_that_was_recorded_of_shares_is_answered_as_it_was() {
    let quotas = Quotas { share_gigabytes: 1000, ..Quotas::default() };
    let cloud = start(Config { quotas, ..swift() }).await;
    let session = member(&cloud).await;
    let mut manila = Replay::new(&session, "manila");
    manila.play_all(&["type/list", "type/get", "type/get_missing"]).await;
    for name in [
        "create",
        "create_missing_network",
        "create_bad_zone",
        "create_bad_name",
        "get",
        "get_missing",
        "list",
        "find_by_tag",
        "delete_missing",
    ] {
        manila.play(&format!("share_network/{name}")).await;
    }
    let (_, spare) = session.post(KIND, "/share-networks", json!({"share_network": {"name": "spare"}})).await;
    manila.know("2eab571a-a901-5c43-a92a-fb6a73f667be", spare["share_network"]["id"].as_str().unwrap());
    manila.play("share_network/delete").await;
    for name in [
        "create",
        "create_bad_size",
        "create_bad_protocol",
        "create_bad_name",
        "create_missing_type",
        "create_missing_snapshot",
        "create_over_quota",
        "create_nowhere",
        "get_failed",
        "list_messages",
        "get",
        "get_missing",
        "list",
        "list_page",
        "find_by_metadata",
        "export_location/list",
        "export_location/list_of_missing",
        "allow_access",
        "allow_access_again",
        "allow_access_bad_address",
        "allow_access_bad_level",
        "access_rule/list",
        "access_rule/list_of_missing",
        "access_rule/get",
        "access_rule/get_missing",
        "deny_access",
        "deny_access_missing",
    ] {
        let name = match name.split_once('/') {
            Some(_) => name.to_owned(),
            None => format!("share/{name}"),
        };
        manila.play(&name).await;
    }
    manila.play("share_network/delete_in_use").await;
    for name in [
        "create",
        "create_missing_share",
        "create_bad_name",
        "get",
        "get_missing",
        "list",
        "list_of_share",
        "find_by_tag",
    ] {
        manila.play(&format!("snapshot/{name}")).await;
    }
    manila
        .play_all(&[
            "share/create_from_snapshot",
            "share/delete_with_snapshot",
            "snapshot/delete",
            "snapshot/delete_missing",
            "share/extend",
            "share/extend_smaller",
            "share/extend_over_quota",
            "share/delete",
            "share/delete_missing",
        ])
        .await;
}

#[tokio::test]
async fn shares_are_in_the_first_region_only() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    for kind in [KIND, "sharev2"] {
        let service = session.body["catalog"].as_array().unwrap().iter().find(|one| one["type"] == kind).unwrap();
        let regions = service["endpoints"].as_array().unwrap().iter().map(|one| one["region"].as_str().unwrap());
        assert!(regions.into_iter().all(|region| region == "RegionOne"));
    }
    assert_eq!(cloud.raw("/RegionOne/shared-file-system/").await.status(), 300);
    assert_eq!(cloud.raw("/RegionTwo/shared-file-system/").await.status(), 404);
}

#[tokio::test]
async fn a_share_that_is_being_made_cannot_be_deleted_shared_or_extended() {
    let cloud = start(frozen()).await;
    let session = member(&cloud).await;
    let path = format!("/shares/{}", new_share(&session, "data").await);
    let (status, body) = session.delete(KIND, &path).await;
    let message = "Invalid share: Share status must be one of ('available', 'error', 'inactive').";
    assert_eq!((status, &body["forbidden"]["message"]), (403, &json!(message)));
    let rule = json!({"os-allow_access": {"access_type": "ip", "access_to": "10.0.0.0/24"}});
    let extend = json!({"os-extend": {"new_size": 2}});
    for body in [rule, extend] {
        assert_eq!(session.post(KIND, &format!("{path}/action"), body).await.0, 400);
    }
}

#[tokio::test]
async fn an_administrator_lists_the_shares_of_all_projects_when_all_tenants_is_asked() {
    let cloud = start(instant()).await;
    let owner = cloud.sign_in("atonix-service", "payments-dev").await;
    let share = new_share(&owner, "theirs").await;
    let (member, admin) = (member(&cloud).await, cloud.sign_in("atonix-admin", "devops-dev").await);
    for (session, query, count) in
        [(&member, "all_tenants=1", 0), (&admin, "all_tenants=0", 0), (&admin, "all_tenants=1", 1)]
    {
        let (_, body) = session.get(KIND, &format!("/shares/detail?{query}")).await;
        assert_eq!(body["shares"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(member.get(KIND, &format!("/shares/{share}")).await.0, 404);
    assert_eq!(admin.get(KIND, &format!("/shares/{share}")).await.0, 200);
}

#[tokio::test]
async fn limits_count_what_the_project_has() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    new_share(&session, "one").await;
    let (_, body) = session.get(KIND, "/limits").await;
    let absolute = &body["limits"]["absolute"];
    assert_eq!((&absolute["totalSharesUsed"], &absolute["totalShareGigabytesUsed"]), (&json!(1), &json!(1)));
    assert_eq!(absolute["maxTotalShareGigabytes"], Quotas::default().share_gigabytes);
}

#[tokio::test]
async fn a_share_that_a_knob_lets_fail_says_why_in_a_message() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    let effect = Effect::FailedBuild { message: Some("The disks are full.".to_owned()) };
    cloud.simulator.knobs().add(Fault { service: Some(KIND.to_owned()), effect, ..Fault::default() });
    let share = new_share(&session, "data").await;
    assert_eq!(session.get(KIND, &format!("/shares/{share}")).await.1["share"]["status"], "error");
    let request = session.request(reqwest::Method::GET, KIND, &format!("/messages?resource_id={share}"));
    let response = request.header("x-openstack-manila-api-version", "2.51").send().await.unwrap();
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["messages"][0]["user_message"], "create: The disks are full.");
}
