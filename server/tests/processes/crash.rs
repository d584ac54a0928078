//! A server is killed right after the cloud has done the work, before its answer is stored. After a restart there is one
//! thing, one row, and the quota is counted once.
use crate::site::{Site, postgres, until};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

struct Case {
    kind: &'static str,
    spec: Value,
    /// Where the cloud is slow to answer: the request after which the server dies.
    slow: &'static str,
    service: &'static str,
    /// What it takes of the quota.
    used: Value,
}

fn cases() -> Vec<Case> {
    let nothing = json!({"vcpus": 0, "ram_mib": 0, "storage_gb": 0});
    let case = |kind, spec, service, slow, used: &Value| Case { kind, spec, slow, service, used: used.clone() };
    let server = json!({"name": "a", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts"});
    let network = json!({"name": "a", "subnet_cidr": "10.9.0.0/24"});
    let cluster = json!({"name": "a", "cluster_template_id": "k8s-small", "node_count": 1});
    vec![
        case("compute/vm", server, "compute", "/servers", &json!({"vcpus": 1, "ram_mib": 512, "storage_gb": 0})),
        case(
            "storage/volume",
            json!({"name": "a", "size_gb": 7}),
            "block-storage",
            "/volumes",
            &json!({"vcpus": 0, "ram_mib": 0, "storage_gb": 7}),
        ),
        case("network", network.clone(), "network", "/networks", &nothing),
        // Between network and subnet, and after both.
        case("network", network, "network", "/subnets", &nothing),
        case("floating-ip", json!({}), "network", "/floatingips", &nothing),
        case("kubernetes/cluster", cluster, "container-infra", "/clusters", &Value::Null),
    ]
}

async fn survives(case: &Case, postgres: Option<String>) {
    let site = Arc::new(Site::new(50, postgres).await);
    let server = site.serve().await;
    let before = site.made(case.slow).await;
    let slow = json!({
        "service": case.service, "method": "POST", "count": 2, "effect": {"kind": "latency", "millis": 60_000},
    });
    // A network is two requests to one service: only the one in question is slow.
    let slow = match case.slow {
        "/subnets" => {
            let mut slow = slow;
            slow["path"] = json!("/v2.0/subnets");
            slow
        }
        _ => slow,
    };
    site.cloud_call(Method::POST, "/simulator/faults", Some(slow)).await;
    let asking = tokio::spawn({
        let (site, address, kind, spec) = (Arc::clone(&site), server.address, case.kind, case.spec.clone());
        async move { site.provision(address, kind, &spec).await.is_ok() }
    });
    until("the cloud has done the work", async || site.made(case.slow).await > before).await;
    server.kill().await;
    assert!(!asking.await.unwrap(), "{}: the answer came before the server died", case.kind);
    site.cloud_call(Method::DELETE, "/simulator/faults", None).await;

    let server = site.serve().await;
    let active = async || {
        let rows = site.inventory(server.address).await;
        rows.len() == 1 && rows[0]["status"] == "active"
    };
    until("the row is active again", active).await;
    assert_eq!(site.made(case.slow).await, before + 1, "{} {}: one in the cloud", case.kind, case.slow);
    let used = site.used(server.address).await;
    match &case.used {
        Value::Null => assert!(used["vcpus"].as_i64().unwrap() >= 2, "{used}"),
        expected => assert_eq!(used, *expected, "{} {}", case.kind, case.slow),
    }
}

#[tokio::test]
async fn what_the_cloud_made_while_the_server_died_is_found_again_on_sqlite() {
    for case in cases() {
        survives(&case, None).await;
    }
}

#[tokio::test]
async fn what_the_cloud_made_while_the_server_died_is_found_again_on_postgresql() {
    let Some(url) = postgres() else { return };
    for case in cases() {
        survives(&case, Some(url.clone())).await;
    }
}
