//! What one region holds from the start.

use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::accelerator::DEVICES;
use crate::block_storage::TYPES;
use crate::call::fields;
use crate::compute::FLAVORS;
use crate::container_infra::TEMPLATES;
use crate::image::IMAGES;
use crate::network::{GROUPS, NETWORKS, PORTS, ROUTERS, RULES, SUBNETS};
use crate::shared_file_system;
use crate::store::{Doc, New, Store};
use crate::wire;

/// Name, vCPUs, MiB, GiB of disk.
const SIZES: [(&str, i64, i64, i64); 5] = [
    ("m1.tiny", 1, 512, 1),
    ("c1.small", 1, 1024, 20),
    ("m1.small", 1, 2048, 20),
    ("m1.medium", 2, 4096, 40),
    ("m1.large", 4, 8192, 80),
];

/// Name, distribution, its version, MiB of data, GiB of disk needed.
const SYSTEMS: [(&str, &str, &str, i64, i64); 4] = [
    ("cirros-0.6", "cirros", "0.6", 21, 1),
    ("ubuntu-22.04-lts", "ubuntu", "22.04", 650, 1),
    ("ubuntu-24.04", "ubuntu", "24.04", 590, 1),
    ("fedora-coreos-40", "fedora-coreos", "40", 1640, 10),
];

/// Puts rows of one owner into the tables of one region.
struct Planter<'a> {
    store: &'a mut Store,
    region: &'a str,
    project: &'a str,
    now: i64,
}

impl Planter<'_> {
    fn put(&mut self, kind: &str, doc: Doc) -> String {
        self.put_for(self.project, kind, doc)
    }

    fn put_for(&mut self, project: &str, kind: &str, doc: Doc) -> String {
        let id = wire::uuid();
        let table = format!("{}/{kind}", self.region);
        self.store.insert(&table, New { id: id.clone(), project, at: self.now, doc, then: Vec::new() });
        id
    }

    fn find(&self, kind: &str, name: &str) -> Option<String> {
        self.store
            .rows(&format!("{}/{kind}", self.region))
            .find(|row| row.text("name") == name)
            .map(|row| row.id.clone())
    }
}

/// What the operator offers to all projects.
pub(super) fn offer(store: &mut Store, region: &str, operator: &str, now: i64) {
    let mut planter = Planter { store, region, project: operator, now };
    for (name, vcpus, ram, disk) in SIZES {
        planter.put(FLAVORS, fields! {"name": name, "vcpus": vcpus, "ram": ram, "disk": disk});
    }
    for system in SYSTEMS {
        planter.put(IMAGES, image(system));
    }
    planter.put(TYPES, fields! {"name": "standard", "description": "General purpose", "default": true});
    planter.put(TYPES, fields! {"name": "fast", "description": "Low latency", "default": false});
    let public = planter.put(NETWORKS, network("public", 1500, true, 1001));
    let pool = json!({"start": "172.24.0.2", "end": "172.24.15.254"});
    planter.put(SUBNETS, subnet(&public, "public-subnet", "172.24.0.0/20", "172.24.0.1", false, pool));
    for (name, flavor, masters_balanced) in [("k8s-small", "m1.small", false), ("k8s-ha", "m1.medium", true)] {
        planter.put(
            TEMPLATES,
            fields! {
                "name": name, "coe": "kubernetes", "image_id": "fedora-coreos-40", "flavor_id": flavor,
                "master_flavor_id": flavor, "external_network_id": "public", "network_driver": "flannel",
                "server_type": "vm", "docker_volume_size": 10, "public": true, "floating_ip_enabled": true,
                "master_lb_enabled": masters_balanced, "labels": {"kube_tag": "v1.31.1"},
            },
        );
    }
}

/// The type of shares; also for a state that is older than the service.
pub(super) fn offer_shares(store: &mut Store, region: &str, operator: &str, now: i64) {
    let mut planter = Planter { store, region, project: operator, now };
    if planter.find(shared_file_system::TYPES, "default").is_none() {
        planter.put(shared_file_system::TYPES, fields! {"name": "default"});
    }
}

/// The accelerator of the first compute host; also for a state that is older than the service.
pub(super) fn plug_in(store: &mut Store, region: &str, operator: &str, now: i64) {
    let mut planter = Planter { store, region, project: operator, now };
    if planter.store.rows(&format!("{region}/{DEVICES}")).next().is_none() {
        planter.put(
            DEVICES,
            fields! {
                "hostname": "compute-1", "type": "FPGA", "vendor": "0xABCD", "model": "miss model info",
                "vendor_board_info": "fake_vendor_info", "deployable": wire::uuid(), "provider": wire::uuid(),
                "std_board_info": "{\"device_id\": \"0xabcd\", \"class\": \"Fake class\"}",
            },
        );
    }
}

/// What each project finds in it: a security group, and a network `private` behind a router.
pub(super) fn furnish(store: &mut Store, region: &str, project: &str, name: &str, number: usize, now: i64) {
    let mut planter = Planter { store, region, project, now };
    let group = planter.put(
        GROUPS,
        fields! {"name": "default", "description": "Default security group", "stateful": true, "tags": [], "revision": 1},
    );
    for ethertype in ["IPv4", "IPv6"] {
        for (direction, remote) in [("egress", Value::Null), ("ingress", json!(group))] {
            planter.put(
                RULES,
                fields! {
                    "security_group_id": group, "direction": direction, "ethertype": ethertype, "of_default": true,
                    "remote_group_id": remote, "revision": 0,
                },
            );
        }
    }
    // Networks of projects do not meet, so beyond the space below 10.0.0.0/8 they may repeat.
    let second = 20 + number % 200;
    let segment = 1002 + i64::try_from(number).unwrap_or_default();
    let private = planter.put(NETWORKS, network("private", 1450, false, segment));
    let gateway = format!("10.{second}.0.1");
    let pool = json!({"start": format!("10.{second}.0.2"), "end": format!("10.{second}.15.254")});
    let cidr = format!("10.{second}.0.0/20");
    let inside = planter.put(SUBNETS, subnet(&private, "private-subnet", &cidr, &gateway, true, pool));
    let Some(public) = planter.find(NETWORKS, "public") else { return };
    let Some(outside) = planter.find(SUBNETS, "public-subnet") else { return };
    // The last addresses of the external subnet, so that floating IPs begin at the first ones.
    let address = format!("172.24.15.{}", 254 - number % 200);
    let fixed = json!([{"subnet_id": outside, "ip_address": address}]);
    let router = planter.put(
        ROUTERS,
        fields! {
            "name": format!("{name}-router"), "description": "", "admin_state_up": true, "routes": [], "tags": [],
            "revision": 3,
            "external_gateway_info": {"network_id": public, "external_fixed_ips": fixed, "enable_snat": true},
        },
    );
    planter.put_for("", PORTS, port(&public, &router, "network:router_gateway", fixed));
    let fixed = json!([{"subnet_id": inside, "ip_address": gateway}]);
    planter.put(PORTS, port(&private, &router, "network:router_interface", fixed));
}

fn network(name: &str, mtu: i64, external: bool, segment: i64) -> Doc {
    fields! {
        "name": name, "description": "", "admin_state_up": true, "shared": false, "router:external": external,
        "port_security_enabled": true, "dns_domain": "", "mtu": mtu, "tags": [], "revision": 2, "segment": segment,
    }
}

fn subnet(network: &str, name: &str, cidr: &str, gateway: &str, dhcp: bool, pool: Value) -> Doc {
    fields! {
        "name": name, "description": "", "network_id": network, "ip_version": 4, "cidr": cidr, "gateway_ip": gateway,
        "enable_dhcp": dhcp, "allocation_pools": [pool], "dns_nameservers": [], "host_routes": [], "service_types": [],
        "tags": [], "revision": 0,
    }
}

fn port(network: &str, device: &str, owner: &str, fixed_ips: Value) -> Doc {
    let bytes = wire::random(1);
    fields! {
        "name": "", "description": "", "network_id": network, "admin_state_up": true, "status": "ACTIVE",
        "device_id": device, "device_owner": owner, "fixed_ips": fixed_ips,
        "mac_address": format!("fa:16:3e:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2]), "security_groups": [],
        "port_security_enabled": false, "dns_name": "", "tags": [], "revision": 2, "allowed_address_pairs": [],
    }
}

/// An image whose data nobody reads; its checksums are those of its name.
fn image((name, distro, version, mebibytes, disk): (&str, &str, &str, i64, i64)) -> Doc {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    fields! {
        "name": name, "status": "active", "visibility": "public", "disk_format": "qcow2", "container_format": "bare",
        "size": mebibytes * 1024 * 1024, "min_disk": disk, "min_ram": 0, "protected": false, "tags": [],
        "checksum": hex(&Sha256::digest(name.as_bytes())[..16]), "hash": hex(&Sha512::digest(name.as_bytes())),
        "properties": {"os_distro": distro, "os_version": version},
    }
}
