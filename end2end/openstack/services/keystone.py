import os

from testcloud import conf
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api

KEYS = s.DATA / "keystone"
WHO = ["--keystone-user", str(os.getuid()),
       "--keystone-group", str(os.getgid())]

SERVICE = Service(
    name="keystone",
    summary="Fernet tokens, SQL identity",
    databases=["keystone"],
    conf={"keystone.conf": conf.database("keystone") | {
        "DEFAULT": {"public_endpoint": s.url(5000)},
        "token": {"provider": "fernet"},
        "fernet_tokens": {"key_repository": KEYS / "fernet"},
        "credential": {"key_repository": KEYS / "credential"},
        # Cheap hashing: hundreds of logins in a test run, on few cores.
        "identity": {"password_hash_algorithm": "bcrypt", "password_hash_rounds": 4},
        "cache": {"enabled": True, "backend": "oslo_cache.memcache_pool",
                  "memcache_servers": conf.memcached()},
        "oslo_messaging_notifications": {"driver": "noop"},
    }},
    schema=[["keystone-manage", "db_sync"]],
    init=[
        ["keystone-manage", "fernet_setup", *WHO],
        ["keystone-manage", "credential_setup", *WHO],
        ["keystone-manage", "bootstrap", "--bootstrap-password", s.PASSWORD,
         "--bootstrap-admin-url", s.AUTH_URL, "--bootstrap-internal-url", s.AUTH_URL,
         "--bootstrap-public-url", s.AUTH_URL, "--bootstrap-region-id", s.REGION],
    ],
    endpoints=[Endpoint("identity", "keystone", s.AUTH_URL, second_region=True)],
    processes=[api("keystone-api", "keystone.wsgi.api", 5000, "/v3")],
)
