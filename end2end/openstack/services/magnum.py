from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

CLIENTS = ["heat", "nova", "glance", "neutron", "cinder", "octavia", "barbican", "magnum"]

SERVICE = Service(
    name="magnum",
    summary="a cluster driver of our own: no machines, states advance every ten seconds",
    databases=["magnum"],
    conf={"magnum.conf": conf.database("magnum") | conf.authtoken("magnum")
          | conf.messaging() | conf.locks("magnum") | {
        "DEFAULT": {"transport_url": conf.rabbit(), "host": "magnum-1"},
        "api": {"api_paste_config": conf.shipped("magnum/api-paste.ini")},
        "conductor": {"workers": 1},
        "keystone_auth": conf.credentials("magnum"),
        "trust": {"trustee_domain_name": "magnum",
                  "trustee_domain_admin_name": "magnum_domain_admin",
                  "trustee_domain_admin_password": s.PASSWORD,
                  "trustee_keystone_interface": "public"},
        "certificates": {"cert_manager_type": "x509keypair"},
        "drivers": {"default_driver": "machineless"},
        "quotas": {"max_clusters_per_project": 100},
    } | {f"{name}_client": {"region_name": s.REGION} for name in CLIENTS}},
    users=["magnum"],
    domains=["magnum"],
    endpoints=[Endpoint("container-infra", "magnum", s.url(9511, "/v1"))],
    schema=[["magnum-db-manage", "upgrade"]],
    processes=[daemon("magnum-conductor"), api("magnum-api", "magnum.wsgi.api", 9511)],
    needs=["keystone", "glance", "nova", "neutron"],
)
