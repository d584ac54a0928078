from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api

CONFIG = s.ETC / ".neutron/neutron.conf"

SERVICE = Service(
    name="neutron",
    summary="ML2 with a mechanism driver of our own; L3 plugin; no agents",
    databases=["neutron"],
    conf={"neutron.conf": conf.database("neutron") | conf.authtoken("neutron")
          | conf.messaging() | conf.locks("neutron") | {
        "DEFAULT": {
            "transport_url": conf.rabbit(),
            "core_plugin": "ml2",
            "service_plugins": ("router,qos,trunk,port_forwarding,segments,metering,"
                                "network_ip_availability,auto_allocate,flavors,tag,"
                                "revisions,timestamp"),
            "state_path": s.DATA / "neutron",
            "api_paste_config": conf.shipped("neutron/api-paste.ini"),
            "dns_domain": "cloud.example.",
            "notify_nova_on_port_status_changes": True,
            "notify_nova_on_port_data_changes": True,
        },
        "nova": conf.credentials("nova"),
        "placement": conf.credentials("placement"),
        "ml2": {"type_drivers": "flat,vlan,vxlan", "tenant_network_types": "vxlan",
                "mechanism_drivers": "agentless", "extension_drivers": "port_security,qos,dns"},
        "ml2_type_flat": {"flat_networks": "public"},
        "ml2_type_vlan": {"network_vlan_ranges": "physnet1:100:299"},
        "ml2_type_vxlan": {"vni_ranges": "1:4000"},
        "quotas": {"quota_network": 500, "quota_subnet": 500, "quota_port": 2000,
                   "quota_router": 200, "quota_floatingip": 200,
                   "quota_security_group": 200, "quota_security_group_rule": 2000},
    }},
    env={"OS_NEUTRON_CONFIG_DIR": str(CONFIG.parent), "OS_NEUTRON_CONFIG_FILES": CONFIG.name},
    users=["neutron", "nova", "placement"],
    endpoints=[Endpoint("network", "neutron", s.url(9696), second_region=True)],
    schema=[["neutron-db-manage", "--config-file", str(CONFIG), "upgrade", "heads"]],
    processes=[api("neutron-api", "neutron.wsgi.api", 9696)],
)
