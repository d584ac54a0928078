//! Long lists: a page asks the cloud for a page. The cloud keeps count of what it is asked.
use crate::world::{Outside, Person, TEAM, World, with};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use simulator::{Quotas, Request};
use std::collections::BTreeSet;

const PROJECT: &str = "devops-staging-9a3f";
const PLACE: &str = "workspace_id=devops-team&environment_id=staging";
const VOLUMES: &str = "/api/services/storage/cinder/volumes/";

/// A cloud that has room for many.
async fn roomy() -> World {
    let world = with(&[("ATONIX_PATIENCE_SECONDS", "1")]).await;
    let many = 10_000;
    world.simulator.knobs().set_quotas(Quotas {
        volumes: many,
        gigabytes: many,
        network: many,
        security_group: many,
        shares: many,
        share_gigabytes: many,
        ..Quotas::default()
    });
    world
}

/// Makes many things past the platform.
async fn make(outside: &Outside, path: &str, bodies: impl Iterator<Item = Value>) {
    let made = stream::iter(bodies).map(|body| outside.make(path, body)).buffer_unordered(16);
    made.for_each(|_| std::future::ready(())).await;
}

async fn volumes(world: &World, many: usize) {
    let outside = world.outside(PROJECT, "block-storage").await;
    let body = |number| json!({"volume": {"name": format!("disk-{number:04}"), "size": 1}});
    make(&outside, "volumes", (0..many).map(body)).await;
}

/// What the cloud was asked since it was last looked.
fn asked(world: &World) -> Vec<Request> {
    let knobs = world.simulator.knobs();
    let requests = knobs.requests();
    knobs.forget_requests();
    requests
}

/// A page of a list by REST, and how many requests the cloud was sent for it.
async fn page(world: &World, path: &str, limit: usize, cursor: Option<&str>) -> (Value, usize) {
    asked(world);
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    let answer = world.get(Person::Viewer, &format!("{path}?{PLACE}&limit={limit}{cursor}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let page = answer.json();
    assert!(page["trouble"].is_null(), "{}", page["trouble"]);
    (page, asked(world).len())
}

/// Walks a list; gives the ids of each page, and the most requests that a page took.
async fn walk(world: &World, path: &str, limit: usize) -> (Vec<Vec<String>>, usize) {
    let (mut pages, mut most, mut cursor) = (Vec::new(), 0, None);
    loop {
        let (page, requests) = page(world, path, limit, cursor.as_deref()).await;
        let items = page["resources"].as_array().unwrap();
        pages.push(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect());
        most = most.max(requests);
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return (pages, most),
        }
    }
}

/// The place in a page's markup to which the link with that relation leads.
fn link(html: &str, relation: &str) -> Option<String> {
    let before = html.split(&format!(" rel=\"{relation}\"")).next().filter(|before| before.len() < html.len())?;
    let href = before.rsplit("href=\"").next()?.split('"').next()?;
    Some(href.replace("&amp;", "&"))
}

/// A page of the browser, and how many requests the cloud was sent for it. When the cloud takes its time, the page comes
/// without it, and is asked for again, as its script does.
async fn browsed(world: &World, path: &str, cookie: &str) -> (String, usize) {
    asked(world);
    loop {
        let answer = world.browse(path, cookie).await;
        assert_eq!(answer.status, 200, "{path}");
        if !answer.text.contains("has not answered yet") {
            return (answer.text, asked(world).len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_five_thousand_volumes_takes_two_requests_at_most_by_rest_and_in_the_browser() {
    let world = roomy().await;
    volumes(&world, 5000).await;
    // Signs in, and finds out which versions the service has; that is once and for all.
    page(&world, "/api/services/storage/cinder/snapshots/", 1, None).await;

    let (pages, most) = walk(&world, VOLUMES, 500).await;
    assert!(most <= 2, "{most} requests");
    assert!(pages.len() <= 11, "{} pages", pages.len());
    let ids: BTreeSet<&String> = pages.iter().flatten().collect();
    assert_eq!((ids.len(), pages.concat().len()), (5000, 5000), "each once");

    let cookie = world.cookie(Person::Viewer).await;
    let first = format!("/w/{TEAM}/staging/k/volume");
    let (html, requests) = browsed(&world, &first, &cookie).await;
    assert!(requests <= 2, "{requests} requests for the first page");
    assert_eq!(html.matches("<td data-label=\"Name\"").count(), 100);
    assert!(link(&html, "prev").is_none());
    let second = link(&html, "next").unwrap();
    let (html, requests) = browsed(&world, &second, &cookie).await;
    assert!(requests <= 2, "{requests} requests for the next page");
    assert!(html.contains("disk-4850") && !html.contains("disk-4950"), "newest first, as Cinder lists them");
    let third = link(&html, "next").unwrap();
    let (html, _) = browsed(&world, &third, &cookie).await;
    assert_eq!(link(&html, "prev"), Some(second));

    // The last page, by the cursor of the one before it.
    let (mut cursor, mut before) = (None, None);
    while let Some(next) = page(&world, VOLUMES, 500, cursor.as_deref()).await.0["next"].as_str() {
        before = cursor.replace(next.to_owned());
    }
    let last = before.or(cursor).unwrap();
    let (html, requests) = browsed(&world, &format!("{first}?limit=500&cursor={last}"), &cookie).await;
    assert!(requests <= 2 && html.contains("disk-0000"), "{requests} requests for the last page");
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_are_known_on_whichever_page_they_stand_and_what_is_new_stands_on_the_first() {
    let world = roomy().await;
    let ours = json!({"workspace_id": TEAM, "environment_id": "staging", "name": "ours", "size_gb": 1});
    let made = world.post(Person::Operator, "/api/services/provision/storage/volume/", ours.clone()).await.json();
    let row = made["provisioned"]["id"].clone();
    volumes(&world, 25).await;
    let (first, _) = page(&world, VOLUMES, 10, None).await;
    assert!(first["resources"].as_array().unwrap().iter().all(|one| one["provisioned"].is_null()), "{first}");
    let (second, _) = page(&world, VOLUMES, 10, first["next"].as_str()).await;
    let (third, _) = page(&world, VOLUMES, 10, second["next"].as_str()).await;
    let found = third["resources"].as_array().unwrap().iter().find(|one| one["provisioned"]["id"] == row);
    assert_eq!(found.unwrap()["name"], "ours");

    world.simulator.knobs().add(simulator::Fault {
        service: Some("block-storage".to_owned()),
        method: Some("POST".to_owned()),
        effect: simulator::Effect::Unavailable { retry_after: None },
        ..simulator::Fault::default()
    });
    let waits = world.post(Person::Operator, "/api/services/provision/storage/volume/", ours).await;
    let (first, _) = page(&world, VOLUMES, 10, None).await;
    let row = &waits.json()["provisioned"]["id"];
    assert_eq!(&first["resources"][0]["provisioned"]["id"], row, "{} {first}", waits.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_to_all_comes_behind_what_is_the_projects_own_and_once() {
    let world = roomy().await;
    let outside = world.outside(PROJECT, "network").await;
    let body = |number| json!({"network": {"name": format!("net-{number}")}});
    make(&outside, "networks", (0..30).map(body)).await;
    let path = "/api/services/networking/neutron/networks/";
    let (whole, _) = page(&world, path, 500, None).await;
    let names: Vec<&str> =
        whole["resources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"public") && names.is_sorted() && whole["next"].is_null(), "{names:?}");
    let (pages, most) = walk(&world, path, 10).await;
    assert!(most <= 2, "{most} requests");
    let mut ids = pages.concat();
    ids.sort();
    let mut all: Vec<String> =
        whole["resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    all.sort();
    assert_eq!(ids, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_pages_by_offset_and_rows_that_no_service_lists_are_paged_too() {
    let world = roomy().await;
    for number in 0..7 {
        let name = format!("key-{number}");
        let key = json!({"workspace_id": TEAM, "environment_id": "staging", "name": name});
        let made = world.post(Person::Operator, "/api/services/compute/nova/keypairs/", key).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let share = json!({
            "workspace_id": TEAM, "environment_id": "staging", "name": format!("share-{number}"), "size_gb": 1,
            "share_proto": "NFS",
        });
        let made = world.post(Person::Operator, "/api/services/storage/manila/shares/", share).await;
        assert!(made.status.is_success(), "{}", made.text);
    }
    for path in ["/api/services/compute/nova/keypairs/", "/api/services/storage/manila/shares/"] {
        let (pages, most) = walk(&world, path, 3).await;
        let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!((lengths, most <= 2), (vec![3, 3, 1], true), "{path}");
        assert_eq!(pages.concat().iter().collect::<BTreeSet<_>>().len(), 7, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_begins_behind_what_is_gone_says_so() {
    let world = roomy().await;
    let gone = "MDpub25lLXN1Y2g"; // "0:none-such"
    for (cursor, limit) in [(gone, "10"), ("nonsense", "10"), ("", "0"), ("", "501")] {
        let answer = world.get(Person::Viewer, &format!("{VOLUMES}?{PLACE}&limit={limit}&cursor={cursor}")).await;
        let field = if cursor.is_empty() { "limit" } else { "cursor" };
        assert_eq!(answer.status, 400, "{cursor} {}", answer.text);
        assert!(answer.json()["errors"][field].is_array(), "{}", answer.text);
    }
}
