//! How much of each a project may have.

use serde_json::{Map, Value, json};

use super::{FLOATING, GROUPS, NETWORKS, PORTS, ROUTERS, RULES, SUBNETS, conflict, disallowed, nowhere};
use crate::answer::{Answer, Reply};
use crate::call::Call;

/// Name, table, limit.
fn limits(call: &Call<'_>) -> [(&'static str, &'static str, i64); 7] {
    let quotas = call.quotas;
    [
        ("network", NETWORKS, quotas.network),
        ("subnet", SUBNETS, quotas.subnet),
        ("port", PORTS, quotas.port),
        ("router", ROUTERS, quotas.router),
        ("floatingip", FLOATING, quotas.floatingip),
        ("security_group", GROUPS, quotas.security_group),
        ("security_group_rule", RULES, quotas.security_group_rule),
    ]
}

fn used(call: &Call<'_>, table: &str, project: &str) -> i64 {
    i64::try_from(call.rows(table).filter(|row| row.project == project).count()).unwrap_or(i64::MAX)
}

/// Refuses one more of a kind when the project has all that it may have.
pub(super) fn check(call: &Call<'_>, table: &str, one: &str) -> Result<(), Answer> {
    let limit = limits(call).into_iter().find(|(_, held, _)| *held == table).map_or(-1, |(_, _, limit)| limit);
    if Call::exceeds(limit, used(call, table, &call.who.project), 1) {
        return Err(conflict("OverQuota", &format!("Quota exceeded for resources: ['{one}'].")));
    }
    Ok(())
}

/// As [`check`], for the ports that Nova asks for in the name of a server.
pub(crate) fn check_ports(call: &Call<'_>) -> Result<(), Answer> {
    check(call, PORTS, "port")
}

pub(super) fn serve(call: &Call<'_>, path: &[&str]) -> Reply {
    let (project, tail) = match path {
        [project, tail @ ..] => (project.trim_end_matches(".json"), tail),
        [] => return Err(nowhere()),
    };
    if call.method != "GET" || (project != call.who.project && !call.who.admin()) {
        return Err(disallowed("rule:get_quota"));
    }
    let detailed = matches!(tail, ["details" | "details.json"]);
    let mut quota: Map<String, Value> = limits(call)
        .into_iter()
        .map(|(name, table, limit)| {
            let value = if detailed {
                json!({"limit": limit, "used": used(call, table, project), "reserved": 0})
            } else {
                json!(limit)
            };
            (name.to_owned(), value)
        })
        .collect();
    // What Neutron counts as well and nobody here can have.
    quota.extend([("subnetpool", -1), ("router_route", 30), ("rbac_policy", 10), ("trunk", -1)].map(
        |(name, limit)| {
            let value = if detailed { json!({"limit": limit, "used": 0, "reserved": 0}) } else { json!(limit) };
            (name.to_owned(), value)
        },
    ));
    Ok(Answer::ok(json!({"quota": quota})))
}
