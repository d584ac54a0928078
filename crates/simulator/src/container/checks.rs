//! What a container asks for, held against the quotas and against what the network service has.

use serde_json::{Value, json};

use super::{CONTAINERS, bad, refuse};
use crate::answer::Answer;
use crate::call::Call;
use crate::network::{GROUPS, NETWORKS, PORTS};
use crate::store::{Doc, Row};
use crate::wire::python;

/// A number that may be written as a text.
pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()))
}

/// Refuses what would exceed a quota.
pub(super) fn within(call: &Call<'_>, count: i64, cpu: f64, memory: f64) -> Result<(), Answer> {
    let (mut held, mut cpus, mut megabytes) = (0, 0.0, 0.0);
    for row in call.own_rows(CONTAINERS) {
        held += 1;
        cpus += number(row.doc.get("cpu")).unwrap_or_default();
        megabytes += number(row.doc.get("memory")).unwrap_or_default();
    }
    let above = |limit: i64, used: f64| u32::try_from(limit).is_ok_and(|limit| used > f64::from(limit));
    let mut over = Vec::new();
    if Call::exceeds(call.quotas.containers, held, count) && count > 0 {
        over.push("containers");
    }
    if above(call.quotas.container_cpu, cpus + cpu) && cpu > 0.0 {
        over.push("cpu");
    }
    if above(call.quotas.container_memory, megabytes + memory) && memory > 0.0 {
        over.push("memory");
    }
    match over.is_empty() {
        true => Ok(()),
        false => Err(refuse(403, "over-quota", &format!("Quota exceeded for resources: {}", python(&json!(over))))),
    }
}

/// The one thing of a kind that an id or name means.
fn of_network(call: &Call<'_>, kind: &str, wanted: &str, absent: &str) -> Result<Row, Answer> {
    let by_id = uuid::Uuid::parse_str(wanted).is_ok();
    let sees = |row: &Row| call.who.may(row) || row.flag("shared") || row.flag("router:external");
    let mut found = call
        .rows(kind)
        .filter(|row| if by_id { row.id == wanted } else { row.text("name") == wanted })
        .filter(|row| sees(row));
    match (found.next(), found.next()) {
        (Some(row), None) => Ok(row.clone()),
        (Some(_), Some(_)) => {
            let message = format!("Multiple neutron {kind} exist with same name. Please use the uuid instead.");
            Err(refuse(409, "conflict", &message))
        }
        (None, _) => {
            let message = format!("Neutron {absent} {wanted} could not be found.");
            Err(refuse(404, &format!("{absent}-not-found"), &message))
        }
    }
}

/// Refuses networks and ports that are not there or not for containers.
pub(super) fn nets_exist(call: &Call<'_>, nets: Option<&Value>) -> Result<(), Answer> {
    for net in nets.and_then(Value::as_array).into_iter().flatten() {
        let network = if let Some(port) = net["port"].as_str() {
            let port = of_network(call, PORTS, port, "port")?;
            if !port.text("device_id").is_empty() {
                return Err(refuse(400, "port-in-use", &format!("Port {} is still in use.", port.id)));
            }
            of_network(call, NETWORKS, port.text("network_id"), "network")?
        } else if let Some(network) = net["network"].as_str() {
            of_network(call, NETWORKS, network, "network")?
        } else {
            continue;
        };
        if network.flag("router:external") && !network.flag("shared") && !call.who.admin() {
            let message = format!("It is not allowed to create an interface on external network {}", network.id);
            return Err(refuse(403, "external-network-attach-forbidden", &message));
        }
    }
    Ok(())
}

/// The ids of security groups that are named or meant by id.
pub(super) fn groups(call: &Call<'_>, given: Option<&Value>) -> Result<Value, Answer> {
    let Some(given) = given.and_then(Value::as_array) else { return Ok(Value::Null) };
    let mut ids = Vec::new();
    for wanted in given.iter().filter_map(Value::as_str) {
        let group = call
            .own_rows(GROUPS)
            .find(|row| row.id == wanted || row.text("name") == wanted)
            .ok_or_else(|| bad(&format!("Security group {wanted} not found.")))?;
        if !ids.contains(&group.id) {
            ids.push(group.id.clone());
        }
    }
    Ok(json!(ids))
}

/// How often it is started again, made whole.
pub(super) fn restart_policy(given: &Doc) -> Result<Value, Answer> {
    let mut policy = given.get("restart_policy").cloned().unwrap_or(Value::Null);
    if let Some(held) = policy.as_object_mut() {
        let name = held.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let count = held.entry("MaximumRetryCount").or_insert_with(|| json!("0"));
        let some = number(Some(count)).is_some_and(|count| count != 0.0);
        if some && matches!(name.as_str(), "unless-stopped" | "always") {
            return Err(bad(&format!("maximum retry count not valid with restart policy of {name}")));
        }
        if name == "no" {
            *count = json!("0");
        }
    }
    Ok(policy)
}
