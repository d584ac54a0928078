//! A server is stopped in the middle of a step for longer than its lease, another one takes over, and then the first one
//! goes on: there is one thing, the late writer is refused, and the audit tells all of it.
use crate::{
    crash::books::{Books, Cloud},
    site::{QUICK, Site, postgres, until},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// How often something happened to the servers of the place, by what the audit calls it.
async fn events(site: &Site, server: &crate::site::Server, action: &str, outcome: &str) -> usize {
    let path = "audit/?workspace_id=devops-team&limit=200";
    let (_, body) = site.call(server.address, Method::GET, path, None).await.unwrap();
    let events = body["events"].as_array().unwrap_or_else(|| panic!("{body}"));
    events.iter().filter(|event| event["action"] == action && event["outcome"] == outcome).count()
}

/// Stops one server at a point; `posts` is how often the cloud is asked for a server all in all, and `twins` how many of
/// those have to go.
async fn paused_at(point: &str, posts: usize, twins: usize) {
    let Some(url) = postgres() else { return };
    let site = Arc::new(Site::new(50, Some(url), QUICK).await);
    let cloud = Cloud::new(&site).await;
    let seeded = cloud.things(&site).await.into_keys().collect();
    let mut first = site.serve().await;
    site.order(&format!("{point} 1 stop"));
    let asking = tokio::spawn({
        let (site, address) = (Arc::clone(&site), first.address);
        let spec = json!({"name": "a", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts"});
        async move { site.provision(address, "compute/vm", &spec).await }
    });
    until("the first server is stopped", async || first.is_stopped().await).await;
    let second = site.serve().await;
    let active = async || {
        let rows = site.inventory(second.address).await;
        rows.len() == 1 && rows[0]["status"] == "active"
    };
    until("the second server has finished it", active).await;
    let kept = site.inventory(second.address).await[0]["resource_id"].clone();

    first.signal("CONT").await;
    let refused = async || events(&site, &second, "vm.too_late", "failed").await == 1;
    until("the first server's writing is refused and told", refused).await;
    // One reconcile period, with room for a slow machine: then it stays like this.
    let mut books = Vec::<Option<String>>::new();
    let alone = async || {
        let read = Books::read(&site, &second, &cloud, &seeded).await;
        let is_kept = read.rows.len() == 1 && read.rows[0]["resource_id"] == kept;
        books.push(if is_kept { read.differ() } else { Some(format!("{:?}", read.rows)) });
        books.last() == Some(&None) && events(&site, &second, "vm.twin", "succeeded").await == twins
    };
    until("the books are equal", alone).await;
    assert_eq!(site.made("/servers").await, posts, "{point}");
    assert_eq!(events(&site, &second, "vm.create", "attempted").await, 1);
    assert_eq!(events(&site, &second, "vm.create", "succeeded").await, 1);
    site.run(&["audit", "verify"]).await;
    // The caller, who waited all the while, is told of the one.
    let (status, body): (_, Value) = asking.await.unwrap().unwrap();
    assert!(status.is_success() && body["resource"]["id"] == kept, "{status}: {body}");
    first.kill().await;
}

#[tokio::test]
async fn who_is_paused_before_its_request_makes_a_twin_and_the_twin_goes() {
    paused_at("make.asked", 2, 1).await;
}

#[tokio::test]
async fn who_is_paused_after_its_request_makes_nothing_twice() {
    paused_at("make.answered", 1, 0).await;
}
