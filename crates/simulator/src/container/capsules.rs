//! Capsules: containers that live and go together.

use serde_json::{Value, json};

use super::schema::{self, BODY, Place};
use super::{
    CAPSULES, containers, fault, find, fresh_time, links, listable, listed, made_up, rules, time, update_time,
};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

fn shown(call: &Call<'_>, row: &Row) -> Value {
    let mut value = json!({
        "uuid": row.id, "project_id": row.project, "user_id": row.text("user"), "links": links(call, CAPSULES, &row.id),
        "created_at": time(row.at), "updated_at": update_time(row), "init_containers": [],
    });
    for key in
        ["name", "status", "status_reason", "cpu", "memory", "labels", "annotations", "restart_policy", "addresses"]
    {
        value[key] = row.value(key);
    }
    let parts = row.doc.get("containers").and_then(Value::as_array).into_iter().flatten();
    value["containers"] = parts.map(|part| containers::stored(&container(row, part))).collect();
    value
}

/// A container of the capsule: it is what was asked for, and otherwise as the capsule is.
fn container(capsule: &Row, part: &Value) -> Row {
    let mut doc = part.as_object().cloned().unwrap_or_default();
    for key in ["status", "restart_policy", "user"] {
        doc.insert(key.to_owned(), capsule.value(key));
    }
    Row { id: capsule_text(part, "uuid"), doc, ..capsule.clone() }
}

fn capsule_text(part: &Value, key: &str) -> String {
    part[key].as_str().unwrap_or_default().to_owned()
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    listed(call, CAPSULES, listable(call, CAPSULES), |row| shown(call, row))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(shown(call, &find(call, CAPSULES, id)?)))
}

/// A refusal inside the template, without the schema that Zun prints behind it: that fills pages there.
fn inside(field: &str, value: &Doc, why: Option<String>) -> Result<(), Answer> {
    why.map_or(Ok(()), |why| Err(schema::field_refused(field, &json!(value), &why, true)))
}

fn object(value: Option<&Value>) -> Doc {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Holds the template against what a capsule may be.
fn template(given: &Doc) -> Result<Doc, Answer> {
    schema::whole_refused(schema::required(given, &["template"]))?;
    let template = object(given.get("template"));
    let place = "['properties']['template']";
    schema::values_fit(rules::TEMPLATE, &template, &Place { schema: place, instance: "['template']", ..BODY })?;
    let metadata =
        Place { schema: &format!("{place}['properties']['metadata']"), instance: "['template']['metadata']", ..BODY };
    schema::values_fit(rules::METADATA, &object(template.get("metadata")), &metadata)?;
    let spec = object(template.get("spec"));
    let place = format!("{place}['properties']['spec']");
    let parts = spec.get("containers").and_then(Value::as_array);
    for (number, part) in parts.into_iter().flatten().enumerate() {
        let place = format!("{place}['properties']['containers']['items']");
        let instance = format!("['template']['spec']['containers'][{number}]");
        let part = object(Some(part));
        for (field, rule) in [("name", &rules::NAME), ("image", &rules::IMAGE)] {
            if let Some(value) = part.get(field) {
                schema::fits(rule, field, value, &Place { body: true, schema: &place, instance: &instance })?;
            }
        }
        inside(&number.to_string(), &part, schema::required(&part, &["image"]))?;
        let requests = object(part.get("resources").map(|resources| &resources["requests"]));
        let place = format!("{place}['properties']['resources']['properties']['requests']");
        let instance = format!("{instance}['resources']['requests']");
        let sizes = [("cpu", &rules::CPU), ("memory", &rules::MEMORY)];
        schema::values_fit(&sizes, &requests, &Place { body: true, schema: &place, instance: &instance })?;
    }
    inside("spec", &spec, template.get("spec").and_then(|_| schema::required(&spec, &["containers"])))?;
    inside("template", &template, schema::required(&template, &["kind", "spec", "metadata"]))?;
    inside("template", &template, schema::unexpected(rules::TEMPLATE, &template))?;
    schema::whole_refused(schema::unexpected(&[("template", &rules::KIND)], given))?;
    Ok(template)
}

/// The containers as they are kept, and what they need together.
fn parts(spec: &Doc, name: &str, new_id: &mut impl FnMut() -> String) -> (Vec<Value>, f64, f64) {
    let (mut cpus, mut megabytes) = (0.0, 0.0);
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let given = spec.get("containers").and_then(Value::as_array).into_iter().flatten();
    let parts = given
        .map(|part| {
            let requests = &part["resources"]["requests"];
            let (cpu, memory) = (number(&requests["cpu"]), number(&requests["memory"]));
            cpus += cpu.unwrap_or_default();
            megabytes += memory.unwrap_or_default();
            let mut command = part["command"].as_array().cloned().unwrap_or_default();
            command.extend(part["args"].as_array().cloned().unwrap_or_default());
            json!({
                "uuid": new_id(), "name": format!("capsule-{name}-{}", made_up()), "image": part["image"],
                "command": command, "cpu": cpu, "memory": memory.map(|memory| format!("{memory}")), "disk": 0,
                "environment": part["env"], "workdir": part["workDir"], "image_driver": null, "cpu_policy": "shared",
                "interactive": part["stdin"] == true, "tty": part["tty"] == true, "auto_remove": false,
                "auto_heal": false,
            })
        })
        .collect();
    (parts, cpus, megabytes)
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let template = template(&call.object().unwrap_or_default())?;
    let (spec, metadata) = (object(template.get("spec")), object(template.get("metadata")));
    if spec.get("containers").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        // Zun's own mistake, which it makes as if it had failed.
        let message = format!(
            "Your request could not be handled because of a problem in the server. Error Correlation id is: {}",
            wire::uuid()
        );
        return Err(fault(500, &message));
    }
    let id = wire::uuid();
    let name = metadata.get("name").and_then(Value::as_str).map(str::to_owned);
    let (parts, cpu, memory) = parts(&spec, name.as_deref().unwrap_or(&id), &mut wire::uuid);
    let policy = match spec.get("restartPolicy").and_then(Value::as_str) {
        Some("Never") => "no",
        Some("OnFailure") => "on-failure",
        _ => "always",
    };
    let value = |key: &str| metadata.get(key).cloned().unwrap_or(Value::Null);
    let doc = fields! {
        "name": name, "labels": value("labels"), "annotations": value("annotations"), "cpu": cpu,
        "memory": format!("{memory}"), "status": "Creating", "status_reason": null, "addresses": null,
        "restart_policy": {"MaximumRetryCount": "0", "Name": policy}, "containers": parts,
        "user": call.who.user.clone(),
    };
    let then = call.building(fields! {"status": "Running", "addresses": {}}, |why| {
        fields! {"status": "Error", "status_reason": why}
    });
    let row = call.insert(CAPSULES, id, doc, then);
    let mut body = shown(call, &row);
    body["created_at"] = json!(fresh_time(row.at));
    Ok(Answer::json(202, body).located(&format!("{}/v1/{CAPSULES}/{}", call.base, row.id)))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, CAPSULES, id)?;
    let then = call.vanishing(call.later());
    call.change(CAPSULES, &row.id, |row| row.then = then);
    Ok(Answer::empty(204))
}
