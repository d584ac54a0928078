"""A bare OpenStack client: one project of one region, plain requests, plain answers. Standard library only."""
from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Service:
    """How a service is found and spoken to."""
    type: str                       # its official type: what the fixtures say
    listed_as: str                  # its type in this cloud's catalogue
    version: str = ""               # the path to add where the catalogue's address has none
    microversions: str = ""         # the word of OpenStack-API-Version
    header: str = ""                # the header that takes a microversion, where it is one of the service's own

    def asks_for(self, microversion: str) -> dict[str, str]:
        if self.header:
            return {self.header: microversion}
        return {"OpenStack-API-Version": f"{self.microversions} {microversion}"}


COMPUTE = Service("compute", "compute", microversions="compute")
IMAGE = Service("image", "image", version="/v2")
VOLUME = Service("block-storage", "volumev3", microversions="volume")
NETWORK = Service("network", "network", version="/v2.0")
CLUSTERS = Service("container-infrastructure-management", "container-infra",
                   microversions="container-infra")
SHARES = Service("shared-file-system", "sharev2", header="X-OpenStack-Manila-API-Version")
OBJECTS = Service("object-store", "object-store")
BALANCERS = Service("load-balancer", "load-balancer", version="/v2")
DNS = Service("dns", "dns", version="/v2")
CONTAINERS = Service("container", "container", microversions="container")
METAL = Service("baremetal", "baremetal", version="/v1", header="X-OpenStack-Ironic-API-Version")
ACCELERATORS = Service("accelerator", "accelerator")


@dataclass
class Answer:
    """What came back."""
    status: int
    headers: dict[str, str]
    body: object = None             # parsed JSON, or text, or None
    sent: dict = field(default_factory=dict)


class Cloud:
    """Signed in by the OS_ variables, or with another name, password and project."""

    def __init__(self, user: str = "", password: str = "", project: str = "") -> None:
        auth = {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": user or os.environ["OS_USERNAME"], "password": password or os.environ["OS_PASSWORD"],
                "domain": {"name": os.environ.get("OS_USER_DOMAIN_NAME", "Default")}}}},
            "scope": {"project": {
                "name": project or os.environ["OS_PROJECT_NAME"],
                "domain": {"name": os.environ.get("OS_PROJECT_DOMAIN_NAME", "Default")}}}}}
        answer = self._http("POST", os.environ["OS_AUTH_URL"].rstrip("/") + "/auth/tokens", {}, auth)
        if answer.status != 201:
            raise SystemExit(f"sign-in failed: {answer.status} {answer.body}")
        self.region = os.environ.get("OS_REGION_NAME", "RegionOne")
        self.token = answer.headers["x-subject-token"]
        self.project = answer.body["token"]["project"]["id"]
        self.user = answer.body["token"]["user"]["id"]
        self.addresses = {
            service["type"]: endpoint["url"].rstrip("/")
            for service in answer.body["token"]["catalog"] for endpoint in service["endpoints"]
            if endpoint["interface"] == "public" and endpoint["region"] == self.region}

    @classmethod
    def of_administrators(cls) -> Cloud:
        """The account that may do what a project's member may not."""
        return cls(os.environ["ATONIX_ADMIN_USERNAME"], os.environ["ATONIX_ADMIN_PASSWORD"], "admin")

    def call(self, service: Service, method: str, path: str, body: object = None, *,
             query: dict[str, str] | None = None, microversion: str = "",
             headers: dict[str, str] | None = None, anonymous: bool = False) -> Answer:
        """Ask for a path below the service's versioned root; an error status is an answer too."""
        address = self.addresses[service.listed_as]
        if service.version and not address.endswith(service.version):
            address += service.version
        url = f"{address}/{quote(path)}" + (f"?{urlencode(query)}" if query else "")
        more = ({} if anonymous else {"X-Auth-Token": self.token}) | (headers or {})
        if microversion:
            more |= service.asks_for(microversion)
        answer = self._http(method, url, more, body)
        answer.sent = {"method": method, "service": service.type, "path": path, "query": query or {},
                       "body": body.decode() if isinstance(body, bytes) else body, "microversion": microversion or None}
        if headers:
            answer.sent["headers"] = headers
        if anonymous:
            answer.sent["anonymous"] = True
        return answer

    @staticmethod
    def _http(method: str, url: str, headers: dict[str, str], body: object) -> Answer:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {
            "Content-Type": "application/octet-stream" if isinstance(body, bytes) else "application/json"}
        request = urllib.request.Request(url, data, {"Accept": "application/json"} | kind | headers,
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as got:
                status, names, text = got.status, got.headers, got.read()
        except urllib.error.HTTPError as error:
            status, names, text = error.code, error.headers, error.read()
        found = {name.lower(): value for name, value in names.items()}
        if "json" in found.get("content-type", "") and text:
            return Answer(status, found, json.loads(text))
        return Answer(status, found, text.decode() or None)


def wait(read, wanted, patience: float = 120.0):
    """Call `read` until it gives `wanted`, a value or a predicate."""
    deadline = time.monotonic() + patience
    while True:
        value = read()
        if wanted(value) if callable(wanted) else value == wanted:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"still {value!r} after {patience:.0f} s")
        time.sleep(0.5)
