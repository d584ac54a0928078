//! A service that hangs: pages and scripts without it are as ever, those with it answer at once with what there is.
use crate::world::{Answer, HOST, Person, TEAM, World, everywhere};
use http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::json;
use simulator::{Effect, Fault};
use std::time::{Duration, Instant};
use tokio::time::timeout;

const PLACE: &str = "workspace_id=devops-team&environment_id=staging";
/// How long Neutron hangs.
const HUNG: Duration = Duration::from_secs(60);
/// What is far below that, on a machine however slow. The figures are printed.
const SOON: Duration = Duration::from_secs(15);

/// Kinds with pages: their slugs, where scripts list them, and whether that needs Neutron.
fn kinds() -> Vec<(String, String, bool)> {
    let path = |kind: &model::Kind| {
        format!("/api/services/{}/{}/{}/?{PLACE}", kind.group.as_str(), kind.service, kind.collection)
    };
    let pages = portal::catalogue().filter(|kind| kind.parent.is_none() && kind.scope == model::Scope::Project);
    pages.map(|kind| (kind.slug.to_string(), path(kind), kind.service == "neutron")).collect()
}

async fn timed(what: &str, answer: impl Future<Output = Answer>) -> Answer {
    let begun = Instant::now();
    let answer = answer.await;
    let took = begun.elapsed();
    eprintln!("{:>5} ms  {} {what}", took.as_millis(), answer.status.as_u16());
    assert!(took < SOON, "{what} took {took:?}");
    assert!(answer.status.is_success(), "{what}: {} {}", answer.status, answer.text);
    answer
}

/// Looks at every service page and list once; what hangs is told to `look` with its page and its list.
async fn look(world: &World, cookie: &str, look: impl Fn(&str, bool, &Answer, &Answer)) {
    for (slug, path, neutron) in kinds() {
        let page = format!("/w/{TEAM}/staging/k/{slug}");
        let html = timed(&page, world.browse(&page, cookie)).await;
        let list = timed(&path, world.get(Person::Viewer, &path)).await;
        look(&slug, neutron, &html, &list);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neutron_that_hangs_slows_nothing_but_neutron_and_not_even_its_pages() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Operator).await;
        look(world, &cookie, |slug, _, html, list| {
            assert!(list.json()["trouble"].is_null(), "{slug} {}", list.text);
            assert!(!html.text.contains("banner"), "{slug}");
        })
        .await;
        let networks = format!("/api/services/networking/neutron/networks/?{PLACE}");
        let before = world.get(Person::Viewer, &networks).await.json();
        let millis = u64::try_from(HUNG.as_millis()).unwrap();
        let effect = Effect::Latency { millis };
        let fault = Fault { service: Some("network".to_owned()), effect, ..Fault::default() };
        let fault = world.simulator.knobs().add(fault);
        // What was read before is fresh for five seconds.
        tokio::time::sleep(Duration::from_secs(6)).await;

        eprintln!("Neutron hangs:");
        look(world, &cookie, |slug, neutron, html, list| {
            let trouble = list.json()["trouble"].as_str().map(str::to_owned);
            assert_eq!(trouble.is_some(), neutron, "{slug} {trouble:?}");
            assert_eq!(html.text.contains("data-level=\"warning\""), neutron, "{slug}");
        })
        .await;
        let now = world.get(Person::Viewer, &networks).await.json();
        assert_eq!((&now["resources"], &now["as_of"]), (&before["resources"], &before["as_of"]), "what there was");
        assert!(now["trouble"].as_str().unwrap().contains("Neutron"), "{now}");
        for page in ["inventory", "", "audit"] {
            let page = format!("/w/{TEAM}/staging/{page}");
            timed(&page, world.browse(page.trim_end_matches('/'), &cookie)).await;
        }

        let form = timed("the form of a server", world.browse(&format!("/w/{TEAM}/staging/k/vm/new"), &cookie)).await;
        assert!(form.text.contains("These choices may be old") && form.text.contains("private"), "an older list");
        // Nobody has read the lists of this place.
        let page = format!("/w/{TEAM}/dev/k/vm/new");
        let form = timed("the same, for the first time", world.browse(&page, &cookie)).await.text;
        assert!(form.contains("The choices could not be loaded") && form.contains("has not answered yet"), "{form}");
        assert!(form.contains("m1.tiny") && form.contains("ubuntu-22.04-lts"), "the others are there");
        let page = format!("/w/{TEAM}/dev/k/network");
        let page = timed("networks, for the first time", world.browse(&page, &cookie)).await;
        assert!(page.text.contains("Only what the platform made is shown"), "{}", page.text);

        let body = json!({"workspace_id": TEAM, "environment_id": "staging", "name": "meanwhile", "size_gb": 1});
        let made = world.post(Person::Operator, "/api/services/provision/storage/volume/", body);
        assert_eq!(timed("a volume is created", made).await.status, 201);

        // Whoever looked is told once it answers again, and the lists are fresh.
        let request = Request::get(format!("/events?workspace={TEAM}")).header(header::HOST, HOST);
        let request = request.header(header::COOKIE, &cookie).method(Method::GET);
        let mut stream = world.open_stream(request.body(axum::body::Body::empty()).unwrap()).await;
        world.simulator.knobs().remove(fault);
        let begun = Instant::now();
        let told = async {
            loop {
                let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
                let text = String::from_utf8(frame.to_vec()).unwrap();
                if text.contains("event: listed") && text.contains("\"network\"") && text.contains("staging") {
                    return;
                }
            }
        };
        timeout(Duration::from_secs(300), told).await.unwrap();
        eprintln!("{:>5} ms  until pages are told that it answers", begun.elapsed().as_millis());
        let after = world.get(Person::Viewer, &networks).await.json();
        assert!(after["trouble"].is_null() && after["as_of"] != before["as_of"], "{after}");
    })
    .await;
}
