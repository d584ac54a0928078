from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

FAKES = {"boot": "fake", "deploy": "fake", "management": "fake", "power": "fake",
         "bios": "no-bios", "console": "no-console", "firmware": "no-firmware",
         "inspect": "no-inspect", "network": "noop", "raid": "no-raid", "rescue": "no-rescue",
         "storage": "noop", "vendor": "no-vendor"}

SERVICE = Service(
    name="ironic",
    summary="fake-hardware: every power, deploy and boot interface is fake",
    databases=["ironic"],
    conf={"ironic.conf": conf.database("ironic") | conf.authtoken("ironic")
          | conf.messaging() | conf.locks("ironic") | {
        "DEFAULT": {"transport_url": conf.rabbit(), "host": "metal-1", "my_ip": s.HOST,
                    "state_path": s.DATA / "ironic", "auth_strategy": "keystone",
                    "enabled_hardware_types": "fake-hardware",
                    "default_deploy_interface": "fake",
                    "default_network_interface": "noop"}
                   | {f"enabled_{kind}_interfaces": name for kind, name in FAKES.items()},
        "conductor": {"automated_clean": False, "workers_pool_size": 60,
                      "sync_power_state_interval": 0},
        "dhcp": {"dhcp_provider": "none"},
        "pxe": {"tftp_root": s.DATA / "ironic/tftp",
                "tftp_master_path": s.DATA / "ironic/tftp-master",
                "images_path": s.DATA / "ironic/images",
                "instance_master_path": s.DATA / "ironic/master"},
        "deploy": {"http_root": s.DATA / "ironic/http", "http_url": s.url(8088)},
        "service_catalog": conf.credentials("ironic"),
    } | {name: conf.credentials("ironic") for name in ("glance", "neutron", "nova", "cinder",
                                                       "swift", "inspector")}},
    users=["ironic"],
    endpoints=[Endpoint("baremetal", "ironic", s.url(6385))],
    schema=[["ironic-dbsync", "create_schema"]],
    processes=[daemon("ironic-conductor"), api("ironic-api", "ironic.wsgi", 6385)],
    needs=["keystone"],
)
