//! Clusters: they exist a moment after they were asked for, and are built over time.

use serde_json::{Value, json};

use super::{CLUSTERS, invalid, labels, links, listed, missing, name, only, templates};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::compute::{FLAVORS, keypair_exists};
use crate::kubernetes::Opening;
use crate::store::{Doc, Row, Step};
use crate::wire;

/// From this microversion on the stack's id goes by another name.
const RENAMED: u32 = 13;

const KEYS: [&str; 16] = [
    "name",
    "cluster_template_id",
    "keypair",
    "node_count",
    "master_count",
    "docker_volume_size",
    "labels",
    "merge_labels",
    "master_flavor_id",
    "flavor_id",
    "create_timeout",
    "discovery_url",
    "fixed_network",
    "fixed_subnet",
    "floating_ip_enabled",
    "master_lb_enabled",
];

fn summary(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let stack = if v >= RENAMED { "cluster_id" } else { "stack_id" };
    let mut value = json!({
        "uuid": row.id, stack: row.value("stack"), "links": links(call, &format!("{CLUSTERS}/{}", row.id)),
    });
    for key in [
        "name",
        "cluster_template_id",
        "keypair",
        "node_count",
        "master_count",
        "docker_volume_size",
        "labels",
        "master_flavor_id",
        "flavor_id",
        "create_timeout",
        "status",
        "health_status",
        "merge_labels",
    ] {
        value[key] = row.value(key);
    }
    value
}

fn detail(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let mut value = summary(call, row, v);
    for key in [
        "status_reason",
        "discovery_url",
        "api_address",
        "coe_version",
        "container_version",
        "fixed_network",
        "fixed_subnet",
        "floating_ip_enabled",
        "master_lb_enabled",
        "labels_overridden",
        "labels_added",
        "labels_skipped",
    ] {
        value[key] = row.value(key);
    }
    if let Some(address) = &call.api_address {
        value["api_address"] = json!(address);
    }
    value["health_status_reason"] = json!({});
    value["project_id"] = json!(row.project);
    value["user_id"] = json!(row.text("user"));
    value["node_addresses"] = row.doc.get("node_addresses").cloned().unwrap_or_else(|| json!([]));
    value["master_addresses"] = row.doc.get("master_addresses").cloned().unwrap_or_else(|| json!([]));
    value["created_at"] = json!(wire::offset(row.at));
    value["updated_at"] = if row.changed == row.at { Value::Null } else { json!(wire::offset(row.changed)) };
    value
}

fn visible<'c>(call: &'c Call<'_>) -> impl Iterator<Item = &'c Row> {
    call.own_rows(CLUSTERS).filter(|row| !row.flag("unborn"))
}

/// A cluster by id or name.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    let mut found = visible(call).filter(|row| row.id == id || row.text("name") == id);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => {
            Err(refuse::infra(409, "Multiple clusters exist with same name. Please use the cluster uuid instead."))
        }
        (Some(row), None) => Ok(row.clone()),
        (None, _) => Err(missing("Cluster", id)),
    }
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let rows = visible(call).collect();
    listed(call, CLUSTERS, "Cluster", rows, |row| if detailed { detail(call, row, v) } else { summary(call, row, v) })
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    Ok(Answer::ok(detail(call, &find(call, id)?, v)))
}

/// A whole number that is at least `least`; the template's or 1 when it is not given.
fn count(given: &Doc, key: &str, least: i64) -> Result<i64, Answer> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(1),
        Some(value) => match value.as_i64() {
            Some(number) if number >= least => Ok(number),
            Some(_) => Err(invalid(key, value, &format!("Value should be greater or equal to {least}"))),
            None => Err(invalid(key, value, "Wrong type. Expected '<class 'int'>'")),
        },
    }
}

fn addresses(first: i64, count: i64) -> Vec<String> {
    (first..first.saturating_add(count).min(255)).map(|last| format!("10.0.0.{last}")).collect()
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let given = call.object().ok_or_else(|| refuse::infra(400, "Invalid JSON in the body."))?;
    only("cluster", &given, &KEYS)?;
    let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
    let Some(wanted) = text("cluster_template_id") else {
        return Err(invalid("cluster_template_id", &Value::Null, "Mandatory field missing."));
    };
    let template = templates::find(call, &wanted)
        .ok_or_else(|| refuse::infra(400, &format!("ClusterTemplate {wanted} could not be found.")))?
        .clone();
    let label = match given.get("name") {
        Some(value) => name(value)?,
        None => format!("cluster-{}", &wire::hex_id()[..8]),
    };
    let (nodes, masters) = (count(&given, "node_count", 0)?, count(&given, "master_count", 1)?);
    let keypair =
        text("keypair").or_else(|| Some(template.text("keypair_id").to_owned()).filter(|key| !key.is_empty()));
    if let Some(key) = &keypair
        && !keypair_exists(call, &call.who.user, key)
    {
        return Err(refuse::infra(404, &format!("Unable to find keypair {key}.")));
    }
    for key in ["flavor_id", "master_flavor_id"] {
        if let Some(flavor) = text(key)
            && !call.rows(FLAVORS).any(|row| row.id == flavor || row.text("name") == flavor)
        {
            return Err(refuse::infra(400, &format!("Unable to find flavor {flavor}.")));
        }
    }
    let held = i64::try_from(call.own_rows(CLUSTERS).count()).unwrap_or(i64::MAX);
    if Call::exceeds(call.quotas.clusters, held, 1) {
        let message = format!(
            "You have reached the maximum clusters per project, {}. You may delete a cluster to make room for a new one.",
            call.quotas.clusters
        );
        return Err(refuse::infra(403, &message));
    }
    let own = labels(given.get("labels"))?;
    let inherited = template.doc.get("labels").and_then(Value::as_object).cloned().unwrap_or_default();
    let asked = own.as_object().cloned().unwrap_or_default();
    let merge = given.get("merge_labels") == Some(&Value::Bool(true));
    let mut effective = if asked.is_empty() || merge { inherited.clone() } else { Doc::new() };
    effective.extend(asked.clone());
    let part = |of: &Doc, keep: &dyn Fn(&String, &Value) -> bool| -> Doc {
        of.iter().filter(|(key, value)| keep(key, value)).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let overridden = part(&inherited, &|key, value| effective.get(key).is_some_and(|now| now != value));
    let added = part(&effective, &|key, _| !inherited.contains_key(key));
    let skipped = part(&inherited, &|key, _| !effective.contains_key(key));
    let or_template =
        |key: &str| given.get(key).cloned().filter(|value| !value.is_null()).unwrap_or_else(|| template.value(key));
    let id = wire::uuid();
    let opening = Opening::new(call.host, call.region, &id, &label)
        .and_then(|opening| Ok((opening.address()?, opening)))
        .map_err(|error| refuse::infra(500, &format!("The API server of the cluster cannot be had: {error}")))?;
    let (address, opening) = opening;
    let doc = fields! {
        "name": label, "cluster_template_id": template.id, "keypair": keypair, "node_count": nodes,
        "master_count": masters, "docker_volume_size": or_template("docker_volume_size"), "labels": effective,
        "merge_labels": merge, "labels_overridden": overridden, "labels_added": added, "labels_skipped": skipped,
        "master_flavor_id": or_template("master_flavor_id"), "flavor_id": or_template("flavor_id"),
        "create_timeout": given.get("create_timeout").and_then(Value::as_i64).unwrap_or(60),
        "fixed_network": or_template("fixed_network"), "fixed_subnet": or_template("fixed_subnet"),
        "floating_ip_enabled": or_template("floating_ip_enabled"), "master_lb_enabled": or_template("master_lb_enabled"),
        "status": "CREATE_IN_PROGRESS", "user": call.who.user.clone(), "unborn": true,
        "ca": opening.authority().pem, "ca_key": opening.authority().key, "api_port": address.port(),
    };
    let done = fields! {
        "status": "CREATE_COMPLETE", "health_status": "HEALTHY", "api_address": format!("https://{address}"),
        "coe_version": "v1.31.1", "node_addresses": addresses(100, nodes), "master_addresses": addresses(10, masters),
    };
    let built = call.building(done, |why| fields! {"status": "CREATE_FAILED", "status_reason": why});
    // The conductor makes the row after the API answered: for that moment the cluster is asked for and not there.
    let born = call.now.saturating_add(i64::try_from(call.speed.min.as_micros() / 10).unwrap_or(i64::MAX));
    let mut then = vec![Step { at: born, set: fields! {"unborn": false, "stack": wire::uuid()}, gone: false }];
    then.extend(built);
    let row = call.insert(CLUSTERS, id, doc, then);
    opening.plant(call.store, &row.project, call.now);
    call.opened.push(opening);
    let url = format!("{}/v1/clusters/{}", call.base, row.id);
    Ok(Answer::json(202, json!({"uuid": row.id})).located(&url))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, id)?;
    if row.text("status") == "DELETE_IN_PROGRESS" {
        return Ok(Answer::empty(204));
    }
    let then = call.vanishing(call.later());
    call.change(CLUSTERS, &row.id, |row| {
        row.set("status", "DELETE_IN_PROGRESS");
        row.then = then;
    });
    Ok(Answer::empty(204))
}

pub(super) fn resize(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, id)?;
    let given = call.object().ok_or_else(|| refuse::infra(400, "Invalid JSON in the body."))?;
    only("cluster_resize_req", &given, &["node_count", "nodes_to_remove", "nodegroup"])?;
    if !given.contains_key("node_count") {
        return Err(invalid("node_count", &Value::Null, "Mandatory field missing."));
    }
    let nodes = count(&given, "node_count", 0)?;
    if row.text("status").ends_with("IN_PROGRESS") {
        let message = format!("Updating a cluster when status is \"{}\" is not supported.", row.text("status"));
        return Err(refuse::infra(400, &message));
    }
    let done = fields! {"status": "UPDATE_COMPLETE", "node_addresses": addresses(100, nodes)};
    let then = call.building(done, |why| fields! {"status": "UPDATE_FAILED", "status_reason": why});
    call.change(CLUSTERS, &row.id, |row| {
        row.set("status", "UPDATE_IN_PROGRESS");
        row.set("node_count", nodes);
        row.then = then;
    });
    Ok(Answer::json(202, json!({"uuid": row.id})))
}
