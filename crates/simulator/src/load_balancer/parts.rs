//! Listeners, pools and health monitors: how they are shown, by themselves and inside a new load balancer.

use serde_json::{Value, json};

use super::members;
use super::{Kind, LISTENERS, MEMBERS, MONITORS, POOLS, ids, naming, view};
use crate::call::Call;
use crate::store::Row;

pub(super) const LISTENER: Kind = Kind {
    one: "listener",
    many: "listeners",
    table: LISTENERS,
    name: "Listener",
    filters: &[
        "description",
        "loadbalancer_id",
        "default_pool_id",
        "protocol",
        "protocol_port",
        "connection_limit",
        "timeout_client_data",
        "timeout_member_connect",
        "timeout_member_data",
        "timeout_tcp_inspect",
        "client_authentication",
        "tls_ciphers",
    ],
    view: listener,
};

pub(super) const POOL: Kind = Kind {
    one: "pool",
    many: "pools",
    table: POOLS,
    name: "Pool",
    filters: &["description", "loadbalancer_id", "protocol", "lb_algorithm", "tls_enabled", "tls_ciphers"],
    view: pool,
};

pub(super) const MONITOR: Kind = Kind {
    one: "healthmonitor",
    many: "healthmonitors",
    table: MONITORS,
    name: "Health Monitor",
    filters: &[
        "pool_id",
        "type",
        "delay",
        "timeout",
        "max_retries",
        "max_retries_down",
        "http_method",
        "url_path",
        "expected_codes",
        "http_version",
        "domain_name",
    ],
    view: monitor,
};

const OF_LISTENER: [&str; 23] = [
    "description",
    "protocol",
    "protocol_port",
    "connection_limit",
    "default_pool_id",
    "default_tls_container_ref",
    "sni_container_refs",
    "insert_headers",
    "timeout_client_data",
    "timeout_member_connect",
    "timeout_member_data",
    "timeout_tcp_inspect",
    "client_ca_tls_container_ref",
    "client_authentication",
    "client_crl_container_ref",
    "allowed_cidrs",
    "tls_ciphers",
    "tls_versions",
    "alpn_protocols",
    "hsts_max_age",
    "hsts_include_subdomains",
    "hsts_preload",
    "l7policies",
];

const OF_POOL: [&str; 11] = [
    "description",
    "protocol",
    "lb_algorithm",
    "session_persistence",
    "tls_container_ref",
    "ca_tls_container_ref",
    "crl_container_ref",
    "tls_enabled",
    "tls_ciphers",
    "tls_versions",
    "alpn_protocols",
];

const OF_MONITOR: [&str; 10] = [
    "type",
    "delay",
    "timeout",
    "max_retries",
    "max_retries_down",
    "http_method",
    "url_path",
    "expected_codes",
    "http_version",
    "domain_name",
];

fn balancer_of(row: &Row) -> Value {
    json!([{"id": row.text("load_balancer_id")}])
}

/// A listener as a new load balancer shows it.
pub(super) fn whole_listener(row: &Row) -> Value {
    view(row, &OF_LISTENER)
}

fn listener(_: &Call<'_>, row: &Row) -> Value {
    let mut value = whole_listener(row);
    value["loadbalancers"] = balancer_of(row);
    value
}

pub(super) fn monitor_of<'c>(call: &'c Call<'_>, pool: &'c str) -> Option<&'c Row> {
    naming(call, MONITORS, "pool_id", pool).next()
}

/// A pool as a new load balancer shows it.
pub(super) fn whole_pool(call: &Call<'_>, row: &Row) -> Value {
    let mut value = view(row, &OF_POOL);
    value["listeners"] = ids(naming(call, LISTENERS, "default_pool_id", &row.id));
    value["members"] = naming(call, MEMBERS, "pool_id", &row.id).map(members::view).collect();
    value["healthmonitor"] = monitor_of(call, &row.id).map_or(Value::Null, |row| view(row, &OF_MONITOR));
    value
}

fn pool(call: &Call<'_>, row: &Row) -> Value {
    let mut value = view(row, &OF_POOL);
    value["loadbalancers"] = balancer_of(row);
    value["listeners"] = ids(naming(call, LISTENERS, "default_pool_id", &row.id));
    value["members"] = ids(naming(call, MEMBERS, "pool_id", &row.id));
    if let Some(monitor) = monitor_of(call, &row.id) {
        value["healthmonitor_id"] = json!(monitor.id);
    }
    value
}

fn monitor(_: &Call<'_>, row: &Row) -> Value {
    let mut value = view(row, &OF_MONITOR);
    value["pools"] = json!([{"id": row.text("pool_id")}]);
    value
}
