//! Four hundred callers at once against a quota for fifty, through two servers; and again while one of them dies.
use crate::{
    crash::books::{Books, Cloud},
    site::{PATIENT, Site, postgres},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const CALLERS: usize = 400;
const QUOTA: usize = 50;
/// Lease, timeout and quiet time, and a reconcile period, as [`PATIENT`] has them.
const PROMISE: Duration = Duration::from_secs(11 + 11 + 2);

/// Asks for a server at one address, and where that has died at the other one, under the same key, as often as it takes.
async fn ask(site: &Site, number: usize, addresses: [std::net::SocketAddr; 2]) -> (StatusCode, Value) {
    let key = format!("caller-{number}");
    let body = json!({
        "name": format!("vm-{number}"), "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts",
        "workspace_id": "devops-team", "environment_id": "staging",
    });
    let mut last = String::new();
    for attempt in 0..200 {
        let address = addresses[(number + attempt) % 2];
        match site.call_under(Some(&key), address, Method::POST, "provision/compute/vm/", Some(body.clone())).await {
            Ok(answer) if !answer.0.is_server_error() => return answer,
            said => last = format!("{said:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("caller {number} was never answered: {last}");
}

async fn storm(kill: bool) {
    let Some(url) = postgres() else { return };
    let site = Arc::new(Site::new(u32::try_from(QUOTA).unwrap(), Some(url), PATIENT).await);
    let cloud = Cloud::new(&site).await;
    let seeded = cloud.things(&site).await.into_keys().collect();
    let (staying, dying) = (site.serve().await, site.serve().await);
    let addresses = [staying.address, dying.address];
    let answered = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| {
            let (site, answered) = (Arc::clone(&site), Arc::clone(&answered));
            tokio::spawn(async move {
                let answer = ask(&site, number, addresses).await;
                answered.fetch_add(1, Ordering::Relaxed);
                answer
            })
        })
        .collect();
    let mut killed = Instant::now();
    if kill {
        // In the middle: some have been made, and most have not been answered.
        while site.made("/servers").await < 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        dying.kill().await;
        killed = Instant::now();
        assert!(answered.load(Ordering::Relaxed) < CALLERS, "all were answered before the server died");
    }
    let answers: Vec<_> = futures_util::future::join_all(callers).await.into_iter().map(Result::unwrap).collect();
    let accepted = answers.iter().filter(|(status, _)| status.is_success()).count();
    let refused: Vec<_> = answers.iter().filter(|(status, _)| *status == StatusCode::CONFLICT).collect();
    assert_eq!((accepted, refused.len()), (QUOTA, CALLERS - QUOTA), "{answers:?}");
    assert!(refused.iter().all(|(_, body)| body["left"]["vcpus"] == 0), "{refused:?}");

    loop {
        let books = Books::read(&site, &staying, &cloud, &seeded).await;
        let differ = books.differ();
        if differ.is_none() {
            assert_eq!((books.rows.len(), books.things.len()), (QUOTA, QUOTA));
            break;
        }
        assert!(killed.elapsed() < 4 * PROMISE, "the books are not equal: {differ:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(site.used(staying.address).await["vcpus"], QUOTA);
    assert_eq!(site.made("/servers").await, QUOTA, "the cloud was asked for more than there are");
    site.run(&["audit", "verify"]).await;
    println!(
        "{accepted} of {CALLERS} accepted, {} refused; books equal {:.1} s after {} (lease + quiet time + period: {} s)",
        refused.len(),
        killed.elapsed().as_secs_f64(),
        if kill { "the death of a server" } else { "the first request" },
        PROMISE.as_secs(),
    );
}

#[tokio::test]
async fn fifty_of_four_hundred_callers_get_a_server_from_two_servers() {
    storm(false).await;
}

#[tokio::test]
async fn fifty_of_four_hundred_callers_get_a_server_while_one_of_two_servers_dies() {
    storm(true).await;
}
