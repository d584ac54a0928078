//! Which services there are, in which region, at which URL.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{admin, collection, missing};
use crate::REGIONS;
use crate::answer::{Answer, Reply};
use crate::call::Call;

/// Type, name, path below the region, and whether the project's id follows.
const SERVICES: &[(&str, &str, &str, bool)] = &[
    ("compute", "nova", "compute/v2.1", false),
    ("image", "glance", "image/v2", false),
    ("network", "neutron", "network/v2.0", false),
    ("block-storage", "cinder", "block-storage/v3", false),
    ("volumev3", "cinderv3", "block-storage/v3", true),
    ("container-infra", "magnum", "container-infra/v1", false),
    ("placement", "placement", "placement", false),
    ("sharev2", "manilav2", "shared-file-system/v2", false),
    ("shared-file-system", "manila", "shared-file-system/v2", false),
    ("load-balancer", "octavia", "load-balancer", false),
    ("container", "zun", "container/v1", false),
    ("dns", "designate", "dns", false),
    ("object-store", "swift", "object-store/v1/AUTH_", true),
    ("baremetal", "ironic", "baremetal", false),
    ("accelerator", "cyborg", "accelerator/v2", false),
];

/// What the second region does not have; by the first part of the path below a region.
const FIRST_REGION_ONLY: [&str; 7] =
    ["shared-file-system", "load-balancer", "container", "dns", "object-store", "baremetal", "accelerator"];

/// The regions that have a service; by the first part of the path below a region.
pub(crate) fn regions_of(service: &str) -> &'static [&'static str] {
    if FIRST_REGION_ONLY.contains(&service) { &REGIONS[..1] } else { &REGIONS }
}

const INTERFACES: [&str; 3] = ["public", "internal", "admin"];

/// An id that is the same at every start.
pub(super) fn stable_id(text: &str) -> String {
    Sha256::digest(text.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn endpoint(kind: &str, region: &str, interface: &str, url: &str) -> Value {
    json!({
        "id": stable_id(&format!("endpoint/{kind}/{region}/{interface}")),
        "interface": interface, "region_id": region, "region": region, "url": url,
    })
}

fn all(call: &Call<'_>, project: &str) -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let mut services = Vec::with_capacity(SERVICES.len() + 1);
    for &(kind, name, path, with_project) in SERVICES {
        // A catalogue without a project leaves out what cannot be addressed without one.
        if with_project && project.is_empty() {
            continue;
        }
        let mut endpoints = Vec::new();
        for region in regions_of(path.split('/').next().unwrap_or_default()) {
            let mut url = format!("{}/{region}/{path}", call.root);
            if with_project {
                // Swift puts a prefix before it.
                let slash = if url.ends_with('_') { "" } else { "/" };
                url = format!("{url}{slash}{project}");
            }
            endpoints.extend(INTERFACES.map(|interface| endpoint(kind, region, interface, &url)));
        }
        services.push((kind, name, endpoints));
    }
    let url = format!("{}/identity/v3", call.root);
    let endpoints = REGIONS
        .iter()
        .flat_map(|region| INTERFACES.map(|interface| endpoint("identity", region, interface, &url)))
        .collect();
    services.push(("identity", "keystone", endpoints));
    services
}

/// The catalogue as a token carries it.
pub(super) fn entries(call: &Call<'_>, project: &str) -> Value {
    all(call, project)
        .into_iter()
        .map(|(kind, name, endpoints)| {
            json!({"id": stable_id(&format!("service/{kind}")), "type": kind, "name": name, "endpoints": endpoints})
        })
        .collect()
}

pub(super) fn show(call: &Call<'_>) -> Answer {
    let link = format!("{}/v3/auth/catalog", call.base);
    Answer::ok(
        json!({"catalog": entries(call, &call.who.project), "links": {"next": null, "self": link, "previous": null}}),
    )
}

fn region_value(call: &Call<'_>, id: &str) -> Value {
    let link = format!("{}/v3/regions/{id}", call.base);
    json!({"id": id, "description": "", "parent_region_id": null, "links": {"self": link}})
}

pub(super) fn regions(call: &Call<'_>) -> Answer {
    collection(call, "regions", "regions", REGIONS.iter().map(|id| region_value(call, id)).collect())
}

pub(super) fn region(call: &Call<'_>, id: &str) -> Reply {
    if REGIONS.contains(&id) {
        Ok(Answer::ok(json!({"region": region_value(call, id)})))
    } else {
        Err(missing("region", id))
    }
}

pub(super) fn services(call: &Call<'_>) -> Reply {
    admin(call, "list_services")?;
    let services = all(call, &call.who.project)
        .into_iter()
        .map(|(kind, name, _)| json!({"id": stable_id(&format!("service/{kind}")), "type": kind, "name": name, "enabled": true, "description": ""}))
        .collect();
    Ok(collection(call, "services", "services", services))
}

pub(super) fn endpoints(call: &Call<'_>) -> Reply {
    admin(call, "list_endpoints")?;
    let mut endpoints = Vec::new();
    for (kind, _, held) in all(call, &call.who.project) {
        for mut endpoint in held {
            endpoint["service_id"] = json!(stable_id(&format!("service/{kind}")));
            endpoint["enabled"] = json!(true);
            endpoints.push(endpoint);
        }
    }
    Ok(collection(call, "endpoints", "endpoints", endpoints))
}
