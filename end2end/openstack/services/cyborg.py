from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

SERVICE = Service(
    name="cyborg",
    summary="API, conductor and an agent with the fake device driver",
    databases=["cyborg"],
    conf={"cyborg.conf": conf.database("cyborg") | conf.authtoken("cyborg")
          | conf.messaging() | conf.locks("cyborg") | {
        # The agent's host must be a resource provider: it is Nova's compute host.
        "DEFAULT": {"transport_url": conf.rabbit(), "host": "compute-1",
                    "state_path": s.DATA / "cyborg"},
        "api": {"api_paste_config": conf.shipped("cyborg/api-paste.ini"), "host_ip": s.HOST},
        "agent": {"enabled_drivers": "fake_driver", "resource_provider_startup_retries": 5},
        "placement": conf.credentials("placement"),
        "nova": conf.credentials("nova"),
    }},
    users=["cyborg", "placement", "nova"],
    endpoints=[Endpoint("accelerator", "cyborg", s.url(6666, "/v2"))],
    schema=[["cyborg-dbsync", "upgrade"]],
    processes=[daemon("cyborg-conductor"), daemon("cyborg-agent"),
               api("cyborg-api", "cyborg.wsgi.api", 6666)],
    needs=["keystone", "placement", "nova"],
    start_after=["placement", "nova"],
)
