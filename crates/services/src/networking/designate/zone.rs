//! Zones: domains whose records are kept here.
//!
//! The row's id stands in the description; lists filter by it.
use super::{absolute, is_domain, recordset, state};
use crate::{
    Ask, Definition, Kept, Part, Seen, Tag,
    clients::DESIGNATE,
    tag::{tag_of, tag_text},
};
use model::{
    Column, Field, Group, Kind, State,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};

static ZONES: Collection = Collection::new(&DESIGNATE, "zones", "zones");

/// Zones.
pub(crate) static ZONE: Definition = Definition::new(
    Kind::kept(("designate_zone", "DNS zone", "DNS zones"), Group::Networking, "designate", "zones")
        .about("A zone is a domain whose records are kept here, and answered by the cloud's name servers.")
        .asks(
            const {
                &[
                    Field::text("name", "Domain").help("Such as example.com. No two projects of a cloud can have one."),
                    Field::text("email", "Mail address").help("Of who is responsible; it stands in the zone."),
                    Field::number("ttl", "Keep for", 1, 2_147_483_647, "seconds")
                        .optional()
                        .advanced()
                        .help("How long others may remember its records; the cloud's default when left out."),
                ]
            },
            r#"{"name": "<name>.example", "email": "dns@example.com"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("email", "Mail address", Show::Text),
                    Column::new("ttl", "Keep for, s", Show::Number),
                    Column::new("serial", "Serial", Show::Mono),
                    Column::new("cloud_status", "On its name servers", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_zones"), Verb::create("create_zone"), Verb::delete("delete_zone")] })
        .actions(recordset::ACTIONS),
    &ZONES,
    read,
)
.detail(|seen| seen.text("email").to_owned())
.kept(Kept {
    refuse: |spec| {
        let text = |name: &str| spec.get(name).and_then(Value::as_str).unwrap_or_default();
        if !is_domain(text("name")) {
            return Some(("name", "Give a domain such as example.com.".to_owned()));
        }
        let mail = text("email").split_once('@').filter(|(user, domain)| !user.is_empty() && is_domain(domain));
        mail.is_none().then(|| ("email", "Give a mail address such as dns@example.com.".to_owned()))
    },
    // Designate's names end with a dot; people's do not, and a thing has one name.
    prepare: |spec, _| {
        let name = spec.get("name").and_then(Value::as_str).map(|name| name.trim_end_matches('.').to_owned());
        spec.extend(name.map(|name| ("name".to_owned(), Value::String(name))));
        None
    },
    ..Kept::new(Tag::Description, &[Part { noun: "zone", collection: &ZONES, wanted: |_| true, body, read }])
})
.acts(recordset::ACTS);

fn body(ask: &Ask<'_>) -> Value {
    let mut zone = json!({
        "name": absolute(ask.text("name")),
        "email": ask.text("email"),
        "type": "PRIMARY",
        "description": tag_text(ask.tag),
    });
    if let Some(ttl) = ask.number("ttl") {
        zone["ttl"] = json!(ttl);
    }
    zone
}

/// <https://docs.openstack.org/api-ref/dns/dns-api-v2-index.html#show-a-zone>
#[derive(Deserialize)]
struct Zone {
    id: String,
    /// With its dot at the end.
    name: String,
    email: Option<String>,
    ttl: Option<i64>,
    serial: Option<i64>,
    description: Option<String>,
    project_id: Option<String>,
    status: String,
    #[serde(default)]
    action: String,
}

fn read(value: &Value) -> Option<Seen> {
    let zone = Zone::deserialize(value).ok()?;
    let (state, name) = (state(&zone.status, &zone.action), zone.name.trim_end_matches('.'));
    let email = zone.email.unwrap_or_default();
    let mut seen = Seen::new(&zone.id, name, zone.project_id.as_deref())
        .in_state(state)
        .with("email", email.as_str())
        .with("ttl", zone.ttl)
        // It counts up with every change; as text, because it is none to reckon with.
        .with("cloud_status", zone.status.to_lowercase())
        .with("serial", zone.serial.map(|serial| serial.to_string()).unwrap_or_default())
        .with("domain", zone.name.as_str())
        .asking("name", name)
        .asking("email", email)
        .asking("ttl", zone.ttl);
    seen.fault = (state == State::Failed).then(|| "Designate could not take it from its name servers.".to_owned());
    seen.moving = zone.status != "ACTIVE" && state == State::Active;
    seen.tag = zone.description.as_deref().and_then(tag_of);
    Some(seen)
}
