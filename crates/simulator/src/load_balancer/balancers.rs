//! Load balancers: how they are shown, renamed and deleted, and how their parts are.

use serde_json::{Value, json};

use super::fields::{BALANCER_CHANGE, check};
use super::{
    BALANCERS, Kind, LISTENERS, MEMBERS, MONITORS, POOLS, body, check_settled, create, ids, invalid, naming, outcome,
    parts, pend,
};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::network::vip;
use crate::store::Row;

pub(super) const KIND: Kind = Kind {
    one: "loadbalancer",
    many: "loadbalancers",
    table: BALANCERS,
    name: "Load Balancer",
    filters: &[
        "description",
        "provider",
        "flavor_id",
        "availability_zone",
        "vip_address",
        "vip_network_id",
        "vip_subnet_id",
        "vip_port_id",
        "vip_qos_policy_id",
    ],
    view: shown,
};

const KEYS: [&str; 11] = [
    "description",
    "provider",
    "flavor_id",
    "availability_zone",
    "vip_address",
    "vip_network_id",
    "vip_subnet_id",
    "vip_port_id",
    "vip_qos_policy_id",
    "vip_sg_ids",
    "vip_vnic_type",
];

fn bare(row: &Row) -> Value {
    let mut value = super::view(row, &KEYS);
    value["additional_vips"] = json!([]);
    value
}

fn shown(call: &Call<'_>, row: &Row) -> Value {
    let mut value = bare(row);
    value["listeners"] = ids(naming(call, LISTENERS, "load_balancer_id", &row.id));
    value["pools"] = ids(naming(call, POOLS, "load_balancer_id", &row.id));
    value
}

/// With all its parts, as it is shown once, when it is made.
pub(super) fn whole(call: &Call<'_>, row: &Row) -> Value {
    let mut value = bare(row);
    value["listeners"] = naming(call, LISTENERS, "load_balancer_id", &row.id).map(parts::whole_listener).collect();
    value["pools"] =
        naming(call, POOLS, "load_balancer_id", &row.id).map(|pool| parts::whole_pool(call, pool)).collect();
    value
}

pub(super) fn update(call: &mut Call<'_>, id: &str) -> Reply {
    let given = body(call, KIND.one)?;
    check("load_balancer.loadbalancer", BALANCER_CHANGE, &given)?;
    KIND.find(call, id)?;
    check_settled(call, id, &["ACTIVE"])?;
    let mut set = fields! {"name": "", "description": "", "admin_state_up": false, "tags": [], "vip_sg_ids": []};
    // A null takes a value back to nothing.
    set.retain(|key, _| given.contains_key(key));
    create::lay_over(&mut set, &given);
    let then = outcome(call);
    call.change(BALANCERS, id, |row| row.doc.extend(set));
    pend(call, BALANCERS, id, "PENDING_UPDATE", &then);
    KIND.show(call, id)
}

pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Reply {
    let row = KIND.find(call, id)?;
    let yes = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "1" | "t" | "true" | "on" | "y" | "yes");
    let listeners = naming(call, LISTENERS, "load_balancer_id", id).map(|row| (LISTENERS, row.id.clone()));
    let pools: Vec<String> = naming(call, POOLS, "load_balancer_id", id).map(|row| row.id.clone()).collect();
    let mut below: Vec<(&str, String)> = listeners.collect();
    below.extend(pools.iter().map(|pool| (POOLS, pool.clone())));
    if !below.is_empty() && !call.param("cascade").is_some_and(yes) {
        return Err(invalid(&format!("Cannot delete Load Balancer {id} - it has children")));
    }
    check_settled(call, id, &["ACTIVE", "ERROR"])?;
    for pool in &pools {
        for table in [MEMBERS, MONITORS] {
            below.extend(naming(call, table, "pool_id", pool).map(|row| (table, row.id.clone())));
        }
    }
    let at = call.later();
    let then = call.vanishing(at);
    for (table, part) in below {
        pend(call, table, &part, "PENDING_DELETE", &then);
    }
    pend(call, BALANCERS, id, "PENDING_DELETE", &then);
    if !then.is_empty() {
        vip::release_at(call, row.text("vip_port_id"), row.flag("own_port"), at);
    }
    Ok(Answer::empty(204))
}

pub(super) fn stats(call: &Call<'_>, id: &str) -> Reply {
    KIND.find(call, id)?;
    let stats = json!({
        "active_connections": 0, "bytes_in": 0, "bytes_out": 0, "request_errors": 0, "total_connections": 0,
    });
    Ok(Answer::ok(json!({"stats": stats})))
}

/// What of a thing stands in the tree of statuses.
fn node(row: &Row, keys: &[&str]) -> Value {
    let mut value = json!({"id": row.id});
    for key in ["name", "provisioning_status", "operating_status"].iter().chain(keys) {
        value[*key] = row.value(key);
    }
    value
}

pub(super) fn status(call: &Call<'_>, id: &str) -> Reply {
    let row = KIND.find(call, id)?;
    let pool = |row: &Row| {
        let mut value = node(row, &[]);
        value["health_monitor"] = parts::monitor_of(call, &row.id).map_or(Value::Null, |row| node(row, &["type"]));
        value["members"] = naming(call, MEMBERS, "pool_id", &row.id)
            .map(|member| node(member, &["address", "protocol_port"]))
            .collect();
        value
    };
    let mut value = node(&row, &[]);
    value["listeners"] = naming(call, LISTENERS, "load_balancer_id", id)
        .map(|listener| {
            let mut value = node(listener, &[]);
            value["pools"] = call.get(POOLS, listener.text("default_pool_id")).map(pool).into_iter().collect();
            value
        })
        .collect();
    Ok(Answer::ok(json!({"statuses": {"loadbalancer": value}})))
}
