//! Security groups: Neutron.
use super::Common;
use crate::{Definition, Seen, clients::NEUTRON};
use model::{
    Column, Custody, Group, Identity, Kind, Scope, Usage,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Security groups.
pub(crate) static SECURITY_GROUP: Definition = Definition {
    kind: Kind {
        slug: Cow::Borrowed("neutron_security_group"),
        title: Cow::Borrowed("Security group"),
        plural: Cow::Borrowed("Security groups"),
        about: Cow::Borrowed("A security group says which traffic reaches a server and which it may send."),
        group: Group::Networking,
        service: Cow::Borrowed("neutron"),
        collection: Cow::Borrowed("security-groups"),
        fields: Cow::Borrowed(&[]),
        example: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[
            Column::new("description", "Description", Show::Text),
            Column::new("rules", "Rules", Show::Number),
        ]),
        verbs: Cow::Borrowed(&[Verb::list("list_security_groups")]),
        actions: Cow::Borrowed(&[]),
        scope: Scope::Project,
        identity: Identity::Id,
        custody: Custody::Live,
        parent: None,
        listed: true,
    },
    collection: Collection {
        service: &NEUTRON,
        path: "security-groups",
        detail: None,
        one: Some("security_group"),
        many: "security_groups",
        paging: Paging::Marker { by: "id" },
        microversion: None,
    },
    own: Some("project_id"),
    open: &[],
    read,
    detail: |seen| seen.text("description").to_owned(),
    takes: |_| Usage::ZERO,
    kept: None,
    acts: &[],
};

/// <https://docs.openstack.org/api-ref/network/v2/#show-security-group>
#[derive(Deserialize)]
struct SecurityGroup {
    #[serde(flatten)]
    common: Common,
    #[serde(default)]
    security_group_rules: Vec<Value>,
}

fn read(value: &Value) -> Option<Seen> {
    let group = SecurityGroup::deserialize(value).ok()?;
    let seen = group
        .common
        .seen()
        .with("description", group.common.description.as_deref().unwrap_or_default())
        .with("rules", group.security_group_rules.len());
    Some(seen)
}
