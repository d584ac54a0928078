//! The headers of every answer, and what a browser may send from elsewhere.
use crate::world::{HOST, Person, everywhere, logged, with};
use axum::body::Body;
use http::{Method, Request, header};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_policies() {
    everywhere(async |world| {
        for path in ["/sign-in", "/api/services/workspaces/", "/healthz", "/nowhere", "/api/docs/", "/api/openapi.json"]
        {
            let answer = world.get(Person::Nobody, path).await;
            let policy = answer.header("content-security-policy");
            for part in ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
            assert!(answer.header("x-request-id").starts_with("req-"), "{path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_of_a_page_carry_the_nonce_of_its_policy() {
    let world = with(&[]).await;
    let answer = world.get(Person::Nobody, "/sign-in").await;
    let policy = answer.header("content-security-policy").to_owned();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    let scripts: Vec<&str> = answer.text.split("<script").skip(1).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert!(script.split('>').next().unwrap().contains(nonce), "<script{}", &script[..80.min(script.len())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_comes_back_and_a_made_up_one_does_not() {
    let world = with(&[]).await;
    let send = async |id: &str| {
        let request = Request::get("/healthz").header("x-request-id", id).body(Body::empty()).unwrap();
        world.send(request).await.header("x-request-id").to_owned()
    };
    let id = "req-0195b0d5-1d4c-7c1e-9d52-3f1f6a3b2c10";
    assert_eq!(send(id).await, id);
    assert_ne!(send("req-<script>").await, "req-<script>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_another_site_is_refused_whatever_the_cookie() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Operator).await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
        {
            for (path, method) in [("/sign-out", Method::POST), ("/api/services/tokens/", Method::POST)] {
                let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
                let request = request.header(header::COOKIE, &cookie).header(name, value);
                let request = request.header(header::CONTENT_TYPE, "application/json");
                let answer = world.send(request.body(Body::from("{\"name\": \"x\"}")).unwrap()).await;
                assert_eq!(answer.status, 403, "{name}: {value} {path} {}", answer.text);
            }
        }
        assert_eq!(world.browse("/tokens", &cookie).await.status, 200, "still signed in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_adds_to_a_request_by_itself_does_not_spare_it_the_check() {
    let world = with(&[]).await;
    let token = world.token(Person::Operator).unwrap().to_owned();
    let send = async |authorization: String| {
        let request = Request::post("/sign-in")
            .header(header::HOST, HOST)
            .header("sec-fetch-site", "cross-site")
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let form = "username=operator&password=correct+horse+battery";
        world.send(request.body(Body::from(form)).unwrap()).await.status
    };
    for by_itself in ["Basic b3BlcmF0b3I6c2VjcmV0", "Negotiate YII", "Digest username=operator", "Tokenish x", ""] {
        assert_eq!(send(by_itself.to_owned()).await, 403, "{by_itself}");
    }
    for asked_for in ["Token", "bearer"] {
        assert_eq!(send(format!("{asked_for} {token}")).await, 303, "{asked_for}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_of_an_allowed_site_may_call_with_a_token_and_no_other_may() {
    let world = with(&[("ATONIX_CORS_ORIGINS", "https://tools.example")]).await;
    let token = world.token(Person::Operator).unwrap().to_owned();
    let send = async |origin: &str| {
        let request = Request::post("/api/services/tokens/")
            .header(header::HOST, HOST)
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", "cross-site")
            .header(header::AUTHORIZATION, format!("Token {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        world.send(request.body(Body::from(json!({"name": "x"}).to_string())).unwrap()).await
    };
    let answer = send("https://tools.example").await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("access-control-allow-origin"), "https://tools.example");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(send("https://evil.example").await.header("access-control-allow-origin"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_hosts_are_answered() {
    let world = with(&[("ALLOWED_HOSTS", "portal.test")]).await;
    let send = async |host: &str| {
        world.send(Request::get("/sign-in").header(header::HOST, host).body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(send("portal.test").await, 200);
    assert_eq!(send("portal.test:8443").await, 200);
    assert_eq!(send("evil.example").await, 421);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let world = with(&[("ATONIX_PUBLIC_URL", "https://portal.test")]).await;
    let form = "username=operator&password=correct+horse+battery";
    let request = Request::post("/sign-in")
        .header(header::HOST, "inside:8000")
        .header(header::ORIGIN, "https://portal.test")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.send(request.body(Body::from(form)).unwrap()).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-atonix="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!answer.header("strict-transport-security").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_and_no_password_is_in_the_log() {
    everywhere(async |world| {
        let token = world.token(Person::Viewer).unwrap().to_owned();
        world.get(Person::Viewer, "/api/services/workspaces/").await;
        let cookie = world.cookie(Person::Viewer).await;
        world.browse("/tokens?search=canary-in-a-query", &cookie).await;
        let log = logged();
        let id = cookie.split('=').nth(1).unwrap();
        for secret in [token.as_str(), id, crate::world::PASSWORD, "correct+horse", "canary-in-a-query"] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    })
    .await;
}
