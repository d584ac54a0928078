//! Fifty callers at once against a quota for ten: ten rows, ten servers, forty refusals that say what is left.
use crate::site::{PATIENT, Server, Site, postgres};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const ROUNDS: usize = 20;
const CALLERS: usize = 50;
const QUOTA: usize = 10;

async fn rounds(site: &Site, servers: &[Server]) {
    for round in 0..ROUNDS {
        let before = site.made("/servers").await;
        let callers = (0..CALLERS).map(|caller| {
            let server = servers[caller % servers.len()].address;
            let spec = json!({
                "name": format!("vm-{round}-{caller}"), "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts",
            });
            async move { site.provision(server, "compute/vm", &spec).await.unwrap() }
        });
        let answers = futures_util::future::join_all(callers).await;
        let refused: Vec<&Value> =
            answers.iter().filter(|(status, _)| *status == StatusCode::CONFLICT).map(|(_, body)| body).collect();
        let made = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
        assert_eq!((made, refused.len()), (QUOTA, CALLERS - QUOTA), "round {round}: {answers:?}");
        assert!(refused.iter().all(|body| body["left"]["vcpus"] == 0), "{refused:?}");
        let rows = site.inventory(servers[0].address).await;
        assert_eq!(rows.len(), QUOTA, "round {round}");
        assert_eq!(site.made("/servers").await - before, QUOTA, "round {round}");
        assert_eq!(site.used(servers[0].address).await["vcpus"], QUOTA, "round {round}");
        clear(site, &servers[0], &rows).await;
    }
}

async fn clear(site: &Site, server: &Server, rows: &[Value]) {
    for row in rows {
        let id = row["id"].as_str().unwrap();
        let path = format!("provision/compute/vm/{id}/?workspace_id=devops-team&environment_id=staging");
        let (status, body) = site.call(server.address, Method::DELETE, &path, None).await.unwrap();
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    }
    for _ in 0..600 {
        if site.inventory(server.address).await.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("they never went");
}

#[tokio::test]
async fn ten_of_fifty_callers_get_a_server_on_sqlite() {
    let site = Site::new(10, None, PATIENT).await;
    let server = site.serve().await;
    rounds(&site, &[server]).await;
}

#[tokio::test]
async fn ten_of_fifty_callers_get_a_server_from_two_servers_on_postgresql() {
    let Some(url) = postgres() else { return };
    let site = Site::new(10, Some(url), PATIENT).await;
    let servers = [site.serve().await, site.serve().await];
    rounds(&site, &servers).await;
}
