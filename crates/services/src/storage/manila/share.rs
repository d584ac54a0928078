//! Shares: file systems in the network that several servers mount at once.
//!
//! The row's id stands in the metadata. The whole list of the project is read to find it, as with volumes.
use super::{collection, state};
use crate::{Act, Again, Ask, Definition, Kept, Part, Seen, Tag, tag::TAG_KEY};
use model::{
    Action, Column, Field, Group, Kind, State, Usage,
    field::Str,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeMap};

static SHARES: Collection = collection("shares", "share", "shares");

/// Shares.
pub(crate) static SHARE: Definition = Definition::new(
    Kind::kept(("manila_share", "Share", "Shares"), Group::Storage, "manila", "shares")
        .about("A share is a file system in the network, which several servers mount at once.")
        .asks(
            const {
                &[
                    Field::text("name", "Name"),
                    Field::number("size_gb", "Size", 1, 65_536, "GB"),
                    Field::one_of("share_proto", "Protocol", PROTOCOLS).optional().default("NFS"),
                    Field::choice("share_type", "Share type", "manila_type")
                        .optional()
                        .help("On which storage it lies. Left out, it means the cloud's default."),
                    Field::choice("snapshot_id", "Snapshot", "manila_snapshot")
                        .optional()
                        .help("What it holds at first; then it is as large as the snapshot at least."),
                    Field::choice("share_network_id", "Share network", "manila_share_network")
                        .optional()
                        .advanced()
                        .help("For share types whose storage makes a server for each project."),
                ]
            },
            r#"{"name": "<name>", "size_gb": 1, "share_proto": "NFS"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("size_gb", "Size", Show::Gb),
                    Column::new("share_proto", "Protocol", Show::Text),
                    Column::new("share_type", "Type", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_shares"), Verb::create("create_share"), Verb::delete("delete_share")] })
        .actions(ACTIONS),
    &SHARES,
    read,
)
.detail(|seen| format!("{} GB, {}", seen.number("size_gb"), seen.text("share_proto")))
.takes(|seen| Usage::storage(seen.number("size_gb")))
.kept(Kept {
    usage: |spec, _| Usage::storage(spec.get("size_gb").and_then(Value::as_i64).unwrap_or_default()),
    ..Kept::new(Tag::Metadata, &[Part { noun: "share", collection: &SHARES, wanted: |_| true, body, read }])
})
.acts(ACTS);

const PROTOCOLS: &[(Str, Str)] = &[
    (Cow::Borrowed("NFS"), Cow::Borrowed("NFS")),
    (Cow::Borrowed("CIFS"), Cow::Borrowed("CIFS (Windows)")),
    (Cow::Borrowed("CEPHFS"), Cow::Borrowed("CephFS")),
    (Cow::Borrowed("GLUSTERFS"), Cow::Borrowed("GlusterFS")),
    (Cow::Borrowed("HDFS"), Cow::Borrowed("HDFS")),
    (Cow::Borrowed("MAPRFS"), Cow::Borrowed("MapR-FS")),
];
const WHOM: &[(Str, Str)] = &[
    (Cow::Borrowed("ip"), Cow::Borrowed("An address or a network")),
    (Cow::Borrowed("user"), Cow::Borrowed("A user")),
    (Cow::Borrowed("cert"), Cow::Borrowed("A certificate's common name")),
    (Cow::Borrowed("cephx"), Cow::Borrowed("A Ceph user")),
];
const LEVELS: &[(Str, Str)] =
    &[(Cow::Borrowed("rw"), Cow::Borrowed("Read and write")), (Cow::Borrowed("ro"), Cow::Borrowed("Read only"))];

const ACTIONS: &[Action] = &[
    Action::new("grant_access", "Grant access", "grant_access")
        .asks(
            const {
                &[
                    Field::text("access_to", "To").help("For instance 10.0.0.0/24, or a user's name."),
                    Field::one_of("access_type", "Which is", WHOM).optional().default("ip"),
                    Field::one_of("access_level", "May", LEVELS).optional().default("rw"),
                ]
            },
        )
        .example(r#"{"access_to": "10.0.0.0/24", "access_type": "ip", "access_level": "rw"}"#),
    Action::new("revoke_access", "Revoke access", "revoke_access")
        .asks(const { &[Field::choice("access_id", "Access rule", "manila_access_rule")] })
        .example(r#"{"access_id": "10.0.0.0/24"}"#)
        .after("grant_access")
        .danger("Who has it mounted by that rule loses it."),
    Action::new("extend", "Extend", "extend_share")
        .asks(const { &[Field::number("new_size_gb", "New size", 1, 65_536, "GB").help("Larger than it is now.")] })
        .example(r#"{"new_size_gb": 3}"#),
];

/// What Manila would refuse of a rule, in plainer words.
fn refuse(fields: &model::Spec) -> Option<(&'static str, String)> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let (to, address) = (text("access_to"), matches!(text("access_type"), "" | "ip"));
    let (ip, length) = to.split_once('/').map_or((to, None), |(ip, length)| (ip, Some(length)));
    let fits = ip.parse::<std::net::IpAddr>().is_ok_and(|ip| {
        let most = if ip.is_ipv4() { 32 } else { 128 };
        length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
    });
    (address && !fits).then(|| ("access_to", "Give an address or a network such as 10.0.0.0/24.".to_owned()))
}

static ACTS: &[Act] = &[
    Act {
        refuse,
        ..Act::change(Again::Refused, |ask| {
            let text = |name: &str, default: &str| ask.fields.get(name).cloned().unwrap_or_else(|| json!(default));
            Some(SHARES.action(
                ask.id,
                json!({ "allow_access": {
                    "access_type": text("access_type", "ip"),
                    "access_to": ask.fields.get("access_to")?,
                    "access_level": text("access_level", "rw"),
                }}),
            ))
        })
    },
    Act::change(Again::Refused, |ask| {
        Some(SHARES.action(ask.id, json!({ "deny_access": { "access_id": ask.facts.id("access_id")? } })))
    }),
    Act {
        becomes: |ask, spec, _| {
            spec.extend(ask.fields.get("new_size_gb").map(|size| ("size_gb".to_owned(), size.clone())));
        },
        ..Act::change(Again::Refused, |ask| {
            let size = ask.fields.get("new_size_gb").and_then(Value::as_i64)?;
            Some(SHARES.action(ask.id, json!({ "extend": { "new_size": size } })))
        })
    },
];

/// The states of a share that stands and will soon be another.
const MOVING: [&str; 4] = ["extending", "shrinking", "reverting", "migrating"];

fn body(ask: &Ask<'_>) -> Value {
    let mut share = json!({
        "name": ask.text("name"),
        "size": ask.number("size_gb"),
        "share_proto": ask.text("share_proto"),
        "metadata": { TAG_KEY: ask.tag },
    });
    for (field, key) in
        [("share_type", "share_type"), ("snapshot_id", "snapshot_id"), ("share_network_id", "share_network_id")]
    {
        if let Some(id) = ask.facts.id(field) {
            share[key] = json!(id);
        }
    }
    share
}

/// <https://docs.openstack.org/api-ref/shared-file-system/#show-share-details>
#[derive(Deserialize)]
struct Share {
    id: String,
    name: Option<String>,
    status: String,
    /// GiB.
    size: i64,
    share_proto: Option<String>,
    share_type_name: Option<String>,
    project_id: Option<String>,
    #[serde(default)]
    access_rules_status: String,
    #[serde(default)]
    is_public: bool,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

fn read(value: &Value) -> Option<Seen> {
    let share = Share::deserialize(value).ok()?;
    let state = state(&share.status);
    let (name, protocol) = (share.name.unwrap_or_default(), share.share_proto.unwrap_or_default());
    let share_type = share.share_type_name.unwrap_or_default();
    let mut seen = Seen::new(&share.id, &name, share.project_id.as_deref())
        .in_state(state)
        .with("size_gb", share.size)
        .with("share_proto", protocol.as_str())
        .with("share_type", share_type.as_str())
        .with("cloud_status", share.status.as_str())
        .with("access_rules", share.access_rules_status.as_str())
        .asking("name", name)
        .asking("size_gb", share.size)
        .asking("share_proto", protocol)
        .asking("share_type", share_type);
    seen.open = share.is_public;
    seen.takes = Some(Usage::storage(share.size));
    seen.fault = (state == State::Failed).then(|| format!("Manila says: {}", share.status));
    // Rules are brought to the storage one after the other, in the meantime the share stands.
    let settling = matches!(share.access_rules_status.as_str(), "out_of_sync" | "syncing");
    seen.moving = MOVING.contains(&share.status.as_str()) || settling;
    seen.tag = share.metadata.get(TAG_KEY).cloned();
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActAsk, Facts};
    use model::{Region, Spec};

    #[test]
    fn a_rule_says_rw_to_an_address_unless_it_is_told_otherwise() {
        let fields = Spec::from_iter([("access_to".to_owned(), json!("10.0.0.0/24"))]);
        let (none, observed) = (Facts::default(), Spec::new());
        let ask = ActAsk {
            id: "share-1",
            region: &Region::new("RegionOne"),
            fields: &fields,
            facts: &none,
            observed: &observed,
        };
        let request = ACTS[0].request(&ask).unwrap();
        let rule = json!({"access_type": "ip", "access_to": "10.0.0.0/24", "access_level": "rw"});
        assert_eq!(request.body, openstack::Body::Json(json!({ "allow_access": rule })));
    }
}
