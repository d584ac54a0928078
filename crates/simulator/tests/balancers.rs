//! Octavia.

use serde_json::{Value, json};
use simulator::{Config, Quotas};

use crate::recorded::{Replay, swift};
use crate::support::{Cloud, Session, frozen, instant, start};

const KIND: &str = "load-balancer";
const LIST: &str = "/v2/lbaas/loadbalancers";
/// The subnet of the recording.
const SUBNET: &str = "f0a58912-39f4-592f-8c33-f37f81ef53ec";

async fn member(cloud: &Cloud) -> Session {
    cloud.sign_in("atonix-service", "devops-dev").await
}

async fn subnet(session: &Session) -> String {
    session.id("network", "/subnets", "subnets", "private-subnet").await
}

async fn follow(session: &Session) -> Replay {
    let mut octavia = Replay::new(session, "octavia");
    octavia.know(SUBNET, &subnet(session).await);
    octavia
}

async fn ports(session: &Session) -> Vec<Value> {
    session.get("network", "/ports?device_owner=Octavia").await.1["ports"].as_array().unwrap().clone()
}

async fn new_balancer(session: &Session, name: &str) -> Value {
    let body = json!({"loadbalancer": {"name": name, "vip_subnet_id": subnet(session).await}});
    let (status, made) = session.post(KIND, LIST, body).await;
    assert_eq!(status, 201, "{made}");
    made["loadbalancer"].clone()
}

#[tokio::test]
async fn everything_that_was_recorded_of_load_balancers_is_answered_as_it_was() {
    let cloud = start(swift()).await;
    let session = member(&cloud).await;
    let mut octavia = follow(&session).await;
    for name in [
        "create",
        "create_missing_subnet",
        "create_no_subnet",
        "create_bad_port",
        "create_bad_protocol",
        "create_same_port_twice",
        "create_bad_name",
        "get",
        "get_missing",
        "list",
        "list_of_other_project",
        "list_page",
        "find_by_tag",
        "find_by_description",
        "stats",
        "status",
    ] {
        octavia.play(&format!("load_balancer/{name}")).await;
    }
    octavia.play_all(&["listener/list", "listener/get", "listener/get_missing"]).await;
    octavia.play_all(&["pool/list", "pool/get", "pool/get_missing"]).await;
    octavia.play_all(&["monitor/list", "monitor/get", "monitor/get_missing", "monitor/list_of_load_balancer"]).await;
    for name in [
        "list",
        "get",
        "get_missing",
        "list_of_missing_pool",
        "create",
        "create_again",
        "create_bad_address",
        "create_missing_subnet",
        "update",
        "delete",
        "delete_missing",
    ] {
        octavia.play(&format!("member/{name}")).await;
    }
    for name in ["update", "delete_with_children", "delete", "delete_missing"] {
        octavia.play(&format!("load_balancer/{name}")).await;
    }
}

#[tokio::test]
async fn a_load_balancer_that_is_being_made_refuses_changes_as_recorded() {
    let cloud = start(frozen()).await;
    let session = member(&cloud).await;
    let mut octavia = follow(&session).await;
    octavia.play_all(&["load_balancer/create", "load_balancer/get_pending", "load_balancer/delete_pending"]).await;
}

#[tokio::test]
async fn the_address_of_a_load_balancer_is_a_port_on_its_subnet_for_as_long_as_it_lives() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    let made = new_balancer(&session, "lb").await;
    let held = ports(&session).await;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["id"], made["vip_port_id"]);
    assert_eq!(held[0]["fixed_ips"], json!([{"subnet_id": made["vip_subnet_id"], "ip_address": made["vip_address"]}]));
    let path = format!("{LIST}/{}", made["id"].as_str().unwrap());
    assert_eq!(session.delete(KIND, &path).await.0, 204);
    assert_eq!(session.get(KIND, &path).await.0, 404);
    assert!(ports(&session).await.is_empty());
}

#[tokio::test]
async fn another_projects_load_balancer_is_forbidden_and_an_administrator_sees_all() {
    let cloud = start(instant()).await;
    let owner = cloud.sign_in("atonix-service", "payments-dev").await;
    let path = format!("{LIST}/{}", new_balancer(&owner, "theirs").await["id"].as_str().unwrap());
    let (member, admin) = (member(&cloud).await, cloud.sign_in("atonix-admin", "devops-dev").await);
    for (session, status, count) in [(&member, 403, 0), (&admin, 200, 1)] {
        assert_eq!(session.get(KIND, &path).await.0, status);
        assert_eq!(session.get(KIND, LIST).await.1["loadbalancers"].as_array().unwrap().len(), count);
    }
    let (_, body) = admin.get(KIND, &format!("{LIST}?project_id={}", admin.project())).await;
    assert!(body["loadbalancers"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn bodies_are_held_against_what_octavia_knows() {
    let cloud = start(Config { quotas: Quotas { load_balancers: 0, ..Quotas::default() }, ..instant() }).await;
    let session = member(&cloud).await;
    let subnet = subnet(&session).await;
    let cases = [
        (json!({"foo": 1}), 400, "Unknown attribute for argument load_balancer.loadbalancer: foo"),
        (
            json!({"listeners": [{"protocol": "HTTP"}]}),
            400,
            "Invalid input for field/attribute protocol_port. Value: 'None'. Mandatory field missing.",
        ),
        (
            json!({"vip_subnet_id": "zz"}),
            400,
            "Invalid input for field/attribute vip_subnet_id. Value: 'zz'. Value should be UUID format",
        ),
        (json!({"vip_subnet_id": subnet}), 403, "Quota has been met for resources: Load Balancer"),
    ];
    for (body, expected, message) in cases {
        let (status, answer) = session.post(KIND, LIST, json!({"loadbalancer": body})).await;
        assert_eq!((status, &answer["faultstring"]), (expected, &json!(message)));
    }
}

#[tokio::test]
async fn lists_are_followed_by_a_marker() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    for name in ["b", "a", "c"] {
        new_balancer(&session, name).await;
    }
    let (mut path, mut names) = (format!("{LIST}?limit=1&sort=name:asc"), Vec::new());
    for _ in 0..3 {
        let (_, body) = session.get(KIND, &path).await;
        names.push(body["loadbalancers"][0]["name"].clone());
        let links = body["loadbalancers_links"].as_array().unwrap();
        let next = links.iter().find(|link| link["rel"] == "next").unwrap()["href"].as_str().unwrap();
        path = next.split_once("/load-balancer").unwrap().1.to_owned();
    }
    assert_eq!(names, ["a", "b", "c"]);
}
