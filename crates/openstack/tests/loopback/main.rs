//! The client against a small cloud on a loopback port: what it sends, how often, and where to.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod cloud;
mod resting;

use cloud::{COMPUTE, SERVERS, Say, SmallCloud};
use http::Method;
use openstack::{
    Error, Microversion, Request,
    client::{Auth, ProjectScope},
};
use serde_json::json;
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn project() -> ProjectScope {
    ProjectScope::Id("p1".to_owned())
}

fn list() -> Request {
    Request::new(&COMPUTE, Method::GET, ["servers"])
}

fn create() -> Request {
    Request::new(&COMPUTE, Method::POST, ["servers"]).json(json!({"server": {}})).expect(&[202])
}

#[tokio::test]
async fn twenty_callers_share_one_sign_in() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let cloud = cloud.clone();
            tokio::spawn(async move { cloud.send(&project(), "One", &list(), ID).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(small.count("POST /v3/auth/tokens"), 1);
    assert_eq!(small.count("GET /"), 1, "one version document for all");
    assert_eq!(small.count("GET /v2.1/servers"), 20);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    cloud.send(&project(), "One", &list(), ID).await.unwrap();
    small.next(Say::Status(401));
    cloud.send(&project(), "One", &list(), ID).await.unwrap();
    assert_eq!(small.count("POST /v3/auth/tokens"), 2);
    small.next(Say::Status(401));
    small.next(Say::Status(401));
    let error = cloud.send(&project(), "One", &create(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 401, .. }), "{error}");
    assert!(!error.maybe_done());
    assert_eq!(small.count("POST /v3/auth/tokens"), 3, "a second refusal is final");
}

#[tokio::test]
async fn a_token_that_others_renewed_meanwhile_is_kept() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    cloud.token(&project()).await.unwrap();
    for _ in 0..8 {
        small.next(Say::StatusIfToken(401, "token-1"));
    }
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let cloud = cloud.clone();
            tokio::spawn(async move { cloud.send(&project(), "One", &list(), ID).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(small.count("POST /v3/auth/tokens"), 2, "eight refusals of one token lead to one sign-in");
}

#[tokio::test]
async fn a_create_that_may_have_been_executed_is_not_repeated() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    for say in [Say::Hang, Say::Cut, Say::Status(502), Say::Status(503), Say::Status(504)] {
        let before = small.count("POST /v2.1/servers");
        small.next(say);
        let error = cloud.send(&project(), "One", &create(), ID).await.unwrap_err();
        assert!(error.maybe_done(), "{error}");
        assert_eq!(small.count("POST /v2.1/servers"), before + 1);
    }
}

#[tokio::test]
async fn a_read_is_repeated_until_it_is_answered() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    for say in [Say::Cut, Say::Status(503)] {
        small.next(say);
        cloud.send(&project(), "One", &list(), ID).await.unwrap();
    }
    assert_eq!(small.count("GET /v2.1/servers"), 4);
    small.next(Say::Status(500));
    let error = cloud.send(&project(), "One", &list(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 500, .. }));
    assert_eq!(small.count("GET /v2.1/servers"), 5, "a fault of the service is not overcome by asking again");
}

#[tokio::test]
async fn a_service_that_says_when_to_come_back_is_obeyed() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    small.next(Say::ComeBack(429, 1));
    let begun = std::time::Instant::now();
    cloud.send(&project(), "One", &create(), ID).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(small.count("POST /v2.1/servers"), 2, "a create that was turned away at the door was not executed");
    small.next(Say::ComeBack(503, 3600));
    let error = cloud.send(&project(), "One", &list(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Status { retry_after: Some(after), .. } if after == Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_service_that_is_down_was_sent_nothing() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    let error = cloud.send(&project(), "Down", &create(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Lost { maybe_done: false, .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let small = SmallCloud::start().await;
    let stranger = SmallCloud::start().await;
    small.next(Say::Redirect(format!("{}/v2.1/servers", stranger.url())));
    let error = small.client().send(&project(), "One", &list(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 307, .. }), "{error}");
    assert_eq!(stranger.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    let small = SmallCloud::start().await;
    let stranger = SmallCloud::start().await;
    small.next(Say::Body(json!({
        "servers": [{"id": "a"}],
        "servers_links": [{"rel": "next", "href": format!("{}/v2.1/servers?marker=a", stranger.url())}],
    })));
    small.next(Say::Body(json!({"servers": [{"id": "b"}]})));
    let listing = small.client().list(&project(), "One", &SERVERS, SERVERS.list(), 100, ID).await.unwrap();
    assert_eq!(listing.items, [json!({"id": "a"}), json!({"id": "b"})]);
    assert!(listing.complete);
    assert_eq!(stranger.requests(), Vec::<String>::new());
    assert_eq!(small.queries("/v2.1/servers"), ["limit=100", "limit=100&marker=a"]);
}

#[tokio::test]
async fn a_list_follows_its_links_and_says_when_it_was_cut() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    let page = |ids: [&str; 2], next: &str| {
        let items: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        let href = format!("{}/v2.1/servers?marker={next}", small.url());
        Say::Body(json!({"servers": items, "servers_links": [{"rel": "next", "href": href}]}))
    };
    small.next(page(["a", "b"], "b"));
    small.next(page(["c", "d"], "d"));
    let listing = cloud.list(&project(), "One", &SERVERS, SERVERS.list().query("name", "x"), 3, ID).await.unwrap();
    assert_eq!((listing.items.len(), listing.complete), (3, false));
    small.next(page(["a", "b"], "b"));
    small.next(page(["a", "b"], "b"));
    let error = cloud.list(&project(), "One", &SERVERS, SERVERS.list(), 100, ID).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "a list in a circle ends: {error}");
}

#[tokio::test]
async fn the_request_carries_token_id_and_microversion_and_the_error_their_id() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    cloud.send(&project(), "One", &list().microversion(Some(Microversion(2, 90))), ID).await.unwrap();
    let headers = small.last_headers();
    assert_eq!(headers["x-auth-token"], "token-1");
    assert_eq!(headers["x-openstack-request-id"], format!("req-{ID}"));
    assert_eq!(headers["openstack-api-version"], "compute 2.90");
    let too_old = cloud.send(&project(), "One", &list().microversion(Some(Microversion(2, 999))), ID).await;
    assert_eq!(
        too_old.unwrap_err(),
        Error::TooOld { service: "Compute", has: "2.104".to_owned(), needs: "2.999".to_owned() }
    );
    small.next(Say::Status(409));
    let error = cloud.send(&project(), "One", &list().query("name", "private"), ID).await.unwrap_err();
    let Error::Status { status: 409, message, request_id, url, .. } = &error else { panic!("{error}") };
    assert_eq!((message.as_str(), request_id.as_deref()), ("said so", Some("req-theirs")));
    assert_eq!(*url, format!("{}/v2.1/servers", small.url()), "without the query");
    assert!(!format!("{error:?}").contains("token-1"));
}

#[tokio::test]
async fn version_documents_are_asked_for_without_the_token() {
    let small = SmallCloud::start().await;
    small.client().send(&project(), "One", &list(), ID).await.unwrap();
    assert!(!small.headers_of("GET /").contains_key("x-auth-token"));
}

#[tokio::test]
async fn a_bare_or_dotted_id_is_not_sent() {
    let small = SmallCloud::start().await;
    let cloud = small.client();
    for id in ["", ".", ".."] {
        let request = Request::new(&COMPUTE, Method::DELETE, ["servers", id]);
        let error = cloud.send(&project(), "One", &request, ID).await.unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
    }
    assert_eq!(small.count("DELETE /v2.1/servers"), 0);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.longest_answer = 1000;
    let cloud = openstack::client::Cloud::new(config).unwrap();
    small.next(Say::Body(json!({"servers": ["x".repeat(2000)]})));
    let error = cloud.send(&project(), "One", &list(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_tried_again() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.auth =
        Auth::Password { username: "u".to_owned(), password: "wrong".into(), user_domain: "Default".to_owned() };
    let error = openstack::client::Cloud::new(config).unwrap().token(&project()).await.unwrap_err();
    assert_eq!(error, Error::Denied { cause: "no such user".to_owned() });
    assert_eq!(small.count("POST /v3/auth/tokens"), 1);
}

#[tokio::test]
async fn a_credential_of_another_project_is_refused() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.auth = Auth::ApplicationCredential { id: "ac".to_owned(), secret: "right".into() };
    let cloud = openstack::client::Cloud::new(config).unwrap();
    assert!(cloud.token(&project()).await.is_ok());
    let error = cloud.send(&ProjectScope::Id("p2".to_owned()), "One", &create(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
    assert_eq!(small.count("POST /v2.1/servers"), 0);
}

#[tokio::test]
async fn no_more_run_at_once_than_allowed() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.concurrency = 3;
    let cloud = openstack::client::Cloud::new(config).unwrap();
    let callers: Vec<_> = (0..12)
        .map(|_| {
            small.next(Say::Slowly(Duration::from_millis(30)));
            let cloud = cloud.clone();
            tokio::spawn(async move { cloud.send(&project(), "One", &list(), ID).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert!(small.most_at_once() <= 3, "{}", small.most_at_once());
}

#[tokio::test]
async fn a_token_at_its_end_is_not_used_again() {
    let small = SmallCloud::start().await;
    small.tokens_end_at_once();
    let cloud = small.client();
    cloud.token(&project()).await.unwrap();
    cloud.token(&project()).await.unwrap();
    assert_eq!(small.count("POST /v3/auth/tokens"), 2);
}

#[tokio::test]
async fn neither_token_nor_password_nor_body_is_in_a_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let small = SmallCloud::start().await;
    // For this thread alone, on which everything of this test runs.
    let guard = tracing::subscriber::set_default(subscriber);
    let cloud = small.client();
    let body = json!({"server": {"name": "canary-body", "adminPass": "canary-secret"}});
    cloud.send(&project(), "One", &create().json(body.clone()), ID).await.unwrap();
    small.next(Say::Status(409));
    cloud.send(&project(), "One", &create().json(body).query("q", "canary-query"), ID).await.unwrap_err();
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/v2.1/servers") && text.contains("req-theirs"), "{text}");
    for secret in ["token-1", "right", "canary", "said so"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}
