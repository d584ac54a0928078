from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

NOVA = conf.database("nova") | conf.authtoken("nova") | conf.messaging() | conf.locks("nova") | {
    "DEFAULT": {
        "transport_url": conf.rabbit(),
        "host": "compute-1",
        "my_ip": s.HOST,
        "state_path": s.DATA / "nova",
        "instances_path": s.DATA / "nova/instances",
        # This variant keeps one node identity, which a restart must find again.
        "compute_driver": "fake.FakeDriverWithoutFakeNodes",
        "allow_resize_to_same_host": True,
        "vif_plugging_is_fatal": False,
        "vif_plugging_timeout": 0,
        "osapi_compute_workers": 1,
        "log_options": False,
    },
    "api_database": {"connection": conf.mysql("nova_api")},
    "api": {"auth_strategy": "keystone"},
    "wsgi": {"api_paste_config": conf.shipped("nova/api-paste.ini")},
    "cache": {"enabled": True, "backend": "oslo_cache.memcache_pool",
              "memcache_servers": conf.memcached()},
    "conductor": {"workers": 1},
    "scheduler": {"workers": 1},
    "quota": {"instances": 1000, "cores": 4000, "ram": 8_000_000, "key_pairs": 500,
              "server_groups": 100},
    "placement": conf.credentials("placement"),
    "neutron": conf.credentials("neutron", default_floating_pool="public"),
    "glance": conf.credentials("glance"),
    "cinder": conf.credentials("cinder", os_region_name=s.REGION),
    "keystone": conf.credentials("nova"),
    "service_user": conf.credentials("nova", send_service_user_token=True),
    "key_manager": {"backend": "nova.keymgr.conf_key_mgr.ConfKeyManager",
                    "fixed_key": "0" * 32},
    "vnc": {"enabled": True, "novncproxy_base_url": s.url(6080, "/vnc_auto.html")},
}
# nova-compute must not see the databases, or it logs an error for each look.
COMPUTE = {name: section for name, section in NOVA.items()
           if name not in ("database", "api_database")}

SERVICE = Service(
    name="nova",
    summary="fake driver: one compute host with 1000 CPUs and 800 GB of memory",
    databases=["nova_api", "nova_cell0", "nova"],
    conf={"nova.conf": NOVA, "compute.conf": COMPUTE},
    # The first of these files is taken to be the paste file.
    env={"OS_NOVA_CONFIG_DIR": str(s.ETC / ".nova"),
         "OS_NOVA_CONFIG_FILES": conf.shipped("nova/api-paste.ini") + ";nova.conf"},
    users=["nova", "placement", "neutron", "glance", "cinder"],
    endpoints=[Endpoint("compute", "nova", s.url(8774, "/v2.1"), second_region=True)],
    schema=[
        ["nova-manage", "api_db", "sync"],
        ["nova-manage", "cell_v2", "map_cell0", "--database_connection",
         conf.mysql("nova_cell0")],
        ["nova-manage", "cell_v2", "create_cell", "--name", "cell1",
         "--database_connection", conf.mysql("nova"), "--transport-url", conf.rabbit()],
        ["nova-manage", "db", "sync"],
    ],
    processes=[
        daemon("nova-conductor"),
        daemon("nova-scheduler"),
        daemon("nova-compute", "python", "-m", "test_drivers.compute", "--config-file",
               str(s.ETC / ".nova/compute.conf")),
        api("nova-api", "nova.wsgi.osapi_compute", 8774),
    ],
    # Strict: it fails, and is tried again, until the hypervisor has made itself known. Without a host that is mapped, the
    # first servers would find no place.
    after=[["nova-manage", "cell_v2", "discover_hosts", "--by-service", "--strict"]],
    needs=["keystone", "glance", "placement", "neutron"],
    # The scheduler and the conductor end at once if they cannot reach placement.
    start_after=["placement"],
)
