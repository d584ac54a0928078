//! Ports: the network cards of nodes.

use serde_json::{Value, json};

use super::nodes::find as find_node;
use super::{List, PORTS, body, denied, fault, links, missing, update_time};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::Row;
use crate::wire;

fn view(call: &Call<'_>, row: &Row) -> Value {
    let mut value = Value::Object(row.doc.clone());
    value["uuid"] = json!(row.id);
    value["created_at"] = json!(wire::offset(row.at));
    value["updated_at"] = update_time(row);
    value["links"] = links(call, &format!("ports/{}", row.id));
    value
}

/// Six pairs of hexadecimal digits.
fn is_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() == 6 && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

pub(super) fn list(call: &Call<'_>, detail: bool) -> Reply {
    let list = List {
        many: "ports",
        path: if detail { "ports/detail" } else { "ports" },
        fields: (!detail).then_some("uuid,address"),
        filters: &["node", "node_uuid", "address"],
    };
    // A node may be meant by its name.
    let node = |row: &Row, key: &str| match (key, call.param("node")) {
        ("node", Some(asked)) => find_node(call, asked).is_ok_and(|node| node.id == row.text("node_uuid")),
        _ => false,
    };
    let has = |row: &Row, key: &str| match node(row, key) {
        true => json!(call.param("node")),
        false => view(call, row)[key].take(),
    };
    let shown = |row: &Row| {
        let mut whole = view(call, row);
        match detail {
            true => whole,
            false => json!({"uuid": row.id, "address": whole["address"].take(), "links": whole["links"].take()}),
        }
    };
    list.answer(call, call.rows(PORTS).filter(|row| call.who.may(row)).cloned(), has, shown)
}

fn find(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    call.mine(PORTS, id).cloned().ok_or_else(|| missing("Port", id))
}

pub(super) fn show(call: &Call<'_>, id: &str) -> Reply {
    Ok(Answer::ok(view(call, &find(call, id)?)))
}

pub(super) fn create(call: &mut Call<'_>) -> Reply {
    let known = ["address", "node_uuid", "extra", "local_link_connection", "physical_network", "pxe_enabled", "uuid"];
    let given = body(call, "port", &known, &["address", "node_uuid"])?;
    let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    let address = text("address").to_lowercase();
    if !is_address(&address) {
        return Err(fault(400, &format!("Expected valid MAC address for address: {address}")));
    }
    // That there is no such node is told nobody.
    let node = find_node(call, text("node_uuid")).ok().filter(|_| call.who.admin());
    let node = node.ok_or_else(|| denied("baremetal:port:create"))?;
    if call.rows(PORTS).any(|row| row.text("address") == address) {
        return Err(fault(409, &format!("A port with MAC address {address} already exists.")));
    }
    let mut doc = fields! {
        "extra": {}, "internal_info": {}, "is_smartnic": false, "local_link_connection": {}, "physical_network": null,
        "portgroup_uuid": null, "pxe_enabled": true,
    };
    let id = text("uuid").to_owned();
    let id = if id.is_empty() { wire::uuid() } else { id };
    doc.extend(given);
    doc.remove("uuid");
    doc.extend(fields! {"address": address, "node_uuid": node.id});
    let row = call.insert_for(&node.project, PORTS, id, doc, Vec::new());
    let answer = Answer::json(201, view(call, &row));
    Ok(answer.located(&format!("{}/v1/ports/{}", call.base, row.id)))
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = find(call, id)?;
    if !call.who.admin() {
        return Err(denied("baremetal:port:delete"));
    }
    call.remove(PORTS, &row.id);
    Ok(Answer::empty(204))
}
