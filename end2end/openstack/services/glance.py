from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api

IMAGES = s.DATA / "glance"


def _folders() -> None:
    for name in ("images", "staging", "tasks"):
        (IMAGES / name).mkdir(parents=True, exist_ok=True)


SERVICE = Service(
    name="glance",
    summary="file store",
    databases=["glance"],
    conf={"glance-api.conf": conf.database("glance") | conf.authtoken("glance")
          | conf.messaging() | conf.locks("glance") | {
        "DEFAULT": {"transport_url": conf.rabbit(), "enabled_backends": "file:file",
                    "public_endpoint": s.url(9292),
                    "worker_self_reference_url": s.url(9292)},
        "file": {"filesystem_store_datadir": IMAGES / "images"},
        "glance_store": {"default_backend": "file"},
        "os_glance_staging_store": {"filesystem_store_datadir": IMAGES / "staging"},
        "os_glance_tasks_store": {"filesystem_store_datadir": IMAGES / "tasks"},
        "paste_deploy": {"flavor": "keystone",
                         "config_file": conf.shipped("glance/glance-api-paste.ini")},
        # A few bytes stand for an image, whatever disk format they claim.
        "image_format": {"require_image_format_match": False},
    }},
    env={"OS_GLANCE_CONFIG_DIR": str(s.ETC / ".glance")},
    users=["glance"],
    endpoints=[Endpoint("image", "glance", s.url(9292), second_region=True)],
    prepare=_folders,
    schema=[["glance-manage", "--config-file", str(s.ETC / ".glance/glance-api.conf"),
             "db_sync"]],
    processes=[api("glance-api", "glance.wsgi.api", 9292)],
)
