//! What a simulator is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How to start a simulator.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one. Meant for loopback: the seeded passwords are no secret to the machine.
    pub listen: SocketAddr,
    /// Folder for the state (`simulator.jsonl`, `simulator.lock`, `simulator.objects`; other files there are left alone).
    /// Without one the state lives in memory.
    pub data: Option<PathBuf>,
    /// Projects and users that exist from the start. Those that an existing state lacks are added.
    pub seed: Seed,
    /// How long changes of state take.
    pub speed: Speed,
    /// What each project may have in each region.
    pub quotas: Quotas,
    /// Lifetime of a token.
    pub token_lifetime: Duration,
}

impl Default for Config {
    /// A free loopback port, state in memory, the demo seed with password `demo` for everyone, changes in 1–3 s.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            seed: Seed::demo("demo", "demo", "demo"),
            speed: Speed::default(),
            quotas: Quotas::default(),
            token_lifetime: Duration::from_secs(3600),
        }
    }
}

/// How long a change of state takes: a time drawn evenly between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// The shortest.
    pub min: Duration,
    /// The longest.
    pub max: Duration,
}

impl Default for Speed {
    /// One to three seconds, as a small real cloud needs.
    fn default() -> Self {
        Self { min: Duration::from_secs(1), max: Duration::from_secs(3) }
    }
}

impl Speed {
    /// Every change takes exactly this long; zero means that it has happened by the next request.
    pub fn fixed(duration: Duration) -> Self {
        Self { min: duration, max: duration }
    }
}

/// The projects and users of a fresh cloud. What a project gets in each region is always the same: a routed network
/// `private` and a default security group; what the cloud offers is as well (see the module `seed`).
#[derive(Clone, Debug, Default)]
pub struct Seed {
    /// Projects of the domain `Default`.
    pub projects: Vec<SeedProject>,
    /// Users of the domain `Default`.
    pub users: Vec<SeedUser>,
}

/// A project to have.
#[derive(Clone, Debug)]
pub struct SeedProject {
    /// Unique in the domain.
    pub name: String,
    /// For people.
    pub description: String,
}

/// A user to have. The password is kept in memory only and may be another one at each start.
#[derive(Clone)]
pub struct SeedUser {
    /// Unique in the domain.
    pub name: String,
    /// What this user signs in with.
    pub password: String,
    /// `admin` also sees what other projects have, as on a real cloud.
    pub role: Role,
    /// Names of the projects in which the role is held; empty means all of them.
    pub projects: Vec<String>,
}

impl std::fmt::Debug for SeedUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeedUser").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// The roles that the simulator tells apart; each implies those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May look.
    Reader,
    /// May change what the project has.
    Member,
    /// May see and change what every project has.
    Admin,
}

impl Role {
    /// Its name in Keystone.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }
}

impl Seed {
    /// The demo: two teams with three environments each, and the users `atonix-service` (member), `atonix-admin`
    /// (admin) and `cloud` (member, for somebody who wants to ask the cloud itself) in all of their projects.
    pub fn demo(service_password: &str, admin_password: &str, cloud_password: &str) -> Self {
        let projects = [
            ("devops-dev", "DevOps team, development"),
            ("devops-staging-9a3f", "DevOps team, staging"),
            ("devops-prod", "DevOps team, production"),
            ("payments-dev", "Payments team, development"),
            ("payments-staging", "Payments team, staging"),
            ("payments-prod", "Payments team, production"),
        ];
        let user = |name: &str, password: &str, role| SeedUser {
            name: name.to_owned(),
            password: password.to_owned(),
            role,
            projects: Vec::new(),
        };
        Self {
            projects: projects
                .into_iter()
                .map(|(name, description)| SeedProject { name: name.to_owned(), description: description.to_owned() })
                .collect(),
            users: vec![
                user("atonix-service", service_password, Role::Member),
                user("atonix-admin", admin_password, Role::Admin),
                user("cloud", cloud_password, Role::Member),
            ],
        }
    }
}

/// What a project may have in a region; -1 is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Servers.
    pub instances: i64,
    /// Their vCPUs.
    pub cores: i64,
    /// Their memory, MiB.
    pub ram: i64,
    /// Keypairs of a user.
    pub key_pairs: i64,
    /// Volumes.
    pub volumes: i64,
    /// Volumes and snapshots together, GiB.
    pub gigabytes: i64,
    /// Volume snapshots.
    pub snapshots: i64,
    /// Networks.
    pub network: i64,
    /// Subnets.
    pub subnet: i64,
    /// Ports.
    pub port: i64,
    /// Routers.
    pub router: i64,
    /// Floating IPs.
    pub floatingip: i64,
    /// Security groups.
    pub security_group: i64,
    /// Their rules.
    pub security_group_rule: i64,
    /// Clusters.
    pub clusters: i64,
    /// Shares.
    pub shares: i64,
    /// Shares, GiB.
    pub share_gigabytes: i64,
    /// Snapshots of shares.
    pub share_snapshots: i64,
    /// Snapshots of shares, GiB.
    pub share_snapshot_gigabytes: i64,
    /// Share networks.
    pub share_networks: i64,
    /// Load balancers.
    pub load_balancers: i64,
    /// Their listeners.
    pub listeners: i64,
    /// Their pools.
    pub pools: i64,
    /// Members of pools.
    pub members: i64,
    /// Health monitors of pools.
    pub health_monitors: i64,
    /// Containers.
    pub containers: i64,
    /// Their processors.
    pub container_cpu: i64,
    /// Their memory, MiB.
    pub container_memory: i64,
    /// Zones.
    pub zones: i64,
    /// Record sets of each zone.
    pub zone_recordsets: i64,
    /// Objects, bytes.
    pub object_bytes: i64,
}

impl Default for Quotas {
    /// Far above what the platform's own quotas allow, except for the bytes of objects, which are really there.
    fn default() -> Self {
        Self {
            instances: 10_000,
            cores: 20_000,
            ram: 50_000_000,
            key_pairs: 10_000,
            volumes: 10_000,
            gigabytes: 1_000_000,
            snapshots: 10_000,
            network: 2_000,
            subnet: 2_000,
            port: 20_000,
            router: 1_000,
            floatingip: 1_000,
            security_group: 1_000,
            security_group_rule: 10_000,
            clusters: 1_000,
            shares: 10_000,
            share_gigabytes: 1_000_000,
            share_snapshots: 10_000,
            share_snapshot_gigabytes: 1_000_000,
            share_networks: 1_000,
            load_balancers: 1_000,
            listeners: 10_000,
            pools: 10_000,
            members: 20_000,
            health_monitors: 10_000,
            containers: 10_000,
            container_cpu: 100_000,
            container_memory: 100_000_000,
            zones: 10_000,
            zone_recordsets: 10_000,
            object_bytes: 256 << 20,
        }
    }
}
