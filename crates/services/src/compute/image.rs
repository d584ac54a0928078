//! Images: what a server's disk starts with.
use crate::{Definition, Seen, clients::GLANCE};
use model::{
    Column, Group, Kind, State,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

/// Images that the project may use.
pub(crate) static IMAGE: Definition = Definition::new(
    Kind::live(("glance_image", "Image", "Images"), Group::Compute, "glance", "images")
        .about("An image is a disk with an operating system on it, from which servers start.")
        .columns(
            const {
                &[
                    Column::new("os", "System", Show::Text),
                    Column::new("visibility", "Visibility", Show::Text),
                    Column::new("min_disk_gb", "Least disk", Show::Gb),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_images")] }),
    const { &Collection::new(&GLANCE, "images", "images") },
    read,
)
.detail(|seen| seen.text("os").to_owned());

/// <https://docs.openstack.org/api-ref/image/v2/#list-images>
#[derive(Deserialize)]
struct Image {
    id: String,
    name: Option<String>,
    status: String,
    visibility: String,
    owner: Option<String>,
    #[serde(default)]
    min_disk: i64,
    #[serde(default)]
    min_ram: i64,
    os_distro: Option<String>,
    os_version: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    let image = Image::deserialize(value).ok()?;
    let state = match image.status.as_str() {
        "active" => State::Active,
        "queued" | "saving" | "importing" | "uploading" => State::Building,
        "deleted" | "pending_delete" => State::Deleting,
        _ => State::Failed,
    };
    let os = [image.os_distro.unwrap_or_default(), image.os_version.unwrap_or_default()].join(" ");
    let mut seen = Seen::new(&image.id, image.name.as_deref().unwrap_or_default(), image.owner.as_deref())
        .in_state(state)
        .with("os", os.trim())
        .with("visibility", image.visibility.as_str())
        .with("min_disk_gb", image.min_disk)
        .with("min_ram_mib", image.min_ram);
    // "shared" is what every image begins as. Glance lists it to its members, but to an administrator's token always, so
    // that it says nothing about who may use it.
    seen.open = matches!(image.visibility.as_str(), "public" | "community");
    Some(seen)
}
