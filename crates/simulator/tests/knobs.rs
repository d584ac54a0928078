//! Faults on purpose, and the log of what was asked.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Effect, Fault};

use crate::support::{instant, start};

fn servers(effect: Effect) -> Fault {
    Fault {
        service: Some("compute".to_owned()),
        method: Some("POST".to_owned()),
        path: Some("/v2.1/servers".to_owned()),
        count: Some(1),
        effect,
        ..Fault::default()
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_work_done() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = session.server_body("web").await;
    cloud.simulator.knobs().add(servers(Effect::LostAnswer));
    let error = session.request(Method::POST, "compute", "/servers").json(&body).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    let (_, list) = session.get("compute", "/servers").await;
    assert_eq!(list["servers"].as_array().unwrap().len(), 1);
    session.new_server("second").await;
}

#[tokio::test]
async fn a_lost_request_leaves_nothing_done() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = session.server_body("web").await;
    cloud.simulator.knobs().add(servers(Effect::LostRequest));
    assert!(session.request(Method::POST, "compute", "/servers").json(&body).send().await.is_err());
    assert!(session.get("compute", "/servers").await.1["servers"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_can_be_a_failure_although_the_work_is_done() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = session.server_body("web").await;
    cloud.simulator.knobs().add(servers(Effect::FailedAnswer));
    let answer = session.request(Method::POST, "compute", "/servers").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert!(answer.json::<Value>().await.unwrap()["computeFault"]["message"].is_string(), "as Nova says it");
    let (_, list) = session.get("compute", "/servers").await;
    assert_eq!(list["servers"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_has_the_shape_of_the_service_that_is_to_fail() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    cloud.simulator.knobs().add(Fault { effect: Effect::Unavailable { retry_after: Some(7) }, ..Fault::default() });
    for (kind, path, place) in [
        ("shared-file-system", "/shares", "/serviceUnavailable/message"),
        ("load-balancer", "/v2/lbaas/loadbalancers", "/faultstring"),
        ("dns", "/v2/zones", "/message"),
    ] {
        let answer = session.request(Method::GET, kind, path).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "7"), "{kind}");
        assert!(answer.json::<Value>().await.unwrap().pointer(place).unwrap().is_string(), "{kind}");
    }
}

#[tokio::test]
async fn what_a_stuck_build_starts_stays_pending() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let zone = json!({"name": "stuck.example.", "email": "admin@stuck.example"});
    cloud.simulator.knobs().add(Fault {
        service: Some("dns".to_owned()),
        effect: Effect::StuckBuild,
        ..Fault::default()
    });
    session.post("dns", "/v2/zones", zone).await;
    assert_eq!(session.get("dns", "/v2/zones").await.1["zones"][0]["status"], "PENDING");
}

#[tokio::test]
async fn a_request_that_comes_late_is_done_although_nobody_waits() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = session.server_body("web").await;
    cloud.simulator.knobs().add(servers(Effect::Late { millis: 700 }));
    let request = session.request(Method::POST, "compute", "/servers").json(&body);
    assert!(request.timeout(Duration::from_millis(100)).send().await.unwrap_err().is_timeout());
    let count = async || session.get("compute", "/servers").await.1["servers"].as_array().unwrap().len();
    assert_eq!(count().await, 0, "it is still on its way");
    let begun = Instant::now();
    while count().await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn refusals_come_in_the_services_shape_as_often_as_asked() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let knobs = cloud.simulator.knobs();
    for (effect, status, retry) in [
        (Effect::Unauthorized, 401, None),
        (Effect::TooManyRequests { retry_after: 2 }, 429, Some("2")),
        (Effect::InternalError, 500, None),
        (Effect::Unavailable { retry_after: Some(3) }, 503, Some("3")),
    ] {
        knobs.add(Fault { count: Some(1), effect, ..Fault::default() });
        let response = session.request(Method::GET, "compute", "/servers").send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers().get("retry-after").map(|value| value.to_str().unwrap()), retry);
        assert_eq!(session.get("compute", "/servers").await.0, 200);
    }
    assert!(knobs.faults().is_empty());
}

#[tokio::test]
async fn a_build_can_be_stuck_or_fail() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let knobs = cloud.simulator.knobs();
    knobs.add(servers(Effect::StuckBuild));
    let stuck = session.new_server("stuck").await;
    knobs.add(servers(Effect::FailedBuild { message: Some("No valid host was found.".to_owned()) }));
    let failed = session.new_server("failed").await;
    let (_, body) = session.get("compute", &format!("/servers/{stuck}")).await;
    assert_eq!(body["server"]["status"], "BUILD");
    let (_, body) = session.get("compute", &format!("/servers/{failed}")).await;
    assert_eq!(body["server"]["status"], "ERROR");
    assert_eq!(body["server"]["fault"]["message"], "No valid host was found.");
}

#[tokio::test]
async fn the_log_says_which_region_was_asked_by_whom_and_under_which_id() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await.in_region("RegionTwo");
    let request =
        session.request(Method::GET, "network", "/networks?name=x").header("x-openstack-request-id", "req-ours");
    let response = request.send().await.unwrap();
    let id = response.headers()["x-openstack-request-id"].to_str().unwrap().to_owned();
    let log: Value = cloud.raw("/simulator/requests?service=network").await.json().await.unwrap();
    let entry = &log["requests"][0];
    assert_eq!((&entry["region"], &entry["user"]), (&json!("RegionTwo"), &json!("atonix-service")));
    assert_eq!((&entry["path"], &entry["query"]), (&json!("/v2.0/networks"), &json!("name=x")));
    assert_eq!((&entry["request_id"], &entry["global_request_id"]), (&json!(id), &json!("req-ours")));
    assert_eq!(entry["project_id"], session.project().as_str());
}

#[tokio::test]
async fn faults_are_set_and_cleared_over_http() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let url = format!("http://{}/simulator/faults", cloud.simulator.addr());
    let fault = json!({"service": "compute", "effect": {"kind": "unavailable", "retry_after": 1}});
    let made: Value = session.http.post(&url).json(&fault).send().await.unwrap().json().await.unwrap();
    assert!(made["id"].is_u64(), "{made}");
    assert_eq!(session.get("compute", "/servers").await.0, 503);
    assert_eq!(session.get("network", "/networks").await.0, 200);
    assert_eq!(session.http.delete(&url).send().await.unwrap().status(), 204);
    assert_eq!(session.get("compute", "/servers").await.0, 200);
    let wrong = session.http.post(&url).json(&json!({"effect": {"kind": "nonsense"}})).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
}
