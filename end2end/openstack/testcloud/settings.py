"""Where everything lives, which port each thing has, and the shared secrets."""
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("ATONIX_CACHE") or Path(
    os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "atonix")
HOME = Path(os.environ.get("ATONIX_TEST_CLOUD_HOME") or CACHE / "openstack")

VENV = HOME / "venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
SHIPPED_ETC = VENV / "etc"          # paste files that the packages install

ETC = HOME / "etc"                  # HOME of every service: ~/.nova/nova.conf, ...
DATA = HOME / "data"                # databases, images, objects, broker
LOGS = HOME / "logs"
PIDS = HOME / "pids"
MARKS = HOME / "marks"              # what has been initialised already
SCHEMAS = HOME / "schema-cache"     # dumps of freshly created databases

HOST = "127.0.0.1"
REGION = "RegionOne"
SECOND_REGION = "RegionTwo"
SECOND_REGION_OFFSET = 5000         # added to the first region's port
PORT_OFFSET = int(os.environ.get("ATONIX_TEST_CLOUD_PORT_OFFSET", "11000"))
THREADS = int(os.environ.get("ATONIX_TEST_CLOUD_THREADS", "6"))
PASSWORD = os.environ.get("ATONIX_TEST_CLOUD_PASSWORD", "test-cloud")

SERVICE_ACCOUNT = "atonix-service"      # plain member roles in each demo project
ADMIN_ACCOUNT = "atonix-admin"          # the role admin in each demo project, and in `admin`
SERVICE_ACCOUNT_PROJECT = "devops-staging-9a3f"


def port(usual: int) -> int:
    """The port here of a service whose usual port is `usual`."""
    return usual + PORT_OFFSET


def url(usual: int, path: str = "") -> str:
    return f"http://{HOST}:{port(usual)}{path}"


def second(address: str) -> str:
    """The second region's address of a service: another port, forwarded to the first's."""
    head, _, tail = address.removeprefix("http://").partition("/")
    host, _, number = head.partition(":")
    return f"http://{host}:{int(number) + SECOND_REGION_OFFSET}/{tail}".rstrip("/")


MYSQL_PORT = port(3306)
RABBIT_PORT = port(5672)
RABBIT_DIST_PORT = port(5673)
EPMD_PORT = port(4369)
MEMCACHED_PORT = port(11211)
AUTH_URL = url(5000, "/v3")
