//! Cluster templates: what a Kubernetes cluster is made after.
use crate::{Definition, Seen, clients::MAGNUM};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;

/// Cluster templates that the project may use.
pub(crate) static CLUSTER_TEMPLATE: Definition = Definition::new(
    Kind::live(
        ("magnum_template", "Cluster template", "Cluster templates"),
        Group::Compute,
        "magnum",
        "clustertemplates",
    )
    .about("A cluster template says which image, flavors and network driver a Kubernetes cluster is made with.")
    .columns(
        const {
            &[
                Column::new("coe", "Engine", Show::Text),
                Column::new("flavor", "Node flavor", Show::Text),
                Column::new("master_flavor", "Master flavor", Show::Text),
            ]
        },
    )
    .verbs(const { &[Verb::list("list_cluster_templates")] }),
    const {
        &Collection {
            paging: Paging::Marker { by: "uuid" },
            ..Collection::new(&MAGNUM, "clustertemplates", "clustertemplates")
        }
    },
    read,
)
.detail(|seen| format!("{}, nodes {}", seen.text("coe"), seen.text("flavor")));

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
