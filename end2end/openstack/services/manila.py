from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

SERVICE = Service(
    name="manila",
    summary="upstream's dummy share driver, without share servers",
    databases=["manila"],
    conf={"manila.conf": conf.database("manila") | conf.authtoken("manila")
          | conf.messaging() | conf.locks("manila") | {
        "DEFAULT": {
            "transport_url": conf.rabbit(),
            "host": "shares-1", "my_ip": s.HOST,
            "state_path": s.DATA / "manila",
            "api_paste_config": conf.shipped("manila/api-paste.ini"),
            "enabled_share_backends": "dummy",
            "enabled_share_protocols": "NFS,CIFS",
            "default_share_type": "default",
        },
        "dummy": {"share_driver": "manila.tests.share.drivers.dummy.DummyDriver",
                  "driver_handles_share_servers": False, "share_backend_name": "dummy",
                  "snapshot_support": True, "create_share_from_snapshot_support": True,
                  "revert_to_snapshot_support": True, "mount_snapshot_support": True},
        "coordination": {"backend_url": f"file://{s.DATA}/manila/coordination"},
    } | {name: conf.credentials("manila") for name in ("neutron", "nova", "cinder", "glance",
                                                       "barbican")}},
    users=["manila"],
    endpoints=[Endpoint("sharev2", "manilav2", s.url(8786, "/v2")),
               Endpoint("shared-file-system", "manila", s.url(8786, "/v2"))],
    schema=[["manila-manage", "db", "sync"]],
    processes=[daemon("manila-scheduler"), daemon("manila-share"),
               api("manila-api", "manila.wsgi.api", 8786)],
    needs=["keystone"],
)
