//! A workspace that is bound to a project of a simulated cloud.
use crate::{
    lossy::Lossy,
    world::{SECOND, World},
};
use model::{
    Environment, Place, Result, State, WorkspaceSlug,
    example::{self, Hole},
    view::{Acted, NewBinding, Provisioned, ResourceView},
};
use openstack::client::{Cloud, ProjectScope};
use portal::{CloudConfig, Ctx, SpecInput};
use serde_json::{Value, json};
use simulator::{Config, Knobs, Request, Seed, Simulator, Speed};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

/// Where things are done.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) place: Place,
    pub(crate) operator: Ctx,
    pub(crate) cloud: Knobs,
    auth_url: String,
}

/// Runs a test on every database, each with a cloud of its own.
pub(crate) async fn everywhere(quota: (i64, i64, i64), test: impl AsyncFn(Scene<'_>)) {
    everywhere_in("RegionOne", quota, test).await;
}

/// As [`everywhere`], bound to that region.
pub(crate) async fn everywhere_in(region: &str, quota: (i64, i64, i64), test: impl AsyncFn(Scene<'_>)) {
    for postgres in [false, true] {
        let simulator = start().await;
        let config = config(&simulator.auth_url());
        let world = match postgres {
            false => Some(World::sqlite(Some(config)).await),
            true => World::postgres(Some(config)).await,
        };
        if let Some(world) = &world {
            test(scene(world, region, quota, &simulator).await).await;
        }
        simulator.shutdown().await.unwrap();
    }
}

/// As [`everywhere`], on one database, with that way between the portal and its cloud.
pub(crate) async fn by_way_of(lossy: &Lossy, quota: (i64, i64, i64), test: impl AsyncFn(Scene<'_>)) {
    let simulator = start().await;
    let world = World::sqlite(Some(lossy.to(config(&simulator.auth_url())))).await;
    test(scene(&world, "RegionOne", quota, &simulator).await).await;
    simulator.shutdown().await.unwrap();
}

async fn start() -> Simulator {
    let seed = Seed::demo("service-secret", "admin-secret", "cloud-secret");
    let config = Config { seed, speed: Speed::fixed(Duration::ZERO), ..Config::default() };
    Simulator::start(config).await.unwrap()
}

fn config(auth_url: &str) -> CloudConfig {
    let given = |name: &str| match name {
        "OS_AUTH_URL" => Some(auth_url.to_owned()),
        "OS_USERNAME" => Some("atonix-service".to_owned()),
        "OS_PASSWORD" => Some("service-secret".to_owned()),
        _ => None,
    };
    CloudConfig::load(&given, "atonix").unwrap().unwrap()
}

async fn scene<'a>(world: &'a World, region: &str, quota: (i64, i64, i64), simulator: &Simulator) -> Scene<'a> {
    let operator = world.user("olga").await;
    let workspace = world.workspace("devops-team", "olga").await;
    let scene = Scene {
        world,
        place: Place { workspace, environment: Environment::Staging },
        operator,
        cloud: simulator.knobs(),
        auth_url: simulator.auth_url(),
    };
    scene.bind(Environment::Staging, region, quota).await;
    scene
}

impl Scene<'_> {
    /// Binds an environment to the project, in that region: vCPUs, GB of memory, GB of storage.
    pub(crate) async fn bind(
        &self,
        environment: Environment,
        region: &str,
        (vcpus, ram_gb, storage_gb): (i64, i64, i64),
    ) -> Place {
        let binding = NewBinding {
            workspace_id: self.place.workspace.to_string(),
            environment: environment.to_string(),
            openstack_project: "devops-staging-9a3f".to_owned(),
            openstack_domain: String::new(),
            openstack_region: region.to_owned(),
            quota_vcpus: vcpus,
            quota_ram_gb: ram_gb,
            quota_storage_gb: storage_gb,
        };
        self.world.portal.create_binding(&Ctx::cli(), &binding).await.unwrap();
        Place { workspace: self.place.workspace.clone(), environment }
    }

    /// Asks for something, as the operator.
    pub(crate) async fn provision(&self, kind: &str, spec: Value) -> Result<Provisioned> {
        self.provision_at(&self.place, kind, spec).await
    }

    /// As [`Scene::provision`], in another place.
    pub(crate) async fn provision_at(&self, place: &Place, kind: &str, spec: Value) -> Result<Provisioned> {
        let Value::Object(spec) = spec else { panic!("a spec is an object") };
        self.world.portal.provision(&self.operator, place, kind, SpecInput::Json(spec), None).await
    }

    /// Makes something, and waits until it stands.
    pub(crate) async fn made(&self, kind: &str, spec: Value) -> ResourceView {
        let made = self.provision(kind, spec).await.unwrap().view;
        self.until(&made.id, State::Active).await
    }

    /// Does something with one thing, as the operator.
    pub(crate) async fn act(&self, view: &ResourceView, action: &str, fields: Value) -> Result<Acted> {
        let Value::Object(fields) = fields else { panic!("fields are an object") };
        let (portal, kind, id) = (&self.world.portal, view.resource_type.as_str(), view.id.as_str());
        portal.act(&self.operator, &self.place, kind, id, action, SpecInput::Json(fields), None).await
    }

    /// The example of a kind, of things that are there; what it needs beyond them is made.
    pub(crate) async fn example(&self, slug: &str) -> Value {
        static NUMBER: AtomicU8 = AtomicU8::new(1);
        let kind = &services::find(slug).unwrap().kind;
        let mut there =
            BTreeMap::from([("magnum_template", "k8s-small".to_owned()), ("network", "private".to_owned())]);
        for needed in example::needs(&kind.example) {
            if !there.contains_key(needed) {
                let spec = Box::pin(self.example(needed)).await;
                there.insert(needed, self.made(needed, spec).await.resource_name);
            }
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed) % 200 + 20;
        let filled = example::filled(&kind.example, |hole| match hole {
            Hole::Name => format!("one-{number}"),
            Hole::Number => number.to_string(),
            Hole::One(slug) => there[slug].clone(),
        });
        Value::Object(filled.unwrap_or_else(|| panic!("{slug} has no example")))
    }

    /// A small server on the only network.
    pub(crate) async fn server(&self, name: &str) -> Result<Provisioned> {
        self.provision("vm", json!({"name": name, "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts"})).await
    }

    pub(crate) async fn view(&self, id: &model::ResourceId) -> ResourceView {
        self.world.portal.resource(&self.operator, &self.place.workspace, id).await.unwrap()
    }

    /// Lets time pass and the reconciler work until a resource is in that state.
    pub(crate) async fn until(&self, id: &model::ResourceId, state: State) -> ResourceView {
        for _ in 0..60 {
            let view = self.view(id).await;
            if view.status == state {
                return view;
            }
            self.pass(5).await;
        }
        panic!("never {state}: {:?}", self.view(id).await);
    }

    /// Seconds go by, then the reconciler looks at what is due.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.world.clock.advance(seconds * SECOND);
        self.world.portal.reconcile_once(&Ctx::cli()).await.unwrap();
    }

    pub(crate) async fn remove(&self, view: &ResourceView) -> Result<ResourceView> {
        self.world.portal.remove(&self.operator, &self.place, &view.resource_type, view.id.as_str()).await
    }

    /// What of the quota is taken: vCPUs, MiB, GB.
    pub(crate) async fn used(&self) -> (i64, i64, i64) {
        let used = self.world.portal.overview(&self.operator, &self.place).await.unwrap().environment.used;
        (used.vcpus, used.ram_mib, used.storage_gb)
    }

    /// The things that the cloud was asked to make at a path, whatever it answered.
    pub(crate) fn posts(&self, path: &str) -> Vec<Request> {
        let requests = self.cloud.requests();
        requests.into_iter().filter(|one| one.method == "POST" && one.path.ends_with(path)).collect()
    }

    /// An administrator retires the binding.
    pub(crate) async fn retire(&self) {
        let detail = self.world.portal.workspace_detail(&Ctx::cli(), &self.place.workspace).await.unwrap();
        self.world.portal.retire_binding(&Ctx::cli(), &detail.bindings[0].id).await.unwrap();
    }

    /// Somebody makes something past the platform.
    pub(crate) async fn make_outside(&self, kind: &str, body: Value) {
        self.outside(&services::find(kind).unwrap().collection.create(body)).await;
    }

    /// Somebody changes something past the platform.
    pub(crate) async fn change_outside(&self, kind: &str, id: &str, change: Value) {
        let collection = services::find(kind).unwrap().collection;
        self.outside(&collection.update(id, change)).await;
    }

    /// Somebody deletes something past the platform.
    pub(crate) async fn lose_outside(&self, kind: &str, id: &str) {
        self.outside(&services::find(kind).unwrap().collection.delete(id)).await;
    }

    async fn outside(&self, request: &openstack::Request) {
        let (cloud, scope) = self.past();
        cloud.send(&scope, "RegionOne", request, "").await.unwrap();
    }

    /// The cloud past the platform, and the project in it.
    pub(crate) fn past(&self) -> (Cloud, ProjectScope) {
        let scope = ProjectScope::Name { name: "devops-staging-9a3f".to_owned(), domain: "Default".to_owned() };
        (Cloud::new(config(&self.auth_url)).unwrap(), scope)
    }

    pub(crate) fn workspace(&self) -> &WorkspaceSlug {
        &self.place.workspace
    }
}
