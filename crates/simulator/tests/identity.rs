//! Keystone: tokens, scopes, the catalogue, application credentials, who may see what.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::Config;

use crate::support::{Session, instant, start};

#[tokio::test]
async fn the_catalogue_lists_both_regions_with_the_first_one_first() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let catalog = session.body["catalog"].as_array().unwrap();
    let types: Vec<&str> = catalog.iter().map(|service| service["type"].as_str().unwrap()).collect();
    let expected = [
        "compute",
        "image",
        "network",
        "block-storage",
        "volumev3",
        "container-infra",
        "placement",
        "sharev2",
        "shared-file-system",
        "load-balancer",
        "container",
        "dns",
        "object-store",
        "baremetal",
        "accelerator",
        "identity",
    ];
    assert_eq!(types, expected);
    for service in catalog {
        assert_eq!(service["endpoints"][0]["region"], "RegionOne", "{}", service["type"]);
    }
    assert!(session.endpoint("compute").ends_with("/RegionOne/compute/v2.1"));
    assert!(session.in_region("RegionTwo").endpoint("compute").ends_with("/RegionTwo/compute/v2.1"));
}

#[tokio::test]
async fn a_wrong_password_and_a_project_without_a_role_look_the_same() {
    let cloud = start(instant()).await;
    let wrong = cloud.ask_token("atonix-service", "nonsense", Some("devops-dev")).await;
    let nowhere = cloud.ask_token("atonix-service", "demo", Some("nowhere")).await;
    assert_eq!(
        (wrong.status(), nowhere.status()),
        (reqwest::StatusCode::UNAUTHORIZED, reqwest::StatusCode::UNAUTHORIZED)
    );
    assert_eq!(wrong.text().await.unwrap(), nowhere.text().await.unwrap());
}

#[tokio::test]
async fn a_token_is_refused_once_its_lifetime_is_over() {
    let config = Config { token_lifetime: Duration::ZERO, ..instant() };
    let cloud = start(config).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let (status, body) = session.get("compute", "/servers").await;
    assert_eq!((status, &body["error"]["title"]), (401, &json!("Unauthorized")));
}

#[tokio::test]
async fn an_unscoped_token_says_which_projects_there_are() {
    let cloud = start(instant()).await;
    let response = cloud.ask_token("atonix-service", "demo", None).await;
    let token = response.headers()["x-subject-token"].to_str().unwrap().to_owned();
    let body: Value = response.json().await.unwrap();
    assert!(body["token"].get("project").is_none());
    let session = Session { token, body: body["token"].clone(), ..cloud.sign_in("cloud", "devops-dev").await };
    let url = format!("{}/auth/projects", cloud.simulator.auth_url());
    let response = session.http.get(url).header("x-auth-token", &session.token).send().await.unwrap();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["projects"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn an_application_credential_opens_its_own_project_and_no_other() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let path = format!("/users/{}/application_credentials", session.user());
    let (status, made) = session.post("identity", &path, json!({"application_credential": {"name": "one"}})).await;
    assert_eq!(status, 201, "{made}");
    let made = &made["application_credential"];
    let identity = json!({"methods": ["application_credential"], "application_credential": {"id": made["id"], "secret": made["secret"]}});
    let response = cloud.post_auth(json!({"identity": identity})).await;
    assert_eq!(response.status(), 201);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["token"]["project"]["name"], "devops-dev");
    let scope = json!({"project": {"name": "payments-dev", "domain": {"id": "default"}}});
    assert_eq!(cloud.post_auth(json!({"identity": identity, "scope": scope})).await.status(), 401);
    let path = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(session.delete("identity", &path).await.0, 204);
    assert_eq!(cloud.post_auth(json!({"identity": identity})).await.status(), 401);
}

#[tokio::test]
async fn only_an_administrator_lists_all_projects() {
    let cloud = start(instant()).await;
    let member = cloud.sign_in("atonix-service", "devops-dev").await;
    let (status, body) = member.get("identity", "/projects").await;
    let message = "You are not authorized to perform the requested action: identity:list_projects.";
    assert_eq!((status, &body["error"]["message"]), (403, &json!(message)));
    let admin = cloud.sign_in("atonix-admin", "devops-dev").await;
    assert_eq!(admin.get("identity", "/projects").await.1["projects"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn an_administrators_token_shows_what_other_projects_have_and_a_members_does_not() {
    let cloud = start(instant()).await;
    let owner = cloud.sign_in("atonix-service", "payments-dev").await;
    let server = owner.new_server("theirs").await;
    let (_, network) = owner.post("network", "/networks", json!({"network": {"name": "theirs"}})).await;
    let network = network["network"]["id"].as_str().unwrap().to_owned();

    let member = cloud.sign_in("atonix-service", "devops-dev").await;
    let admin = cloud.sign_in("atonix-admin", "devops-dev").await;
    for (session, status, listed) in [(&member, 404, false), (&admin, 200, true)] {
        assert_eq!(session.get("compute", &format!("/servers/{server}")).await.0, status);
        assert_eq!(session.get("network", &format!("/networks/{network}")).await.0, status);
        let (_, body) = session.get("network", "/networks?name=theirs").await;
        assert_eq!(!body["networks"].as_array().unwrap().is_empty(), listed);
        let (_, body) = session.get("compute", "/servers").await;
        assert!(body["servers"].as_array().unwrap().is_empty());
    }
    assert_eq!(member.get("compute", "/servers?all_tenants=1").await.0, 403);
    let (_, body) = admin.get("compute", "/servers?all_tenants=1").await;
    assert_eq!(body["servers"][0]["id"], server.as_str());
}

#[tokio::test]
async fn the_regions_share_identity_and_nothing_else() {
    let cloud = start(instant()).await;
    let one = cloud.sign_in("atonix-service", "devops-dev").await;
    let two = one.in_region("RegionTwo");
    let id = one.new_volume("data", 1).await;
    assert_eq!(one.get("block-storage", &format!("/volumes/{id}")).await.0, 200);
    assert_eq!(two.get("block-storage", &format!("/volumes/{id}")).await.0, 404);
    let tiny = |session: Session| async move { session.id("compute", "/flavors", "flavors", "m1.tiny").await };
    assert_ne!(tiny(one).await, tiny(two).await);
}
