//! What a person may ask for, and what is said at which field otherwise.
use crate::scene::{everywhere, everywhere_in};
use model::{Error, State};
use serde_json::{Value, json};

const PLENTY: (i64, i64, i64) = (50, 200, 2000);

fn bad(result: model::Result<model::view::Provisioned>) -> Vec<String> {
    match result {
        Err(Error::Invalid { fields }) => fields.into_keys().collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_guides_example_is_taken_by_name_and_stands_in_the_bound_project() {
    everywhere(PLENTY, async |scene| {
        let keypair = scene.provision("nova_keypair", json!({"name": "my-keypair"})).await.unwrap();
        assert!(keypair.once.unwrap().contains("OPENSSH PRIVATE KEY"));
        let network = json!({"name": "net-abc123", "subnet_cidr": "10.9.0.0/24"});
        scene.provision("network", network).await.unwrap();
        let spec = json!({
            "name": "web-server-01", "flavor_id": "m1.medium", "image_id": "ubuntu-22.04-lts",
            "network_id": "net-abc123", "key_name": "my-keypair", "user_data": "#cloud-config",
        });
        let made = scene.provision("vm", spec).await.unwrap();
        assert!(made.confirmed && made.view.resource_id.is_some());
        assert_eq!(made.view.metadata["user_data"], "(set)");
        let view = scene.until(&made.view.id, State::Active).await;
        assert_eq!(view.openstack_project, "devops-staging-9a3f");
        assert_eq!(scene.used().await, (2, 4096, 0));
        assert!(scene.cloud.requests().iter().all(|one| one.region.is_empty() || one.region == "RegionOne"));
    })
    .await;
}

#[tokio::test]
async fn a_binding_in_the_second_region_speaks_to_that_one_only() {
    everywhere_in("RegionTwo", PLENTY, async |scene| {
        scene.cloud.forget_requests();
        let server = scene.server("far-away").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        scene.remove(&server).await.unwrap();
        scene.until(&server.id, State::Gone).await;
        let requests = scene.cloud.requests();
        assert!(requests.iter().any(|one| one.method == "POST" && one.region == "RegionTwo"));
        assert!(requests.iter().all(|one| one.region.is_empty() || one.region == "RegionTwo"));
    })
    .await;
}

#[tokio::test]
async fn what_the_project_does_not_have_is_told_at_its_field() {
    everywhere(PLENTY, async |scene| {
        let ask = async |extra: Value| {
            let mut spec = json!({"name": "a", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts"});
            spec.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            bad(scene.provision("vm", spec).await)
        };
        assert_eq!(ask(json!({"flavor_id": "m9.huge"})).await, ["flavor_id"]);
        assert_eq!(ask(json!({"image_id": "no-such-image"})).await, ["image_id"]);
        assert_eq!(ask(json!({"network_id": "11111111-2222-3333-4444-555555555555"})).await, ["network_id"]);
        assert_eq!(ask(json!({"key_name": "devops-key"})).await, ["key_name"]);
        assert!(scene.posts("/servers").is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_networks_make_the_omitted_one_a_question() {
    everywhere(PLENTY, async |scene| {
        assert!(scene.server("one-network").await.unwrap().confirmed);
        scene.provision("network", json!({"name": "second", "subnet_cidr": "10.8.0.0/24"})).await.unwrap();
        assert_eq!(bad(scene.server("two-networks").await), ["network_id"]);
    })
    .await;
}

#[tokio::test]
async fn a_floating_ip_finds_the_port_of_its_server() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        let server = scene.until(&server.id, State::Active).await;
        let spec = json!({"server_id": server.resource_id.unwrap()});
        let ip = scene.provision("floating_ip", spec).await.unwrap().view;
        let ip = scene.until(&ip.id, State::Active).await;
        assert!(ip.metadata["fixed_address"].as_str().unwrap().starts_with("10."));
    })
    .await;
}

#[tokio::test]
async fn a_cluster_counts_nodes_and_masters_of_its_template() {
    everywhere(PLENTY, async |scene| {
        let spec = json!({"name": "k8s", "cluster_template_id": "k8s-small", "node_count": 2, "master_count": 1});
        let cluster = scene.provision("cluster", spec).await.unwrap().view;
        let (vcpus, ram, _) = scene.used().await;
        assert!(vcpus >= 3 && ram >= 3 * 512, "{vcpus} {ram}");
        let cluster = scene.until(&cluster.id, State::Active).await;
        assert_eq!(cluster.resource_name, "k8s");
    })
    .await;
}

#[tokio::test]
async fn a_key_used_again_answers_again_and_another_body_is_refused() {
    everywhere(PLENTY, async |scene| {
        let ask = async |size: i64| {
            let spec = json!({"name": "data", "size_gb": size}).as_object().unwrap().clone();
            let input = portal::SpecInput::Json(spec);
            scene.world.portal.provision(&scene.operator, &scene.place, "volume", input, Some("key-1")).await
        };
        let first = ask(10).await.unwrap();
        let again = ask(10).await.unwrap();
        assert_eq!(first.view.id, again.view.id);
        assert_eq!(ask(11).await.unwrap_err(), Error::KeyReused);
        assert_eq!(scene.used().await, (0, 0, 10));
    })
    .await;
}

#[tokio::test]
async fn what_was_chosen_by_its_id_is_shown_by_its_name_too() {
    everywhere(PLENTY, async |scene| {
        let network = scene.provision("network", json!({"name": "backend", "subnet_cidr": "10.9.0.0/24"}));
        let network = network.await.unwrap().view.resource_id.unwrap();
        let spec = json!({
            "name": "web", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": network.as_str(),
        });
        let metadata = scene.provision("vm", spec).await.unwrap().view.metadata;
        assert_eq!((&metadata["network_id"], &metadata["network"]), (&json!(network.as_str()), &json!("backend")));
        assert_eq!(metadata["image"], "ubuntu-22.04-lts");
    })
    .await;
}

#[tokio::test]
async fn a_form_leaves_out_no_choice_that_would_be_asked_for_afterwards() {
    everywhere(PLENTY, async |scene| {
        let form =
            scene.world.portal.form(&scene.operator, &scene.place, "vm", &model::FormValues::new()).await.unwrap();
        let required = |name: &str| form.kind.fields.iter().find(|field| field.name == name).unwrap().required;
        assert!(required("network_id"), "the only network, and any of several");
        assert!(!required("key_name"));
        let server = scene.server("web").await.unwrap();
        assert!(server.confirmed, "who names none gets the only one");
    })
    .await;
}
