//! Cluster templates: what a Kubernetes cluster is made after.
use crate::{Definition, Seen, clients::MAGNUM};
use model::{
    Column, Custody, Group, Identity, Kind, Scope, Usage,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Cluster templates that the project may use.
pub(crate) static CLUSTER_TEMPLATE: Definition = Definition {
    kind: Kind {
        slug: Cow::Borrowed("magnum_template"),
        title: Cow::Borrowed("Cluster template"),
        plural: Cow::Borrowed("Cluster templates"),
        about: Cow::Borrowed(
            "A cluster template says which image, flavors and network driver a Kubernetes cluster is made with.",
        ),
        group: Group::Compute,
        service: Cow::Borrowed("magnum"),
        collection: Cow::Borrowed("clustertemplates"),
        fields: Cow::Borrowed(&[]),
        example: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[
            Column::new("coe", "Engine", Show::Text),
            Column::new("flavor", "Node flavor", Show::Text),
            Column::new("master_flavor", "Master flavor", Show::Text),
        ]),
        verbs: Cow::Borrowed(&[Verb::list("list_cluster_templates")]),
        actions: Cow::Borrowed(&[]),
        scope: Scope::Project,
        identity: Identity::Id,
        custody: Custody::Live,
        parent: None,
        listed: true,
    },
    collection: Collection {
        service: &MAGNUM,
        path: "clustertemplates",
        detail: None,
        one: None,
        many: "clustertemplates",
        paging: Paging::Marker { by: "uuid" },
        microversion: None,
    },
    own: None,
    open: &[],
    read,
    detail: |seen| format!("{}, nodes {}", seen.text("coe"), seen.text("flavor")),
    takes: |_| Usage::ZERO,
    kept: None,
    acts: &[],
};

/// <https://docs.openstack.org/api-ref/container-infrastructure-management/#list-all-cluster-templates>
#[derive(Deserialize)]
struct Template {
    uuid: String,
    #[serde(default)]
    name: Option<String>,
    project_id: Option<String>,
    #[serde(default)]
    public: bool,
    coe: Option<String>,
    flavor_id: Option<String>,
    master_flavor_id: Option<String>,
    docker_volume_size: Option<i64>,
}

fn read(value: &Value) -> Option<Seen> {
    let template = Template::deserialize(value).ok()?;
    let flavor = template.flavor_id.unwrap_or_default();
    let mut seen =
        Seen::new(&template.uuid, template.name.as_deref().unwrap_or_default(), template.project_id.as_deref())
            .with("coe", template.coe.unwrap_or_default())
            .with("master_flavor", template.master_flavor_id.unwrap_or_else(|| flavor.clone()))
            .with("flavor", flavor)
            .with("docker_volume_gb", template.docker_volume_size.unwrap_or_default());
    seen.open = template.public;
    Some(seen)
}
