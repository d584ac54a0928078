//! Kubernetes clusters: Magnum.
//!
//! The row's id stands behind the name, because Magnum has neither tags nor a description, and labels would replace those
//! of the template. The whole list of the project is read to find it: Magnum filters by nothing.
pub mod access;
mod actions;

use crate::{Ask, Definition, Facts, Kept, Lookup, Part, Seen, Tag, What, clients::MAGNUM};
use model::{
    Column, Field, Group, Kind, Spec, State, Usage,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::{Value, json};

/// The tag behind the name: a hyphen and 32 hex digits.
const SUFFIX: usize = 33;
/// Magnum takes 242 characters in all.
const NAME_MAX: usize = 242 - SUFFIX;

static CLUSTERS: Collection = Collection {
    detail: Some("detail"),
    paging: Paging::Marker { by: "uuid" },
    ..Collection::new(&MAGNUM, "clusters", "clusters")
};

/// Kubernetes clusters.
pub(crate) static CLUSTER: Definition = Definition::new(Kind::kept(("cluster", "Kubernetes cluster", "Kubernetes clusters"), Group::Compute, "magnum", "clusters")
.about("A Kubernetes cluster of master and worker nodes, made after a cluster template.")
.asks(const { &[
            Field::text("name", "Name").help("Begins with a letter; letters, digits, dots, hyphens and underscores."),
            Field::choice("cluster_template_id", "Cluster template", "magnum_template"),
            Field::number("node_count", "Nodes", 1, 1000, "").default("1"),
            Field::number("master_count", "Masters", 1, 9, "").optional().default("1"),
            Field::choice("keypair", "Keypair", "nova_keypair")
                .optional()
                .help("Its public key is put into every node; the template's is used otherwise."),
        ] }, r#"{"name": "<name>", "cluster_template_id": "<magnum_template>", "node_count": 1, "keypair": "<nova_keypair>"}"#)
.columns(const { &[
            Column::new("node_count", "Nodes", Show::Number),
            Column::new("master_count", "Masters", Show::Number),
            Column::new("api_address", "API address", Show::Mono),
        ] })
.verbs(const { &[
            Verb::list("list_clusters"),
            Verb::create("create_magnum_cluster"),
            Verb::delete("delete_magnum_cluster"),
        ] })
.actions(actions::ACTIONS), &CLUSTERS, read)
.detail(|seen| format!("{} nodes", seen.number("node_count")))
.kept(Kept {
        refuse,
        lookups,
        usage,
        ..Kept::new(Tag::NameSuffix, &[Part { noun: "cluster", collection: &CLUSTERS, wanted: |_| true, body, read }])
    })
.acts(actions::ACTS);

/// Magnum's rule for names.
fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    let name = spec.get("name").and_then(Value::as_str).unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if name.len() > NAME_MAX {
        return Some(("name", format!("This is {} characters long; {NAME_MAX} at most.", name.chars().count())));
    }
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(allowed) {
        true => None,
        false => {
            let sentence = "Begin with a letter; use letters, digits, dots, hyphens and underscores only.";
            Some(("name", sentence.to_owned()))
        }
    }
}

/// A template names its flavors; what they take, only the flavors say.
fn lookups(_: &Spec, facts: &Facts) -> Vec<Lookup> {
    let flavor = |fact, column| Lookup {
        fact,
        field: "cluster_template_id",
        what: What::Of { kind: "nova_flavor", value: facts.text("cluster_template_id", column).to_owned() },
    };
    vec![flavor("node_flavor", "flavor"), flavor("master_flavor", "master_flavor")]
}

fn usage(spec: &Spec, facts: &Facts) -> Usage {
    let count = |field: &str| spec.get(field).and_then(Value::as_i64).unwrap_or(1);
    let (nodes, masters) = (count("node_count"), count("master_count"));
    let docker = Usage::storage(facts.number("cluster_template_id", "docker_volume_gb"));
    facts.flavor("node_flavor").times(nodes)
        + facts.flavor("master_flavor").times(masters)
        + docker.times(nodes + masters)
}

fn body(ask: &Ask<'_>) -> Value {
    let mut cluster = json!({
        "name": format!("{}-{}", ask.text("name"), ask.tag.replace('-', "")),
        "cluster_template_id": ask.facts.id("cluster_template_id"),
        "node_count": ask.number("node_count").unwrap_or(1),
        "master_count": ask.number("master_count").unwrap_or(1),
    });
    if let Some(keypair) = ask.facts.id("keypair") {
        cluster["keypair"] = json!(keypair);
    }
    cluster
}

/// <https://docs.openstack.org/api-ref/container-infrastructure-management/#show-details-of-a-cluster>
#[derive(Deserialize)]
struct Cluster {
    uuid: String,
    // The answer to a creation has the uuid alone.
    #[serde(default)]
    name: String,
    status: Option<String>,
    status_reason: Option<String>,
    project_id: Option<String>,
    node_count: Option<i64>,
    master_count: Option<i64>,
    api_address: Option<String>,
    coe_version: Option<String>,
    cluster_template_id: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let cluster = Cluster::deserialize(value).ok()?;
    let status = cluster.status.as_deref().unwrap_or_default();
    let state = match status {
        "CREATE_FAILED" | "UPDATE_FAILED" | "DELETE_FAILED" | "ROLLBACK_FAILED" => State::Failed,
        "DELETE_IN_PROGRESS" | "DELETE_COMPLETE" => State::Deleting,
        "CREATE_IN_PROGRESS" | "" => State::Building,
        _ => State::Active,
    };
    let (name, tag) = split(&cluster.name);
    let mut seen = Seen::new(&cluster.uuid, name, cluster.project_id.as_deref())
        .in_state(state)
        .with("node_count", cluster.node_count)
        .with("master_count", cluster.master_count)
        .with("api_address", cluster.api_address.unwrap_or_default())
        .with("version", cluster.coe_version.unwrap_or_default())
        .with("cloud_status", status)
        .asking("cluster_template_id", cluster.cluster_template_id.unwrap_or_default())
        .asking("node_count", cluster.node_count)
        .asking("master_count", cluster.master_count);
    seen.fault = cluster.status_reason.filter(|_| state == State::Failed);
    seen.tag = tag;
    Some(seen)
}

/// The name as it was asked for, and the row's id behind it, if there is one.
fn split(name: &str) -> (&str, Option<String>) {
    let Some((asked, hex)) = name.rsplit_once('-') else { return (name, None) };
    if hex.len() != SUFFIX - 1 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return (name, None);
    }
    let groups = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    (asked, Some(groups.join("-")))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_suffix_is_never_shown() {
        let tag = "0193c5a0-1111-7222-8333-444455556666";
        assert_eq!(split(&format!("prod-a-{}", tag.replace('-', ""))), ("prod-a", Some(tag.to_owned())));
        assert_eq!(split("made-by-hand"), ("made-by-hand", None));
    }
}
