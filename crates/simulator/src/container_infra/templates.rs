//! Cluster templates.

use serde_json::{Value, json};

use super::{CLUSTERS, TEMPLATES, invalid, labels, links, listed, missing, name, only};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::compute::FLAVORS;
use crate::image::IMAGES;
use crate::store::Row;
use crate::wire;

/// What a template has, and what it is when it is not given.
const DEFAULTS: [(&str, Option<&str>); 17] = [
    ("image_id", None),
    ("flavor_id", None),
    ("master_flavor_id", None),
    ("dns_nameserver", None),
    ("keypair_id", None),
    ("external_network_id", None),
    ("fixed_network", None),
    ("fixed_subnet", None),
    ("network_driver", Some("flannel")),
    ("apiserver_port", None),
    ("http_proxy", None),
    ("https_proxy", None),
    ("no_proxy", None),
    ("volume_driver", None),
    ("server_type", Some("vm")),
    ("insecure_registry", None),
    ("docker_storage_driver", None),
];

const SWITCHES: [(&str, bool); 6] = [
    ("registry_enabled", false),
    ("tls_disabled", false),
    ("public", false),
    ("master_lb_enabled", false),
    ("floating_ip_enabled", true),
    ("hidden", false),
];

pub(super) fn sees(call: &Call<'_>, row: &Row) -> bool {
    call.who.owns(row) || row.flag("public")
}

/// A template by id or name.
pub(super) fn find<'c>(call: &'c Call<'_>, id: &str) -> Option<&'c Row> {
    call.rows(TEMPLATES).find(|row| sees(call, row) && (row.id == id || row.text("name") == id))
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let mut value = json!({
        "uuid": row.id, "name": row.value("name"), "coe": row.text("coe"), "docker_volume_size": row.value("docker_volume_size"),
        "cluster_distro": "fedora-coreos", "links": links(call, &format!("{TEMPLATES}/{}", row.id)),
        "labels": row.value("labels"), "project_id": row.project, "user_id": row.text("user"), "tags": null,
        "driver": "k8s_fedora_coreos_v1", "created_at": wire::offset(row.at),
        "updated_at": if row.changed == row.at { Value::Null } else { json!(wire::offset(row.changed)) },
    });
    for (key, _) in DEFAULTS {
        value[key] = row.value(key);
    }
    for (key, default) in SWITCHES {
        value[key] = json!(row.doc.get(key).and_then(Value::as_bool).unwrap_or(default));
    }
    value
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let rows = call.rows(TEMPLATES).filter(|row| sees(call, row)).collect();
    listed(call, TEMPLATES, "ClusterTemplate", rows, |row| view(call, row))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    let row = find(call, id).ok_or_else(|| missing("ClusterTemplate", id))?;
    Ok(Answer::ok(view(call, row)))
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let given = call.object().ok_or_else(|| refuse::infra(400, "Invalid JSON in the body."))?;
    let known: Vec<&str> = DEFAULTS
        .iter()
        .map(|(key, _)| *key)
        .chain(SWITCHES.iter().map(|(key, _)| *key))
        .chain(["name", "coe", "docker_volume_size", "labels", "driver", "tags"])
        .collect();
    only("cluster_template", &given, &known)?;
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let label = match given.get("name") {
        Some(value) => name(value)?,
        None => format!("template-{}", &wire::hex_id()[..8]),
    };
    if text("coe") != Some("kubernetes") {
        return Err(invalid(
            "coe",
            &given.get("coe").cloned().unwrap_or_default(),
            "Value should be one of: kubernetes",
        ));
    }
    let Some(image) = text("image_id") else {
        return Err(invalid("image_id", &Value::Null, "Mandatory field missing."));
    };
    if !call.rows(IMAGES).any(|row| row.id == image || row.text("name") == image) {
        return Err(refuse::infra(404, &format!("Unable to find image {image}.")));
    }
    for key in ["flavor_id", "master_flavor_id"] {
        if let Some(flavor) = text(key)
            && !call.rows(FLAVORS).any(|row| row.id == flavor || row.text("name") == flavor)
        {
            return Err(refuse::infra(400, &format!("Unable to find flavor {flavor}.")));
        }
    }
    if given.get("public") == Some(&Value::Bool(true)) && !call.who.admin() {
        return Err(refuse::infra(403, "Not authorized to set public flag for cluster template."));
    }
    let labels = labels(given.get("labels"))?;
    let mut doc = fields! {"user": call.who.user.clone()};
    for (key, default) in DEFAULTS {
        doc.insert(key.to_owned(), default.map_or(Value::Null, Value::from));
    }
    doc.extend(given);
    doc.extend(fields! {"name": label, "labels": labels});
    let row = call.insert(TEMPLATES, wire::uuid(), doc, Vec::new());
    Ok(Answer::json(201, view(call, &row)))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, id).ok_or_else(|| missing("ClusterTemplate", id))?.clone();
    if !call.who.may(&row) {
        return Err(refuse::infra(403, "Policy doesn't allow clustertemplate:delete to be performed."));
    }
    if call.rows(CLUSTERS).any(|cluster| cluster.text("cluster_template_id") == row.id) {
        let message = format!("ClusterTemplate {id} is referenced by one or multiple clusters.");
        return Err(refuse::infra(400, &message));
    }
    call.remove(TEMPLATES, &row.id);
    Ok(Answer::empty(204))
}
