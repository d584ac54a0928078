from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

SERVICE = Service(
    name="cinder",
    summary="volume and backup drivers of our own: no data, every call succeeds",
    databases=["cinder"],
    conf={"cinder.conf": conf.database("cinder") | conf.authtoken("cinder")
          | conf.messaging() | conf.locks("cinder") | {
        "DEFAULT": {
            "transport_url": conf.rabbit(),
            "host": "storage-1",
            "my_ip": s.HOST,
            "state_path": s.DATA / "cinder",
            "api_paste_config": conf.shipped("cinder/api-paste.ini"),
            "enabled_backends": "empty",
            "glance_api_servers": s.url(9292),
            "backup_driver": "test_drivers.volume.EmptyBackupDriver",
            "quota_volumes": 500, "quota_snapshots": 500, "quota_gigabytes": 100_000,
            "quota_backups": 200, "quota_backup_gigabytes": 100_000,
            "scheduler_default_filters": "AvailabilityZoneFilter,CapacityFilter,"
                                         "CapabilitiesFilter",
        },
        "empty": {"volume_driver": "test_drivers.volume.EmptyVolumeDriver",
                "volume_backend_name": "empty"},
        "nova": conf.credentials("nova", interface="public"),
        "service_user": conf.credentials("cinder", send_service_user_token=True),
        "key_manager": {"backend": "cinder.keymgr.conf_key_mgr.ConfKeyManager",
                        "fixed_key": "0" * 32},
        # The services here run as one user: no sudo, no rootwrap.
        "privsep_osbrick": {"helper_command": f"{s.BIN}/privsep-helper --config-file "
                                              f"{s.ETC}/.cinder/cinder.conf"},
        "coordination": {"backend_url": f"file://{s.DATA}/cinder/coordination"},
    }},
    users=["cinder", "nova"],
    endpoints=[
        Endpoint("block-storage", "cinder", s.url(8776, "/v3"), second_region=True),
        Endpoint("volumev3", "cinderv3", s.url(8776, "/v3/%(project_id)s"),
                 second_region=True),
    ],
    schema=[["cinder-manage", "db", "sync"]],
    processes=[
        daemon("cinder-scheduler"),
        daemon("cinder-volume"),
        daemon("cinder-backup"),
        api("cinder-api", "cinder.wsgi.api", 8776),
    ],
    needs=["keystone", "glance"],
)
