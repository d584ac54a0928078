//! Security groups.

use serde_json::{Value, json};

use super::attributes::{Shape, free, take_project};
use super::{GROUPS, Kind, PORTS, RULES, conflict, rules, set_all};
use crate::answer::Answer;
use crate::call::{Call, fields};
use crate::store::{Doc, Row};
use crate::wire;

pub(super) const KIND: Kind = Kind {
    one: "security_group",
    many: GROUPS,
    path: "security-groups",
    missing: ("SecurityGroupNotFound", "Security group ", " does not exist"),
    attributes: &[free("name", Shape::Text), free("description", Shape::Text), free("stateful", Shape::Flag)],
    filters: &[],
    tagged: true,
    shared: super::not_shared,
    view,
    create,
    update,
    delete,
};

fn view(call: &Call<'_>, row: &Row) -> Value {
    let rules: Vec<Value> = call
        .rows(RULES)
        .filter(|rule| rule.text("security_group_id") == row.id)
        .map(|rule| rules::KIND.show(call, rule))
        .collect();
    json!({
        "name": row.text("name"), "stateful": row.value("stateful"), "description": row.text("description"),
        "shared": false, "security_group_rules": rules,
    })
}

fn create(call: &mut Call<'_>, mut given: Doc) -> Result<Row, Answer> {
    let project = take_project(&mut given);
    if given.get("name").is_some_and(|name| name == "default") {
        return Err(conflict("SecurityGroupDefaultAlreadyExists", "Default security group already exists."));
    }
    let mut doc = fields! {"name": "", "description": "", "stateful": true, "tags": [], "revision": 1};
    doc.extend(given);
    let row = call.insert_for(&project, GROUPS, wire::uuid(), doc, Vec::new());
    for ethertype in ["IPv4", "IPv6"] {
        let rule =
            fields! {"security_group_id": row.id.clone(), "direction": "egress", "ethertype": ethertype, "revision": 0};
        call.insert_for(&project, RULES, wire::uuid(), rule, Vec::new());
    }
    Ok(row)
}

fn update(call: &mut Call<'_>, row: &Row, given: Doc) -> Result<(), Answer> {
    if row.text("name") == "default" && given.get("name").is_some_and(|name| name != "default") {
        return Err(conflict("SecurityGroupCannotUpdateDefault", "Updating default security group not allowed."));
    }
    set_all(call, GROUPS, &row.id, given);
    Ok(())
}

fn delete(call: &mut Call<'_>, row: &Row) -> Result<(), Answer> {
    let used = call.rows(PORTS).any(|port| port.texts("security_groups").any(|group| group == row.id));
    if used {
        return Err(conflict("SecurityGroupInUse", &format!("Security Group {} in use.", row.id)));
    }
    if row.text("name") == "default" && !call.who.admin() {
        let message = "Insufficient rights for removing default security group.";
        return Err(conflict("SecurityGroupCannotRemoveDefault", message));
    }
    let rules: Vec<String> =
        call.rows(RULES).filter(|rule| rule.text("security_group_id") == row.id).map(|rule| rule.id.clone()).collect();
    for rule in rules {
        call.remove(RULES, &rule);
    }
    Ok(())
}
