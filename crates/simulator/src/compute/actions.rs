//! What can be done with a server: power, console, resize.

use serde_json::{Value, json};

use super::checks::{bad, invalid};
use super::{FLAVORS, SERVERS, flavors, server};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire::{self, python};

/// An action that goes through a task to a state.
struct Move {
    /// As in the body.
    name: &'static str,
    /// As in the refusal.
    verb: &'static str,
    from: &'static [&'static str],
    task: &'static str,
    /// Shown while the task runs, when it differs from before.
    meanwhile: Option<&'static str>,
}

const MOVES: [Move; 10] = [
    Move { name: "os-start", verb: "start", from: &["stopped"], task: "powering-on", meanwhile: None },
    Move { name: "os-stop", verb: "stop", from: &["active", "error"], task: "powering-off", meanwhile: None },
    Move {
        name: "reboot",
        verb: "reboot",
        from: &["active", "stopped", "paused", "suspended", "error"],
        task: "rebooting",
        meanwhile: Some("REBOOT"),
    },
    Move { name: "pause", verb: "pause", from: &["active"], task: "pausing", meanwhile: None },
    Move { name: "unpause", verb: "unpause", from: &["paused"], task: "unpausing", meanwhile: None },
    Move { name: "suspend", verb: "suspend", from: &["active"], task: "suspending", meanwhile: None },
    Move { name: "resume", verb: "resume", from: &["suspended"], task: "resuming", meanwhile: None },
    Move {
        name: "resize",
        verb: "resize",
        from: &["active", "stopped"],
        task: "resize_prep",
        meanwhile: Some("RESIZE"),
    },
    Move { name: "confirmResize", verb: "confirmResize", from: &["resized"], task: "", meanwhile: None },
    Move {
        name: "revertResize",
        verb: "revertResize",
        from: &["resized"],
        task: "resize_reverting",
        meanwhile: Some("REVERT_RESIZE"),
    },
];

pub(super) fn act(call: &mut Call<'_>, id: &str, _v: u32) -> Reply {
    let given = call.object().ok_or_else(|| bad("Malformed request body"))?;
    let (name, argument) = match given.iter().next() {
        Some((name, argument)) if given.len() == 1 => (name.as_str(), argument),
        _ => return Err(bad("Malformed request body")),
    };
    if name == "os-getConsoleOutput" {
        return console(call, id, argument);
    }
    let Some(moved) = MOVES.iter().find(|held| held.name == name) else {
        return Err(bad(&format!("There is no such action: {name}")));
    };
    let hard = moved.name == "reboot" && is_hard(argument)?;
    let row = server(call, id)?;
    permitted(&row, moved, hard)?;
    let done = outcome(call, &row, moved, argument)?;
    let at = if moved.task.is_empty() { call.now } else { call.later() };
    let then = call.settling(at, done);
    call.change(SERVERS, id, |row| {
        if !moved.task.is_empty() {
            row.set("task_state", if hard { "rebooting_hard" } else { moved.task });
        }
        match moved.meanwhile {
            Some("REBOOT") if hard => row.set("status", "HARD_REBOOT"),
            Some(status) => row.set("status", status),
            None => {}
        }
        if moved.name == "resize" {
            let old = row.value("flavor");
            row.set("old_flavor", old);
            let state = row.text("vm_state").to_owned();
            row.set("old_state", state);
        }
        row.then = then;
    });
    // What has no task has happened by the answer already.
    call.store.settle(call.now);
    Ok(Answer::empty(if moved.name == "confirmResize" { 204 } else { 202 }))
}

fn is_hard(argument: &Value) -> Result<bool, Answer> {
    if argument.get("type").is_none() {
        return Err(invalid("reboot", argument, "'type' is a required property"));
    }
    let kind = &argument["type"];
    match kind.as_str().map(str::to_ascii_uppercase).as_deref() {
        Some("HARD") => Ok(true),
        Some("SOFT") => Ok(false),
        _ => {
            let reason = format!("{} is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']", python(kind));
            Err(invalid("type", kind, &reason))
        }
    }
}

fn permitted(row: &Row, moved: &Move, hard: bool) -> Result<(), Answer> {
    let refused = |what: &str, state: &str| {
        let message = format!("Cannot '{}' instance {} while it is in {what} {state}", moved.verb, row.id);
        Err(refuse::fault(409, &message))
    };
    let state = row.text("vm_state");
    if !moved.from.contains(&state) {
        return refused("vm_state", state);
    }
    let task = row.text("task_state");
    let repeatable = hard && matches!(task, "rebooting" | "rebooting_hard" | "pausing" | "suspending");
    if !task.is_empty() && !repeatable {
        return refused("task_state", task);
    }
    Ok(())
}

/// How the server is once the task is done.
fn outcome(call: &Call<'_>, row: &Row, moved: &Move, argument: &Value) -> Result<Doc, Answer> {
    let state = |status: &str, vm_state: &str, power: i64| {
        fields! {"status": status, "vm_state": vm_state, "task_state": null, "power_state": power}
    };
    let running = || state("ACTIVE", "active", 1);
    Ok(match moved.name {
        "os-stop" => state("SHUTOFF", "stopped", 4),
        "pause" => state("PAUSED", "paused", 3),
        "suspend" => state("SUSPENDED", "suspended", 4),
        "resize" => {
            let flavor = new_flavor(call, row, argument)?;
            let mut done = state("VERIFY_RESIZE", "resized", row.number("power_state"));
            done.insert("flavor".to_owned(), flavor);
            done
        }
        "confirmResize" | "revertResize" => {
            let mut done = if row.text("old_state") == "stopped" { state("SHUTOFF", "stopped", 4) } else { running() };
            if moved.name == "revertResize" {
                done.insert("flavor".to_owned(), row.value("old_flavor"));
            }
            done
        }
        _ => running(),
    })
}

fn new_flavor(call: &Call<'_>, row: &Row, argument: &Value) -> Result<Value, Answer> {
    let wanted = &argument["flavorRef"];
    let Some(id) = wanted.as_str() else {
        return Err(invalid("resize", argument, "'flavorRef' is a required property"));
    };
    let flavor = call.get(FLAVORS, id).ok_or_else(|| bad(&flavors::missing(id)))?;
    let held = &row.doc["flavor"];
    if held["id"] == id {
        return Err(bad("When resizing, instances must change flavor!"));
    }
    let (disk, least) = (flavor.number("disk") << 30, held["disk"].as_i64().unwrap_or(0) << 30);
    if disk < least {
        return Err(bad(&format!(
            "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is {disk} bytes, minimum size is {least} bytes."
        )));
    }
    let used = super::limits::used(call, &row.project);
    for (name, limit, used) in [("cores", call.quotas.cores, used.cores), ("ram", call.quotas.ram, used.ram)] {
        let column = if name == "cores" { "vcpus" } else { "ram" };
        let more = (flavor.number(column) - held[column].as_i64().unwrap_or(0)).max(0);
        if more > 0 && Call::exceeds(limit, used, more) {
            let message =
                format!("Quota exceeded for {name}: Requested {more}, but already used {used} of {limit} {name}");
            return Err(refuse::fault(403, &message));
        }
    }
    Ok(json!({
        "id": flavor.id, "name": flavor.text("name"), "vcpus": flavor.number("vcpus"), "ram": flavor.number("ram"),
        "disk": flavor.number("disk"),
    }))
}

/// What the machine would have printed: there is none, so its story is told from what is known of it.
fn console(call: &Call<'_>, id: &str, argument: &Value) -> Reply {
    let row = server(call, id)?;
    if row.text("vm_state") == "building" {
        return Err(refuse::fault(409, &format!("Instance {id} is not ready")));
    }
    let address = row
        .texts("ports")
        .filter_map(|port| call.get(crate::network::PORTS, port))
        .filter_map(|port| port.doc["fixed_ips"][0]["ip_address"].as_str())
        .next()
        .unwrap_or("none");
    let launched = row.doc.get("launched_at").and_then(Value::as_i64).map_or_else(|| "never".to_owned(), wire::seconds);
    let lines = [
        format!(
            "[    0.000000] Booting {} ({})",
            row.text("hostname"),
            row.doc["flavor"]["name"].as_str().unwrap_or_default()
        ),
        format!("[    0.214110] {} vCPUs, {} MiB of memory", row.doc["flavor"]["vcpus"], row.doc["flavor"]["ram"]),
        format!("[    1.482330] eth0: address {address}"),
        format!("[    2.003871] launched at {launched}"),
        format!("{} login:", row.text("hostname")),
    ];
    let length =
        argument["length"].as_i64().or_else(|| argument["length"].as_str()?.parse().ok()).filter(|length| *length >= 0);
    let length = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(lines.len()).min(lines.len());
    Ok(Answer::ok(json!({"output": lines[lines.len() - length..].join("\n")})))
}
