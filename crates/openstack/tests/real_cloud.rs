//! The client against a real cloud, whose address and account come from `OS_*`; ignored where there is none:
//! `OS_PROJECT_NAME=… cargo test -p openstack --features client --test real_cloud -- --ignored --nocapture`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use http::Method;
use openstack::{
    Collection, Error, Microversion, MicroversionHeader, Request, Service,
    client::{Cloud, CloudConfig, ProjectScope},
};

use serde_json::json;

const ID: &str = "req-01890a5d-ac96-774b-bcce-b302099a8057";

static COMPUTE: Service = Service {
    title: "Compute (Nova)",
    service_type: "compute",
    aliases: &[],
    major: 2,
    path: "v2.1",
    project_in_path: false,
    microversions: Some(MicroversionHeader::Standard("compute")),
};
static NETWORK: Service =
    Service { title: "Network (Neutron)", service_type: "network", path: "v2.0", microversions: None, ..COMPUTE };
static IMAGE: Service =
    Service { title: "Image (Glance)", service_type: "image", path: "v2", microversions: None, ..COMPUTE };
static VOLUME: Service = Service {
    title: "Block Storage (Cinder)",
    service_type: "block-storage",
    aliases: &["volumev3"],
    major: 3,
    path: "v3",
    project_in_path: true,
    microversions: Some(MicroversionHeader::Standard("volume")),
};

const fn collection(service: &'static Service, path: &'static str, detail: Option<&'static str>) -> Collection {
    Collection { detail, ..Collection::new(service, path, path) }
}
static SERVERS: Collection =
    Collection { microversion: Some(Microversion(2, 90)), ..collection(&COMPUTE, "servers", Some("detail")) };
static FLAVORS: Collection = collection(&COMPUTE, "flavors", Some("detail"));
static NETWORKS: Collection = collection(&NETWORK, "networks", None);
static IMAGES: Collection = collection(&IMAGE, "images", None);
static VOLUMES: Collection = collection(&VOLUME, "volumes", Some("detail"));

#[expect(clippy::disallowed_methods, reason = "which cloud is tried is the environment's to say")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn cloud() -> Cloud {
    Cloud::new(CloudConfig::load(&env, "atonix").unwrap().expect("OS_* name a cloud")).unwrap()
}

fn project(cloud: &Cloud) -> ProjectScope {
    ProjectScope::Name {
        name: env("OS_PROJECT_NAME").expect("OS_PROJECT_NAME names a project"),
        domain: cloud.config().project_domain.clone(),
    }
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn a_project_is_reached_by_its_name_and_by_its_id() {
    let cloud = cloud();
    let named = cloud.token(&project(&cloud)).await.unwrap();
    let info = named.project.clone().unwrap();
    let by_id = cloud.token(&ProjectScope::Id(info.id.clone())).await.unwrap();
    assert_eq!(by_id.project.as_ref(), Some(&info));
    let projects = cloud.projects(ID).await.unwrap();
    assert!(projects.contains(&info), "{projects:?}");
    println!("{} is {named:?}", named.user_name);
    let stranger = ProjectScope::Name { name: "no-such-project".to_owned(), domain: "Default".to_owned() };
    assert!(matches!(cloud.token(&stranger).await, Err(Error::Denied { .. })));
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn every_region_answers_for_its_services() {
    let cloud = cloud();
    let scope = project(&cloud);
    let regions = cloud.regions(ID).await.unwrap();
    assert!(!regions.is_empty());
    for region in &regions {
        for service in [&COMPUTE, &NETWORK, &IMAGE, &VOLUME] {
            let info = cloud.probe(&scope, region, service).await.unwrap();
            println!("{region} {}: {info:?}", service.title);
            assert!(info.version.is_some());
        }
        // What nobody changes meanwhile is the same in pages of one.
        for collection in [&FLAVORS, &IMAGES] {
            let whole = cloud.list(&scope, region, collection, collection.list(), 1000, ID).await.unwrap();
            let small = collection.list().query("limit", "1");
            let pages = cloud.list(&scope, region, collection, small, 1000, ID).await.unwrap();
            assert_eq!((pages.items.len(), pages.complete), (whole.items.len(), true), "{}", collection.path);
        }
        for collection in [&SERVERS, &FLAVORS, &NETWORKS, &IMAGES, &VOLUMES] {
            let listing = cloud.list(&scope, region, collection, collection.list(), 1000, ID).await.unwrap();
            assert!(listing.complete);
            println!("{region} {}: {}", collection.path, listing.items.len());
        }
    }
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn a_refusal_keeps_status_message_and_request_id() {
    let cloud = cloud();
    let scope = project(&cloud);
    let region = cloud.regions(ID).await.unwrap().remove(0);
    let nobody = "00000000-0000-0000-0000-000000000000";
    for (service, path) in [(&COMPUTE, "servers"), (&NETWORK, "networks"), (&IMAGE, "images"), (&VOLUME, "volumes")] {
        let request = Request::new(service, Method::GET, [path, nobody]);
        let error = cloud.send(&scope, &region, &request, ID).await.unwrap_err();
        let Error::Status { status: 404, message, request_id: Some(id), .. } = &error else { panic!("{error}") };
        // Most give the request an id of their own; Glance takes ours.
        assert!(message.contains(nobody) && id.starts_with("req-"), "{error}");
    }
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn an_unknown_region_and_a_future_microversion_are_refused_before_anything_is_sent() {
    let cloud = cloud();
    let scope = project(&cloud);
    let list = SERVERS.list();
    let error = cloud.send(&scope, "Nowhere", &list, ID).await.unwrap_err();
    assert_eq!(error, Error::NotOffered { service: COMPUTE.title, region: "Nowhere".to_owned() });
    let region = cloud.regions(ID).await.unwrap().remove(0);
    let future = list.microversion(Some(Microversion(2, 9999)));
    assert!(matches!(cloud.send(&scope, &region, &future, ID).await, Err(Error::TooOld { .. })));
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn a_network_is_made_in_its_project_and_region_and_deleted_again() {
    let cloud = cloud();
    let scope = project(&cloud);
    let id = cloud.token(&scope).await.unwrap().project.clone().unwrap().id;
    for region in cloud.regions(ID).await.unwrap() {
        let network = Collection { one: Some("network"), ..collection(&NETWORK, "networks", None) };
        let create = network.create(json!({"name": "client-try", "description": "made by a test"}));
        let answer = cloud.send(&scope, &region, &create, ID).await.unwrap();
        let made = network.unwrap_one(&answer.body).unwrap();
        assert_eq!(made["project_id"], id.as_str());
        let made = made["id"].as_str().unwrap();
        let read = cloud.send(&scope, &region, &network.get(made), ID).await;
        // Deleted before anything is judged, so that a failure leaves nothing behind.
        cloud.send(&scope, &region, &network.delete(made), ID).await.unwrap();
        assert_eq!(read.unwrap().body["network"]["name"], "client-try");
        assert!(cloud.send(&scope, &region, &network.get(made), ID).await.unwrap_err().is_not_found());
    }
}
