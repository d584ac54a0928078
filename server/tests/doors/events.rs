//! The stream of changes: to members, while they are members.
use crate::world::{HOST, Person, TEAM, World, everywhere};
use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt;
use model::WorkspaceSlug;
use portal::Ctx;
use serde_json::json;

async fn provision(world: &World, name: &str) {
    let body = json!({"workspace_id": TEAM, "environment_id": "dev", "name": name, "size_gb": 1});
    let answer = world.post(Person::Operator, "/api/services/provision/storage/volume/", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

async fn listen(world: &World) -> Body {
    let request = Request::get(format!("/events?workspace={TEAM}"))
        .header(header::HOST, HOST)
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .header(header::COOKIE, world.cookie(Person::Viewer).await);
    world.open_stream(request.body(Body::empty()).unwrap()).await
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
async fn the_stream_ends_when_the_server_stops() {
    everywhere(async |world| {
        let mut stream = listen(world).await;
        world.server.shutdown.cancel();
        assert_eq!(next(&mut stream).await, None);
    })
    .await;
}
