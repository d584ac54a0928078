//! Servers: how they are shown, listed, renamed, deleted.

use serde_json::{Map, Value, json};

use super::checks::{bad, body, metadata as check_metadata, name};
use super::{SERVERS, checks, paging, policy, server};
use crate::answer::{Answer, Reply, refuse};
use crate::block_storage;
use crate::call::{Call, fields};
use crate::network::{NETWORKS, PORTS, boot};
use crate::store::Row;
use crate::wire;

pub(super) fn links(call: &Call<'_>, id: &str) -> Value {
    json!([
        {"rel": "self", "href": format!("{}/v2.1/servers/{id}", call.base)},
        {"rel": "bookmark", "href": format!("{}/servers/{id}", call.base)},
    ])
}

fn summary(call: &Call<'_>, row: &Row) -> Value {
    json!({"id": row.id, "name": row.text("name"), "links": links(call, &row.id)})
}

/// The addresses by network, once the server has a host.
pub(super) fn addresses(call: &Call<'_>, row: &Row, with_macs: bool) -> Value {
    let mut networks: Map<String, Value> = Map::new();
    if row.text("vm_state") == "building" {
        return Value::Object(networks);
    }
    for port in row.texts("ports").filter_map(|id| call.get(PORTS, id)) {
        let label = call.get(NETWORKS, port.text("network_id")).map_or("", |network| network.text("name"));
        let list = networks.entry(label.to_owned()).or_insert_with(|| json!([]));
        let mut add = |ip: &str, kind: &str| {
            let mut entry = json!({"version": if ip.contains(':') { 6 } else { 4 }, "addr": ip});
            if with_macs {
                entry["OS-EXT-IPS:type"] = json!(kind);
                entry["OS-EXT-IPS-MAC:mac_addr"] = json!(port.text("mac_address"));
            }
            if let Some(list) = list.as_array_mut() {
                list.push(entry);
            }
        };
        for ip in port.doc["fixed_ips"].as_array().into_iter().flatten().filter_map(|ip| ip["ip_address"].as_str()) {
            add(ip, "fixed");
        }
        for floating in call.rows(crate::network::FLOATING).filter(|floating| floating.text("port_id") == port.id) {
            add(floating.text("floating_ip_address"), "floating");
        }
    }
    Value::Object(networks)
}

pub(super) fn detail(call: &Call<'_>, row: &Row, v: u32) -> Value {
    let flavor = &row.doc["flavor"];
    let flavor = if v >= 47 {
        json!({
            "vcpus": flavor["vcpus"], "ram": flavor["ram"], "disk": flavor["disk"], "ephemeral": 0, "swap": 0,
            "original_name": flavor["name"], "extra_specs": {},
        })
    } else {
        let id = flavor["id"].as_str().unwrap_or_default();
        json!({"id": id, "links": [{"rel": "bookmark", "href": format!("{}/flavors/{id}", call.base)}]})
    };
    let image = match row.text("image") {
        "" => json!(""),
        id => json!({"id": id, "links": [{"rel": "bookmark", "href": format!("{}/images/{id}", call.base)}]}),
    };
    let placed = row.text("vm_state") != "building" && row.text("vm_state") != "error";
    let launched = row.doc.get("launched_at").and_then(Value::as_i64).map(wire::naive);
    let volumes: Vec<Value> = row.doc["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|held| {
            let mut value = json!({"id": held["volumeId"]});
            if v >= 3 {
                value["delete_on_termination"] = held["delete_on_termination"].clone();
            }
            value
        })
        .collect();
    let mut value = json!({
        "id": row.id, "name": row.text("name"), "status": row.text("status"), "tenant_id": row.project,
        "user_id": row.text("user"), "metadata": row.value("metadata"), "hostId": if placed { host_id(row) } else { String::new() },
        "image": image, "flavor": flavor, "created": wire::seconds(row.at), "updated": wire::seconds(row.changed),
        "addresses": addresses(call, row, true), "accessIPv4": "", "accessIPv6": "", "links": links(call, &row.id),
        "OS-DCF:diskConfig": "MANUAL", "OS-EXT-AZ:availability_zone": if placed { "nova" } else { "" },
        "config_drive": "", "key_name": row.value("key_name"), "OS-SRV-USG:launched_at": launched,
        "OS-SRV-USG:terminated_at": null, "OS-EXT-STS:task_state": row.value("task_state"),
        "OS-EXT-STS:vm_state": row.text("vm_state"), "OS-EXT-STS:power_state": row.number("power_state"),
        "os-extended-volumes:volumes_attached": volumes,
    });
    if matches!(row.text("status"), "ACTIVE" | "BUILD" | "REBUILD" | "RESIZE" | "VERIFY_RESIZE") {
        value["progress"] = json!(0);
    }
    if placed {
        let groups: Vec<Value> = row.texts("security_groups").map(|name| json!({"name": name})).collect();
        value["security_groups"] = json!(groups);
    }
    if let Some(fault) = row.doc.get("fault") {
        value["fault"] = fault.clone();
    }
    let mut add = |from: u32, key: &str, held: Value| {
        if v >= from {
            value[key] = held;
        }
    };
    add(9, "locked", json!(false));
    add(19, "description", row.value("description"));
    add(26, "tags", row.value("tags"));
    add(63, "trusted_image_certificates", Value::Null);
    add(73, "locked_reason", Value::Null);
    add(90, "OS-EXT-SRV-ATTR:hostname", row.value("hostname"));
    add(96, "pinned_availability_zone", Value::Null);
    value
}

/// The same host for all servers of a project, as one small cloud has.
fn host_id(row: &Row) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(row.project.as_bytes())[..28].iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn show(call: &Call<'_>, id: &str, v: u32) -> Reply {
    let row = server(call, id)?;
    let mut value = detail(call, &row, v);
    if v >= 71 {
        value["server_groups"] = json!([]);
    }
    Ok(Answer::ok(json!({"server": value})))
}

fn wanted(call: &Call<'_>, row: &Row, v: u32) -> bool {
    call.query.iter().all(|(key, value)| match key.as_str() {
        // Nova takes the name as a pattern; a pattern of plain text is a search for it.
        "name" => row.text("name").contains(value.trim_start_matches('^').trim_end_matches('$')),
        "status" => row.text("status").eq_ignore_ascii_case(value),
        "vm_state" => row.text("vm_state") == value,
        "uuid" => row.id == *value,
        "image" => row.text("image") == value,
        "flavor" => row.doc["flavor"]["id"] == value.as_str(),
        "key_name" => row.text("key_name") == value,
        "user_id" if call.who.admin() => row.text("user") == value,
        "project_id" | "tenant_id" if call.who.admin() => row.project == *value,
        "description" => row.text("description").contains(value.as_str()),
        "tags" if v >= 26 => value.split(',').all(|tag| row.texts("tags").any(|held| held == tag)),
        "tags-any" if v >= 26 => value.split(',').any(|tag| row.texts("tags").any(|held| held == tag)),
        "not-tags" if v >= 26 => !value.split(',').all(|tag| row.texts("tags").any(|held| held == tag)),
        "not-tags-any" if v >= 26 => !value.split(',').any(|tag| row.texts("tags").any(|held| held == tag)),
        "changes-since" => wire::seconds(row.changed).as_str() >= value.as_str(),
        _ => true,
    })
}

pub(super) fn list(call: &Call<'_>, v: u32, detailed: bool) -> Reply {
    let all = call.param("all_tenants").is_some_and(|value| !matches!(value, "0" | "False" | "false"));
    if all && !call.who.admin() {
        let rule = if detailed { "servers:detail:get_all_tenants" } else { "servers:index:get_all_tenants" };
        return Err(policy(rule));
    }
    let mut rows: Vec<&Row> =
        call.rows(SERVERS).filter(|row| (all || call.who.owns(row)) && wanted(call, row, v)).rev().collect();
    if let Some(key) = call.param("sort_key") {
        match key {
            "display_name" => rows.sort_by(|one, other| one.text("name").cmp(other.text("name"))),
            "uuid" => rows.sort_by(|one, other| one.id.cmp(&other.id)),
            _ => rows.reverse(),
        }
        if call.param("sort_dir").unwrap_or("desc") == "desc" {
            rows.reverse();
        }
    }
    let (page, more) = paging::cut(call, rows, checks::limit, |marker| bad(&format!("marker [{marker}] not found")))?;
    let items = page.iter().map(|row| if detailed { detail(call, row, v) } else { summary(call, row) }).collect();
    let last = page.last().filter(|_| more).map(|row| row.id.clone());
    let path = if detailed { "v2.1/servers/detail" } else { "v2.1/servers" };
    Ok(paging::listed(call, "servers", path, items, last))
}

pub(super) fn rename(call: &mut Call<'_>, id: &str, v: u32) -> Reply {
    let given = body(call, "server")?;
    server(call, id)?;
    let mut set = fields! {};
    if let Some(value) = given.get("name") {
        set.insert("name".to_owned(), name("name", value)?.into());
    }
    if let Some(value) = given.get("description").filter(|_| v >= 19) {
        set.insert("description".to_owned(), value.clone());
    }
    call.change(SERVERS, id, |row| row.doc.extend(set));
    show(call, id, v)
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = server(call, id)?;
    if row.text("task_state") == "deleting" {
        return Ok(Answer::empty(204));
    }
    let at = call.later();
    let then = call.vanishing(at);
    let goes = !then.is_empty();
    call.change(SERVERS, id, |row| {
        row.set("task_state", "deleting");
        row.then = then;
    });
    if goes {
        for port in row.texts("ports") {
            boot::detach_at(call, port, at);
        }
        for held in row.doc["volumes"].as_array().into_iter().flatten() {
            let volume = held["volumeId"].as_str().unwrap_or_default();
            block_storage::release_at(call, volume, at, held["delete_on_termination"] == true);
        }
    }
    Ok(Answer::empty(204))
}

pub(super) fn tags(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(json!({"tags": server(call, id)?.value("tags")})))
}

pub(super) fn ips(call: &Call<'_>, id: &str) -> Reply {
    let row = server(call, id)?;
    Ok(Answer::ok(json!({"addresses": addresses(call, &row, false)})))
}

pub(super) fn metadata(call: &mut Call<'_>, id: &str, path: &[&str]) -> Reply {
    let row = server(call, id)?;
    let mut held = row.doc.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    match (call.method.as_str(), path) {
        ("GET", []) => return Ok(Answer::ok(json!({"metadata": held}))),
        ("POST", []) => held.extend(check_metadata(Some(&body(call, "metadata")?.into()))?),
        ("PUT", []) => held = check_metadata(Some(&body(call, "metadata")?.into()))?,
        (method, [key]) => {
            let missing = || refuse::fault(404, "Metadata item was not found");
            match method {
                "GET" => {
                    let value = held.get(*key).ok_or_else(missing)?;
                    return Ok(Answer::ok(json!({"meta": {(*key): value}})));
                }
                "PUT" => held.extend(check_metadata(Some(&body(call, "meta")?.into()))?),
                "DELETE" => {
                    held.remove(*key).ok_or_else(missing)?;
                }
                _ => return Err(Answer::lost_page()),
            }
        }
        _ => return Err(Answer::lost_page()),
    }
    call.change(SERVERS, id, |row| row.set("metadata", Value::Object(held.clone())));
    match (call.method.as_str(), path) {
        ("DELETE", _) => Ok(Answer::empty(204)),
        ("PUT", [key]) => Ok(Answer::ok(json!({"meta": {(*key): held.get(*key)}}))),
        _ => Ok(Answer::ok(json!({"metadata": held}))),
    }
}
