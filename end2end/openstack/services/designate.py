from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

CONFIG = s.ETC / ".designate/designate.conf"
MDNS = s.port(5354)
POOLS = f"""\
- name: default
  description: Its name server is designate-mdns itself
  attributes: {{}}
  ns_records:
    - hostname: ns1.cloud.example.
      priority: 1
  nameservers:
    - host: {s.HOST}
      port: {MDNS}
  targets:
    - type: fake
      masters:
        - host: {s.HOST}
          port: {MDNS}
      options:
        host: {s.HOST}
        port: {MDNS}
"""

SERVICE = Service(
    name="designate",
    summary="fake backend; mdns serves the zones, so they become ACTIVE by real queries",
    databases=["designate"],
    conf={"designate.conf": conf.authtoken("designate") | conf.messaging()
          | conf.locks("designate") | {
        "DEFAULT": {"transport_url": conf.rabbit(), "host": "dns-1",
                    "state_path": s.DATA / "designate",
                    "quota_zones": 500, "quota_zone_recordsets": 2000,
                    "quota_zone_records": 2000, "quota_recordset_records": 100},
        "storage:sqlalchemy": {"connection": conf.mysql("designate")},
        "service:api": {"auth_strategy": "keystone", "enable_api_v2": True,
                        "enabled_extensions_v2": "quotas, reports",
                        "api_base_uri": s.url(9001), "enable_host_header": True,
                        "api_paste_config": conf.shipped("designate/api-paste.ini")},
        "service:central": {"workers": 1, "threads": 20},
        "service:producer": {"workers": 1, "threads": 20},
        "service:mdns": {"workers": 1, "threads": 20, "listen": f"{s.HOST}:{MDNS}"},
        "service:worker": {"workers": 1, "threads": 20, "poll_delay": 0,
                           "poll_retry_interval": 1, "poll_timeout": 3},
        "producer_task:worker_periodic_recovery": {"interval": 20},
        "producer_task:delayed_notify": {"interval": 3},
    }},
    files={"pools.yaml": POOLS},
    # The API takes both from one folder; the others look below /etc unless told.
    links={"api-paste.ini": conf.shipped("designate/api-paste.ini")},
    env={"OS_DESIGNATE_CONFIG_DIR": str(CONFIG.parent)},
    users=["designate"],
    endpoints=[Endpoint("dns", "designate", s.url(9001))],
    schema=[["designate-manage", "--config-file", str(CONFIG), "database", "sync"]],
    processes=[
        *(daemon(name, name, "--config-file", str(CONFIG)) for name in (
            "designate-central", "designate-mdns", "designate-worker", "designate-producer")),
        api("designate-api", "designate.wsgi.api", 9001),
    ],
    after=[["designate-manage", "--config-file", str(CONFIG), "pool", "update", "--file",
            str(CONFIG.parent / "pools.yaml")]],
    needs=["keystone", "neutron"],
)
