//! Flavors: what a server may take.
use crate::{Definition, Seen, clients::NOVA};
use model::{
    Column, Custody, Group, Identity, Kind, Scope, Usage,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Flavors.
pub(crate) static FLAVOR: Definition = Definition {
    kind: Kind {
        slug: Cow::Borrowed("nova_flavor"),
        title: Cow::Borrowed("Flavor"),
        plural: Cow::Borrowed("Flavors"),
        about: Cow::Borrowed("A flavor says how many vCPUs, how much memory and how large a disk a server gets."),
        group: Group::Compute,
        service: Cow::Borrowed("nova"),
        collection: Cow::Borrowed("flavors"),
        fields: Cow::Borrowed(&[]),
        example: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[
            Column::new("vcpus", "vCPUs", Show::Number),
            Column::new("ram_mib", "Memory", Show::Mib),
            Column::new("disk_gb", "Disk", Show::Gb),
        ]),
        verbs: Cow::Borrowed(&[Verb::list("list_flavors")]),
        actions: Cow::Borrowed(&[]),
        scope: Scope::Project,
        identity: Identity::Id,
        custody: Custody::Live,
        parent: None,
        listed: true,
    },
    collection: Collection {
        service: &NOVA,
        path: "flavors",
        detail: Some("detail"),
        one: Some("flavor"),
        many: "flavors",
        paging: Paging::Marker { by: "id" },
        microversion: None,
    },
    own: None,
    open: &[],
    read,
    detail: |seen| {
        let memory = seen.number("ram_mib");
        let memory = match memory % 1024 {
            0 => format!("{} GB memory", memory / 1024),
            _ => format!("{memory} MiB memory"),
        };
        let cpus = seen.number("vcpus");
        format!("{cpus} {}, {memory}, {} GB disk", if cpus == 1 { "vCPU" } else { "vCPUs" }, seen.number("disk_gb"))
    },
    takes: |seen| Usage::compute(seen.number("vcpus"), seen.number("ram_mib")),
    kept: None,
    acts: &[],
};

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
