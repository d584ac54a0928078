//! The OpenStack services that we speak to. Types and aliases are those of the service types authority.
use openstack::{Service, service::MicroversionHeader};

/// Compute: <https://docs.openstack.org/api-ref/compute/>
pub static NOVA: Service = Service {
    title: "Compute (Nova)",
    service_type: "compute",
    aliases: &[],
    major: 2,
    path: "v2.1",
    project_in_path: false,
    microversions: Some(MicroversionHeader::Standard("compute")),
};

/// Images: <https://docs.openstack.org/api-ref/image/v2/>
pub static GLANCE: Service = Service {
    title: "Image (Glance)",
    service_type: "image",
    aliases: &[],
    major: 2,
    path: "v2",
    project_in_path: false,
    microversions: None,
};

/// Volumes: <https://docs.openstack.org/api-ref/block-storage/v3/>
pub static CINDER: Service = Service {
    title: "Block storage (Cinder)",
    service_type: "block-storage",
    aliases: &["volumev3", "volume", "block-store"],
    major: 3,
    path: "v3",
    project_in_path: true,
    microversions: Some(MicroversionHeader::Standard("volume")),
};

/// Networks: <https://docs.openstack.org/api-ref/network/v2/>
pub static NEUTRON: Service = Service {
    title: "Network (Neutron)",
    service_type: "network",
    aliases: &[],
    major: 2,
    path: "v2.0",
    project_in_path: false,
    microversions: None,
};

/// Clusters: <https://docs.openstack.org/api-ref/container-infrastructure-management/>
pub static MAGNUM: Service = Service {
    title: "Container infrastructure (Magnum)",
    service_type: "container-infrastructure-management",
    aliases: &["container-infra", "container-infrastructure"],
    major: 1,
    path: "v1",
    project_in_path: false,
    microversions: Some(MicroversionHeader::Standard("container-infra")),
};

/// Shared file systems: <https://docs.openstack.org/api-ref/shared-file-system/>
pub static MANILA: Service = Service {
    title: "Shared file systems (Manila)",
    service_type: "shared-file-system",
    aliases: &["sharev2", "share"],
    major: 2,
    path: "v2",
    project_in_path: false,
    // Manila takes the standard header since 2025 only; its own it always took.
    microversions: Some(MicroversionHeader::Own("x-openstack-manila-api-version")),
};

/// Load balancers: <https://docs.openstack.org/api-ref/load-balancer/v2/>
pub static OCTAVIA: Service = Service {
    title: "Load balancer (Octavia)",
    service_type: "load-balancer",
    aliases: &[],
    major: 2,
    path: "v2",
    project_in_path: false,
    microversions: None,
};

/// Zones and records: <https://docs.openstack.org/api-ref/dns/dns-api-v2-index.html>
pub static DESIGNATE: Service = Service {
    title: "DNS (Designate)",
    service_type: "dns",
    aliases: &[],
    major: 2,
    path: "v2",
    project_in_path: false,
    microversions: None,
};

/// Containers: <https://docs.openstack.org/api-ref/application-container/>
pub static ZUN: Service = Service {
    title: "Containers (Zun)",
    service_type: "application-container",
    aliases: &["container"],
    major: 1,
    path: "v1",
    project_in_path: false,
    microversions: Some(MicroversionHeader::Standard("container")),
};

/// Objects: <https://docs.openstack.org/api-ref/object-store/>
pub static SWIFT: Service = Service {
    title: "Object store (Swift)",
    service_type: "object-store",
    aliases: &[],
    major: 0,
    path: "v1",
    project_in_path: false,
    microversions: None,
};

/// Machines without a cloud on them: <https://docs.openstack.org/api-ref/baremetal/>
pub static IRONIC: Service = Service {
    title: "Bare metal (Ironic)",
    service_type: "baremetal",
    aliases: &["bare-metal"],
    major: 1,
    path: "v1",
    project_in_path: false,
    microversions: Some(MicroversionHeader::Own("x-openstack-ironic-api-version")),
};

/// Accelerators: <https://docs.openstack.org/api-ref/accelerator/>
pub static CYBORG: Service = Service {
    title: "Accelerators (Cyborg)",
    service_type: "accelerator",
    aliases: &[],
    major: 2,
    path: "v2",
    project_in_path: false,
    microversions: None,
};

/// A content delivery network. OpenStack has none, so no catalogue lists it: the portal answers for it itself, and nothing
/// is sent anywhere.
pub static CDN: Service = Service {
    title: "CDN (simulated)",
    service_type: "cdn",
    aliases: &[],
    major: 0,
    path: "",
    project_in_path: false,
    microversions: None,
};

/// Whether the portal answers for a service itself.
pub fn is_simulated(service: &Service) -> bool {
    *service == CDN
}

/// Those of which there are kinds and that a cloud offers, in the order of the catalogue.
pub fn all() -> Vec<&'static Service> {
    let mut all: Vec<&'static Service> = Vec::new();
    for definition in crate::CATALOGUE {
        if !is_simulated(definition.collection.service) && !all.contains(&definition.collection.service) {
            all.push(definition.collection.service);
        }
    }
    all
}
