//! The main job against a real OpenStack: what is asked for lands in the bound project and region and nowhere else, and
//! goes again. Run by `make test-cloud`, once with each of the cloud's two service accounts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#[path = "support/called.rs"]
mod called;
#[path = "support/lossy.rs"]
mod lossy;
#[path = "support/unanswered.rs"]
mod unanswered;
#[path = "support/world.rs"]
mod world;

use called::{Ended, called};
use lossy::Lossy;
use model::{
    AuditOutcome, Environment, Error, Place, Result, State,
    drift::{Class, Remedy},
    kind::Does,
    view::{NewBinding, Provisioned, ResourceView},
};
use openstack::client::{Cloud, ProjectScope};
use portal::{AuditQuery, CloudConfig, Ctx, SpecInput};
use serde_json::{Value, json};
use services::Definition;
use std::{collections::BTreeMap, time::Duration};
use unanswered::Walk;
use world::{SECOND, World};

const PROJECT: &str = "devops-staging-9a3f";
const OTHERS: [&str; 3] = ["devops-dev", "devops-prod", "payments-dev"];

#[expect(clippy::disallowed_methods, reason = "where the cloud is, only the environment can say")]
fn config() -> CloudConfig {
    CloudConfig::load(&|name| std::env::var(name).ok(), "atonix").unwrap().expect("OS_AUTH_URL and the like")
}

fn project(name: &str) -> ProjectScope {
    ProjectScope::Name { name: name.to_owned(), domain: "Default".to_owned() }
}

/// The requests that the other region's endpoints were sent so far; nothing where the cloud's log is not at hand.
fn other_regions_log() -> Option<String> {
    let folder = std::env::var_os("ATONIX_TEST_CLOUD_LOGS")?;
    Some(std::fs::read_to_string(std::path::Path::new(&folder).join("region-two.log")).unwrap())
}

/// A name that no other run uses.
fn fresh(noun: &str) -> String {
    format!("{noun}-{}", &uuid::Uuid::new_v4().simple().to_string()[..8])
}

struct Team {
    world: World,
    operator: Ctx,
    place: Place,
    cloud: Cloud,
}

impl Team {
    async fn new() -> Self {
        Self::at(config()).await
    }

    /// With that way between the portal and the cloud.
    async fn by_way_of(lossy: &Lossy) -> Self {
        Self::at(lossy.to(config())).await
    }

    async fn at(portals: CloudConfig) -> Self {
        let world = World::sqlite(Some(portals)).await;
        let operator = world.user("olga").await;
        let workspace = world.workspace("devops-team", "olga").await;
        let binding = NewBinding {
            workspace_id: workspace.to_string(),
            environment: "staging".to_owned(),
            openstack_project: PROJECT.to_owned(),
            openstack_domain: "Default".to_owned(),
            openstack_region: "RegionOne".to_owned(),
            quota_vcpus: 50,
            quota_ram_gb: 200,
            quota_storage_gb: 2000,
        };
        world.portal.create_binding(&Ctx::cli(), &binding).await.unwrap();
        let place = Place { workspace, environment: Environment::Staging };
        Self { world, operator, place, cloud: Cloud::new(config()).unwrap() }
    }

    async fn provision(&self, kind: &str, spec: Value) -> Result<Provisioned> {
        let Value::Object(spec) = spec else { panic!("a spec is an object") };
        self.world.portal.provision(&self.operator, &self.place, kind, SpecInput::Json(spec), None).await
    }

    /// Waits for a state, by the cloud's time and the portal's.
    async fn until(&self, view: &ResourceView, state: State) -> ResourceView {
        for _ in 0..120 {
            let now = self.world.portal.resource(&self.operator, &self.place.workspace, &view.id).await.unwrap();
            assert!(state == State::Failed || now.status != State::Failed, "{now:?}");
            if now.status == state {
                return now;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.world.clock.advance(31 * SECOND);
            self.world.portal.reconcile_once(&Ctx::cli()).await.unwrap();
        }
        panic!("never {state}: {view:?}");
    }

    /// Creates one and waits until it is active.
    async fn make(&self, kind: &str, spec: Value) -> ResourceView {
        let made = self.provision(kind, spec).await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
        assert!(made.confirmed && made.view.resource_id.is_some(), "{kind}: {made:?}");
        self.until(&made.view, State::Active).await
    }

    async fn remove(&self, view: &ResourceView) {
        let (portal, kind) = (&self.world.portal, view.resource_type.as_str());
        portal.remove(&self.operator, &self.place, kind, view.id.as_str()).await.unwrap();
        self.until(view, State::Gone).await;
    }

    /// The version of a kind's service, as the cloud says it.
    async fn version(&self, kind: &Definition) -> String {
        let service = kind.collection.service;
        let version = self.cloud.probe(&project(PROJECT), "RegionOne", service).await.unwrap();
        let named = version.version.unwrap_or_else(|| "without a version".to_owned());
        version.max.map_or_else(|| named.clone(), |max| format!("{named} up to {max}"))
    }

    /// Tells the contract run what was changed through the portal: the audit has every change and how it ended.
    async fn tell(&self) {
        let (mut versions, mut cursor) = (BTreeMap::new(), None);
        loop {
            let query = AuditQuery { limit: Some(500), cursor, ..AuditQuery::default() };
            let page = self.world.portal.audit(&self.operator, &self.place.workspace, &query).await.unwrap();
            for event in &page.items {
                let ended = match event.outcome {
                    AuditOutcome::Succeeded => Ended::Well,
                    AuditOutcome::Failed => Ended::Badly,
                    AuditOutcome::Attempted | AuditOutcome::Denied => continue,
                };
                let Some((slug, word)) = event.action.split_once('.') else { continue };
                let Some(kind) = services::find(slug) else { continue };
                let Some(function) = function(kind, word) else { continue };
                if !versions.contains_key(slug) {
                    versions.insert(slug.to_owned(), self.version(kind).await);
                }
                called(function, (kind.collection.service.service_type, &versions[slug]), ended);
            }
            cursor = page.next;
            if cursor.is_none() {
                return;
            }
        }
    }

    /// A cluster template, made past the portal: its name and its id.
    async fn template(&self) -> (String, String) {
        let name = fresh("template");
        let templates = services::find("magnum_template").unwrap().collection;
        let body = json!({
            "name": name, "coe": "kubernetes", "image_id": "fedora-coreos-40", "external_network_id": "public",
            "flavor_id": "m1.small", "master_flavor_id": "m1.small", "network_driver": "calico", "docker_volume_size": 5,
            "docker_storage_driver": "overlay2", "volume_driver": "cinder",
        });
        let made = self.cloud.send(&project(PROJECT), "RegionOne", &templates.create(body), "").await.unwrap();
        (name, made.body["uuid"].as_str().unwrap().to_owned())
    }

    async fn lose_template(&self, id: &str) {
        let templates = services::find("magnum_template").unwrap().collection;
        self.cloud.send(&project(PROJECT), "RegionOne", &templates.delete(id), "").await.unwrap();
    }

    /// Whether a project's own list of a kind has that id; asked past the portal.
    async fn lists(&self, in_project: &str, kind: &str, id: &str) -> bool {
        let kind = services::find(kind).unwrap();
        let scope = project(in_project);
        let owner = self.cloud.token(&scope).await.unwrap().project.as_ref().unwrap().id.clone();
        let query = kind.queries(&owner).remove(0);
        let listed = self
            .cloud
            .list(&scope, "RegionOne", kind.collection, kind.collection.list().queries(query), 10_000, "")
            .await
            .unwrap();
        let mut seen = listed.items.iter().filter_map(|item| (kind.read)(item));
        seen.any(|seen| seen.id.as_str() == id && seen.belongs_to(&owner))
    }

    async fn stands_only_in_the_bound_project(&self, view: &ResourceView) {
        let (kind, id) = (view.resource_type.as_str(), view.resource_id.as_ref().unwrap().as_str());
        assert!(self.lists(PROJECT, kind, id).await, "{kind} is not in {PROJECT}");
        for other in OTHERS {
            assert!(!self.lists(other, kind, id).await, "{kind} is in {other}");
        }
    }
}

/// The function of a kind that the audit calls so.
fn function(kind: &'static Definition, word: &str) -> Option<&'static str> {
    let does = match word {
        "create" => Does::Create,
        "delete" => Does::Delete,
        action => return kind.kind.action(action).map(|action| action.function.as_ref()),
    };
    kind.kind.verbs.iter().find(|verb| verb.does == does).map(|verb| verb.function.as_ref())
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn every_kind_that_a_project_has_is_listed() {
    let team = Team::new().await;
    let in_clouds = |kind: &&Definition| kind.kind.parent.is_none() && !kind.kind.is_simulated();
    for kind in services::CATALOGUE.iter().copied().filter(in_clouds) {
        let list = match team.world.portal.list(&team.operator, &team.place, kind.slug()).await {
            Ok(list) => list,
            // A cloud need not have every service.
            Err(Error::NotFound { what }) => {
                eprintln!("{}: {what}", kind.slug());
                continue;
            }
            Err(error) => panic!("{}: {error:?}", kind.slug()),
        };
        assert!(list.as_of.is_some() && list.trouble.is_none(), "{}: {list:?}", kind.slug());
        let verb = kind.kind.verbs.iter().find(|verb| verb.does == Does::List).unwrap();
        called(&verb.function, (kind.collection.service.service_type, &team.version(kind).await), Ended::Well);
    }
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn a_server_with_its_network_keypair_volume_and_floating_ip_lands_in_the_bound_project_and_goes_again() {
    let team = Team::new().await;
    // Testing the binding asked both regions; from here on only its own is spoken to.
    let log = other_regions_log();
    let (net, key, name) = (fresh("net"), fresh("key"), fresh("web-server"));
    let network = team.make("network", json!({"name": net, "subnet_cidr": "10.99.0.0/24"})).await;
    let keypair = team.make("nova_keypair", json!({"name": key})).await;
    let volume = team.make("volume", json!({"name": fresh("data"), "size_gb": 2})).await;
    let server = team
        .make(
            "vm",
            json!({
                "name": name, "flavor_id": "m1.medium", "image_id": "ubuntu-22.04-lts", "network_id": net,
                "key_name": key, "user_data": "#cloud-config",
            }),
        )
        .await;
    let router = team.make("neutron_router", json!({"name": fresh("router"), "external_network_id": "public"})).await;
    let subnet = team.world.portal.list(&team.operator, &team.place, "neutron_subnet").await.unwrap();
    let subnet = subnet.items.iter().find(|one| one.name == format!("{net}-subnet")).unwrap().id.clone();
    let act = async |view: &ResourceView, action: &str, fields: Value| {
        let input = SpecInput::Json(fields.as_object().unwrap().clone());
        let (portal, kind) = (&team.world.portal, view.resource_type.as_str());
        portal.act(&team.operator, &team.place, kind, view.id.as_str(), action, input, None).await
    };
    act(&router, "add_interface", json!({"subnet_id": subnet})).await.unwrap();
    let floating_ip = team.make("floating_ip", json!({"server_id": name, "network_name": "public"})).await;
    assert!(floating_ip.metadata["fixed_address"].as_str().unwrap().starts_with("10.99.0."));
    for view in [&network, &volume, &server, &router, &floating_ip] {
        team.stands_only_in_the_bound_project(view).await;
    }

    act(&server, "stop", json!({})).await.unwrap();
    assert!(act(&server, "console", json!({})).await.unwrap().output.is_some());
    act(&floating_ip, "dissociate", json!({})).await.unwrap();
    act(&router, "remove_interface", json!({"subnet_id": subnet})).await.unwrap();
    for view in [&floating_ip, &router, &server, &volume, &keypair, &network] {
        team.remove(view).await;
    }
    for view in [&network, &volume, &server, &router, &floating_ip] {
        let (kind, id) = (view.resource_type.as_str(), view.resource_id.as_ref().unwrap().as_str());
        assert!(!team.lists(PROJECT, kind, id).await, "{kind} is still there");
    }
    let used = team.world.portal.overview(&team.operator, &team.place).await.unwrap().environment.used;
    assert_eq!(used, model::Usage::ZERO);
    assert_eq!(other_regions_log(), log, "the other region was asked");
    team.tell().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn a_cluster_is_made_after_a_template_and_goes_again() {
    let team = Team::new().await;
    let (template, id) = team.template().await;
    let key = fresh("key");
    let keypair = team.make("nova_keypair", json!({"name": key})).await;
    let spec = json!({"name": fresh("k8s"), "cluster_template_id": template, "node_count": 2, "keypair": key});
    let cluster = team.make("cluster", spec).await;
    assert_eq!(cluster.usage, model::Usage { vcpus: 3, ram_mib: 3 * 2048, storage_gb: 15 });
    team.stands_only_in_the_bound_project(&cluster).await;
    team.remove(&cluster).await;
    team.remove(&keypair).await;
    team.lose_template(&id).await;
    team.tell().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn every_part_of_every_kind_is_found_by_its_tag_when_the_connection_broke_before_the_answer() {
    let lossy = Lossy::start().await;
    let team = Team::by_way_of(&lossy).await;
    let (template, id) = team.template().await;
    let walk = Walk {
        world: &team.world,
        operator: &team.operator,
        place: &team.place,
        cloud: &team.cloud,
        scope: &project(PROJECT),
        template: &template,
        lose: &|collection| lossy.lose(collection),
        pause: Duration::from_secs(1),
    };
    walk.every_part().await;
    team.lose_template(&id).await;
    team.tell().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn another_projects_network_is_no_choice_even_for_an_account_that_sees_it() {
    let team = Team::new().await;
    let networks = services::find("network").unwrap().collection;
    let scope = project("payments-dev");
    let owner = team.cloud.token(&scope).await.unwrap().project.as_ref().unwrap().id.clone();
    let query = [("project_id".into(), owner)];
    let listed = team.cloud.list(&scope, "RegionOne", networks, networks.list().queries(query), 100, "").await.unwrap();
    let foreign = listed.items[0]["id"].as_str().unwrap();
    let spec = json!({
        "name": fresh("thief"), "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": foreign,
    });
    match team.provision("vm", spec).await {
        Err(Error::Invalid { fields }) => assert!(fields.contains_key("network_id"), "{fields:?}"),
        other => panic!("{other:?}"),
    }
    let page = team.world.portal.list(&team.operator, &team.place, "network").await.unwrap();
    assert!(page.items.iter().all(|one| one.id.as_str() != foreign), "it is not shown either");
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn servers_that_were_made_deleted_and_renamed_past_the_platform_are_found_as_what_they_are() {
    let team = Team::new().await;
    let portal = &team.world.portal;
    let net = fresh("net");
    let network = team.make("network", json!({"name": net, "subnet_cidr": "10.98.0.0/24"})).await;
    let spec =
        |name: &str| json!({"name": name, "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "network_id": net});
    let (lost, renamed, byhand, other) = (fresh("lost"), fresh("web"), fresh("byhand"), fresh("other"));
    let (lost, renamed) = (team.make("vm", spec(&lost)).await, team.make("vm", spec(&renamed)).await);
    let servers = services::find("vm").unwrap().collection;
    let send = async |request: &openstack::Request| {
        team.cloud.send(&project(PROJECT), "RegionOne", request, "").await.unwrap().body
    };
    let id = |view: &ResourceView| view.resource_id.as_ref().unwrap().to_string();
    let image = portal.list(&team.operator, &team.place, "glance_image").await.unwrap();
    let image = image.items.iter().find(|image| image.name == "ubuntu-22.04-lts").unwrap().id.clone();
    let flavor = portal.list(&team.operator, &team.place, "nova_flavor").await.unwrap();
    let flavor = flavor.items.iter().find(|flavor| flavor.name == "m1.tiny").unwrap().id.clone();
    let body = json!({"name": byhand, "flavorRef": flavor, "imageRef": image, "networks": "none"});
    let made = send(&servers.create(body)).await["server"]["id"].as_str().unwrap().to_owned();
    send(&servers.delete(&id(&lost))).await;
    send(&servers.update(&id(&renamed), json!({"name": other}))).await;

    // Until the cloud has done all of that.
    let mut found = Vec::new();
    for _ in 0..60 {
        team.world.clock.advance(120 * SECOND);
        let page = portal.check_drift(&team.operator, &team.place).await.unwrap();
        assert!(page.trouble.is_empty(), "{page:?}");
        found = page.items;
        let ours = [made.clone(), id(&lost), id(&renamed)];
        found.retain(|one| ours.contains(&one.resource_id.to_string()));
        if found.len() == 3 && found.iter().all(|one| one.status != State::Building) {
            break;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let class = |id: &str| found.iter().find(|one| one.resource_id.as_str() == id).map(|one| one.class);
    assert_eq!(class(&made), Some(Class::CreatedOutside), "{found:?}");
    assert_eq!(class(&id(&lost)), Some(Class::Vanished), "{found:?}");
    assert_eq!(class(&id(&renamed)), Some(Class::Changed), "{found:?}");
    let ledger = portal.verify_quota(&Ctx::cli(), None).await.unwrap().remove(0);
    assert_eq!((ledger.wrong(), ledger.used.vcpus), (vec![], 1));
    // Those that a binding's quota has beside it; Manila's own come on top where it runs.
    let limits = ledger.cloud.as_ref().unwrap().limits.iter();
    assert_eq!(limits.filter(|limit| limit.dimension.is_some()).count(), 3, "{ledger:?}");

    for finding in &found {
        let remedy = match finding.class {
            Class::CreatedOutside => Remedy::CleanUp,
            Class::Changed => Remedy::Adopt,
            Class::Vanished | Class::Orphaned => Remedy::Forget,
        };
        portal.remedy(&team.operator, &team.place, &finding.id, remedy).await.unwrap();
    }
    team.remove(&renamed).await;
    team.remove(&network).await;
    assert_eq!(portal.overview(&team.operator, &team.place).await.unwrap().environment.used, model::Usage::ZERO);
}
