//! Record sets: the records of one name and one type in a zone.
use super::{
    absolute,
    records::{self, quoted},
    state,
};
use crate::{Act, ActAsk, Again, Definition, Seen, clients::DESIGNATE};
use model::{
    Action, Column, Field, Group, Kind, Spec,
    field::Str,
    kind::{Show, Verb},
};
use openstack::{Collection, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

static RECORDSETS: Collection =
    Collection { within: Some("zones"), ..Collection::new(&DESIGNATE, "recordsets", "recordsets") };

/// Record sets.
pub(crate) static RECORDSET: Definition = Definition::new(
    Kind::live(("designate_recordset", "Record set", "Record sets"), Group::Networking, "designate", "recordsets")
        .about("A record set is what a zone answers for one name and one type.")
        .columns(
            const {
                &[
                    Column::new("record_name", "Name", Show::Mono),
                    Column::new("type", "Type", Show::Text),
                    Column::new("records", "Records", Show::Lines),
                    Column::new("ttl", "Keep for, s", Show::Number),
                    Column::new("kept_by", "Kept by", Show::Text),
                    Column::new("cloud_status", "State", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_recordsets")] })
        .within("designate_zone", "create_recordset", ("delete_recordset", "recordset_id"))
        .changed_by("update_recordset", "recordset_id"),
    &RECORDSETS,
    read,
);

const TYPES: &[(Str, Str)] = &[
    (Cow::Borrowed("A"), Cow::Borrowed("A: addresses of IPv4")),
    (Cow::Borrowed("AAAA"), Cow::Borrowed("AAAA: addresses of IPv6")),
    (Cow::Borrowed("CNAME"), Cow::Borrowed("CNAME: another name")),
    (Cow::Borrowed("MX"), Cow::Borrowed("MX: who takes mail")),
    (Cow::Borrowed("TXT"), Cow::Borrowed("TXT: text")),
    (Cow::Borrowed("NS"), Cow::Borrowed("NS: name servers")),
    (Cow::Borrowed("SRV"), Cow::Borrowed("SRV: where a service is")),
    (Cow::Borrowed("CAA"), Cow::Borrowed("CAA: who may issue certificates")),
    (Cow::Borrowed("PTR"), Cow::Borrowed("PTR: the name of an address")),
    (Cow::Borrowed("SSHFP"), Cow::Borrowed("SSHFP: fingerprints of SSH keys")),
];

const RECORDS: Field = Field::lines("records", "Records", 100, 4096).help("One in a line, such as 192.0.2.7.");
const TTL: Field = Field::number("ttl", "Keep for", 1, 2_147_483_647, "seconds")
    .optional()
    .advanced()
    .help("How long others may remember it; the zone's own when left out.");
/// Those that are people's to change: Designate keeps the others itself.
const WHICH: Field = Field::choice_where("recordset_id", "Record set", "designate_recordset", "kept_by", YOU);
/// Who keeps a record set.
const YOU: &str = "you";
const ITSELF: &str = "Designate";

pub(super) const ACTIONS: &[Action] = &[
    Action::new("create_recordset", "Add record set", "create_recordset")
        .asks(
            const {
                &[
                    Field::text("record_name", "Name")
                        .optional()
                        .help("Within the zone, such as www. Left out, it means the domain itself."),
                    Field::one_of("type", "Type", TYPES).optional().default("A"),
                    RECORDS,
                    TTL,
                ]
            },
        )
        .example(r#"{"record_name": "www", "type": "A", "records": ["192.0.2.7", "192.0.2.8"], "ttl": 300}"#),
    Action::new("update_recordset", "Change record set", "update_recordset")
        .asks(const { &[WHICH, RECORDS, TTL] })
        .example(r#"{"recordset_id": "www A", "records": ["192.0.2.9"]}"#)
        .after("create_recordset"),
    Action::new("delete_recordset", "Remove record set", "delete_recordset")
        .asks(const { &[WHICH] })
        .example(r#"{"recordset_id": "www A"}"#)
        .after("create_recordset")
        .danger("Nobody finds what stands behind that name any more."),
];

pub(super) static ACTS: &[Act] = &[
    Act { refuse, ..Act::change(Again::Refused, create) },
    Act {
        misfits: |ask| misfit(ask, ask.facts.text("recordset_id", "type")),
        ..Act::change(Again::Same, |ask| {
            let kind = ask.facts.text("recordset_id", "type");
            let mut change = json!({ "records": records(ask, kind)? });
            if let Some(ttl) = ask.fields.get("ttl") {
                change["ttl"] = ttl.clone();
            }
            let request = RECORDSETS.update_in(ask.id, ask.facts.id("recordset_id")?, change);
            Some(request.expect(&[200, 202]))
        })
    },
    Act::change(Again::Refused, |ask| Some(RECORDSETS.delete_in(ask.id, ask.facts.id("recordset_id")?))),
];

fn refuse(fields: &Spec) -> Option<(&'static str, String)> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.*@".contains(c);
    if !text("record_name").chars().all(plain) {
        let sentence = "Use letters, digits, hyphens, underscores and dots; * for every name.";
        return Some(("record_name", sentence.to_owned()));
    }
    if text("type") == "CNAME" && matches!(text("record_name"), "" | "@") {
        return Some(("type", "The domain itself cannot be another name. Use A or AAAA there.".to_owned()));
    }
    let kind = if fields.contains_key("type") { text("type") } else { "A" };
    records::refuse(kind, &lines(fields)).map(|said| ("records", said))
}

fn misfit(ask: &ActAsk<'_>, kind: &str) -> Option<(&'static str, String)> {
    records::refuse(kind, &lines(ask.fields)).map(|said| ("records", said))
}

fn lines(fields: &Spec) -> Vec<&str> {
    let lines = fields.get("records").and_then(Value::as_array);
    lines.into_iter().flatten().filter_map(Value::as_str).map(str::trim).collect()
}

/// The records, of a record set of that type.
fn records(ask: &ActAsk<'_>, kind: &str) -> Option<Vec<String>> {
    ask.fields.get("records")?;
    let lines = lines(ask.fields).into_iter();
    Some(lines.map(|line| if kind == "TXT" { quoted(line) } else { line.to_owned() }).collect())
}

fn create(ask: &ActAsk<'_>) -> Option<Request> {
    let text = |name: &str| ask.fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let domain = ask.observed.get("domain")?.as_str()?;
    let name = match text("record_name") {
        "" | "@" => domain.to_owned(),
        // Somebody who gives the whole name means the same.
        whole if absolute(whole).ends_with(&format!(".{domain}")) || absolute(whole) == domain => absolute(whole),
        within => format!("{}.{domain}", within.trim_end_matches('.')),
    };
    let kind = if ask.fields.contains_key("type") { text("type") } else { "A" };
    let mut recordset = json!({ "name": name, "type": kind, "records": records(ask, kind)? });
    if let Some(ttl) = ask.fields.get("ttl") {
        recordset["ttl"] = ttl.clone();
    }
    Some(RECORDSETS.create_in(ask.id, recordset))
}

/// <https://docs.openstack.org/api-ref/dns/dns-api-v2-index.html#show-a-recordset>
#[derive(Deserialize)]
struct Recordset {
    id: String,
    name: String,
    #[serde(default)]
    zone_name: String,
    #[serde(rename = "type")]
    kind: String,
    records: Vec<String>,
    ttl: Option<i64>,
    project_id: Option<String>,
    status: String,
    #[serde(default)]
    action: String,
}

fn read(value: &Value) -> Option<Seen> {
    let set = Recordset::deserialize(value).ok()?;
    let within = match set.name.strip_suffix(&set.zone_name) {
        Some("") => "@",
        Some(within) => within.trim_end_matches('.'),
        None => set.name.as_str(),
    };
    // The zone's own: its serial, and the name servers of its pool.
    let own = set.kind == "SOA" || set.kind == "NS" && within == "@";
    // A name has several record sets, of a type each.
    let seen = Seen::new(&set.id, &format!("{within} {}", set.kind), set.project_id.as_deref())
        .in_state(state(&set.status, &set.action))
        .with("record_name", within)
        .with("type", set.kind)
        .with("records", set.records)
        .with("ttl", set.ttl)
        .with("kept_by", if own { ITSELF } else { YOU })
        .with("cloud_status", set.status.to_lowercase());
    Some(seen)
}
