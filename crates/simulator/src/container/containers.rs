//! Containers as things to make, look at, change and delete.

use serde_json::{Value, json};

use super::actions::permitted;
use super::checks::{groups, nets_exist, number, restart_policy, within};
use super::schema::{self, BODY, QUERY};
use super::{
    CONTAINERS, bad, find, forbidden, fresh_time, links, listable, listed, made_up, query, rules, says_yes, time,
    update_time,
};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::knobs::Build;
use crate::store::{Row, Step};
use crate::wire;

/// What a container shows as it is stored.
const KEYS: [&str; 26] = [
    "name",
    "image",
    "command",
    "status",
    "status_reason",
    "status_detail",
    "task_state",
    "cpu",
    "memory",
    "environment",
    "workdir",
    "ports",
    "hostname",
    "labels",
    "addresses",
    "restart_policy",
    "interactive",
    "tty",
    "image_driver",
    "security_groups",
    "auto_remove",
    "disk",
    "auto_heal",
    "healthcheck",
    "cpu_policy",
    "entrypoint",
];
const LISTS: [&str; 4] = ["command", "ports", "security_groups", "entrypoint"];
const OBJECTS: [&str; 5] = ["environment", "labels", "addresses", "restart_policy", "healthcheck"];

/// What a list may be narrowed down by.
const FILTERS: [&str; 9] =
    ["name", "image", "project_id", "user_id", "memory", "host", "task_state", "status", "auto_remove"];
const PAGING: [&str; 7] = ["limit", "marker", "sort_key", "sort_dir", "all_projects", "resource_url", "expand"];

/// A container as the database gives it back: what is not there is an empty list or object.
pub(super) fn stored(row: &Row) -> Value {
    let mut value = json!({
        "uuid": row.id, "project_id": row.project, "user_id": row.text("user"), "registry_id": null,
        "created_at": time(row.at), "updated_at": update_time(row),
    });
    for key in KEYS {
        value[key] = match row.value(key) {
            Value::Null if LISTS.contains(&key) => json!([]),
            Value::Null if OBJECTS.contains(&key) => json!({}),
            other => other,
        };
    }
    value
}

fn shown(call: &Call<'_>, row: &Row) -> Value {
    let mut value = stored(row);
    value["links"] = links(call, CONTAINERS, &row.id);
    value
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    if says_yes(call, "all_projects", false) && !call.who.admin() {
        return Err(forbidden("container:get_all_all_projects"));
    }
    let rows = listable(call, CONTAINERS);
    let unknown: Vec<&str> = call
        .query
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| !FILTERS.contains(key) && !PAGING.contains(key))
        .collect();
    if !unknown.is_empty() {
        return Err(bad(&format!("Unknown parameters: {}", unknown.join(", "))));
    }
    let fits = |row: &Row| {
        FILTERS.iter().all(|key| {
            call.param(key).is_none_or(|wanted| match *key {
                "project_id" => row.project == wanted,
                "user_id" => row.text("user") == wanted,
                "auto_remove" => rules::truth(wanted) == Some(row.flag(key)),
                key => row.text(key) == wanted,
            })
        })
    };
    listed(call, CONTAINERS, rows.into_iter().filter(|row| fits(row)).collect(), stored)
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(shown(call, &find(call, CONTAINERS, id)?)))
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let (asked, given) = (query(call), call.object().unwrap_or_default());
    schema::values_fit(rules::RUN, &asked, &QUERY)?;
    schema::whole_refused(schema::unexpected(rules::RUN, &asked))?;
    schema::values_fit(rules::CREATE, &given, &BODY)?;
    schema::whole_refused(schema::required(&given, &["image"]))?;
    schema::whole_refused(schema::unexpected(rules::CREATE, &given))?;
    let security_groups = groups(call, given.get("security_groups"))?;
    let cpu = number(given.get("cpu")).unwrap_or(1.0);
    let memory = number(given.get("memory")).unwrap_or(512.0);
    within(call, 1, cpu, memory)?;
    nets_exist(call, given.get("nets"))?;
    for (key, rule) in [("privileged", "container:create:privileged"), ("runtime", "container:create:runtime")] {
        if given.get(key).is_some_and(|value| !value.is_null()) && !(call.who.admin() && key == "runtime") {
            return Err(forbidden(rule));
        }
    }
    let value = |key: &str| given.get(key).cloned().unwrap_or(Value::Null);
    let yes = |key: &str| given.get(key).is_some_and(|value| value == true || value == "true" || value == "True");
    let name = given.get("name").and_then(Value::as_str).map_or_else(|| made_up() + "-container", str::to_owned);
    let driver = given.get("image_driver").and_then(Value::as_str).filter(|driver| *driver != "None");
    let mut doc = fields! {
        "name": name, "image": value("image"), "command": value("command"), "entrypoint": value("entrypoint"),
        "cpu": cpu, "memory": format!("{memory}"), "disk": number(given.get("disk")).map_or(0, whole),
        "environment": value("environment"), "labels": value("labels"), "workdir": value("workdir"),
        "hostname": value("hostname"), "restart_policy": restart_policy(&given)?, "interactive": yes("interactive"),
        "tty": yes("tty"), "auto_remove": yes("auto_remove"), "auto_heal": yes("auto_heal"),
        "image_driver": driver.unwrap_or("docker"), "security_groups": security_groups,
        "healthcheck": value("healthcheck"), "status": "Creating", "task_state": null,
        "user": call.who.user.clone(),
    };
    doc.insert("cpu_policy".to_owned(), given.get("cpu_policy").cloned().unwrap_or_else(|| json!("shared")));
    let then = steps(call, says_yes(call, "run", false));
    let row = call.insert(CONTAINERS, wire::uuid(), doc, then);
    let mut body = shown(call, &row);
    // As it went into the database, so that what was not given is nothing yet.
    for key in LISTS.iter().chain(&OBJECTS) {
        body[*key] = row.value(key);
    }
    body["created_at"] = json!(fresh_time(row.at));
    call.change(CONTAINERS, &row.id, |row| row.set("task_state", "container_creating"));
    let location = format!("{}/v1/{CONTAINERS}/{}", call.base, row.id);
    Ok(Answer::json(202, body).located(&location))
}

/// A whole number that was checked to be a small one.
fn whole(number: f64) -> i64 {
    format!("{number:.0}").parse().unwrap_or_default()
}

/// It is created and, when it is to run, started after that.
fn steps(call: &Call<'_>, run: bool) -> Vec<Step> {
    let task = if run { json!("container_starting") } else { Value::Null };
    let done = fields! {"status": "Created", "task_state": task};
    let mut then = call.building(done, |why| fields! {"status": "Error", "status_reason": why, "task_state": null});
    if run && call.build == Build::Succeeds {
        let created = then.last().map_or(call.now, |step| step.at);
        let at = created.saturating_add(call.later() - call.now);
        then.push(Step { at, set: fields! {"status": "Running", "task_state": null}, gone: false });
    }
    then
}

pub(super) fn update(call: &mut Call<'_>, id: &str) -> Reply {
    let given = call.object().unwrap_or_default();
    schema::values_fit(rules::UPDATE, &given, &BODY)?;
    schema::whole_refused(schema::unexpected(rules::UPDATE, &given))?;
    let row = find(call, CONTAINERS, id)?;
    permitted(&row, "update", &["Created", "Running", "Stopped", "Paused"])?;
    let (cpu, memory) = (number(given.get("cpu")), number(given.get("memory")));
    let more = |new: Option<f64>, key: &str| new.map_or(0.0, |new| new - number(row.doc.get(key)).unwrap_or_default());
    within(call, 0, more(cpu, "cpu"), more(memory, "memory"))?;
    let changed = call.change(CONTAINERS, &row.id, |row| {
        for key in ["name", "auto_heal"] {
            if let Some(value) = given.get(key) {
                row.set(key, value.clone());
            }
        }
        if let Some(cpu) = cpu {
            row.set("cpu", cpu);
        }
        if let Some(memory) = memory {
            row.set("memory", format!("{memory}"));
        }
    });
    Ok(Answer::ok(shown(call, &changed.unwrap_or(row))))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let asked = query(call);
    schema::values_fit(rules::DELETE, &asked, &QUERY)?;
    schema::whole_refused(schema::unexpected(rules::DELETE, &asked))?;
    let row = find(call, CONTAINERS, id)?;
    let (force, stop) = (says_yes(call, "force", false), says_yes(call, "stop", false));
    if stop {
        permitted(&row, "delete_after_stop", &["Running", "Created", "Error", "Stopped", "Deleted", "Dead"])?;
    } else if force {
        if !call.who.admin() {
            return Err(forbidden("container:delete_force"));
        }
        if row.text("status") == "Paused" {
            permitted(&row, "delete_force", &[])?;
        }
    } else {
        permitted(&row, "delete", &["Created", "Error", "Stopped", "Deleted", "Dead"])?;
    }
    let then = call.vanishing(call.later());
    call.change(CONTAINERS, &row.id, |row| {
        row.set("status", "Deleting");
        row.set("task_state", "container_deleting");
        row.then = then;
    });
    Ok(Answer::empty(204))
}
