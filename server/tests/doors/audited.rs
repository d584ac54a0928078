//! Whatever changes something leaves an event, through whichever door; and the audit as a download.
use crate::{
    objects,
    once::samples,
    rpc::{CALLERS, CALLS, Given},
    rpc_input::FORM,
    world::{Answer, Person, TEAM, World, everywhere},
};
use http::Method;
use portal::Ctx;
use serde_json::{Value, json};
use server::routes::{Door, Row, table};

/// Bodies of the routes that put something; deletes have none.
fn puts() -> Vec<(&'static str, Person, Value)> {
    vec![
        ("/api/services/workspaces/{workspace}/members/{user}/", Person::Owner, json!({"role": "operator"})),
        ("/api/services/admin/users/{user}/", Person::Staff, json!({"staff": true})),
        ("/api/services/admin/workspaces/{workspace}/", Person::Staff, json!({"display_name": "Another"})),
        (
            "/api/services/admin/bindings/{binding}/quota/",
            Person::Staff,
            json!({"quota_vcpus": 21, "quota_ram_gb": 81, "quota_storage_gb": 501}),
        ),
    ]
}

fn deletes() -> Vec<(&'static str, Person)> {
    vec![
        ("/api/services/workspaces/{workspace}/members/{user}/", Person::Owner),
        ("/api/services/tokens/{token}/", Person::Viewer),
        ("/api/services/admin/workspaces/{empty}/", Person::Staff),
        ("/api/services/admin/bindings/{binding}/", Person::Staff),
        ("/api/services/admin/ironic/nodes/{node}/?region=RegionOne", Person::Staff),
        ("/api/services/admin/ironic/ports/{card}/?region=RegionOne", Person::Staff),
        ("/api/services/admin/cyborg/device-profiles/{profile}/?region=RegionOne", Person::Staff),
    ]
}

/// Whether paths are the same route: `{user}` of one is `{id}` of the other.
pub(crate) fn same(path: &str, row: &Row) -> bool {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').map(|part| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() }).collect()
    };
    parts(path.split('?').next().unwrap_or_default()) == parts(&row.path)
}

/// What a row of the table is sent: where, as whom, with what. None for creations, actions and deletions of kinds, of
/// which one stands for all: they are the same code (see `guide.rs`).
fn sample(row: &Row) -> Option<(String, Person, Option<Value>)> {
    let kind = row
        .doc
        .as_ref()
        .is_some_and(|doc| doc.success.contains(&202) && (row.keeps_keys || row.method == Method::DELETE));
    if kind {
        return match (row.path.as_ref(), &row.method) {
            ("/api/services/provision/storage/volume/", _) => {
                let body = json!({"workspace_id": TEAM, "environment_id": "dev", "name": "audited", "size_gb": 1});
                Some((row.path.to_string(), Person::Operator, Some(body)))
            }
            ("/api/services/provision/storage/volume/{id}/", &Method::DELETE) => {
                let path =
                    "/api/services/provision/storage/volume/{volume}/?workspace_id=devops-team&environment_id=dev";
                Some((path.to_owned(), Person::Operator, None))
            }
            ("/api/services/networking/neutron/routers/{id}/clear_gateway/", _) => {
                let path = row.path.replace("{id}", "{router}");
                Some((path, Person::Operator, Some(json!({"workspace_id": TEAM, "environment_id": "dev"}))))
            }
            _ => None,
        };
    }
    let all = match row.method {
        Method::POST => samples(),
        Method::PUT => puts(),
        _ => deletes().into_iter().map(|(path, person)| (path, person, Value::Null)).collect(),
    };
    let found = all.into_iter().find(|(path, ..)| same(path, row));
    let (path, person, body) = found.unwrap_or_else(|| panic!("{} {} has no sample here", row.method, row.path));
    Some((path.to_owned(), person, (!body.is_null()).then_some(body)))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_that_changes_something_leaves_an_event() {
    everywhere(async |world| {
        let mut walked = 0;
        let rows = table(&world.server).into_iter().filter(|row| row.door == Door::Rest && row.method != Method::GET);
        for (number, row) in rows.enumerate() {
            let asked = match objects::is_about(&row) {
                true => objects::asked(world, &row, number).await,
                false => sample(&row),
            };
            let Some((path, person, body)) = asked else { continue };
            let given = Given::new(world, 3000 + number).await;
            // A member to change, a workspace to rename or to close.
            let admin = row.path.contains("/admin/");
            let path = path.replace("{workspace}", if admin { "{empty}" } else { TEAM });
            let path = if path.contains("/members/{user}") { path.replace("{user}", "{member}") } else { path };
            let path = given.fill(&path);
            let body = body.map(|body| serde_json::from_str(&given.fill(&body.to_string())).unwrap());
            let before = world.events().await;
            let answer = world.call(person, row.method.clone(), &path, body).await;
            assert!(answer.status.is_success(), "{} {path}: {} {}", row.method, answer.status, answer.text);
            let tests_only = row.path.contains("/test/");
            let more = world.events().await - before;
            assert_eq!(more > 0, !tests_only, "{} {path}: {more} events", row.method);
            walked += 1;
        }
        assert!(walked >= 15, "only {walked} routes");
        assert_eq!(world.portal.verify_audit().await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_that_changes_something_leaves_an_event() {
    everywhere(async |world| {
        for (number, (name, body, statuses)) in CALLS.iter().enumerate() {
            let may = statuses.iter().position(|status| *status == 200).unwrap();
            let given = Given::new(world, 4000 + number).await;
            let cookie = world.cookie(CALLERS[may]).await;
            let before = world.events().await;
            let answer = world.rpc(name, &cookie, FORM, given.fill(body)).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text);
            let changes = !["set_theme", "probe_binding"].contains(name);
            assert_eq!(world.events().await > before, changes, "{name}");
        }
    })
    .await;
}

async fn download(world: &World, query: &str) -> Answer {
    world.get(Person::Viewer, &format!("/api/services/audit/export/?workspace_id={TEAM}&{query}")).await
}

fn numbers(answer: &Answer) -> Vec<i64> {
    let number = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["number"].as_i64().or_else(|| event["attachments"][0]["content"]["number"].as_i64()).unwrap()
    };
    answer.text.lines().map(number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_holds_every_event_that_fits_from_the_first_to_the_last() {
    everywhere(async |world| {
        for number in 0..520 {
            let path = format!("/api/services/admin/workspaces/{TEAM}/");
            let body = json!({"display_name": format!("Team {number}")});
            assert_eq!(world.call(Person::Staff, Method::PUT, &path, Some(body)).await.status, 200);
        }
        let all = download(world, "").await;
        assert_eq!(all.header("content-disposition"), "attachment; filename=\"audit-devops-team.jsonl\"");
        let count = world.portal.audit_heads(&Ctx::cli()).await.unwrap();
        let count = count.iter().find(|head| head.chain == TEAM).unwrap().number;
        assert_eq!(numbers(&all), (1..=count).collect::<Vec<_>>());
        let cadf = download(world, "format=cadf").await;
        assert_eq!(numbers(&cadf), numbers(&all));
        assert_eq!(numbers(&download(world, "action=workspace.rename&outcome=succeeded").await).len(), 520);
        assert_eq!(numbers(&download(world, "action=member").await).len(), 2);
        assert_eq!(numbers(&download(world, "until=2001-01-01").await), [0_i64; 0]);
        assert_eq!(numbers(&download(world, "since=2001-01-01").await).len() as i64, count);
        for wrong in ["since=yesterday", "until=1", "format=xml", "outcome=maybe"] {
            let answer = download(world, wrong).await;
            let field = wrong.split('=').next().unwrap();
            assert!(answer.status == 400 && answer.json()["errors"][field].is_array(), "{wrong}: {}", answer.text);
        }
    })
    .await;
}
