//! What a project may have and has.

use serde_json::{Map, Value, json};

use super::{SERVERS, policy};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::Row;

/// Servers, their vCPUs, their MiB.
pub(super) struct Used {
    pub(super) instances: i64,
    pub(super) cores: i64,
    pub(super) ram: i64,
}

fn part(row: &Row, name: &str) -> i64 {
    row.doc.get("flavor").and_then(|flavor| flavor[name].as_i64()).unwrap_or(0)
}

pub(super) fn used(call: &Call<'_>, project: &str) -> Used {
    call.rows(SERVERS).filter(|row| row.project == project).fold(Used { instances: 0, cores: 0, ram: 0 }, |sum, row| {
        Used { instances: sum.instances + 1, cores: sum.cores + part(row, "vcpus"), ram: sum.ram + part(row, "ram") }
    })
}

pub(super) fn limits(call: &Call<'_>, v: u32) -> Answer {
    let (quotas, used) = (call.quotas, used(call, &call.who.project));
    let mut absolute = json!({
        "maxTotalCores": quotas.cores, "maxTotalInstances": quotas.instances, "maxTotalKeypairs": quotas.key_pairs,
        "maxServerMeta": 128, "maxTotalRAMSize": quotas.ram, "maxServerGroups": 100, "maxServerGroupMembers": 10,
        "totalRAMUsed": used.ram, "totalCoresUsed": used.cores, "totalInstancesUsed": used.instances,
        "totalServerGroupsUsed": 0,
    });
    if v < 36 {
        absolute["maxTotalFloatingIps"] = json!(-1);
        absolute["maxSecurityGroups"] = json!(-1);
        absolute["maxSecurityGroupRules"] = json!(-1);
        absolute["totalFloatingIpsUsed"] = json!(0);
        absolute["totalSecurityGroupsUsed"] = json!(0);
    }
    if v < 39 {
        absolute["maxImageMeta"] = json!(128);
    }
    if v < 57 {
        absolute["maxPersonality"] = json!(5);
        absolute["maxPersonalitySize"] = json!(10240);
    }
    Answer::ok(json!({"limits": {"rate": [], "absolute": absolute}}))
}

pub(super) fn quotas(call: &Call<'_>, project: &str, path: &[&str], v: u32) -> Reply {
    let (rule, detailed) = match path {
        [] => ("os-quota-sets:show", false),
        ["detail"] => ("os-quota-sets:detail", true),
        ["defaults"] => ("os-quota-sets:defaults", false),
        _ => return Err(Answer::lost_page()),
    };
    if project != call.who.project && !call.who.admin() {
        return Err(policy(rule));
    }
    let (quotas, used) = (call.quotas, used(call, project));
    let mut set: Map<String, Value> = [
        ("instances", quotas.instances, used.instances),
        ("cores", quotas.cores, used.cores),
        ("ram", quotas.ram, used.ram),
        ("key_pairs", quotas.key_pairs, 0),
        ("metadata_items", 128, 0),
        ("server_groups", 100, 0),
        ("server_group_members", 10, 0),
    ]
    .into_iter()
    .map(|(name, limit, used)| {
        let value = if detailed { json!({"limit": limit, "in_use": used, "reserved": 0}) } else { json!(limit) };
        (name.to_owned(), value)
    })
    .collect();
    let mut add = |name: &str, limit: i64| {
        let value = if detailed { json!({"limit": limit, "in_use": 0, "reserved": 0}) } else { json!(limit) };
        set.insert(name.to_owned(), value);
    };
    if v < 36 {
        for name in ["floating_ips", "fixed_ips", "security_groups", "security_group_rules"] {
            add(name, -1);
        }
    }
    if v < 57 {
        add("injected_files", 5);
        add("injected_file_content_bytes", 10240);
        add("injected_file_path_bytes", 255);
    }
    set.insert("id".to_owned(), json!(project));
    Ok(Answer::ok(json!({"quota_set": set})))
}
