//! The guide's endpoints, to the letter, against the simulated cloud.
use crate::world::{Person, TEAM, World, everywhere};
use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

const PLACE: &str = "workspace_id=devops-team&environment_id=staging";

fn staging(fields: Value) -> Value {
    let mut body = fields;
    body["workspace_id"] = json!(TEAM);
    body["environment_id"] = json!("staging");
    body
}

async fn make(world: &World, path: &str, fields: Value) -> Value {
    let answer = world.post(Person::Operator, path, staging(fields)).await;
    assert_eq!(answer.status, 201, "{path} {}", answer.text);
    assert!(answer.header("location").starts_with("/api/services/"), "{}", answer.header("location"));
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_s_examples_are_provisioned_listed_and_deleted() {
    everywhere(async |world| {
        let key = make(world, "/api/services/compute/nova/keypairs/", json!({"name": "my-keypair"})).await;
        assert!(key["private_key"].as_str().unwrap().contains("PRIVATE KEY"));
        let vm = make(
            world,
            "/api/services/provision/compute/vm/",
            json!({"name": "web-server-01", "flavor_id": "m1.medium", "image_id": "ubuntu-22.04-lts",
                "network_id": "private", "key_name": "my-keypair"}),
        )
        .await;
        assert!(vm["resource"]["id"].is_string(), "{vm}");
        assert_eq!(vm["provisioned"]["openstack_project"], "devops-staging-9a3f");
        let volume =
            make(world, "/api/services/provision/storage/volume", json!({"name": "data-disk-01", "size_gb": 100}))
                .await;
        make(world, "/api/services/provision/network/", json!({"name": "app-net", "subnet_cidr": "10.20.0.0/24"}))
            .await;
        make(world, "/api/services/provision/floating-ip/", json!({})).await;

        let listed = world.get(Person::Viewer, &format!("/api/services/provision/resources/?{PLACE}")).await.json();
        assert_eq!(listed["resources"].as_array().unwrap().len(), 5, "{listed}");
        let workspaces = world.get(Person::Viewer, "/api/services/workspaces/").await.json();
        let staging = &workspaces["workspaces"][0]["environments"][1];
        assert_eq!(staging["used"], json!({"vcpus": 2, "ram_mib": 4096, "storage_gb": 100}), "{workspaces}");

        let id = volume["resource"]["id"].as_str().unwrap();
        let path = format!("/api/services/provision/storage/volume/{id}/?{PLACE}");
        assert_eq!(world.call(Person::Viewer, Method::DELETE, &path, None).await.status, 403);
        let answer = world.call(Person::Operator, Method::DELETE, &path, None).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_told_with_what_is_left() {
    everywhere(async |world| {
        let body = json!({"workspace_id": TEAM, "environment_id": "dev", "name": "big", "size_gb": 501});
        let answer = world.post(Person::Operator, "/api/services/provision/storage/volume/", body).await;
        assert_eq!(answer.status, 409, "{}", answer.text);
        let problem = answer.json();
        assert_eq!((&problem["code"], &problem["source"]), (&json!("quota_exceeded"), &json!("platform")));
        assert_eq!(problem["left"]["storage_gb"], 500);
        assert_eq!(problem["wanted"]["storage_gb"], 501);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_same_thing_and_with_another_body_nothing() {
    everywhere(async |world| {
        let token = world.token(Person::Operator).unwrap();
        let send = async |size: i64, key: &str| {
            let body = staging(json!({"name": "keyed", "size_gb": size}));
            let request = Request::post("/api/services/provision/storage/volume/")
                .header(header::AUTHORIZATION, format!("Token {token}"))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            world.send(request.body(Body::from(body.to_string())).unwrap()).await
        };
        let (first, second) = (send(1, "key-1").await, send(1, "key-1").await);
        assert_eq!(first.json()["provisioned"]["id"], second.json()["provisioned"]["id"]);
        assert_eq!(send(2, "key-1").await.status, 422);
        assert_eq!(send(1, &"k".repeat(256)).await.status, 400);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_or_method_that_is_none_of_ours_is_a_problem_too() {
    everywhere(async |world| {
        let answer = world.get(Person::Viewer, "/api/services/compute/nova/nothing/").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (404, "application/problem+json"));
        let answer = world.call(Person::Viewer, Method::DELETE, "/api/services/workspaces/", None).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (405, "application/problem+json"));
        assert!(answer.header("allow").contains("GET"), "{}", answer.header("allow"));
        let document = world.get(Person::Nobody, "/api/openapi.json").await.json();
        assert!(document["paths"]["/api/services/provision/compute/vm/"]["post"].is_object());
    })
    .await;
}
