//! Designate.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Config, Quotas};

use crate::recorded::{Replay, swift};
use crate::support::{Cloud, Session, frozen, instant, start};

const KIND: &str = "dns";

async fn member(cloud: &Cloud) -> Session {
    cloud.sign_in("atonix-service", "devops-dev").await
}

async fn ask_zone(session: &Session, name: &str) -> (u16, Value) {
    session.post(KIND, "/v2/zones", json!({"name": name, "email": "admin@record.example"})).await
}

async fn new_zone(session: &Session, name: &str) -> String {
    let (status, made) = ask_zone(session, name).await;
    assert_eq!(status, 202, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn new_address(session: &Session) -> Value {
    let public = session.id("network", "/networks", "networks", "public").await;
    let body = json!({"floatingip": {"floating_network_id": public}});
    session.post("network", "/floatingips", body).await.1["floatingip"].clone()
}

#[tokio::test]
async fn everything_that_was_recorded_of_zones_is_answered_as_it_was() {
    let cloud = start(swift()).await;
    let session = member(&cloud).await;
    let mut designate = Replay::new(&session, "designate");
    for name in [
        "create",
        "create_twice",
        "create_bad_name",
        "create_empty_label",
        "create_top_level",
        "create_bad_email",
        "create_bad_ttl",
        "get",
        "get_missing",
        "list",
        "list_page",
        "find_by_tag",
        "update",
    ] {
        designate.play(&format!("zone/{name}")).await;
    }
    for name in [
        "create",
        "create_twice",
        "create_bad_record",
        "create_bad_type",
        "create_elsewhere",
        "create_missing_dot",
        "create_bad_ttl",
    ] {
        designate.play(&format!("recordset/{name}")).await;
    }
    let (_, zones) = session.get(KIND, "/v2/zones").await;
    let zone = format!("/v2/zones/{}", zones["zones"][0]["id"].as_str().unwrap());
    let note = json!({"name": "note.record.example.", "type": "TXT", "records": ["\"recorded\""]});
    let (_, note) = session.post(KIND, &format!("{zone}/recordsets"), note).await;
    designate.know("e8c6afb0-e563-5756-a792-08c6cb20266d", note["id"].as_str().unwrap());
    for name in [
        "get",
        "get_missing",
        "list",
        "list_of_missing_zone",
        "list_page",
        "list_next_page",
        "list_after_missing",
        "find_by_tag",
        "find_anywhere_by_tag",
        "update",
        "get_updated",
        "update_bad_record",
        "delete_soa",
        "delete",
        "delete_missing",
    ] {
        designate.play(&format!("recordset/{name}")).await;
    }
    let child = format!("/v2/zones/{}", new_zone(&session, "child.record.example.").await);
    designate.play("zone/delete_with_child").await;
    assert_eq!(session.delete(KIND, &child).await.0, 202);
    designate.play_all(&["zone/delete", "zone/delete_missing"]).await;
}

#[tokio::test]
async fn everything_that_was_recorded_of_names_of_floating_ips_is_answered_as_it_was() {
    let cloud = start(swift()).await;
    let session = member(&cloud).await;
    let address = new_address(&session).await;
    let mut designate = Replay::new(&session, "designate");
    designate.know("38c866f1-2504-5f67-aa63-4bd904967dbd", address["id"].as_str().unwrap());
    designate.know("172.24.4.24", address["floating_ip_address"].as_str().unwrap());
    for name in [
        "get_unset",
        "create",
        "get",
        "set_bad_name",
        "set_bad_ttl",
        "set_again",
        "set_missing",
        "get_missing",
        "get_bad_id",
        "get_other_region",
        "delete",
        "get_unset",
        "delete_missing",
    ] {
        designate.play(&format!("ptr/{name}")).await;
    }
}

#[tokio::test]
async fn what_is_on_its_way_to_the_name_servers_is_pending_as_recorded() {
    let cloud = start(frozen()).await;
    let mut designate = Replay::new(&member(&cloud).await, "designate");
    designate.play_all(&["zone/create", "zone/get_pending", "recordset/create", "recordset/get_pending"]).await;
}

#[tokio::test]
async fn the_names_of_floating_ips_are_listed_for_both_regions() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    let (one, two) = (new_address(&session).await, new_address(&session.in_region("RegionTwo")).await);
    new_address(&cloud.sign_in("atonix-service", "payments-dev").await).await;
    let (_, body) = session.get(KIND, "/v2/reverse/floatingips").await;
    let ids: Vec<&str> =
        body["floatingips"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    let key = |region: &str, address: &Value| format!("{region}:{}", address["id"].as_str().unwrap());
    assert_eq!(ids, [key("RegionOne", &one), key("RegionTwo", &two)]);
}

#[tokio::test]
async fn a_name_is_unique_over_the_cloud_and_projects_do_not_share_a_branch() {
    let cloud = start(instant()).await;
    let owner = cloud.sign_in("atonix-service", "payments-dev").await;
    let zone = new_zone(&owner, "team.example.org.").await;
    let member = member(&cloud).await;
    for (name, status, kind) in [
        ("team.example.org.", 409, "duplicate_zone"),
        ("a.team.example.org.", 403, "illegal_child"),
        ("example.org.", 403, "illegal_parent"),
    ] {
        let (code, body) = ask_zone(&member, name).await;
        assert_eq!((code, &body["type"]), (status, &json!(kind)), "{name}");
    }
    assert_eq!(owner.delete(KIND, &format!("/v2/zones/{zone}")).await.0, 202);
    assert_eq!(ask_zone(&member, "team.example.org.").await.0, 202);
}

#[tokio::test]
async fn an_administrator_sees_other_projects_zones_by_a_header_only() {
    let cloud = start(instant()).await;
    let zone = new_zone(&cloud.sign_in("atonix-service", "payments-dev").await, "theirs.example.").await;
    let (member, admin) = (member(&cloud).await, cloud.sign_in("atonix-admin", "devops-dev").await);
    for (session, header, list, one) in [
        (&member, "false", 200, 404),
        (&member, "true", 403, 403),
        (&admin, "false", 200, 404),
        (&admin, "true", 200, 200),
    ] {
        for (path, expected) in [("/v2/zones".to_owned(), list), (format!("/v2/zones/{zone}"), one)] {
            let request = session.request(Method::GET, KIND, &path).header("x-auth-all-projects", header);
            assert_eq!(request.send().await.unwrap().status().as_u16(), expected, "{path} {header}");
        }
    }
    let request = admin.request(Method::GET, KIND, "/v2/zones").header("x-auth-all-projects", "true");
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["zones"][0]["id"], zone.as_str());
    assert_eq!(admin.get(KIND, "/v2/zones").await.1["metadata"]["total_count"], 0);
}

#[tokio::test]
async fn records_have_to_fit_their_type() {
    let cloud = start(instant()).await;
    let session = member(&cloud).await;
    let path = format!("/v2/zones/{}/recordsets", new_zone(&session, "record.example.").await);
    let cases = [
        ("AAAA", "2001:db8::7", 202),
        ("AAAA", "192.0.2.7", 400),
        ("MX", "10 mail.record.example.", 202),
        ("MX", "mail.record.example.", 400),
        ("SRV", "0 5 5060 sip.record.example.", 202),
        ("SRV", "0 5 70000 sip.record.example.", 400),
        ("TXT", "\"two words\"", 202),
        ("TXT", "two words", 400),
        ("TXT", "\"an \" inside\"", 400),
        ("CAA", "0 issue ca.example", 202),
        ("CAA", "0 issued ca.example", 400),
        ("SSHFP", "1 1 0123456789abcdef", 202),
        ("NS", "no-dot", 400),
    ];
    for (number, (kind, record, expected)) in cases.into_iter().enumerate() {
        let body = json!({"name": format!("n{number}.record.example."), "type": kind, "records": [record]});
        let (status, answer) = session.post(KIND, &path, body).await;
        assert_eq!(status, expected, "{kind} {record}: {answer}");
    }
    let body = json!({"name": "record.example.", "type": "CNAME", "records": ["other.example."]});
    assert_eq!(session.post(KIND, &path, body).await.1["type"], "invalid_recordset_location");
}

#[tokio::test]
async fn one_zone_more_than_the_quota_is_413() {
    let cloud = start(Config { quotas: Quotas { zones: 1, ..Quotas::default() }, ..instant() }).await;
    let session = member(&cloud).await;
    new_zone(&session, "one.example.").await;
    let (status, body) = ask_zone(&session, "two.example.").await;
    assert_eq!((status, &body["message"]), (413, &json!("Quota exceeded for zones.")));
}
