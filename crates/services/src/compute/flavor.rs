//! Flavors: what a server may take.
use crate::{Definition, Seen, clients::NOVA};
use model::{
    Column, Group, Kind, Usage,
    kind::{Show, Verb},
};
use openstack::Collection;
use serde::Deserialize;
use serde_json::Value;

/// Flavors.
pub(crate) static FLAVOR: Definition = Definition::new(Kind::live(("nova_flavor", "Flavor", "Flavors"), Group::Compute, "nova", "flavors")
.about("A flavor says how many vCPUs, how much memory and how large a disk a server gets.")
.columns(const { &[
            Column::new("vcpus", "vCPUs", Show::Number),
            Column::new("ram_mib", "Memory", Show::Mib),
            Column::new("disk_gb", "Disk", Show::Gb),
        ] })
.verbs(const { &[Verb::list("list_flavors")] }), const { &Collection { detail: Some("detail"), one: Some("flavor"), ..Collection::new(&NOVA, "flavors", "flavors") } }, read)
.detail(|seen| {
        let memory = seen.number("ram_mib");
        let memory = match memory % 1024 {
            0 => format!("{} GB memory", memory / 1024),
            _ => format!("{memory} MiB memory"),
        };
        let cpus = seen.number("vcpus");
        format!("{cpus} {}, {memory}, {} GB disk", if cpus == 1 { "vCPU" } else { "vCPUs" }, seen.number("disk_gb"))
    })
.takes(|seen| Usage::compute(seen.number("vcpus"), seen.number("ram_mib")));

/// <https://docs.openstack.org/api-ref/compute/#list-flavors-with-details>
#[derive(Deserialize)]
struct Flavor {
    id: String,
    name: String,
    vcpus: i64,
    ram: i64,
    disk: i64,
}

fn read(value: &Value) -> Option<Seen> {
    let flavor = Flavor::deserialize(value).ok()?;
    let seen = Seen::new(&flavor.id, &flavor.name, None)
        .with("vcpus", flavor.vcpus)
        .with("ram_mib", flavor.ram)
        .with("disk_gb", flavor.disk);
    Some(seen)
}
