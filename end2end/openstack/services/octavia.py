from testcloud import conf, procs
from testcloud import settings as s
from testcloud.model import Endpoint, Service, api, daemon

CERTS = s.DATA / "octavia/certs"
SECRET = f"pass:{s.PASSWORD}"


def _authority() -> None:
    """The worker signs a certificate for each pretended amphora."""
    CERTS.mkdir(parents=True, exist_ok=True)
    procs.run(["openssl", "genrsa", "-aes256", "-passout", SECRET, "-out",
               str(CERTS / "ca.key"), "2048"], "octavia-setup")
    procs.run(["openssl", "req", "-x509", "-new", "-key", str(CERTS / "ca.key"), "-passin",
               SECRET, "-days", "3650", "-subj", "/CN=test cloud", "-out",
               str(CERTS / "ca.pem")], "octavia-setup")


SERVICE = Service(
    name="octavia",
    summary="amphora provider with noop compute and amphora; VIP ports are real",
    databases=["octavia"],
    conf={"octavia.conf": conf.database("octavia") | conf.authtoken("octavia")
          | conf.messaging() | {
        "DEFAULT": {"transport_url": conf.rabbit()},
        "api_settings": {"default_provider_driver": "amphora",
                         "enabled_provider_drivers": "amphora:Machines of its own",
                         "api_base_uri": s.url(9876), "bind_host": s.HOST},
        "service_auth": conf.credentials("octavia"),
        "neutron": conf.credentials("octavia"),
        "oslo_messaging": {"topic": "octavia_prov", "rpc_thread_pool_size": 2},
        "controller_worker": {
            "workers": 1, "max_workers": 5,
            "compute_driver": "compute_noop_driver",
            "amphora_driver": "amphora_noop_driver",
            "network_driver": "vip_only",
            "image_driver": "image_noop_driver",
            "volume_driver": "volume_noop_driver",
            "amp_boot_network_list": "00000000-0000-0000-0000-000000000001",
            "amp_flavor_id": "1", "amp_image_tag": "amphora",
            "client_ca": CERTS / "ca.pem", "amp_active_retries": 5, "amp_active_wait_sec": 1,
        },
        "certificates": {
            "cert_generator": "local_cert_generator",
            "ca_certificate": CERTS / "ca.pem", "ca_private_key": CERTS / "ca.key",
            "ca_private_key_passphrase": s.PASSWORD,
            "server_certs_key_passphrase": "0" * 32,
        },
        "haproxy_amphora": {"server_ca": CERTS / "ca.pem", "client_cert": CERTS / "ca.pem"},
        "health_manager": {"heartbeat_key": s.PASSWORD},
        "house_keeping": {"load_balancer_expiry_age": 3600},
        "quotas": {"default_load_balancer_quota": 100, "default_listener_quota": 500,
                   "default_pool_quota": 500, "default_member_quota": 1000,
                   "default_health_monitor_quota": 500, "default_l7policy_quota": 500,
                   "default_l7rule_quota": 500},
    }},
    users=["octavia"],
    roles=["load-balancer_admin", "load-balancer_member", "load-balancer_observer",
           "load-balancer_global_observer", "load-balancer_quota_admin"],
    endpoints=[Endpoint("load-balancer", "octavia", s.url(9876))],
    prepare=_authority,
    schema=[["octavia-db-manage", "upgrade", "head"]],
    processes=[daemon("octavia-worker"), api("octavia-api", "octavia.wsgi.api", 9876)],
    needs=["keystone", "neutron"],
)
