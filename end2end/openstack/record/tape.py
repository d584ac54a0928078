"""The recorder: calls the cloud, and writes each exchange as a fixture."""
from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path

from cloud import Answer, Cloud, Service, wait
from scrub import Scrubber

# Where a thing may be recognised as one of those that this run knows.
MARKS = ("id", "uuid", "network_id", "device_id")


def rule(one: dict) -> list[str]:
    """What tells the rules of a security group apart."""
    return [str(one.get(key)) for key in ("direction", "ethertype", "protocol", "port_range_min", "remote_group_id")]


def bare(value: object) -> object:
    """An id without the region before it."""
    return value.rpartition(":")[2] if isinstance(value, str) else value


def things_in(body: object) -> list[dict]:
    """The body itself, and what its lists hold."""
    if not isinstance(body, dict):
        return []
    return [body, *(one for value in body.values() if isinstance(value, list) for one in value
                    if isinstance(one, dict))]


def place(one: dict) -> tuple[str, ...]:
    """What gives a list a steady order; ids do not."""
    region = str(one.get("id")).rpartition(":")[0]
    return (*(str(one.get(key)) for key in ("name", "device_owner", "created_at", "path", "type", "ptrdname")),
            region, *rule(one))


class Tape:
    """One recording session. What it creates it removes at the end, in reverse."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self.folder = cloud, folder
        hosts = {}
        for kind, address in sorted(cloud.addresses.items()):
            scheme, _, rest = address.partition("://")
            hosts.setdefault(f"{scheme}://{rest.partition('/')[0]}", f"https://{kind}.cloud.example")
        self.scrubber = Scrubber(hosts)
        self.scrubber.know(cloud.project, "project")
        self.scrubber.know(cloud.user, "user")
        self._later: list[tuple[str, object, Cloud]] = []
        self.count = 0
        self.surprises: list[str] = []

    def __enter__(self) -> Tape:
        return self

    def __exit__(self, *_: object) -> None:
        while self._later:
            name, action, self.cloud = self._later.pop()
            try:
                action()
            except Exception as error:      # one thing left behind must not keep the others
                print(f"  not removed: {name}: {error}", file=sys.stderr)

    def later(self, name: str, action) -> None:
        """Do this at the end, as the account that is signed in now."""
        self._later.append((name, action, self.cloud))

    @contextmanager
    def signed_in(self, cloud: Cloud):
        """Ask as another account for a while."""
        self.scrubber.know(cloud.project, "other project")
        self.scrubber.know(cloud.user, "other user")
        own, self.cloud = self.cloud, cloud
        try:
            yield
        finally:
            self.cloud = own

    def call(self, service: Service, method: str, path: str, body: object = None, **more) -> Answer:
        """Ask without recording; an error ends the session."""
        answer = self.cloud.call(service, method, path, body, **more)
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body}")
        return answer

    def gone(self, service: Service, path: str, **more) -> None:
        wait(lambda: self.cloud.call(service, "GET", path, **more).status, 404)

    def remove(self, service: Service, path: str, **more) -> None:
        """Delete if it is still there, and wait until it is not."""
        status = self.cloud.call(service, "DELETE", path, **more).status
        if status not in (200, 202, 204, 404):
            raise RuntimeError(f"DELETE {path}: {status}")
        self.gone(service, path, **more)

    def record(self, name: str, service: Service, method: str, path: str, body: object = None, *,
               status: int, made: str = "", **more) -> Answer:
        """Ask, and write the exchange to NAME.json. `made` labels the id of what the answer created."""
        answer = self.cloud.call(service, method, path, body, **more)
        if answer.status != status:
            text = f"{name}: {method} {path}: {answer.status} instead of {status}: {answer.body}"
            if status < 400 or answer.status < 400:
                raise RuntimeError(text)
            self.surprises.append(text)     # another error than expected: nothing builds on it
        self.scrubber.at(name)
        if made:
            one = self.one(answer)
            self.scrubber.know(one.get("id") or one["uuid"], made)
        self.write(name, answer)
        return answer

    def write(self, name: str, answer: Answer) -> None:
        clean = self.scrubber
        clean.service = answer.sent["service"]
        self.keep_known(answer.body)
        fixture = {
            "request": clean.value(answer.sent),
            "answer": {"status": answer.status, "headers": clean.headers(answer.headers),
                       "body": clean.value(answer.body)}}
        path = self.folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(fixture, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        self.count += 1

    def keep_known(self, body: object) -> None:
        """Leave out of a list what others made in the project meanwhile, and give the rest a steady order."""
        for one in things_in(body):
            if isinstance(one.get("records"), list):
                one["records"].sort()           # a set: each answer has an order of its own
        for value in body.values() if isinstance(body, dict) else ():
            if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
                if any(mark in one for one in value for mark in ("id", "uuid")):
                    kept = [one for one in value if any(self.scrubber.known(bare(one.get(mark))) for mark in MARKS)]
                    if isinstance(count := body.get("metadata"), dict) and "total_count" in count:
                        count["total_count"] -= len(value) - len(kept)
                    value[:] = sorted(kept, key=place)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and "security_group_rules" in one:
                    one["security_group_rules"].sort(key=rule)

    @staticmethod
    def one(answer: Answer) -> dict:
        """The thing in an answer, bare or below its only key."""
        body = answer.body
        return body if "id" in body or "uuid" in body else next(iter(body.values()))
