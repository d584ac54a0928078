import getpass
import os

from testcloud import conf, procs
from testcloud import settings as s
from testcloud.model import Endpoint, Process, Service, daemon

FOLDER = s.ETC / ".swift"
NODE = s.DATA / "swift/node"
STORES = {"account": 6202, "container": 6201, "object": 6200}
PIPELINE = ("catch_errors gatekeeper healthcheck proxy-logging cache listing_formats bulk "
            "tempurl formpost s3api s3token authtoken keystoneauth staticweb copy "
            "container-quotas account-quotas slo dlo versioned_writes symlink "
            "proxy-logging proxy-server")
FILTERS = ["catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "formpost",
           "staticweb", "copy", "slo", "dlo", "versioned_writes", "symlink"]


def _rings() -> None:
    (NODE / "d1").mkdir(parents=True, exist_ok=True)
    builder = str(s.BIN / "swift-ring-builder")
    for kind, port in STORES.items():
        ring = str(FOLDER / f"{kind}.builder")
        if not os.path.exists(ring):
            procs.run([builder, ring, "create", "6", "1", "1"], "swift-setup")
            procs.run([builder, ring, "add", f"r1z1-{s.HOST}:{s.port(port)}/d1", "1"],
                      "swift-setup")
        procs.run([builder, ring, "rebalance", "--force"], "swift-setup")


def _store(kind: str) -> dict[str, conf.Section]:
    sections: dict[str, conf.Section] = {
        "DEFAULT": {"bind_ip": s.HOST, "bind_port": s.port(STORES[kind]), "workers": 0,
                    "user": getpass.getuser(), "swift_dir": FOLDER, "devices": NODE,
                    "mount_check": "false", "disable_fallocate": "true",
                    "recon_cache_path": s.DATA / "swift"},
        "pipeline:main": {"pipeline": f"healthcheck {kind}-server"},
        "filter:healthcheck": {"use": "egg:swift#healthcheck"},
        f"app:{kind}-server": {"use": f"egg:swift#{kind}"},
        f"{kind}-replicator": {},
        f"{kind}-auditor": {},
    }
    if kind == "container":
        # Keeps the account's object count and bytes near the truth.
        sections["container-updater"] = {"interval": 3, "concurrency": 1}
    return sections


PROXY: dict[str, conf.Section] = {
    "DEFAULT": {"bind_ip": s.HOST, "bind_port": s.port(8080), "workers": 0,
                "user": getpass.getuser(), "swift_dir": FOLDER},
    "pipeline:main": {"pipeline": PIPELINE},
    "app:proxy-server": {"use": "egg:swift#proxy", "account_autocreate": "true",
                         "allow_account_management": "true"},
    "filter:authtoken": conf.authtoken("swift")["keystone_authtoken"] | {
        "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
        "delay_auth_decision": "true", "cache": "swift.cache",
        "include_service_catalog": "false", "service_type": "object-store"},
    "filter:keystoneauth": {"use": "egg:swift#keystoneauth", "operator_roles": "admin, member",
                            "reseller_admin_role": "ResellerAdmin"},
    "filter:cache": {"use": "egg:swift#memcache", "memcache_servers": conf.memcached()},
    "filter:tempurl": {"use": "egg:swift#tempurl", "allowed_digests": "sha1 sha256 sha512"},
    "filter:s3api": {"use": "egg:swift#s3api", "s3_acl": "false"},
    "filter:s3token": conf.credentials("swift") | {
        "use": "egg:swift#s3token", "auth_uri": s.AUTH_URL, "delay_auth_decision": "true"},
    "filter:proxy-logging": {"use": "egg:swift#proxy_logging"},
    "filter:container-quotas": {"use": "egg:swift#container_quotas"},
    "filter:account-quotas": {"use": "egg:swift#account_quotas"},
} | {f"filter:{name}": {"use": f"egg:swift#{name}"} for name in FILTERS}


def _server(kind: str) -> Process:
    return Process(f"swift-{kind}", [str(s.BIN / f"swift-{kind}-server"),
                                     str(FOLDER / f"{kind}-server.conf"), "-v"],
                   port=s.port(STORES.get(kind, 8080)), path="/healthcheck")


SERVICE = Service(
    name="swift",
    summary="one node, one replica, a plain folder; tempurl, keystone auth, S3 API",
    conf={f"{kind}-server.conf": _store(kind) for kind in STORES} | {
        "proxy-server.conf": PROXY,
        "swift.conf": {
            "swift-hash": {"swift_hash_path_suffix": "test", "swift_hash_path_prefix": "cloud"},
            "storage-policy:0": {"name": "Policy-0", "default": "yes"},
        },
    },
    users=["swift"],
    roles=["ResellerAdmin"],
    endpoints=[Endpoint("object-store", "swift", s.url(8080, "/v1/AUTH_%(project_id)s"))],
    prepare=_rings,
    processes=[
        *(_server(kind) for kind in (*STORES, "proxy")),
        daemon("swift-container-updater", "python", "-m", "test_drivers.swift_updater",
               str(FOLDER), str(FOLDER / "container-server.conf"), "-v"),
    ],
    needs=["keystone"],
)
