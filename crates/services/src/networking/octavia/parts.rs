//! What lies in a load balancer: listeners and pools.
use super::Common;
use crate::{Definition, Seen, clients::OCTAVIA};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

static LISTENERS: Collection =
    Collection { one: Some("listener"), ..Collection::new(&OCTAVIA, "lbaas/listeners", "listeners") };
static POOLS: Collection = Collection { one: Some("pool"), ..Collection::new(&OCTAVIA, "lbaas/pools", "pools") };

/// Listeners.
pub(crate) static LISTENER: Definition = Definition::new(
    Kind::live(("octavia_listener", "Listener", "Listeners"), Group::Networking, "octavia", "listeners")
        .about("A listener is a port that a load balancer takes connections at.")
        .columns(
            const {
                &[
                    Column::new("name", "Name", Show::Text),
                    Column::new("protocol", "Protocol", Show::Text),
                    Column::new("port", "Port", Show::Number),
                    Column::new("health", "Health", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_load_balancer_listeners")] })
        .within("octavia_load_balancer", "", ("", "")),
    &LISTENERS,
    read_listener,
)
.own("project_id")
.of("loadbalancer_id");

/// Pools.
pub(crate) static POOL: Definition = Definition::new(
    Kind::live(("octavia_pool", "Pool", "Pools"), Group::Networking, "octavia", "pools")
        .about("A pool is a set of servers that a listener's connections are spread over.")
        .columns(
            const {
                &[
                    Column::new("name", "Name", Show::Text),
                    Column::new("protocol", "Protocol", Show::Text),
                    Column::new("algorithm", "Spread", Show::Text),
                    Column::new("members", "Members", Show::Number),
                    Column::new("health", "Health", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_load_balancer_pools")] })
        .within("octavia_load_balancer", "", ("", "")),
    &POOLS,
    read_pool,
)
.own("project_id")
.of("loadbalancer_id");

/// <https://docs.openstack.org/api-ref/load-balancer/v2/#show-listener-details>
#[derive(Deserialize)]
struct Listener {
    #[serde(flatten)]
    common: Common,
    protocol: String,
    protocol_port: i64,
}

fn read_listener(value: &Value) -> Option<Seen> {
    let listener = Listener::deserialize(value).ok()?;
    let common = &listener.common;
    let seen = Seen::new(&common.id, &common.name, common.project_id.as_deref())
        .in_state(common.state())
        .with("name", common.name.as_str())
        .with("protocol", listener.protocol)
        .with("port", listener.protocol_port)
        .with("health", common.health());
    Some(seen)
}

/// <https://docs.openstack.org/api-ref/load-balancer/v2/#show-pool-details>
#[derive(Deserialize)]
struct Pool {
    #[serde(flatten)]
    common: Common,
    protocol: String,
    lb_algorithm: String,
    #[serde(default)]
    members: Vec<Value>,
}

fn read_pool(value: &Value) -> Option<Seen> {
    let pool = Pool::deserialize(value).ok()?;
    let common = &pool.common;
    let seen = Seen::new(&common.id, &common.name, common.project_id.as_deref())
        .in_state(common.state())
        .with("name", common.name.as_str())
        .with("protocol", pool.protocol)
        .with("algorithm", pool.lb_algorithm.to_lowercase().replace('_', " "))
        .with("members", pool.members.len())
        .with("health", common.health());
    Some(seen)
}
