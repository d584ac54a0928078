//! What lies in a share: who may mount it, and where.
use super::collection;
use crate::{Definition, Seen};
use model::{
    Column, Group, Kind, State,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;

static RULES: Collection =
    Collection { detail: None, paging: Paging::None, ..collection("share-access-rules", "access", "access_list") };
static LOCATIONS: Collection = Collection {
    detail: None,
    paging: Paging::None,
    within: Some("shares"),
    ..collection("export_locations", "export_location", "export_locations")
};

/// Access rules.
pub(crate) static ACCESS_RULE: Definition = Definition::new(
    Kind::live(("manila_access_rule", "Access rule", "Access rules"), Group::Storage, "manila", "access-rules")
        .about("An access rule says who may mount a share.")
        .columns(
            const {
                &[
                    Column::new("access_to", "To", Show::Mono),
                    Column::new("access_type", "Which is", Show::Text),
                    Column::new("access_level", "May", Show::Text),
                    Column::new("cloud_status", "State", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_share_access_rules")] })
        .within("manila_share", "grant_access", ("revoke_access", "access_id")),
    &RULES,
    read_rule,
)
.of("share_id");

/// Export locations.
pub(crate) static EXPORT_LOCATION: Definition = Definition::new(
    Kind::live(
        ("manila_export_location", "Export location", "Export locations"),
        Group::Storage,
        "manila",
        "export-locations",
    )
    .about("An export location is the address that servers mount a share by.")
    .columns(const { &[Column::new("path", "Path", Show::Mono), Column::new("preferred", "Preferred", Show::Flag)] })
    .verbs(const { &[Verb::list("list_share_export_locations")] })
    .within("manila_share", "", ("", "")),
    &LOCATIONS,
    read_location,
);

/// <https://docs.openstack.org/api-ref/shared-file-system/#list-share-access-rules-since-api-v2-45>
#[derive(Deserialize)]
struct Rule {
    id: String,
    access_type: String,
    access_to: String,
    access_level: String,
    state: String,
}

fn read_rule(value: &Value) -> Option<Seen> {
    let rule = Rule::deserialize(value).ok()?;
    let state = match rule.state.as_str() {
        "queued_to_apply" | "applying" => State::Building,
        "queued_to_deny" | "denying" => State::Deleting,
        "error" => State::Failed,
        _ => State::Active,
    };
    let seen = Seen::new(&rule.id, &rule.access_to, None)
        .in_state(state)
        .with("access_to", rule.access_to.as_str())
        .with("access_type", rule.access_type)
        .with("access_level", if rule.access_level == "ro" { "read only" } else { "read and write" })
        .with("cloud_status", rule.state.replace('_', " "));
    Some(seen)
}

/// <https://docs.openstack.org/api-ref/shared-file-system/#list-export-locations>
#[derive(Deserialize)]
struct Location {
    id: String,
    path: String,
    #[serde(default)]
    preferred: bool,
}

fn read_location(value: &Value) -> Option<Seen> {
    let one = Location::deserialize(value).ok()?;
    Some(Seen::new(&one.id, &one.path, None).with("path", one.path.as_str()).with("preferred", one.preferred))
}
