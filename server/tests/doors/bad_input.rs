//! What is wrong with a request is said at the field, and nothing of it reaches the cloud or the log.
use crate::world::{HOST, Person, TEAM, everywhere, logged, with};
use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

const VOLUME: &str = "/api/services/provision/storage/volume/";
const NETWORK: &str = "/api/services/provision/network/";
/// Stands in every body and must stand in no log.
const CANARY: &str = "canary-5b1f0c";

fn volume(change: Value) -> Value {
    merge(json!({"workspace_id": TEAM, "environment_id": "dev", "name": CANARY, "size_gb": 1}), change)
}

fn network(change: Value) -> Value {
    merge(json!({"workspace_id": TEAM, "environment_id": "dev", "name": CANARY}), change)
}

fn merge(mut body: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => body.as_object_mut().unwrap().remove(name),
            value => body.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_field_is_named_and_nothing_reaches_the_cloud() {
    everywhere(async |world| {
        let before = world.picture().await;
        let long = "x".repeat(300);
        for (path, body, field) in [
            (VOLUME, volume(json!({"workspace_id": "no-such-team"})), "workspace_id"),
            (VOLUME, volume(json!({"workspace_id": "../etc"})), "workspace_id"),
            (VOLUME, volume(json!({"workspace_id": 7})), "workspace_id"),
            (VOLUME, volume(json!({"workspace_id": null})), "workspace_id"),
            (VOLUME, volume(json!({"environment_id": "qa"})), "environment_id"),
            (VOLUME, volume(json!({"environment_id": "prod"})), "environment_id"),
            (VOLUME, volume(json!({"environment_id": null})), "environment_id"),
            (VOLUME, volume(json!({"size_gb": 0})), "size_gb"),
            (VOLUME, volume(json!({"size_gb": -1})), "size_gb"),
            (VOLUME, volume(json!({"size_gb": 1_000_000_000_000_i64})), "size_gb"),
            (VOLUME, volume(json!({"size_gb": "10"})), "size_gb"),
            (VOLUME, volume(json!({"size_gb": null})), "size_gb"),
            (VOLUME, volume(json!({"name": long})), "name"),
            (VOLUME, volume(json!({"name": "a\u{7}b"})), "name"),
            (VOLUME, volume(json!({"name": ""})), "name"),
            (VOLUME, volume(json!({"name": null})), "name"),
            (VOLUME, volume(json!({"colour": "red"})), "colour"),
            (VOLUME, volume(json!({"volume_type": "no-such-type"})), "volume_type"),
            (NETWORK, network(json!({"subnet_cidr": "10.0.0.0/33"})), "subnet_cidr"),
            (NETWORK, network(json!({"subnet_cidr": "10.0.0.1/24"})), "subnet_cidr"),
            (NETWORK, network(json!({"subnet_cidr": "ten"})), "subnet_cidr"),
            (NETWORK, network(json!({"subnet_cidr": "0.0.0.0/0"})), "subnet_cidr"),
            (NETWORK, network(json!({"subnet_cidr": "10.0.0.0/31"})), "subnet_cidr"),
        ] {
            let answer = world.post(Person::Operator, path, body.clone()).await;
            assert!(answer.status.is_client_error(), "{body} {} {}", answer.status, answer.text);
            assert!(answer.json()["errors"][field][0].is_string(), "{body} {}", answer.text);
        }
        let answer = world.post(Person::Operator, VOLUME, json!({})).await;
        let named: Vec<_> = answer.json()["errors"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(named, ["environment_id", "name", "size_gb", "workspace_id"]);
        assert_eq!(before.differs(&world.picture().await, true), None);
        assert!(!logged().contains(CANARY), "a body is in the log");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_about_drift_is_named() {
    everywhere(async |world| {
        let finding = world.finding().await;
        let before = world.picture().await;
        let drift = "/api/services/provision/drift/";
        let place = "workspace_id=devops-team&environment_id=dev";
        for (query, field) in [
            ("class=odd", "class"),
            ("resource_type=nova_flavor", "resource_type"),
            ("ignored=maybe", "ignored"),
            ("limit=0", "limit"),
            ("cursor=odd", "cursor"),
            ("colour=red", "colour"),
        ] {
            let answer = world.get(Person::Viewer, &format!("{drift}?{place}&{query}")).await;
            assert!(answer.status == 400 && answer.json()["errors"][field][0].is_string(), "{query} {}", answer.text);
        }
        let here = json!({"workspace_id": TEAM, "environment_id": "dev"});
        for (path, body, status) in [
            ("check/".to_owned(), merge(here.clone(), json!({"colour": "red"})), 400),
            ("check/".to_owned(), merge(here.clone(), json!({"environment_id": "prod"})), 404),
            (format!("{finding}/adopt/"), merge(here.clone(), json!({"confirm": true})), 400),
            (format!("{finding}/adopt/"), merge(here.clone(), json!({"environment_id": "staging"})), 404),
            (format!("{finding}/delete/"), here.clone(), 404),
            ("no-such-finding/forget/".to_owned(), here.clone(), 404),
        ] {
            let answer = world.post(Person::Operator, &format!("{drift}{path}"), body.clone()).await;
            assert_eq!(answer.status, status, "{path} {body} {}", answer.text);
        }
        assert_eq!(before.differs(&world.picture().await, true), None);
        let adopted = world.post(Person::Operator, &format!("{drift}{finding}/adopt/"), here).await.json();
        assert_eq!(adopted["remedy"], "adopt");
        assert!(adopted["provisioned"]["resource_name"].as_str().unwrap().starts_with("byhand-"), "{adopted}");
        let quota = world.get(Person::Viewer, &format!("/api/services/provision/quota/?{place}")).await.json();
        assert_eq!(quota["quota"]["vcpus"], 20, "{quota}");
        let all = world.get(Person::Staff, "/api/services/admin/quota/").await.json();
        assert_eq!(all["quotas"].as_array().unwrap().len(), 3, "{all}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_or_too_large_is_named_as_the_body() {
    everywhere(async |world| {
        let token = world.token(Person::Operator).unwrap();
        let large = format!("{{\"name\": \"{}\"}}", "x".repeat(10 * 1024 * 1024));
        for (kind, body, status) in [
            ("application/json", format!("{{\"name\": \"{CANARY}\""), 400),
            ("application/json", format!("[\"{CANARY}\"]"), 400),
            ("application/json", String::new(), 400),
            ("application/json", large, 413),
            ("text/plain", format!("{{\"name\": \"{CANARY}\"}}"), 415),
            ("application/x-www-form-urlencoded", format!("name={CANARY}"), 415),
        ] {
            let request = Request::post(VOLUME)
                .header(header::HOST, HOST)
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, kind);
            let answer = world.send(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status.as_u16(), status, "{kind} {}", answer.text);
            assert!(answer.json()["errors"]["body"][0].is_string(), "{}", answer.text);
            assert!(!answer.text.contains(CANARY), "{}", answer.text);
        }
        assert!(!logged().contains(CANARY), "a body is in the log");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_parameter_of_a_query_is_named() {
    everywhere(async |world| {
        for (query, field) in [
            ("", "workspace_id"),
            ("workspace_id=devops-team&environment_id=qa", "environment_id"),
            ("workspace_id=devops-team&status=broken", "status"),
            ("workspace_id=devops-team&limit=501", "limit"),
            ("workspace_id=devops-team&limit=0", "limit"),
            ("workspace_id=devops-team&colour=red", "colour"),
            ("workspace_id=devops-team&sort=colour", "sort"),
            ("workspace_id=devops-team&workspace_id=payments", "workspace_id"),
        ] {
            let answer = world.get(Person::Viewer, &format!("/api/services/provision/resources/?{query}")).await;
            assert_eq!(answer.status, 400, "{query} {}", answer.text);
            assert!(answer.json()["errors"][field][0].is_string(), "{query} {}", answer.text);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_may_be_markup_or_emoji_or_right_to_left() {
    everywhere(async |world| {
        for name in ["<b onclick=alert(1)>&amp;", "🦀 crab", "\u{202e}abc"] {
            let answer = world.post(Person::Operator, VOLUME, volume(json!({"name": name}))).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            assert_eq!(answer.json()["resource"]["name"], name);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_very_many_fields_is_read_once_and_the_first_of_two_wrong_ones_is_named() {
    everywhere(async |world| {
        let mut body = json!({"password": 1, "username": 1});
        for number in 0..50_000 {
            body.as_object_mut().unwrap().insert(format!("z{number}"), json!(1));
        }
        // Read anew for each field, this would take minutes, and nobody has to sign in for it.
        let answer = world.post(Person::Nobody, "/api/services/auth/token/", body).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["errors"], json!({"password": ["This is of the wrong type."]}));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_of_the_query_that_belongs_into_the_body_or_nowhere_is_refused() {
    everywhere(async |world| {
        let before = world.picture().await;
        for (method, path, body, field) in [
            ("POST", format!("{VOLUME}?workspace_id=payments"), Some(volume(json!({}))), "workspace_id"),
            ("POST", format!("{VOLUME}?environment_id=prod&dry_run=1"), Some(volume(json!({}))), "environment_id"),
            ("POST", format!("{VOLUME}?dry_run=1"), Some(volume(json!({}))), "dry_run"),
            ("POST", "/api/services/tokens/?read_only=true".to_owned(), Some(json!({"name": "x"})), "read_only"),
            ("GET", "/api/services/me/?colour=red".to_owned(), None, "colour"),
        ] {
            let answer = world.call(Person::Operator, method.parse().unwrap(), &path, body).await;
            assert_eq!(answer.status, 400, "{path} {}", answer.text);
            assert!(answer.json()["errors"][field][0].is_string(), "{path} {}", answer.text);
        }
        assert_eq!(before.differs(&world.picture().await, true), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_is_not_waited_for() {
    let world = with(&[("ATONIX_CLIENT_SECONDS", "0.2")]).await;
    for (path, kind) in
        [("/api/services/auth/token/", "application/json"), ("/sign-in", "application/x-www-form-urlencoded")]
    {
        let endless = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let request = Request::post(path).header(header::HOST, HOST).header(header::CONTENT_TYPE, kind);
        let answer = world.send(request.body(endless).unwrap());
        let answer = tokio::time::timeout(std::time::Duration::from_secs(20), answer).await.unwrap();
        assert!(matches!(answer.status.as_u16(), 400 | 303), "{path} {} {}", answer.status, answer.text);
    }
}
