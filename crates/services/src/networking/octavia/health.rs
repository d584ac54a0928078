//! How a load balancer does: its statistics, and the tree of what hangs on it.
use model::handed::{Branch, Figure};
use serde_json::Value;

/// What each number of the statistics counts, and in which unit.
/// <https://docs.openstack.org/api-ref/load-balancer/v2/#get-load-balancer-statistics>
const FIGURES: [(&str, &str, &str); 5] = [
    ("active_connections", "Connections now", "connections"),
    ("total_connections", "Connections so far", "connections"),
    ("bytes_in", "Bytes in", "bytes"),
    ("bytes_out", "Bytes out", "bytes"),
    ("request_errors", "Requests that failed", "requests"),
];

/// The statistics, as figures.
pub(super) fn statistics(stats: &Value) -> Option<String> {
    let figure = |(key, label, unit): (&str, &str, &str)| {
        let value = stats.get(key)?.as_i64()?;
        Some(Figure { label: label.to_owned(), value, unit: unit.to_owned() })
    };
    let figures: Option<Vec<Figure>> = FIGURES.into_iter().map(figure).collect();
    serde_json::to_string(&figures?).ok()
}

/// The tree of what hangs on it.
pub(super) fn status(tree: &Value) -> Option<String> {
    tree.is_object().then(|| branch(tree, "Load balancer")).and_then(|tree| serde_json::to_string(&tree).ok())
}

fn branch(thing: &Value, noun: &str) -> Branch {
    let text = |key: &str| thing.get(key).and_then(Value::as_str).unwrap_or_default();
    let word = |key: &str| text(key).to_lowercase().replace('_', " ");
    let address = match (text("address"), thing.get("protocol_port").and_then(Value::as_i64)) {
        ("", _) => String::new(),
        (address, Some(port)) if address.contains(':') => format!("[{address}]:{port}"),
        (address, Some(port)) => format!("{address}:{port}"),
        (address, None) => address.to_owned(),
    };
    let name = [text("name"), &address].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let mut inner = Vec::new();
    for (key, noun) in [("listeners", "Listener"), ("pools", "Pool"), ("members", "Member")] {
        inner.extend(thing.get(key).and_then(Value::as_array).into_iter().flatten().map(|one| branch(one, noun)));
    }
    let monitor = thing.get("health_monitor").filter(|monitor| monitor.get("id").is_some());
    inner.extend(monitor.map(|monitor| branch(monitor, "Health monitor")));
    let well = match (text("operating_status"), text("provisioning_status")) {
        ("ERROR" | "DEGRADED", _) | (_, "ERROR") => Some(false),
        ("ONLINE", _) => Some(true),
        // Not checked, draining, switched off, or not there yet.
        _ => None,
    };
    let (health, state) = (word("operating_status"), word("provisioning_status"));
    Branch { noun: noun.to_owned(), name, health, state, well, inner }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_that_fails_its_checks_is_not_well_and_one_that_is_not_checked_neither_well_nor_ill() {
        let member = |health: &str| {
            let member = json!({
                "id": "1", "address": "2001:db8::1", "protocol_port": 80,
                "operating_status": health, "provisioning_status": "ACTIVE",
            });
            branch(&member, "Member")
        };
        assert_eq!(["ERROR", "ONLINE", "NO_MONITOR"].map(|word| member(word).well), [Some(false), Some(true), None]);
        assert_eq!(
            (member("NO_MONITOR").name.as_str(), member("NO_MONITOR").health.as_str()),
            ("[2001:db8::1]:80", "no monitor")
        );
    }
}
