from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api

SERVICE = Service(
    name="placement",
    summary="SQL",
    databases=["placement"],
    conf={"placement.conf": conf.authtoken("placement") | {
        "placement_database": {"connection": conf.mysql("placement")},
        "api": {"auth_strategy": "keystone"},
    }},
    env={"OS_PLACEMENT_CONFIG_DIR": str(s.ETC / ".placement")},
    users=["placement"],
    endpoints=[Endpoint("placement", "placement", s.url(8778), second_region=True)],
    schema=[["placement-manage", "db", "sync"]],
    processes=[api("placement-api", "placement.wsgi.api", 8778)],
)
