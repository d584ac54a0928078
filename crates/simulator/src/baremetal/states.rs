//! What a node is doing, and what it can be told to do next.

use serde_json::{Value, json};

use super::nodes::{find, free};
use super::{CONDUCTOR, NODES, fault};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

/// What a node does when it is told something: in which states it can be told, what it is meanwhile (nothing: it is done
/// at once), and what it is then.
struct Verb {
    target: &'static str,
    from: &'static [&'static str],
    meanwhile: &'static str,
    done: &'static str,
    failed: &'static str,
}

const fn verb(
    target: &'static str,
    from: &'static [&'static str],
    (meanwhile, done, failed): (&'static str, &'static str, &'static str),
) -> Verb {
    Verb { target, from, meanwhile, done, failed }
}

/// As Ironic's state machine has them, with a cleaning that finds nothing to do.
const VERBS: [Verb; 8] = [
    verb("manage", &["enroll"], ("verifying", "manageable", "enroll")),
    verb("manage", &["available", "clean failed", "inspect failed", "adopt failed"], ("", "manageable", "manageable")),
    verb("provide", &["manageable"], ("cleaning", "available", "clean failed")),
    verb("active", &["available", "deploy failed"], ("deploying", "active", "deploy failed")),
    verb("rebuild", &["active", "deploy failed", "error"], ("deploying", "active", "deploy failed")),
    verb("deleted", &["active", "deploy failed", "error"], ("deleting", "available", "error")),
    verb("adopt", &["manageable", "adopt failed"], ("adopting", "active", "adopt failed")),
    verb("inspect", &["manageable", "inspect failed"], ("inspecting", "manageable", "inspect failed")),
];

const POWER: [(&str, &str); 5] = [
    ("power on", "power on"),
    ("power off", "power off"),
    ("rebooting", "power on"),
    ("soft power off", "power off"),
    ("soft rebooting", "power on"),
];

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    let row = find(call, id)?;
    let keys = [
        "boot_mode",
        "console_enabled",
        "last_error",
        "power_state",
        "provision_state",
        "provision_updated_at",
        "raid_config",
        "secure_boot",
        "target_power_state",
        "target_provision_state",
        "target_raid_config",
    ];
    Ok(Answer::ok(keys.into_iter().map(|key| (key.to_owned(), row.value(key))).collect::<Doc>().into()))
}

/// What the body wants.
fn target(call: &Call<'_>) -> Result<String, Answer> {
    let body = call.object().unwrap_or_default();
    let target = body.get("target").and_then(Value::as_str);
    target.map(str::to_owned).ok_or_else(|| fault(400, "Mandatory field missing: target"))
}

fn impossible(row: &Row, target: &str, state: &str) -> Answer {
    let state = if state.is_empty() { "None" } else { state };
    let message = format!(
        "The requested action \"{target}\" can not be performed on node \"{}\" while it is in state \"{state}\".",
        row.id
    );
    fault(400, &message)
}

fn accepted(call: &Call<'_>, row: &Row) -> Reply {
    Ok(Answer::empty(202).located(&format!("{}/v1/nodes/{}/states", call.base, row.id)))
}

pub(super) fn power(call: &mut Call<'_>, id: &str) -> Reply {
    let target = target(call)?;
    let row = free(call, id, "baremetal:node:set_power_state")?;
    let Some((_, wanted)) = POWER.into_iter().find(|(known, _)| *known == target) else {
        return Err(impossible(&row, &target, row.text("power_state")));
    };
    let done = fields! {
        "power_state": wanted, "target_power_state": null, "reservation": null, "last_error": null,
        "driver_internal_info": noted(&row, "last_power_state_change", json!(wire::naive(call.now))),
    };
    let failed = |why: &str| fields! {"target_power_state": null, "reservation": null, "last_error": why};
    let then = call.building(done, failed);
    call.change(NODES, &row.id, |row| {
        row.set("target_power_state", wanted);
        row.set("reservation", CONDUCTOR);
        row.then = then;
    });
    accepted(call, &row)
}

/// What the driver keeps to itself of a node, and one thing more.
fn noted(row: &Row, key: &str, value: Value) -> Value {
    let mut info = row.value("driver_internal_info");
    info[key] = value;
    info
}

pub(super) fn provision(call: &mut Call<'_>, id: &str) -> Reply {
    let target = target(call)?;
    let row = free(call, id, "baremetal:node:set_provision_state")?;
    let state = row.text("provision_state");
    let known = VERBS.iter().find(|verb| verb.target == target && verb.from.contains(&state));
    let verb = known.ok_or_else(|| impossible(&row, &target, state))?;
    if target == "inspect" {
        let message = "Driver fake-hardware does not support inspect (disabled or not implemented).";
        return Err(fault(400, message));
    }
    let deploys = ["active", "rebuild"].contains(&verb.target);
    if deploys && row.flag("maintenance") {
        let message = format!(
            "The provisioning operation can't be performed on node {} because it's in maintenance mode.",
            row.id
        );
        return Err(fault(400, &message));
    }
    let now = wire::offset(call.now);
    let mut done = fields! {
        "provision_state": verb.done, "target_provision_state": null, "provision_updated_at": now,
        "reservation": null, "last_error": null,
    };
    if deploys {
        let mut image = row.value("instance_info");
        let whole = image["image_source"].is_string();
        if whole {
            image["image_type"] = json!("whole-disk");
        }
        let mut info = noted(&row, "deploy_steps", Value::Null);
        info["is_whole_disk_image"] = if whole { json!(true) } else { Value::Null };
        done.extend(fields! {"instance_info": image, "driver_internal_info": info, "power_state": "power on"});
    }
    if verb.target == "deleted" {
        done.extend(fields! {"instance_info": {}, "instance_uuid": null, "power_state": "power off"});
    }
    if verb.meanwhile.is_empty() {
        call.change(NODES, &row.id, |row| row.doc.extend(done));
        return accepted(call, &row);
    }
    let failed = |why: &str| {
        fields! {
            "provision_state": verb.failed, "target_provision_state": null, "reservation": null, "last_error": why,
        }
    };
    let then = call.building(done, failed);
    call.change(NODES, &row.id, |row| {
        row.set("provision_state", verb.meanwhile);
        row.set("target_provision_state", verb.done);
        row.set("provision_updated_at", now);
        row.set("reservation", CONDUCTOR);
        row.then = then;
    });
    accepted(call, &row)
}

pub(super) fn maintain(call: &mut Call<'_>, id: &str, on: bool) -> Reply {
    let row = free(call, id, "baremetal:node:set_maintenance")?;
    let reason = call.object().and_then(|mut body| body.remove("reason")).filter(|_| on).unwrap_or_default();
    call.change(NODES, &row.id, |row| {
        row.set("maintenance", on);
        row.set("maintenance_reason", reason);
    });
    Ok(Answer::empty(202))
}
