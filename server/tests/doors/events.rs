//! The stream of changes: to members, while they are members.
use crate::world::{HOST, Person, TEAM, World, everywhere, postgresql};
use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt;
use model::{
    Environment, FormValues, Place, UserId, WorkspaceSlug,
    view::{InventoryQuery, NewToken},
};
use portal::{Ctx, Portal, SpecInput};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

/// Less than the time to the next beat, at which a stream would notice anyway.
const SOON: Duration = Duration::from_secs(10);

async fn provision(world: &World, name: &str) {
    let body = json!({"workspace_id": TEAM, "environment_id": "dev", "name": name, "size_gb": 1});
    let answer = world.post(Person::Operator, "/api/services/provision/storage/volume/", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

async fn listen(world: &World) -> Body {
    listen_as(world, (header::COOKIE, world.cookie(Person::Viewer).await)).await
}

async fn listen_as(world: &World, (name, value): (header::HeaderName, String)) -> Body {
    let request = Request::get(format!("/events?workspace={TEAM}"))
        .header(header::HOST, HOST)
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .header(name, value);
    let mut stream = world.open_stream(request.body(Body::empty()).unwrap()).await;
    // The first beat comes at once: from here on the next one is far.
    stream.frame().await.unwrap().unwrap();
    stream
}

async fn viewer(world: &World) -> UserId {
    let users = world.portal.users(&Ctx::cli()).await.unwrap();
    users.iter().find(|user| user.username == "viewer").unwrap().id.clone()
}

async fn ends(stream: &mut Body) -> bool {
    timeout(SOON, next(stream)).await == Ok(None)
}

/// The next event that is more than a beat; none when the stream has ended.
async fn next(stream: &mut Body) -> Option<String> {
    while let Some(frame) = stream.frame().await {
        let text = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
        if !text.starts_with(':') {
            return Some(text);
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_hears_of_a_change() {
    everywhere(async |world| {
        let mut stream = listen(world).await;
        provision(world, "heard").await;
        let event = next(&mut stream).await.unwrap();
        assert!(event.contains("id:") && event.contains("\"kind\":\"volume\""), "{event}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_longer_a_member_hears_nothing_more() {
    everywhere(async |world| {
        let mut stream = listen(world).await;
        let team = WorkspaceSlug::new(TEAM);
        let detail = world.portal.workspace_detail(&Ctx::cli(), &team).await.unwrap();
        let viewer = detail.members.iter().find(|member| member.username == "viewer").unwrap();
        world.portal.remove_member(&Ctx::cli(), &team, &viewer.user).await.unwrap();
        provision(world, "unheard").await;
        assert_eq!(next(&mut stream).await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_at_once_when_its_caller_is_out() {
    everywhere(async |world| {
        let (cli, id, team) = (Ctx::cli(), viewer(world).await, WorkspaceSlug::new(TEAM));
        let cookie = world.cookie(Person::Viewer).await;
        let mut stream = listen_as(world, (header::COOKIE, cookie.clone())).await;
        world.form("/sign-out", &cookie, "").await;
        assert!(ends(&mut stream).await, "signed out");
        let mut stream = listen(world).await;
        world.portal.set_user_active(&cli, &id, false).await.unwrap();
        assert!(ends(&mut stream).await, "deactivated");
        world.portal.set_user_active(&cli, &id, true).await.unwrap();
        let mut stream = listen(world).await;
        world.portal.remove_member(&cli, &team, &id).await.unwrap();
        assert!(ends(&mut stream).await, "removed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_at_once_when_its_token_is_revoked_and_others_of_that_user_go_on() {
    everywhere(async |world| {
        let ctx = world.portal.ctx_for_user(&viewer(world).await, Ctx::new_request_id()).await.unwrap();
        let new = NewToken { name: "stream".to_owned(), ..NewToken::default() };
        let issued = world.portal.issue_token(&ctx, new).await.unwrap();
        let (mut by_token, mut by_session) =
            (listen_as(world, (header::AUTHORIZATION, format!("Token {}", issued.token))).await, listen(world).await);
        world.portal.revoke_token(&ctx, &issued.view.id).await.unwrap();
        assert!(ends(&mut by_token).await);
        provision(world, "heard").await;
        assert!(next(&mut by_session).await.unwrap().contains("volume"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_ends_when_the_server_stops() {
    everywhere(async |world| {
        let mut stream = listen(world).await;
        world.server.shutdown.cancel();
        assert_eq!(next(&mut stream).await, None);
    })
    .await;
}

/// Another server, or an operator's command, on the same database.
async fn another(world: &World) -> Portal {
    Portal::open(world.server.config.settings()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_does_to_a_member_ends_its_stream_at_once() {
    everywhere(async |world| {
        let mut stream = listen(world).await;
        let command = another(world).await;
        command.remove_member(&Ctx::cli(), &WorkspaceSlug::new(TEAM), &viewer(world).await).await.unwrap();
        assert!(ends(&mut stream).await);
        command.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_through_one_server_is_heard_at_another() {
    postgresql(async |world| {
        let mut stream = listen(world).await;
        let other = another(world).await;
        let users = other.users(&Ctx::cli()).await.unwrap();
        let operator = users.iter().find(|user| user.username == "operator").unwrap();
        let ctx = other.ctx_for_user(&operator.id, Ctx::new_request_id()).await.unwrap();
        let place = Place { workspace: WorkspaceSlug::new(TEAM), environment: Environment::Dev };
        let spec = SpecInput::Form(FormValues::from([
            ("name".to_owned(), "there".to_owned()),
            ("size_gb".to_owned(), "1".to_owned()),
        ]));
        let made = other.provision(&ctx, &place, "volume", spec, None).await.unwrap();
        let event = timeout(SOON, next(&mut stream)).await.unwrap().unwrap();
        assert!(event.contains(made.view.id.as_str()), "{event}");
        other.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_is_told_what_it_missed_and_need_not_ask_for_everything() {
    everywhere(async |world| {
        let mut stream = listen(world).await;
        provision(world, "heard").await;
        let event = next(&mut stream).await.unwrap();
        let id = event.lines().find_map(|line| line.strip_prefix("id:")).unwrap().trim().to_owned();
        drop(stream);
        provision(world, "missed").await;
        let query = InventoryQuery { search: Some("missed".to_owned()), ..InventoryQuery::default() };
        let found = world.portal.inventory(&Ctx::cli(), &WorkspaceSlug::new(TEAM), None, &query).await.unwrap();
        let missed = found.items[0].id.clone();
        let request = Request::get(format!("/events?workspace={TEAM}"))
            .header(header::HOST, HOST)
            .header("last-event-id", id)
            .header(header::COOKIE, world.cookie(Person::Viewer).await);
        let mut stream = world.open_stream(request.body(Body::empty()).unwrap()).await;
        loop {
            let event = timeout(SOON, next(&mut stream)).await.unwrap().unwrap();
            assert!(!event.contains("reset"), "{event}");
            if event.contains(missed.as_str()) {
                break;
            }
        }
    })
    .await;
}
