//! Members of pools: the servers that a load balancer spreads its load over.
use super::Common;
use crate::{Definition, Seen, clients::OCTAVIA};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

pub(super) static MEMBERS: Collection =
    Collection { one: Some("member"), within: Some("lbaas/pools"), ..Collection::new(&OCTAVIA, "members", "members") };

/// Members.
pub(crate) static MEMBER: Definition = Definition::new(
    Kind::live(("octavia_member", "Member", "Members"), Group::Networking, "octavia", "members")
        .about("A member is a server's address and port, which a pool spreads its load over.")
        .columns(
            const {
                &[
                    Column::new("address", "Address", Show::Mono),
                    Column::new("port", "Port", Show::Number),
                    Column::new("weight", "Weight", Show::Number),
                    Column::new("health", "Health", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_load_balancer_members")] })
        // Actions of the load balancer, which a pool has none of its own beside.
        .within("octavia_pool", "add_member", ("remove_member", "member_id")),
    &MEMBERS,
    read,
);

/// <https://docs.openstack.org/api-ref/load-balancer/v2/#show-member-details>
#[derive(Deserialize)]
struct Member {
    #[serde(flatten)]
    common: Common,
    address: String,
    protocol_port: i64,
    #[serde(default)]
    weight: i64,
}

fn read(value: &Value) -> Option<Seen> {
    let member = Member::deserialize(value).ok()?;
    let common = &member.common;
    let address = match member.address.contains(':') {
        true => format!("[{}]:{}", member.address, member.protocol_port),
        false => format!("{}:{}", member.address, member.protocol_port),
    };
    // Its address and port are its name: names of members are seldom given, and say less.
    let seen = Seen::new(&common.id, &address, common.project_id.as_deref())
        .in_state(common.state())
        .with("address", member.address)
        .with("port", member.protocol_port)
        .with("weight", member.weight)
        .with("health", common.health());
    Some(seen)
}
