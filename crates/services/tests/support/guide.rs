//! The functions that the architecture guide names in its groups compute, storage and networking, by the system that has
//! them; and why those that we lack are not there.

/// A system of the guide.
pub(crate) struct System {
    /// Its name, as kinds say it (`Kind::service`), and what it is.
    pub(crate) service: &'static str,
    pub(crate) title: &'static str,
    /// Its functions, by the guide's names. Where two systems have one of the same name, ours for the second of them stands
    /// behind a slash.
    pub(crate) functions: &'static [&'static str],
    /// Why some of them are missing; empty when none is.
    pub(crate) gap: &'static str,
}

const fn system(service: &'static str, title: &'static str, functions: &'static [&'static str]) -> System {
    System { service, title, functions, gap: "" }
}

pub(crate) const GROUPS: [(&str, &[System]); 3] = [
    (
        "Compute",
        &[
            system(
                "nova",
                "Nova: servers",
                &[
                    "list_servers",
                    "create_server",
                    "delete_server",
                    "start_server",
                    "stop_server",
                    "reboot_server",
                    "list_keypairs",
                    "create_keypair",
                    "list_flavors",
                ],
            ),
            system("glance", "Glance: images, which the guide has with Nova", &["list_images"]),
            system(
                "zun",
                "Zun: containers",
                &[
                    "list_containers",
                    "create_container/create_zun_container",
                    "start_container",
                    "stop_container",
                    "get_container_logs",
                    "execute_command",
                    "list_capsules",
                ],
            ),
            system(
                "ironic",
                "Ironic: bare metal",
                &[
                    "list_nodes",
                    "create_node",
                    "delete_node",
                    "set_node_provision_state",
                    "set_node_power_state",
                    "list_ports",
                    "create_port",
                ],
            ),
            System {
                gap: "A request has no place for our id, so that one whose answer was lost could not be found again; it has no door yet.",
                ..system(
                    "cyborg",
                    "Cyborg: accelerators",
                    &[
                        "list_devices",
                        "list_device_profiles",
                        "create_device_profile",
                        "list_accelerator_requests",
                        "create_accelerator_request",
                    ],
                )
            },
            system(
                "magnum",
                "Magnum: Kubernetes clusters",
                &[
                    "list_cluster_templates",
                    "list_clusters",
                    "create_magnum_cluster",
                    "delete_magnum_cluster",
                    "deploy_kubernetes_manifest",
                ],
            ),
        ],
    ),
    (
        "Storage",
        &[
            system(
                "cinder",
                "Cinder: volumes",
                &[
                    "list_volumes",
                    "create_volume",
                    "delete_volume",
                    "attach_volume",
                    "detach_volume",
                    "list_snapshots",
                    "create_snapshot",
                ],
            ),
            system(
                "swift",
                "Swift: objects",
                &[
                    "list_swift_containers",
                    "create_container/create_swift_container",
                    "upload_object",
                    "download_object",
                    "delete_object",
                    "copy_object",
                    "generate_temp_url",
                ],
            ),
            system(
                "manila",
                "Manila: shares",
                &[
                    "list_shares",
                    "create_share",
                    "delete_share",
                    "extend_share",
                    "grant_access",
                    "revoke_access",
                    "list_share_networks",
                    "create_share_snapshot",
                ],
            ),
        ],
    ),
    (
        "Networking",
        &[
            system(
                "neutron",
                "Neutron: networks",
                &[
                    "list_networks",
                    "create_network",
                    "list_subnets",
                    "create_subnet",
                    "list_security_groups",
                    "create_security_group",
                    "list_floating_ips",
                    "allocate_floating_ip",
                    "list_routers",
                ],
            ),
            system(
                "octavia",
                "Octavia: load balancers",
                &[
                    "list_load_balancers",
                    "get_load_balancer",
                    "provision_load_balancer",
                    "delete_load_balancer",
                    "load_balancer_metrics",
                ],
            ),
            system(
                "designate",
                "Designate: DNS",
                &[
                    "list_zones",
                    "create_zone",
                    "delete_zone",
                    "list_recordsets",
                    "create_recordset",
                    "delete_recordset",
                    "set_floatingip_ptr",
                ],
            ),
            system(
                "cdn",
                "CDN: distribution, simulated",
                &["provision_cdn_distribution", "delete_cdn_distribution", "cdn_distribution_metrics"],
            ),
        ],
    ),
];

/// What of the guide no real cloud was asked for yet, and why.
pub(crate) const NOT_CALLED: [(&str, &str); 1] = [(
    "deploy_kubernetes_manifest",
    "the clusters of the test cloud have no API server; a stand-in is spoken to instead",
)];
