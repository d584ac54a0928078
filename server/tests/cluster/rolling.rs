//! An upgrade: one server after the other is stopped and started, and nobody notices.
use crate::{
    cluster::{Cluster, until},
    load::Load,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_loses_no_request_and_no_row() {
    let Some(cluster) = Cluster::up(&[]).await else { return };
    let load = Load::begin(&cluster, 6);
    until("callers are served", async || cluster.asked(Some("POST"), "/volumes").await > 5).await;
    cluster.run(["roll"]).await;
    let seen = load.end().await;
    println!("{} made while three servers were restarted, slowest answer {:?}", seen.done, seen.slowest);
    assert_eq!(seen.wrong, Vec::<String>::new());
    assert_eq!(seen.unavailable, 0, "nobody was told to come back");
    until("everything is active", async || {
        let rows = cluster.rows().await;
        rows.len() == seen.done && rows.iter().all(|row| row["status"] == "active")
    })
    .await;
    assert_eq!(cluster.asked(Some("POST"), "/volumes").await, seen.done, "one in the cloud for each");
}
