//! What this Neutron says that it can do beyond the core: what is built here, by the names that clients look for.

use serde_json::{Value, json};

use super::refuse;
use crate::answer::{Answer, Reply};
use crate::call::Call;

const EXTENSIONS: [(&str, &str); 23] = [
    ("empty-string-filtering", "Empty String Filtering Extension"),
    ("external-net", "Neutron external network"),
    ("ext-gw-mode", "Neutron L3 Configurable external gateway mode"),
    ("filter-validation", "Filter parameters validation"),
    ("fip-port-details", "Floating IP Port Details Extension"),
    ("ip_allocation", "IP Allocation"),
    ("net-mtu", "Network MTU"),
    ("net-mtu-writable", "Network MTU (writable)"),
    ("pagination", "Pagination support"),
    ("binding", "Port Binding"),
    ("port-security", "Port Security"),
    ("project-id", "project_id field enabled"),
    ("quotas", "Quota management support"),
    ("quota_details", "Quota details management support"),
    ("router", "Neutron L3 Router"),
    ("security-group", "security-group"),
    ("sorting", "Sorting support"),
    ("standard-attr-description", "standard-attr-description"),
    ("standard-attr-revisions", "Resource revision numbers"),
    (
        "standard-attr-tag",
        "Tag support for resources with standard attribute: port, subnet, network, security_group, router, floatingip",
    ),
    ("standard-attr-timestamp", "Resource timestamps"),
    ("stateful-security-group", "Stateful security group"),
    ("tag-creation", "Tag creation extension"),
];

fn value(alias: &str, name: &str) -> Value {
    json!({"alias": alias, "name": name, "description": name, "updated": "2024-07-23T10:00:00-00:00", "links": []})
}

pub(super) fn serve(_: &Call<'_>, path: &[&str]) -> Reply {
    match path {
        [] => {
            let all: Vec<Value> = EXTENSIONS.iter().map(|(alias, name)| value(alias, name)).collect();
            Ok(Answer::ok(json!({"extensions": all})))
        }
        [alias, ..] => match EXTENSIONS.iter().find(|(held, _)| held == alias) {
            Some((alias, name)) => Ok(Answer::ok(json!({"extension": value(alias, name)}))),
            None => Err(refuse::network(404, "HTTPNotFound", &format!("Extension with alias {alias} does not exist"))),
        },
    }
}
