//! The database is restarted, or hangs: nobody waits long, nothing is lost, nothing is made twice.
use crate::{
    cluster::{Cluster, TEAM, until},
    load::Load,
    people::sign_in,
    stream::Stream,
};
use reqwest::{Method, StatusCode, header};
use std::time::Duration;

/// Callers are at work while the database hangs for so long, and is restarted.
async fn outage(away: Duration) {
    let Some(cluster) = Cluster::up(&[]).await else { return };
    let password = cluster.member("vera", "viewer").await;
    let cookie = sign_in(&cluster, cluster.balancer(), "vera", &password).await;
    let mut stream = Stream::open(&cluster, cluster.balancer(), ("cookie", &cookie), None).await;
    let load = Load::begin(&cluster, 6);
    until("callers are served", async || cluster.asked(Some("POST"), "/volumes").await > 5).await;

    cluster.run(["database", "pause"]).await;
    let page = async || {
        let page =
            cluster.client.get(format!("{}/w/{TEAM}/staging", cluster.balancer())).header(header::COOKIE, &cookie);
        page.send().await.unwrap()
    };
    let refused = page().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(header::RETRY_AFTER), "{:?}", refused.headers());
    assert!(!refused.headers().contains_key(header::SET_COOKIE), "nobody is signed out: {:?}", refused.headers());
    assert!(refused.text().await.unwrap().contains("The database is not reachable"));
    tokio::time::sleep(away).await;
    cluster.run(["database", "cont"]).await;
    until("pages come again, to who was signed in", async || page().await.status() == StatusCode::OK).await;

    let before = cluster.asked(Some("POST"), "/volumes").await;
    until("callers are served again", async || cluster.asked(Some("POST"), "/volumes").await > before + 5).await;
    cluster.run(["database", "restart"]).await;
    let before = cluster.asked(Some("POST"), "/volumes").await;
    until("and again", async || cluster.asked(Some("POST"), "/volumes").await > before + 5).await;

    let seen = load.end().await;
    println!(
        "away for {away:?}: {} made, {} told to come back, slowest answer {:?}",
        seen.done, seen.unavailable, seen.slowest
    );
    assert_eq!(seen.wrong, Vec::<String>::new());
    assert!(seen.unavailable > 0, "nobody noticed");
    assert!(seen.slowest < Duration::from_secs(20), "{seen:?}");
    // The stream that was open all the time is told what happens now.
    let row = cluster.volume(cluster.server(1), "after").await;
    stream.hears_of(row["id"].as_str().unwrap()).await;
    until("everything is active", async || {
        let rows = cluster.rows().await;
        rows.len() == seen.done + 1 && rows.iter().all(|row| row["status"] == "active")
    })
    .await;
    assert_eq!(cluster.asked(Some("POST"), "/volumes").await, seen.done + 1, "one in the cloud for each");
    let (_, places) = cluster.call(cluster.balancer(), Method::GET, "workspaces/", None).await.unwrap();
    assert_eq!(places["workspaces"][0]["environments"][0]["used"]["storage_gb"], seen.done + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_for_a_moment_loses_and_doubles_nothing() {
    outage(Duration::from_secs(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_one_that_is_away_for_half_a_minute() {
    outage(Duration::from_secs(30)).await;
}
