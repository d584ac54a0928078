"""Takes out of a recorded exchange what differs from run to run or is nobody's business.

Ids become ids made from what they stand for, so that the same thing has the same id in all fixtures and in every run;
addresses, times, hosts, request ids and tokens become fixed ones.
"""
from __future__ import annotations

import re
import uuid

NAMES = uuid.UUID("6f1a0d0e-7c55-4b0e-9d5c-2f6b8f1f4c11")
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
# Swift writes a project's id behind AUTH_; Manila writes ids into paths with underscores.
HEX32 = re.compile(r"(?:\b|(?<=AUTH_))[0-9a-f]{32}\b")
UNDERSCORED = re.compile(r"(?<=_)[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}")
REQUEST = re.compile(r"\breq-[0-9a-f]{8}-[0-9a-f-]{27}\b")
TIME = re.compile(r"\b20\d\d-\d\d-\d\d([T ])\d\d:\d\d:\d\d(\.\d+)?")
MAC = re.compile(r"\bfa:16:3e(:[0-9a-f]{2}){3}\b")
ADDRESS = re.compile(r"(?<![\d.])\d+(?:\.\d+){3}(?![\d.])")
HOST = re.compile(r"host-(\d+(?:-\d+){3})")
# The containers of a capsule get a name with a Greek letter and a number at the end.
CAPSULE = re.compile(r"\b(capsule-[\w-]+)-[a-z]+-\d+\b")
# Cyborg's errors go on like this, up to the end of the text that stands in a text.
TRACEBACK = re.compile(r"(?:\\n)+(?:\[\')?Traceback \(most recent call last\).*(?=\", \"debuginfo\")", re.S)
ADDRESS_KEYS = {"ip_address", "fixed_ip_address", "floating_ip_address", "addr", "vip_address"}
NUMBERS = {"revision_number": 1, "standard_attr_id": 1, "progress": 0}
# A zone's serial is a time, its version counts what the workers did too.
MORE_NUMBERS = {"dns": {"serial": 1, "version": 1}}
# Services that list the parts of a thing in any order.
UNORDERED = {"load-balancer"}
# A message that enumerates a set: each process has an order of its own.
ONE_OF = re.compile(r"(?<=should be one of: )[A-Z_]+(?:, [A-Z_]+)*")
# The serial and the refresh time, made up for each zone, in a zone's first record.
SOA = re.compile(r"^(\S+\. \S+\. )\d+ \d+((?: \d+){3})$")
# Swift's name of a request, and times as HTTP writes them.
TRANSACTION = re.compile(r"\btx[0-9a-f]{21}-[0-9a-f]{10}\b")
HTTP_TIME = re.compile(r"\b\w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT\b")
# What would open something, or follows from what does.
SECRETS = {"adminPass": "scrubbed", "X-Account-Meta-Temp-URL-Key": "scrubbed",
           "X-Container-Meta-Temp-URL-Key": "scrubbed", "temp_url_sig": "0" * 64, "temp_url_expires": "1767323045"}
ANY_REQUEST = "00000000-0000-4000-8000-000000000000"
HEADERS = ("content-type", "location", "openstack-api-version", "x-openstack-request-id",
           "x-compute-request-id", "retry-after")
# What else tells something, by service.
MORE_HEADERS = {
    "object-store": (
        "content-length", "etag", "last-modified", "x-copied-from", "x-container-meta-atonix-id",
        "x-container-object-count", "x-container-bytes-used", "x-container-read", "x-object-meta-atonix-id"),
}


class Scrubber:
    """Remembers what each id, address and host became."""

    def __init__(self, hosts: dict[str, str]) -> None:
        self.hosts = hosts                      # http://127.0.0.1:18774 -> http://compute.example
        self.ids: dict[str, str] = {ANY_REQUEST: ANY_REQUEST}
        self.addresses: dict[str, str] = {}
        self.macs: dict[str, str] = {}
        self.here, self.count = "", 0
        self.service = ""

    def know(self, real: str, label: str) -> str:
        """From now on this id is the one that belongs to the label."""
        fake = uuid.uuid5(NAMES, label)
        self.ids.setdefault(real, fake.hex if "-" not in real else str(fake))
        return real

    def keep(self, constant: str) -> str:
        """An id of our own choosing, the same in every run."""
        self.ids[constant] = constant
        return constant

    def known(self, real: object) -> bool:
        return real in self.ids

    def at(self, place: str) -> None:
        """What is met for the first time from here on is labelled by this place."""
        self.here, self.count = place, 0

    def _id(self, match: re.Match) -> str:
        real = match.group()
        if real not in self.ids:
            self.count += 1
            self.know(real, f"{self.here}#{self.count}")
        return self.ids[real]

    def _mac(self, match: re.Match) -> str:
        number = len(self.macs) + 1
        return self.macs.setdefault(match.group(), f"fa:16:3e:00:00:{number:02x}")

    def address(self, real: str) -> str:
        if ":" in real or real.endswith(".1"):      # the gateway is always the first
            return real
        if real not in self.addresses:
            net = "172.24.4" if real.startswith("172.24.") else real.rsplit(".", 1)[0]
            used = sum(one.startswith(net + ".") for one in self.addresses.values())
            self.addresses[real] = f"{net}.{20 + used}"
        return self.addresses[real]

    def text(self, value: str) -> str:
        for host, name in self.hosts.items():
            value = value.replace(host, name)
        # All at once: what one became may be what another was.
        value = ADDRESS.sub(lambda m: self.addresses.get(m[0], m[0]), value)
        value = HOST.sub(lambda m: "host-" + self.addresses.get(m[1].replace("-", "."), m[1]).replace(".", "-"), value)
        value = CAPSULE.sub(r"\1-alpha-1", TRACEBACK.sub("", value))
        value = ONE_OF.sub(lambda m: ", ".join(sorted(m[0].split(", "))), value)
        value = SOA.sub(r"\g<1>1 3600\2", value)
        value = REQUEST.sub(f"req-{ANY_REQUEST}", value)
        value = TRANSACTION.sub(f"tx{'0' * 21}-{'0' * 10}", value)
        value = HTTP_TIME.sub("Fri, 02 Jan 2026 03:04:05 GMT", value)
        value = TIME.sub(lambda m: f"2026-01-02{m[1]}03:04:05" + (".000000" if m[2] else ""), value)
        value = UNDERSCORED.sub(lambda m: UUID.sub(self._id, m[0].replace("_", "-")).replace("-", "_"), value)
        return MAC.sub(self._mac, HEX32.sub(self._id, UUID.sub(self._id, value)))

    def value(self, value: object, key: str = "") -> object:
        if isinstance(value, dict):
            # Addresses first: host names made of them stand beside them.
            first = {k: self.value(v, k) for k, v in value.items() if k in ADDRESS_KEYS}
            return {self.text(k): first[k] if k in first else self.value(value[k], k) for k in sorted(value)}
        if isinstance(value, list):
            found = [self.value(one, key) for one in value]
            if self.service in UNORDERED and all(isinstance(one, dict) for one in found):
                found.sort(key=lambda one: (str(one.get("name")), str(one.get("id"))))
            return found
        if isinstance(value, str):
            if key in ADDRESS_KEYS:
                return self.address(value)
            if key == "hostId" and value:
                return "0" * 56
            if key in SECRETS:
                return SECRETS[key]
            return self.text(value)
        numbers = NUMBERS | MORE_NUMBERS.get(self.service, {})
        return numbers[key] if key in numbers and isinstance(value, int) else value

    def headers(self, headers: dict[str, str]) -> dict[str, str]:
        wanted = HEADERS + MORE_HEADERS.get(self.service, ())
        return {name: self.text(headers[name]) for name in wanted if name in headers}
