//! Three books: what our rows say, what stands in the cloud, and what is taken of the quota.
use super::ops;
use crate::site::{Server, Site};
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in the bound project, by kind and id, as the cloud itself lists it.
pub(crate) type Things = BTreeMap<(&'static str, String), Value>;

const DIMENSIONS: [&str; 3] = ["vcpus", "ram_mib", "storage_gb"];

/// A way to ask the cloud past the platform.
pub(crate) struct Cloud {
    token: String,
    pub project: String,
}

impl Cloud {
    pub(crate) async fn new(site: &Site) -> Self {
        let token = site.cloud_token().await;
        let own = site.cloud_as(&token, Method::GET, "/identity/v3/auth/projects", None).await;
        let mut projects = own["projects"].as_array().unwrap().iter();
        let project = projects.find(|project| project["name"] == "devops-staging-9a3f").unwrap();
        Self { token, project: project["id"].as_str().unwrap().to_owned() }
    }

    fn path(&self, kind: &str) -> String {
        let (service, path) = ops::address(kind);
        format!("/RegionOne/{service}{}", path.replace("PROJECT", &self.project))
    }

    /// Deletes something past the platform.
    pub(crate) async fn delete(&self, site: &Site, kind: &str, id: &str) {
        let path = format!("{}/{id}{}", self.path(kind), ops::whatever(kind));
        site.cloud_as(&self.token, Method::DELETE, &path, None).await;
    }

    pub(crate) async fn things(&self, site: &Site) -> Things {
        let mut things = Things::new();
        for kind in ops::kept() {
            let (service, wrapper) = (kind.service.as_ref(), kind.collection.as_ref());
            let kind: &'static str = kind.slug.as_ref();
            let detailed = matches!(service, "nova" | "cinder" | "manila") && kind != "nova_keypair";
            let detail = if detailed { "/detail" } else { "" };
            // Others list what is the project's own anyway, and Zun refuses what it does not know.
            let own = match service {
                "nova" | "cinder" | "neutron" | "octavia" => format!("?project_id={}", self.project),
                "swift" => "?format=json".to_owned(),
                _ => String::new(),
            };
            let path = format!("{}{detail}{own}", self.path(kind));
            let listed = site.cloud_as(&self.token, Method::GET, &path, None).await;
            // Swift's list stands bare.
            let all = if service == "swift" { &listed } else { &listed[wrapper.replace('-', "_")] };
            for item in all.as_array().unwrap_or_else(|| panic!("{kind}: {listed}")) {
                let item = if kind == "nova_keypair" { &item["keypair"] } else { item };
                let id = ["id", "uuid", "name"].iter().find_map(|key| item[*key].as_str()).unwrap();
                let id = if kind == "nova_keypair" { item["name"].as_str().unwrap() } else { id };
                things.insert((kind, id.to_owned()), item.clone());
            }
        }
        things
    }
}

/// The three books.
pub(crate) struct Books {
    pub rows: Vec<Value>,
    pub things: Things,
    ledger: Value,
}

impl Books {
    pub(crate) async fn read(
        site: &Site,
        server: &Server,
        cloud: &Cloud,
        seeded: &BTreeSet<(&'static str, String)>,
    ) -> Self {
        let rows = site.inventory(server.address).await;
        let path = "provision/quota/?workspace_id=devops-team&environment_id=staging";
        let ledger = site.read(server.address, path).await;
        let mut things = cloud.things(site).await;
        things.retain(|key, _| !seeded.contains(key));
        Self { rows, things, ledger }
    }

    /// Where they differ, or are not settled yet; none when all is well.
    pub(crate) fn differ(&self) -> Option<String> {
        let mut claimed = BTreeSet::new();
        let mut sums = [0; 3];
        for row in &self.rows {
            let (kind, status) = (row["resource_type"].as_str().unwrap(), row["status"].as_str().unwrap());
            let id = row["resource_id"].as_str();
            if !row["busy"].is_null() || !matches!(status, "active" | "failed" | "vanished") {
                return Some(format!("{kind} is {status}, busy {}", row["busy"]));
            }
            let Some((key, _)) = id.and_then(|id| self.things.iter().find(|((k, i), _)| *k == kind && i == id)) else {
                match status {
                    "active" => return Some(format!("{kind} {id:?} is active and not in the cloud")),
                    _ => continue,
                }
            };
            if status == "vanished" {
                return Some(format!("{kind} {id:?} is in the cloud and called vanished"));
            }
            claimed.insert(key.clone());
            // A network brings its subnet along.
            let parts = self.things.iter().filter(|((k, _), thing)| {
                kind == "network" && *k == "neutron_subnet" && thing["network_id"].as_str() == id
            });
            let parts: Vec<_> = parts.map(|(key, _)| key.clone()).collect();
            if kind == "network" && parts.len() != 1 {
                return Some(format!("a network has {} subnets", parts.len()));
            }
            claimed.extend(parts);
            for (sum, dimension) in sums.iter_mut().zip(DIMENSIONS) {
                *sum += row["usage"][dimension].as_i64().unwrap_or_default();
            }
        }
        if let Some((key, thing)) = self.things.iter().find(|(key, _)| !claimed.contains(key)) {
            return Some(format!("{key:?} is in the cloud and no row's: {}", thing["name"]));
        }
        // A server that waits for a word about its resize holds the difference.
        let resized = self.things.values().any(|thing| thing["status"] == "VERIFY_RESIZE");
        let of = |book: &str| DIMENSIONS.map(|dimension| self.ledger[book][dimension].as_i64().unwrap_or(-1));
        let (used, reserved) = (of("used"), of("reserved"));
        if (reserved == [0; 3]) == resized {
            return Some(format!("{reserved:?} is reserved"));
        }
        let stands: Vec<i64> = sums.iter().zip(reserved).map(|(sum, reserved)| sum + reserved).collect();
        (used[..] != stands).then(|| format!("used is {used:?}, and what stands takes {stands:?}"))
    }
}
