//! Bindings: tested against a cloud before they are saved.
use crate::world::{World, code, everywhere, everywhere_with, field};
use model::{BindingId, Environment, Usage, WorkspaceSlug, view::NewBinding};
use openstack::client::{Auth, CloudConfig};
use portal::Ctx;
use simulator::{Config, Simulator};

const STAGING: &str = "devops-staging-9a3f";

async fn cloud(username: &str) -> (Simulator, CloudConfig) {
    let simulator = Simulator::start(Config::default()).await.unwrap();
    let (username, user_domain) = (username.to_owned(), "Default".to_owned());
    let auth = Auth::Password { username, password: "demo".into(), user_domain };
    let config = CloudConfig::new(&simulator.auth_url(), auth).unwrap();
    (simulator, config)
}

fn new(team: &WorkspaceSlug) -> NewBinding {
    NewBinding {
        workspace_id: team.to_string(),
        environment: "staging".to_owned(),
        openstack_project: STAGING.to_owned(),
        openstack_domain: String::new(),
        openstack_region: "RegionTwo".to_owned(),
        quota_vcpus: 50,
        quota_ram_gb: 200,
        quota_storage_gb: 2000,
    }
}

async fn team(world: &World) -> WorkspaceSlug {
    world.user("alice").await;
    world.workspace("devops-team", "alice").await
}

#[tokio::test]
async fn a_binding_is_made_of_a_project_and_a_region_that_the_cloud_has() {
    let (_simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let probe = world.portal.probe_binding(&Ctx::cli(), &new(&team)).await.unwrap();
        assert_eq!((probe.project_name.as_deref(), probe.problems.len(), probe.warnings.len()), (Some(STAGING), 0, 0));
        assert!(probe.services.iter().any(|(service, answered)| service == "compute" && *answered), "{probe:?}");
        let made = world.portal.create_binding(&Ctx::cli(), &new(&team)).await.unwrap();
        assert_eq!(Some(&made.project_id), probe.project_id.as_ref());
        assert_eq!((made.openstack_domain.as_str(), made.openstack_region.as_str()), ("Default", "RegionTwo"));
        assert_eq!(made.quota, Usage { vcpus: 50, ram_mib: 204_800, storage_gb: 2000 });
        let line = format!("system:cli binding.create succeeded {STAGING}");
        assert_eq!((world.last(Some(&team)).await, world.last(None).await), (line.clone(), line));
        assert_eq!(world.portal.workspace_detail(&Ctx::cli(), &team).await.unwrap().bindings, [made]);
    })
    .await;
}

#[tokio::test]
async fn a_project_may_be_given_by_its_id() {
    let (_simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let projects = world.portal.cloud_projects(&Ctx::cli()).await.unwrap();
        let (id, name, domain) = projects.iter().find(|(_, name, _)| name == STAGING).unwrap().clone();
        assert_eq!(domain, "Default");
        let by_id = NewBinding { openstack_project: id.clone(), ..new(&team) };
        let made = world.portal.create_binding(&Ctx::cli(), &by_id).await.unwrap();
        assert_eq!((made.project_id, made.openstack_project), (id, name));
    })
    .await;
}

#[tokio::test]
async fn what_the_cloud_lacks_is_said_at_the_field_and_nothing_is_saved() {
    let (_simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let bad = NewBinding {
            openstack_project: "no-such-project".to_owned(),
            openstack_region: "Mars".to_owned(),
            ..new(&team)
        };
        let probe = world.portal.probe_binding(&Ctx::cli(), &bad).await.unwrap();
        assert_eq!((probe.project_id.as_deref(), probe.problems.len()), (None, 2));
        let refused = world.portal.create_binding(&Ctx::cli(), &bad).await;
        assert_eq!(field(refused), "openstack_project openstack_region");
        let elsewhere = NewBinding { openstack_domain: "Elsewhere".to_owned(), ..new(&team) };
        assert_eq!(field(world.portal.create_binding(&Ctx::cli(), &elsewhere).await), "openstack_project");
        let nowhere = NewBinding { workspace_id: "no-such-team".to_owned(), ..new(&team) };
        assert_eq!(field(world.portal.create_binding(&Ctx::cli(), &nowhere).await), "workspace_id");
        let empty = NewBinding { environment: "moon".to_owned(), quota_vcpus: -1, ..new(&team) };
        assert_eq!(field(world.portal.create_binding(&Ctx::cli(), &empty).await), "environment quota_vcpus");
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM bindings").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM project_owners").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_carries_admin_is_warned_of() {
    let (_simulator, config) = cloud("atonix-admin").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let probe = world.portal.probe_binding(&Ctx::cli(), &new(&team)).await.unwrap();
        assert!(probe.problems.is_empty());
        assert!(probe.warnings[0].contains("atonix-admin has the role admin"), "{probe:?}");
    })
    .await;
}

#[tokio::test]
async fn an_environment_is_bound_once_and_a_project_belongs_to_one_workspace() {
    let (_simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let other = world.workspace("payments", "alice").await;
        world.portal.create_binding(&Ctx::cli(), &new(&team)).await.unwrap();
        let again = NewBinding { openstack_project: "devops-prod".to_owned(), ..new(&team) };
        assert_eq!(code(world.portal.create_binding(&Ctx::cli(), &again).await), "conflict");
        assert_eq!(world.portal.probe_binding(&Ctx::cli(), &again).await.unwrap().problems.len(), 1);
        assert_eq!(field(world.portal.create_binding(&Ctx::cli(), &new(&other)).await), "openstack_project");
        assert_eq!(world.portal.probe_binding(&Ctx::cli(), &new(&other)).await.unwrap().problems.len(), 1);
        // Another environment of the same workspace may share it.
        let dev = NewBinding { environment: "dev".to_owned(), ..new(&team) };
        world.portal.create_binding(&Ctx::cli(), &dev).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_two_workspaces_that_ask_for_a_project_at_once_one_gets_it() {
    let (_simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let other = world.workspace("payments", "alice").await;
        let (cli, first, second) = (Ctx::cli(), new(&team), new(&other));
        let (first, second) =
            tokio::join!(world.portal.create_binding(&cli, &first), world.portal.create_binding(&cli, &second));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM bindings").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_cloud_that_does_not_answer_is_not_a_bad_field() {
    let (simulator, config) = cloud("atonix-service").await;
    simulator.shutdown().await.unwrap();
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        assert_eq!(code(world.portal.create_binding(&Ctx::cli(), &new(&team)).await), "unavailable");
        assert_eq!(code(world.portal.cloud_regions(&Ctx::cli()).await), "unavailable");
    })
    .await;
}

#[tokio::test]
async fn only_staff_look_at_the_cloud_and_bind() {
    let (simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let root = world.staff("root").await;
        let alice = world.portal.users(&Ctx::cli()).await.unwrap()[0].id.clone();
        let alice = world.portal.ctx_for_user(&alice, Ctx::new_request_id()).await.unwrap();
        simulator.knobs().forget_requests();
        let portal = &world.portal;
        assert_eq!(code(portal.probe_binding(&alice, &new(&team)).await), "not_found");
        assert_eq!(code(portal.create_binding(&alice, &new(&team)).await), "not_found");
        assert_eq!(code(portal.cloud_projects(&alice).await), "not_found");
        assert_eq!(code(portal.cloud_regions(&alice).await), "not_found");
        assert_eq!(code(portal.set_quota(&alice, &BindingId::new("x"), Usage::ZERO).await), "not_found");
        assert_eq!(code(portal.retire_binding(&alice, &BindingId::new("x")).await), "not_found");
        assert!(simulator.knobs().requests().is_empty(), "the cloud was not even asked");
        assert_eq!(portal.cloud_regions(&root).await.unwrap(), ["RegionOne", "RegionTwo"]);
    })
    .await;
}

#[tokio::test]
async fn a_quota_may_be_lowered_below_what_is_in_use() {
    everywhere(async |world| {
        let team = team(world).await;
        let id = world.binding(&team, "dev", "p1").await;
        world.sql("UPDATE bindings SET used_vcpus = 8".to_owned()).await;
        let quota = Usage { vcpus: 4, ram_mib: 1024, storage_gb: 0 };
        let view = world.portal.set_quota(&Ctx::cli(), &id, quota).await.unwrap();
        assert_eq!((view.quota, view.used.vcpus), (quota, 8));
        assert_eq!(world.last(Some(&team)).await, "system:cli binding.quota succeeded p1");
        assert_eq!(world.last(None).await, "system:cli binding.quota succeeded p1");
        let bad = Usage { vcpus: -1, ..quota };
        assert_eq!(field(world.portal.set_quota(&Ctx::cli(), &id, bad).await), "quota_vcpus");
        assert_eq!(code(world.portal.set_quota(&Ctx::cli(), &BindingId::new("x"), quota).await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_retired_binding_makes_room_for_another() {
    everywhere(async |world| {
        let team = team(world).await;
        let dev = world.binding(&team, "dev", "p1").await;
        world.resource(&dev, "active").await;
        world.portal.retire_binding(&Ctx::cli(), &dev).await.unwrap();
        assert_eq!(world.last(Some(&team)).await, "system:cli binding.retire succeeded p1");
        assert_eq!(code(world.portal.retire_binding(&Ctx::cli(), &dev).await), "not_found");
        assert_eq!(code(world.portal.set_quota(&Ctx::cli(), &dev, Usage::ZERO).await), "not_found");
        let again = world.binding(&team, "dev", "p3").await;
        let bindings = world.portal.workspace_detail(&Ctx::cli(), &team).await.unwrap().bindings;
        assert_eq!((bindings[0].id.clone(), bindings[0].environment), (again, Environment::Dev));
        assert!(bindings[1].retired && bindings[1].resources == 1);
    })
    .await;
}

#[tokio::test]
async fn a_project_passes_to_another_workspace_once_nothing_is_bound_or_kept_there() {
    let (_simulator, config) = cloud("atonix-service").await;
    everywhere_with(Some(config), async |world| {
        let team = team(world).await;
        let other = world.workspace("payments", "alice").await;
        let refused = async || {
            let problems = world.portal.probe_binding(&Ctx::cli(), &new(&other)).await.unwrap().problems;
            assert_eq!(problems, ["This project belongs to another workspace."]);
            assert_eq!(field(world.portal.create_binding(&Ctx::cli(), &new(&other)).await), "openstack_project");
        };
        let first = world.portal.create_binding(&Ctx::cli(), &new(&team)).await.unwrap();
        world.resource(&first.id, "deleting").await;
        refused().await;
        world.portal.retire_binding(&Ctx::cli(), &first.id).await.unwrap();
        refused().await;
        world.sql("UPDATE resources SET state = 'gone'".to_owned()).await;
        assert!(world.portal.probe_binding(&Ctx::cli(), &new(&other)).await.unwrap().problems.is_empty());
        world.portal.create_binding(&Ctx::cli(), &new(&other)).await.unwrap();
        assert_eq!(field(world.portal.create_binding(&Ctx::cli(), &new(&team)).await), "openstack_project");
    })
    .await;
}
