//! Idempotency keys at every door: ten times the same request is one deed and ten equal answers.
use crate::{
    audited::same,
    objects,
    rpc::{CALLERS, CALLS, Given},
    rpc_input::FORM,
    world::{Answer, PASSWORD, Person, TEAM, World, everywhere},
};
use axum::body::Body;
use http::{Method, Request, header};
use model::WorkspaceSlug;
use portal::Ctx;
use serde_json::{Value, json};
use server::routes::{Door, table};

const TIMES: usize = 10;

/// Each POST of the API that keeps no keys itself: its path, who sends it, and a body that succeeds.
pub(crate) fn samples() -> Vec<(&'static str, Person, Value)> {
    let binding = json!({"workspace_id": "{empty}", "environment": "dev", "openstack_project": "payments-prod",
        "openstack_region": "RegionOne", "quota_vcpus": 1, "quota_ram_gb": 1, "quota_storage_gb": 1});
    vec![
        ("/api/services/auth/token/", Person::Nobody, json!({"username": "operator", "password": PASSWORD})),
        ("/api/services/tokens/", Person::Operator, json!({"name": "ten"})),
        (
            "/api/services/workspaces/{workspace}/members/",
            Person::Owner,
            json!({"username": "{username}", "role": "viewer"}),
        ),
        ("/api/services/admin/users/", Person::Staff, json!({"username": "ten-{number}"})),
        ("/api/services/admin/users/{user}/password/", Person::Staff, json!({})),
        (
            "/api/services/admin/workspaces/",
            Person::Staff,
            json!({"workspace_id": "ten-{number}", "display_name": "Ten", "owner": "owner"}),
        ),
        ("/api/services/admin/bindings/", Person::Staff, binding.clone()),
        ("/api/services/admin/bindings/test/", Person::Staff, binding),
        (
            "/api/services/admin/ironic/nodes/",
            Person::Staff,
            json!({"region": "RegionOne", "name": "node-{number}", "driver": "fake-hardware"}),
        ),
        (
            "/api/services/admin/ironic/nodes/{node}/set_power_state/",
            Person::Staff,
            json!({"region": "RegionOne", "target": "power on"}),
        ),
        (
            "/api/services/admin/ironic/nodes/{node}/set_provision_state/",
            Person::Staff,
            json!({"region": "RegionOne", "target": "manage"}),
        ),
        (
            "/api/services/admin/ironic/ports/",
            Person::Staff,
            json!({"region": "RegionOne", "node_id": "{node}", "address": "{address}"}),
        ),
        (
            "/api/services/admin/cyborg/device-profiles/",
            Person::Staff,
            json!({"region": "RegionOne", "name": "profile-{number}", "resource": "FPGA"}),
        ),
        ("/api/services/provision/drift/check/", Person::Operator, dev()),
        ("/api/services/provision/drift/{finding}/adopt/", Person::Operator, dev()),
        ("/api/services/provision/drift/{finding}/forget/", Person::Operator, dev()),
        ("/api/services/provision/drift/{finding}/clean-up/", Person::Operator, dev()),
    ]
}

fn dev() -> Value {
    json!({"workspace_id": TEAM, "environment_id": "dev"})
}

async fn keyed(world: &World, person: Person, path: &str, key: &str, body: &Value) -> Answer {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key);
    if let Some(token) = world.token(person) {
        request = request.header(header::AUTHORIZATION, format!("Token {token}"));
    }
    world.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// What is shown once is delivered once; everything else is answered alike.
fn alike(first: &Answer, later: &Answer) -> bool {
    let delivered = later.status == 409 && later.text.contains("already_delivered");
    (first.status, &first.text) == (later.status, &later.text) || delivered && shown_once(first)
}

fn shown_once(answer: &Answer) -> bool {
    ["\"token\":\"atx_", "\"password\":\""].iter().any(|mark| answer.text.contains(mark))
        || answer.text.starts_with('"')
        || answer.text.contains("\",\"") && answer.text.starts_with('[')
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_of_the_api_is_done_once_however_often_it_comes_under_its_key() {
    everywhere(async |world| {
        let samples = samples();
        let mut wrong = Vec::new();
        let posts = table(&world.server).into_iter().filter(|row| row.method == Method::POST && row.door == Door::Rest);
        for (number, row) in posts.filter(|row| !row.keeps_keys).enumerate() {
            let (path, person, body) = match objects::is_about(&row) {
                true => objects::asked(world, &row, number).await.unwrap(),
                false => {
                    let found = samples.iter().find(|(path, ..)| same(path, &row));
                    let (path, person, body) = found.unwrap_or_else(|| panic!("{} has no sample here", row.path));
                    let given = Given::new(world, 1000 + number).await;
                    let body = serde_json::from_str(&given.fill(&body.to_string())).unwrap();
                    (given.fill(&path.replace("{workspace}", TEAM)), *person, Some(body))
                }
            };
            let body = body.unwrap();
            let key = format!("ten-{number}");
            let before = world.events().await;
            let first = keyed(world, person, &path, &key, &body).await;
            assert!(first.status.is_success(), "{path}: {} {}", first.status, first.text);
            let done = world.events().await;
            for _ in 1..TIMES {
                let later = keyed(world, person, &path, &key, &body).await;
                if !alike(&first, &later) {
                    wrong.push(format!("{path}: {} {} / {} {}", first.status, first.text, later.status, later.text));
                }
            }
            // A sign-in is an event of its own, each time; what it is for is done once.
            let signs_in = row.path.contains("auth/token");
            let more = world.events().await - done;
            if more != if signs_in { TIMES as i64 - 1 } else { 0 } {
                wrong.push(format!("{path}: {} events at first, {more} more later", done - before));
            }
            let tests_only = row.path.contains("test");
            let mut other = body.clone();
            other["name"] = json!("another request");
            let answer = keyed(world, person, &path, &key, &other).await;
            if !tests_only && answer.status != 422 {
                wrong.push(format!("{path}: another body was answered {} {}", answer.status, answer.text));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_done_once_however_often_it_comes_under_its_key() {
    everywhere(async |world| {
        let mut wrong = Vec::new();
        // The colours are a cookie, and a test saves nothing.
        let kept = CALLS.iter().filter(|(name, ..)| !["set_theme", "probe_binding"].contains(name));
        for (number, (name, body, statuses)) in kept.enumerate() {
            let may = statuses.iter().position(|status| *status == 200).unwrap();
            let given = Given::new(world, 2000 + number).await;
            let mut cookie = world.cookie(CALLERS[may]).await;
            let body = given.fill(body).replace("&key=", "");
            let body = format!("{body}&key=form-{number}");
            let first = world.rpc(name, &cookie, FORM, body.clone()).await;
            assert_eq!(first.status, 200, "{name}: {}", first.text);
            if let Some(next) = first.headers.get(header::SET_COOKIE) {
                cookie = next.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
            let done = world.events().await;
            for _ in 1..TIMES {
                let later = world.rpc(name, &cookie, FORM, body.clone()).await;
                // What stands in a cloud is told as it is now.
                let live = ["provision", "act"].contains(name) && later.status == 200;
                if !live && !alike(&first, &later) {
                    wrong.push(format!("{name}: {} {} / {} {}", first.status, first.text, later.status, later.text));
                }
            }
            let more = world.events().await - done;
            let moving = ["provision", "act", "remove", "remove_many"].contains(name);
            if more != 0 && !moving {
                wrong.push(format!("{name}: {more} more events"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_the_browser_posts_twice_leads_twice_to_the_one_workspace() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Staff).await;
        let form = "slug=twice&display_name=Twice&owner=owner&key=double-click";
        let (first, second) = (
            world.form("/rpc/create_workspace", &cookie, form).await,
            world.form("/rpc/create_workspace", &cookie, form).await,
        );
        for answer in [first, second] {
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/admin/workspaces/twice"));
        }
        let all = world.portal.all_workspaces(&Ctx::cli()).await.unwrap();
        assert_eq!(all.iter().filter(|one| one.workspace_id == WorkspaceSlug::new("twice")).count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_its_actors_own_and_a_refusal_spends_none() {
    everywhere(async |world| {
        let member = |role: &str| json!({"username": "stranger", "role": role});
        let path = format!("/api/services/workspaces/{TEAM}/members/");
        let refused = keyed(world, Person::Owner, &path, "mine", &member("king")).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        let denied = keyed(world, Person::Viewer, &path, "mine", &member("viewer")).await;
        assert_eq!(denied.status, 403, "{}", denied.text);
        let done = keyed(world, Person::Owner, &path, "mine", &member("viewer")).await;
        assert_eq!(done.status, 204, "{}", done.text);
        let others = keyed(world, Person::Staff, &path, "mine", &member("viewer")).await;
        assert_eq!(others.status, 400, "a member already: carried out, not answered from memory; {}", others.text);
        let volume = json!({"workspace_id": TEAM, "environment_id": "dev", "name": "v", "size_gb": 1});
        let other_kind = keyed(world, Person::Owner, "/api/services/provision/storage/volume/", "mine", &volume).await;
        assert_eq!(other_kind.status, 422, "{}", other_kind.text);
    })
    .await;
}
