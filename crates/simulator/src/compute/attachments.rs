//! What hangs on a server: network interfaces and volumes.

use serde_json::{Value, json};

use super::checks::{bad, body, required};
use super::{SERVERS, server};
use crate::answer::{Answer, Reply, refuse};
use crate::block_storage;
use crate::call::Call;
use crate::network::{PORTS, boot};
use crate::store::Row;

fn interface(port: &Row, v: u32) -> Value {
    let mut value = json!({
        "net_id": port.text("network_id"), "port_id": port.id, "mac_addr": port.text("mac_address"),
        "port_state": port.text("status"), "fixed_ips": port.value("fixed_ips"),
    });
    if v >= 70 {
        value["tag"] = Value::Null;
    }
    value
}

/// Answers `/servers/{id}/os-interface[/{port}]`.
pub(super) fn interfaces(call: &mut Call<'_>, id: &str, path: &[&str], v: u32) -> Reply {
    let row = server(call, id)?;
    let of_server = |port: &str| row.texts("ports").any(|held| held == port);
    match (call.method.as_str(), path) {
        ("GET", []) => {
            let list: Vec<Value> =
                row.texts("ports").filter_map(|port| call.get(PORTS, port)).map(|port| interface(port, v)).collect();
            Ok(Answer::ok(json!({"interfaceAttachments": list})))
        }
        ("GET", [port]) => {
            let missing = || refuse::fault(404, &format!("Instance {id} does not have fixed port with id {port}"));
            let port = call.get(PORTS, port).filter(|_| of_server(port)).ok_or_else(missing)?;
            Ok(Answer::ok(json!({"interfaceAttachment": interface(port, v)})))
        }
        ("POST", []) => {
            ready(&row, "attach_interface")?;
            let given = Value::Object(body(call, "interfaceAttachment")?);
            let asked = if given.get("port_id").is_some() { json!({"port": given["port_id"]}) } else { given };
            let nic = if asked.get("port").is_some() || asked.get("net_id").is_some() {
                {
                    let nic = boot::nic(call, &asked)?;
                    if nic.is_forbidden(call) {
                        let message = format!(
                            "It is not allowed to create an interface on external network {}",
                            asked["net_id"].as_str().unwrap_or_default()
                        );
                        return Err(refuse::fault(403, &message));
                    }
                    nic
                }
            } else {
                boot::automatic(call)?.ok_or_else(|| bad("No networks to attach to."))?
            };
            let port = boot::attach(call, &row, nic, &[])?;
            call.change(SERVERS, id, |row| {
                let ports: Vec<String> = row.texts("ports").map(str::to_owned).chain([port.clone()]).collect();
                row.set("ports", ports);
            });
            let shown = call.get(PORTS, &port).map(|port| interface(port, v));
            Ok(Answer::ok(json!({"interfaceAttachment": shown})))
        }
        ("DELETE", [port]) => {
            ready(&row, "detach_interface")?;
            if !of_server(port) {
                return Err(refuse::fault(404, &format!("Port {port} is not attached")));
            }
            boot::detach_at(call, port, call.now);
            call.change(SERVERS, id, |row| {
                let ports: Vec<String> = row.texts("ports").filter(|held| held != port).map(str::to_owned).collect();
                row.set("ports", ports);
            });
            Ok(Answer::empty(202))
        }
        _ => Err(Answer::lost_page()),
    }
}

fn ready(row: &Row, verb: &str) -> Result<(), Answer> {
    let state = row.text("vm_state");
    if matches!(state, "active" | "stopped" | "paused" | "suspended" | "resized") {
        return Ok(());
    }
    let message = format!("Cannot '{verb}' instance {} while it is in vm_state {state}", row.id);
    Err(refuse::fault(409, &message))
}

fn shown(held: &Value, v: u32) -> Value {
    let mut value = json!({"volumeId": held["volumeId"], "serverId": held["serverId"], "device": held["device"]});
    if v >= 70 {
        value["tag"] = Value::Null;
    }
    if v >= 79 {
        value["delete_on_termination"] = held["delete_on_termination"].clone();
    }
    if v >= 89 {
        value["attachment_id"] = held["attachment_id"].clone();
        value["bdm_uuid"] = held["bdm_uuid"].clone();
    } else {
        value["id"] = held["volumeId"].clone();
    }
    value
}

/// Answers `/servers/{id}/os-volume_attachments[/{volume}]`.
pub(super) fn volumes(call: &mut Call<'_>, id: &str, path: &[&str], v: u32) -> Reply {
    let row = server(call, id)?;
    let held: Vec<Value> = row.doc["volumes"].as_array().cloned().unwrap_or_default();
    let missing = |volume: &str| refuse::fault(404, &format!("Instance {id} is not attached to volume {volume}"));
    match (call.method.as_str(), path) {
        ("GET", []) => {
            let list: Vec<Value> = held.iter().map(|held| shown(held, v)).collect();
            Ok(Answer::ok(json!({"volumeAttachments": list})))
        }
        ("GET", [volume]) => {
            let found = held.iter().find(|held| held["volumeId"] == *volume).ok_or_else(|| missing(volume))?;
            Ok(Answer::ok(json!({"volumeAttachment": shown(found, v)})))
        }
        ("POST", []) => {
            ready(&row, "attach_volume")?;
            let given = body(call, "volumeAttachment")?;
            required("volumeAttachment", &given, "volumeId")?;
            let volume = given["volumeId"].as_str().unwrap_or_default().to_owned();
            block_storage::attachable(call, &volume)?;
            let goes = given.get("delete_on_termination") == Some(&Value::Bool(true));
            let device = block_storage::device(held.len() + usize::from(!row.text("image").is_empty()));
            let made = block_storage::attach(call, id, &volume, device, goes);
            let mut answer = shown(&made, v.min(88));
            answer["delete_on_termination"] = json!(goes);
            call.change(SERVERS, id, |row| {
                let list: Vec<Value> = held.into_iter().chain([made]).collect();
                row.set("volumes", list);
            });
            Ok(Answer::ok(json!({"volumeAttachment": answer})))
        }
        ("DELETE", [volume]) => {
            if !held.iter().any(|held| held["volumeId"] == *volume) {
                return Err(missing(volume));
            }
            ready(&row, "detach_volume")?;
            block_storage::release_at(call, volume, call.now, false);
            call.change(SERVERS, id, |row| {
                let list: Vec<Value> = held.into_iter().filter(|held| held["volumeId"] != *volume).collect();
                row.set("volumes", list);
            });
            Ok(Answer::empty(202))
        }
        _ => Err(Answer::lost_page()),
    }
}
