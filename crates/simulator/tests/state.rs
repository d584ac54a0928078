//! What survives: a stop, a kill in the middle of a write, many callers at once.

use serde_json::json;
use simulator::Simulator;

use crate::support::{Folder, start};

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill() {
    let folder = Folder::new("kill");
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let (server, volume) = (session.new_server("web").await, session.new_volume("data", 1).await);
    let gone = session.new_volume("gone", 1).await;
    session.delete("block-storage", &format!("/volumes/{gone}")).await;
    // What a killed process leaves is the file as it is at this moment, with half a line at most.
    let left = Folder::new("left");
    let mut journal = std::fs::read(folder.0.join("simulator.jsonl")).unwrap();
    journal.extend_from_slice(b"{\"table\":\"RegionOne/vol");
    std::fs::write(left.0.join("simulator.jsonl"), journal).unwrap();

    let cloud = start(left.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    assert_eq!(session.get("compute", &format!("/servers/{server}")).await.1["server"]["status"], "ACTIVE");
    assert_eq!(session.get("block-storage", &format!("/volumes/{volume}")).await.0, 200);
    assert_eq!(session.get("block-storage", &format!("/volumes/{gone}")).await.0, 404);
    let (_, ports) = session.get("network", &format!("/ports?device_id={server}")).await;
    assert_eq!(ports["ports"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn shares_load_balancers_and_zones_are_there_after_a_restart() {
    let folder = Folder::new("services");
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let subnet = session.id("network", "/subnets", "subnets", "private-subnet").await;
    let share = json!({"share": {"name": "kept", "size": 1, "share_proto": "NFS"}});
    let balancer = json!({"loadbalancer": {"name": "kept", "vip_subnet_id": subnet}});
    let zone = json!({"name": "kept.example.", "email": "admin@kept.example"});
    let made = [
        ("shared-file-system", "/shares", share),
        ("load-balancer", "/v2/lbaas/loadbalancers", balancer),
        ("dns", "/v2/zones", zone),
    ];
    for (kind, path, body) in made.clone() {
        assert!(session.post(kind, path, body).await.0 < 300, "{kind}");
    }
    cloud.simulator.shutdown().await.unwrap();
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    for ((kind, path, _), done) in made.into_iter().zip(["", "ACTIVE", "ACTIVE"]) {
        let many = path.rsplit('/').next().unwrap();
        let item = session.get(kind, path).await.1[many][0].clone();
        assert!(item["name"].as_str().unwrap().starts_with("kept"), "{kind}");
        assert!(done.is_empty() || item["status"] == done || item["provisioning_status"] == done, "{item}");
    }
}

#[tokio::test]
async fn a_restart_seeds_nothing_twice() {
    let folder = Folder::new("restart");
    let cloud = start(folder.config()).await;
    let before = cloud.sign_in("atonix-service", "devops-dev").await.project();
    cloud.simulator.shutdown().await.unwrap();
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    assert_eq!(session.project(), before);
    for (kind, path, many, count) in [
        ("compute", "/flavors", "flavors", 5),
        ("image", "/images", "images", 4),
        ("network", "/networks", "networks", 2),
        ("shared-file-system", "/types", "share_types", 1),
    ] {
        assert_eq!(session.get(kind, path).await.1[many].as_array().unwrap().len(), count, "{many}");
    }
}

#[tokio::test]
async fn two_simulators_do_not_share_a_folder() {
    let folder = Folder::new("lock");
    let _first = start(folder.config()).await;
    let error = Simulator::start(folder.config()).await.err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::ResourceBusy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_callers_get_a_thousand_volumes_and_a_hundred_servers_with_addresses_of_their_own() {
    let folder = Folder::new("many");
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let server = session.server_body("web").await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..32 {
        let (session, server) = (session.clone(), server.clone());
        callers.spawn(async move {
            for number in 0..32 {
                session.new_volume(&format!("v{caller}-{number}"), 1).await;
            }
            for _ in 0..4 {
                assert_eq!(session.post("compute", "/servers", server.clone()).await.0, 202);
            }
        });
    }
    callers.join_all().await;
    let (_, ports) = session.get("network", "/ports?device_owner=compute:nova").await;
    let mut addresses: Vec<String> = ports["ports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|port| port["fixed_ips"][0]["ip_address"].as_str().unwrap().to_owned())
        .collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 128);
    let limits = session.get("block-storage", "/limits").await.1;
    assert_eq!(limits["limits"]["absolute"]["totalVolumesUsed"], json!(1024));
}

#[tokio::test]
async fn objects_are_there_after_a_restart_and_their_bytes_go_with_them() {
    let folder = Folder::new("objects");
    let bytes = vec![7_u8; 1 << 20];
    let stored = || std::fs::read_dir(folder.0.join("simulator.objects")).unwrap().count();
    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    for (path, body) in [("/box", Vec::new()), ("/box/kept", bytes.clone()), ("/box/gone", bytes.clone())] {
        let request = session.request(reqwest::Method::PUT, "object-store", path).body(body);
        assert_eq!(request.send().await.unwrap().status(), 201);
    }
    session.delete("object-store", "/box/gone").await;
    assert_eq!(stored(), 1);
    let brief = session.request(reqwest::Method::PUT, "object-store", "/box/brief").header("x-delete-after", "1");
    assert_eq!(brief.body("soon gone").send().await.unwrap().status(), 201);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(session.get("object-store", "/box/brief").await.0, 404);
    cloud.simulator.shutdown().await.unwrap();
    assert!(
        std::fs::metadata(folder.0.join("simulator.jsonl")).unwrap().len() < 1 << 20,
        "they are not in the journal"
    );
    std::fs::write(folder.0.join("simulator.objects").join("left"), "by a kill").unwrap();

    let cloud = start(folder.config()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let response = session.request(reqwest::Method::GET, "object-store", "/box/kept").send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), bytes);
    assert_eq!(stored(), 1);
}
