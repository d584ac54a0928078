"""Connections for the tools, from the variables that `cloud` sets."""
import os
import socket
from urllib.parse import urlsplit

import openstack
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from keystoneauth1.exceptions import EndpointNotFound

AUTH_URL = os.environ["TEST_CLOUD_AUTH_URL"]
PASSWORD = os.environ["TEST_CLOUD_PASSWORD"]
REGION = os.environ["TEST_CLOUD_REGION"]
ACCOUNT = os.environ["TEST_CLOUD_ACCOUNT"]
PROJECT = os.environ["TEST_CLOUD_PROJECT"]


def connect(user: str = ACCOUNT, project: str = PROJECT) -> openstack.connection.Connection:
    return openstack.connect(
        auth_url=AUTH_URL, username=user, password=PASSWORD, project_name=project,
        user_domain_name="Default", project_domain_name="Default", region_name=REGION,
        identity_api_version="3", load_yaml_config=False, load_envvars=False)


def admin() -> openstack.connection.Connection:
    return connect("admin", "admin")


def answering(conn, service_type: str) -> bool:
    """Whether the catalog has the service and something listens at its address."""
    try:
        address = conn.session.auth.get_access(conn.session).service_catalog.url_for(
            service_type=service_type, interface="public", region_name=REGION)
    except EndpointNotFound:
        return False
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=2).close()
        return True
    except OSError:
        return False


def public_key() -> str:
    """A fresh SSH public key, for keypairs to import."""
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(serialization.Encoding.OpenSSH,
                            serialization.PublicFormat.OpenSSH).decode()


def upload(conn, image, data: bytes) -> None:
    conn.image.put(f"/images/{image.id}/file", data=data,
                   headers={"Content-Type": "application/octet-stream"}).raise_for_status()
