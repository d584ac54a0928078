from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

SERVICE = Service(
    name="zun",
    summary="a container driver of our own: no engine, statuses follow the calls",
    databases=["zun"],
    conf={"zun.conf": conf.database("zun") | conf.authtoken("zun") | conf.messaging()
          | conf.locks("zun") | {
        "DEFAULT": {"transport_url": conf.rabbit(), "host": "containers-1", "my_ip": s.HOST,
                    "state_path": s.DATA / "zun", "container_driver": "engineless",
                    "capsule_driver": "engineless"},
        "api": {"api_paste_config": conf.shipped("zun/api-paste.ini"), "host_ip": s.HOST,
                "port": s.port(9517)},
        "keystone_auth": conf.credentials("zun"),
        "compute": {"host_shared_with_nova": False},
        "quota": {"containers": 100, "cpu": 100, "memory": 100_000, "disk": 1000},
    } | {f"{name}_client": {"region_name": s.REGION}
         for name in ("glance", "neutron", "cinder", "placement", "zun")}},
    users=["zun"],
    endpoints=[Endpoint("container", "zun", s.url(9517, "/v1"))],
    schema=[["zun-db-manage", "upgrade"]],
    processes=[daemon("zun-compute"), api("zun-api", "zun.wsgi.api", 9517)],
    needs=["keystone", "placement", "neutron", "glance"],
    start_after=["placement"],
)
