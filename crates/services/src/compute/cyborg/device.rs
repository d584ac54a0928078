//! Devices: the accelerators that are plugged into hosts, as their drivers report them.
use crate::{Definition, Seen, clients::CYBORG};
use model::{
    Column, Group, Kind,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;

// Cyborg refuses `limit`: its lists have no pages.
static DEVICES: Collection = Collection { paging: Paging::None, ..Collection::new(&CYBORG, "devices", "devices") };

/// Devices.
pub(crate) static DEVICE: Definition = Definition::new(
    Kind::live(("cyborg_device", "Accelerator", "Accelerators"), Group::Compute, "cyborg", "devices")
        .about("An accelerator is a device of a host, such as a GPU or an FPGA, that servers can be given.")
        .for_administrators()
        .columns(
            const {
                &[
                    Column::new("type", "Type", Show::Text),
                    Column::new("vendor", "Vendor", Show::Mono),
                    Column::new("model", "Model", Show::Text),
                    Column::new("hostname", "Host", Show::Text),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_devices")] }),
    &DEVICES,
    read,
);

/// <https://docs.openstack.org/api-ref/accelerator/#get-one-device>
#[derive(Deserialize)]
struct Device {
    uuid: String,
    r#type: String,
    hostname: Option<String>,
    vendor: Option<String>,
    model: Option<String>,
}

/// It has no name: its type and its host tell people which one it is.
fn read(value: &Value) -> Option<Seen> {
    let device = Device::deserialize(value).ok()?;
    let host = device.hostname.unwrap_or_default();
    let name = format!("{} {host}", device.r#type);
    let seen = Seen::new(&device.uuid, name.trim(), None)
        .with("type", device.r#type)
        .with("vendor", device.vendor)
        .with("model", device.model)
        .with("hostname", host);
    Some(seen)
}
