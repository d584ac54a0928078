//! The main job by REST against a real OpenStack: the program is set up by its command line and asked by `curl`, and
//! the cloud is asked past it. Run by `make test-cloud`, once with each of the cloud's two service accounts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
mod cloud;
mod site;

use cloud::Cloud;
use serde_json::{Value, json};
use site::Site;

const PROJECT: &str = "devops-staging-9a3f";
const OTHERS: [&str; 3] = ["devops-dev", "devops-prod", "payments-dev"];

/// A name that no other run uses.
fn fresh(noun: &str) -> String {
    format!("{noun}-{}", &uuid::Uuid::new_v4().simple().to_string()[..8])
}

/// What was made: where it is asked for at the portal, and where in the cloud.
struct Thing {
    path: &'static str,
    service: &'static str,
    collection: &'static str,
    row: String,
    id: String,
}

impl Thing {
    async fn stands_only_in_the_bound_project(&self, cloud: &Cloud) {
        let Self { service, collection, id, .. } = self;
        assert!(cloud.lists(PROJECT, service, collection, id).await, "{collection} {id} is not in {PROJECT}");
        for other in OTHERS {
            assert!(!cloud.lists(other, service, collection, id).await, "{collection} {id} is in {other}");
        }
    }
}

/// Posts to one of the guide's addresses with curl, expects 201 with the guide's two keys, and waits until it is active.
async fn make(site: &Site, path: &'static str, at: (&'static str, &'static str), spec: Value) -> Thing {
    let mut body = spec;
    body["workspace_id"] = json!("devops-team");
    body["environment_id"] = json!("staging");
    let (status, answer) = site.curl("POST", path, Some(&body)).await;
    assert_eq!(status, 201, "{path}: {answer}");
    let id = answer["resource"]["id"].as_str().expect("resource.id").to_owned();
    let provisioned = &answer["provisioned"];
    assert_eq!(provisioned["resource_id"], json!(id));
    assert_eq!(provisioned["openstack_project"], PROJECT);
    assert_eq!(provisioned["openstack_region"], "RegionOne");
    let row = provisioned["id"].as_str().expect("provisioned.id").to_owned();
    site.until_in_state(&row, "active").await;
    Thing { path, service: at.0, collection: at.1, row, id }
}

async fn remove(site: &Site, cloud: &Cloud, thing: &Thing) {
    let path = format!("{}{}/?workspace_id=devops-team&environment_id=staging", thing.path, thing.id);
    let (status, answer) = site.curl("DELETE", &path, None).await;
    assert_eq!(status, 202, "{path}: {answer}");
    site.until_in_state(&thing.row, "gone").await;
    assert!(!cloud.lists(PROJECT, thing.service, thing.collection, &thing.id).await, "{path} is still in the cloud");
}

const SERVERS: (&str, &str) = ("compute", "servers");
const KEYPAIRS: (&str, &str) = ("compute", "os-keypairs");
const VOLUMES: (&str, &str) = ("block-storage", "volumes");
const NETWORKS: (&str, &str) = ("network", "v2.0/networks");
const ROUTERS: (&str, &str) = ("network", "v2.0/routers");
const FLOATING_IPS: (&str, &str) = ("network", "v2.0/floatingips");
const CLUSTERS: (&str, &str) = ("container-infra", "clusters");

#[tokio::test]
#[ignore = "needs a cloud"]
async fn the_guides_example_by_curl_lands_in_the_bound_project_and_region_and_goes_again() {
    let (site, cloud) = (Site::new().await, Cloud::new());
    let (net, key) = (fresh("private"), fresh("my-keypair"));
    let keypair = make(&site, "compute/nova/keypairs/", KEYPAIRS, json!({"name": key})).await;
    let network =
        make(&site, "provision/network/", NETWORKS, json!({"name": net, "subnet_cidr": "10.98.0.0/24"})).await;

    // Setting the binding up asked both regions which services they have; from here on only one is spoken to.
    let (one, two) = (cloud::log("nova-api.log"), cloud::log("region-two.log"));
    let name = fresh("web-server");
    let example = json!({
        "name": name, "flavor_id": "m1.medium", "image_id": "ubuntu-22.04-lts", "network_id": net, "key_name": key,
        "user_data": "#cloud-config",
    });
    let server = make(&site, "provision/compute/vm/", SERVERS, example).await;
    let asked = cloud::log("nova-api.log");
    let since = asked.strip_prefix(one.as_str()).expect("a log that only grows");
    assert!(since.lines().any(|line| line.contains("POST /v2.1") && line.contains("servers")), "{since}");

    let spec = json!({"name": fresh("data-disk"), "size_gb": 3});
    let volume = make(&site, "provision/storage/volume/", VOLUMES, spec).await;
    let spec = json!({"name": fresh("router"), "external_network_id": "public"});
    let router = make(&site, "networking/neutron/routers/", ROUTERS, spec).await;
    let subnet =
        json!({"workspace_id": "devops-team", "environment_id": "staging", "subnet_id": format!("{net}-subnet")});
    let add = format!("networking/neutron/routers/{}/add_interface/", router.row);
    let (status, answer) = site.curl("POST", &add, Some(&subnet)).await;
    assert_eq!(status, 200, "{answer}");
    let spec = json!({"network_name": "public", "server_id": name});
    let floating_ip = make(&site, "provision/floating-ip/", FLOATING_IPS, spec).await;
    let there = cloud.listed(PROJECT, floating_ip.service, floating_ip.collection, &floating_ip.id).await.unwrap();
    assert!(there["fixed_ip_address"].as_str().is_some_and(|fixed| fixed.starts_with("10.98.0.")), "{there}");
    for thing in [&network, &server, &volume, &router, &floating_ip] {
        thing.stands_only_in_the_bound_project(&cloud).await;
    }

    remove(&site, &cloud, &floating_ip).await;
    let (status, answer) = site.curl("POST", &add.replace("add_", "remove_"), Some(&subnet)).await;
    assert_eq!(status, 200, "{answer}");
    for thing in [&router, &server, &volume, &network, &keypair] {
        remove(&site, &cloud, thing).await;
    }
    assert_eq!(site.used().await, json!({"vcpus": 0, "ram_mib": 0, "storage_gb": 0}));
    assert_eq!(cloud::log("region-two.log"), two, "the other region was asked");
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn the_guides_cluster_by_curl_lands_in_the_bound_project_and_goes_again() {
    let (site, cloud) = (Site::new().await, Cloud::new());
    let (template, key) = (fresh("template"), fresh("key"));
    let body = json!({
        "name": template, "coe": "kubernetes", "image_id": "fedora-coreos-40", "external_network_id": "public",
        "flavor_id": "m1.small", "master_flavor_id": "m1.small", "network_driver": "calico", "docker_volume_size": 5,
        "docker_storage_driver": "overlay2", "volume_driver": "cinder",
    });
    let made = cloud.post(PROJECT, "container-infra", "clustertemplates", &body).await;
    let keypair = make(&site, "compute/nova/keypairs/", KEYPAIRS, json!({"name": key})).await;
    let spec = json!({"name": fresh("k8s"), "cluster_template_id": template, "node_count": 2, "keypair": key});
    let cluster = make(&site, "provision/kubernetes/cluster/", CLUSTERS, spec).await;
    cluster.stands_only_in_the_bound_project(&cloud).await;
    remove(&site, &cloud, &cluster).await;
    remove(&site, &cloud, &keypair).await;
    let template = format!("clustertemplates/{}", made["uuid"].as_str().unwrap());
    cloud.delete(PROJECT, "container-infra", &template).await;
}
