//! Nova: the life of servers, microversions, refusals.

use crate::support::{frozen, instant, start};
use reqwest::Method;
use serde_json::json;

const DEVS: &str = "devops-dev";

#[tokio::test]
async fn a_server_becomes_active_with_an_address_and_takes_its_port_along_when_deleted() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let id = session.new_server("web-1").await;
    let (_, body) = session.get("compute", &format!("/servers/{id}")).await;
    assert_eq!(body["server"]["status"], "ACTIVE");
    let address = body["server"]["addresses"]["private"][0]["addr"].as_str().unwrap();
    assert!(address.starts_with("10."), "{address}");
    let ports = format!("/ports?device_id={id}");
    assert_eq!(session.get("network", &ports).await.1["ports"].as_array().unwrap().len(), 1);

    assert_eq!(session.delete("compute", &format!("/servers/{id}")).await.0, 204);
    assert_eq!(session.get("compute", &format!("/servers/{id}")).await.0, 404);
    assert!(session.get("network", &ports).await.1["ports"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_server_is_building_until_its_time_has_come() {
    let cloud = start(frozen()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let id = session.new_server("web-1").await;
    let (_, body) = session.get("compute", &format!("/servers/{id}")).await;
    assert_eq!(body["server"]["status"], "BUILD");
    assert_eq!(body["server"]["OS-EXT-STS:task_state"], "scheduling");
    session.delete("compute", &format!("/servers/{id}")).await;
    let (status, body) = session.get("compute", &format!("/servers/{id}")).await;
    assert_eq!((status, &body["server"]["OS-EXT-STS:task_state"]), (200, &json!("deleting")));
}

#[tokio::test]
async fn a_version_that_is_not_served_is_refused_with_406_and_named_in_the_headers() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let url = format!("{}/servers", session.endpoint("compute"));
    let ask = |header: &'static str, value: &'static str| {
        session.http.get(&url).header("x-auth-token", &session.token).header(header, value).send()
    };
    let response = ask("openstack-api-version", "compute 2.900").await.unwrap();
    assert_eq!(response.status(), 406);
    assert_eq!(response.headers()["openstack-api-version"], "compute 2.900");
    let response = ask("x-openstack-nova-api-version", "2.10").await.unwrap();
    assert_eq!(response.headers()["openstack-api-version"], "compute 2.10");
    assert_eq!(response.headers()["x-openstack-nova-api-version"], "2.10");
    assert_eq!(response.headers().get_all("vary").iter().count(), 2);
}

#[tokio::test]
async fn with_two_networks_the_automatic_choice_is_refused() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let (_, network) = session.post("network", "/networks", json!({"network": {"name": "second"}})).await;
    let subnet = json!({"network_id": network["network"]["id"], "cidr": "10.9.0.0/24", "ip_version": 4});
    assert_eq!(session.post("network", "/subnets", json!({"subnet": subnet})).await.0, 201);
    let (status, body) = session.post("compute", "/servers", session.server_body("web").await).await;
    assert_eq!(status, 409);
    let message = "Multiple possible networks found, use a Network ID to be more specific.";
    assert_eq!(body["conflictingRequest"]["message"], message);
}

#[tokio::test]
async fn a_page_ends_with_a_link_to_the_next_one() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    for number in 0..3 {
        session.new_server(&format!("web-{number}")).await;
    }
    let mut names = Vec::new();
    let mut path = "/servers?limit=2".to_owned();
    loop {
        let (_, body) = session.get("compute", &path).await;
        let page = body["servers"].as_array().unwrap();
        names.extend(page.iter().map(|server| server["name"].as_str().unwrap().to_owned()));
        let Some(next) = body["servers_links"][0]["href"].as_str() else { break };
        path = next.strip_prefix(&session.endpoint("compute")).unwrap().to_owned();
    }
    assert_eq!(names, ["web-2", "web-1", "web-0"]);
}

#[tokio::test]
async fn a_stopped_server_cannot_be_stopped_again_and_a_resized_one_waits_for_its_confirmation() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let id = session.new_server("web-1").await;
    let (action, show) = (format!("/servers/{id}/action"), format!("/servers/{id}"));
    assert_eq!(session.post("compute", &action, json!({"os-stop": null})).await.0, 202);
    let (status, body) = session.post("compute", &action, json!({"os-stop": null})).await;
    let message = format!("Cannot 'stop' instance {id} while it is in vm_state stopped");
    assert_eq!((status, &body["conflictingRequest"]["message"]), (409, &json!(message)));

    let small = session.id("compute", "/flavors", "flavors", "m1.small").await;
    session.post("compute", &action, json!({"resize": {"flavorRef": small}})).await;
    assert_eq!(session.get("compute", &show).await.1["server"]["status"], "VERIFY_RESIZE");
    assert_eq!(session.post("compute", &action, json!({"confirmResize": null})).await.0, 204);
    let (_, body) = session.get("compute", &show).await;
    assert_eq!(body["server"]["status"], "SHUTOFF");
    assert_eq!(body["server"]["flavor"]["original_name"], "m1.small");
}

#[tokio::test]
async fn a_keypair_is_its_users_own_and_is_imported_only() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdMzAdJoYQb9Jif76rlozxMK4VnsY9W+gL4DcqjDRPk";
    let body = json!({"keypair": {"name": "key", "type": "ssh", "public_key": public}});
    let (status, made) = session.post("compute", "/os-keypairs", body.clone()).await;
    assert_eq!(status, 201);
    assert_eq!(made["keypair"]["fingerprint"], "ec:be:bb:c3:1a:d0:e8:14:15:8e:fb:fc:cc:4c:93:18");
    let elsewhere = cloud.sign_in("atonix-service", "payments-dev").await;
    assert_eq!(elsewhere.post("compute", "/os-keypairs", body).await.0, 409);
    let somebody = cloud.sign_in("cloud", DEVS).await;
    assert_eq!(somebody.get("compute", "/os-keypairs/key").await.0, 404);
    let without = json!({"keypair": {"name": "other", "type": "ssh"}});
    assert_eq!(session.post("compute", "/os-keypairs", without).await.0, 400);
}

#[tokio::test]
async fn a_volume_is_in_use_until_its_server_is_gone() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let (server, volume) = (session.new_server("web").await, session.new_volume("data", 1).await);
    let attachments = format!("/servers/{server}/os-volume_attachments");
    let body = json!({"volumeAttachment": {"volumeId": volume}});
    assert_eq!(session.post("compute", &attachments, body.clone()).await.0, 200);
    let (status, refused) = session.post("compute", &attachments, body).await;
    assert_eq!(status, 400, "{refused}");
    let show = format!("/volumes/{volume}");
    assert_eq!(session.get("block-storage", &show).await.1["volume"]["status"], "in-use");
    assert_eq!(session.delete("block-storage", &show).await.0, 400);
    session.delete("compute", &format!("/servers/{server}")).await;
    assert_eq!(session.get("block-storage", &show).await.1["volume"]["status"], "available");
}

#[tokio::test]
async fn nova_refuses_in_its_own_words() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", DEVS).await;
    let good = session.server_body("web").await;
    let cases = [
        ("flavorRef", json!("zz"), "Flavor zz could not be found."),
        ("imageRef", json!("11111111-1111-1111-1111-111111111111"), "Can not find requested image"),
        ("key_name", json!("zz"), "Invalid key_name provided."),
        ("name", json!(""), "Invalid input for field/attribute name. Value: . '' should be non-empty"),
    ];
    for (key, value, message) in cases {
        let mut body = good.clone();
        body["server"][key] = value;
        let (status, answer) = session.post("compute", "/servers", body).await;
        assert_eq!((status, &answer["badRequest"]["message"]), (400, &json!(message)));
    }
    let (status, body) = session.send(Method::GET, "compute", "/servers/zz", None).await;
    assert_eq!(
        (status, body),
        (404, json!({"itemNotFound": {"code": 404, "message": "Instance zz could not be found."}}))
    );
}
