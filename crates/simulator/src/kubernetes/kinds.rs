//! The kinds that the stand-in serves: six of Kubernetes' own, and those that custom resource definitions add.

use serde_json::{Value, json};

use crate::store::Row;

/// The group of custom resource definitions.
pub(crate) const EXTENSIONS: &str = "apiextensions.k8s.io";

/// A kind in one version.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// Empty for the core group.
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) kind: String,
    pub(crate) namespaced: bool,
    /// What its objects must be like: the `openAPIV3Schema` of a definition.
    pub(crate) schema: Option<Value>,
}

/// Group, version, plural, kind, and whether it lies in namespaces.
const OWN: [(&str, &str, &str, &str, bool); 6] = [
    ("", "v1", "namespaces", "Namespace", false),
    ("", "v1", "configmaps", "ConfigMap", true),
    ("", "v1", "secrets", "Secret", true),
    ("", "v1", "services", "Service", true),
    ("apps", "v1", "deployments", "Deployment", true),
    (EXTENSIONS, "v1", "customresourcedefinitions", "CustomResourceDefinition", false),
];

impl Kind {
    /// As messages name one of its objects: `Deployment.apps`.
    pub(crate) fn of_group(&self) -> String {
        grouped(&self.kind, &self.group)
    }

    /// As messages name its resource: `deployments.apps`.
    pub(crate) fn resource(&self) -> String {
        grouped(&self.plural, &self.group)
    }

    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Where an object stands in the cluster's table; versions of a kind are the same objects.
    pub(crate) fn id(&self, namespace: &str, name: &str) -> String {
        format!("{}/{namespace}/{name}", self.resource())
    }

    /// As discovery lists it.
    fn discovered(&self) -> Value {
        json!({
            "name": self.plural, "singularName": self.singular, "namespaced": self.namespaced, "kind": self.kind,
            "verbs": ["get", "list", "patch"],
        })
    }
}

fn grouped(word: &str, group: &str) -> String {
    if group.is_empty() { word.to_owned() } else { format!("{word}.{group}") }
}

/// Every kind in every version, Kubernetes' own first. `rows` are the cluster's objects.
pub(crate) fn all<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<Kind> {
    let own = OWN.iter().map(|(group, version, plural, kind, namespaced)| Kind {
        group: (*group).to_owned(),
        version: (*version).to_owned(),
        plural: (*plural).to_owned(),
        singular: kind.to_lowercase(),
        kind: (*kind).to_owned(),
        namespaced: *namespaced,
        schema: None,
    });
    own.chain(rows.filter(|row| is_established(row)).flat_map(defined)).collect()
}

pub(crate) fn is_definition(row: &Row) -> bool {
    row.text("kind") == "CustomResourceDefinition"
}

fn is_established(row: &Row) -> bool {
    let conditions = row.doc.get("status").and_then(|status| status.get("conditions")?.as_array());
    let holds = |condition: &Value| condition["type"] == "Established" && condition["status"] == "True";
    is_definition(row) && conditions.is_some_and(|conditions| conditions.iter().any(holds))
}

/// What a definition adds: its kind in each version that it serves.
fn defined(row: &Row) -> Vec<Kind> {
    let spec = row.value("spec");
    let name = |key: &str| spec["names"][key].as_str().unwrap_or_default().to_owned();
    let versions = spec["versions"].as_array().cloned().unwrap_or_default();
    let served = versions.into_iter().filter(|version| version["served"] == true);
    served
        .map(|version| Kind {
            group: spec["group"].as_str().unwrap_or_default().to_owned(),
            version: version["name"].as_str().unwrap_or_default().to_owned(),
            plural: name("plural"),
            singular: match name("singular") {
                given if given.is_empty() => name("kind").to_lowercase(),
                given => given,
            },
            kind: name("kind"),
            namespaced: spec["scope"] == "Namespaced",
            schema: version["schema"].get("openAPIV3Schema").cloned(),
        })
        .collect()
}

/// `GET /apis`, or `GET /apis/{group}` with its name.
pub(crate) fn groups(kinds: &[Kind], only: Option<&str>) -> Vec<Value> {
    let mut names: Vec<&str> = Vec::new();
    for kind in kinds.iter().filter(|kind| !kind.group.is_empty() && only.is_none_or(|only| only == kind.group)) {
        if !names.contains(&kind.group.as_str()) {
            names.push(&kind.group);
        }
    }
    let group = |name: &&str| {
        let mut versions: Vec<Value> = Vec::new();
        for kind in kinds.iter().filter(|kind| kind.group == *name) {
            let version = json!({"groupVersion": kind.api_version(), "version": kind.version});
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
        json!({"kind": "APIGroup", "apiVersion": "v1", "name": name, "preferredVersion": versions.first(), "versions": versions})
    };
    names.iter().map(group).collect()
}

/// `GET /api/v1` or `GET /apis/{group}/{version}`; none when nothing has it.
pub(crate) fn resources(kinds: &[Kind], group: &str, version: &str) -> Option<Value> {
    let those: Vec<&Kind> = kinds.iter().filter(|kind| kind.group == group && kind.version == version).collect();
    let first = those.first()?;
    let resources: Vec<Value> = those.iter().map(|kind| kind.discovered()).collect();
    Some(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": first.api_version(), "resources": resources,
    }))
}
