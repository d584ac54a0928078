"""Finding the service definitions and writing their configuration."""
from __future__ import annotations

import hashlib
import importlib
import json

from . import conf
from . import settings as s
from .model import Service

# In order of need: a service comes after those that it calls.
ORDER = ["keystone", "glance", "placement", "neutron", "nova", "cinder", "region_two", "magnum", "manila", "swift",
         "octavia", "designate", "zun", "ironic", "cyborg"]


def load_all() -> dict[str, Service]:
    found = {}
    for name in ORDER:
        found[name] = importlib.import_module(f"services.{name}").SERVICE
    return found


def choose(words: str) -> list[Service]:
    """The services that "all" or a comma list names, with their needs."""
    everything = load_all()
    wanted: set[str] = set()

    def add(name: str) -> None:
        if name not in everything:
            raise SystemExit(f"no service named {name}; there are: {', '.join(everything)}")
        if name not in wanted:
            wanted.add(name)
            for need in everything[name].needs:
                add(need)

    for word in words.split(","):
        if word == "all":
            wanted.update(everything)
        else:
            add(word)
    wanted.add("keystone")
    return [svc for name, svc in everything.items() if name in wanted]


def choose_exactly(words: str) -> list[Service]:
    """The named services alone, without those that they need."""
    everything = load_all()
    if unknown := set(words.split(",")) - set(everything):
        raise SystemExit(f"no service named {', '.join(sorted(unknown))}")
    return [everything[name] for name in words.split(",")]


def folder(service: Service) -> str:
    return f".{service.name}"


def write_config(service: Service) -> None:
    (s.DATA / service.name / "locks").mkdir(parents=True, exist_ok=True)
    for name, sections in service.conf.items():
        conf.write(s.ETC / folder(service) / name, conf.render(sections))
    for name, text in service.files.items():
        conf.write(s.ETC / folder(service) / name, text)
    for name, target in service.links.items():
        link = s.ETC / folder(service) / name
        if not link.is_symlink():
            link.symlink_to(target)


def schema_key(service: Service) -> str:
    """Changes when the packages or the set-up commands change."""
    known = json.dumps([service.databases, service.schema, s.PASSWORD, str(s.HOME), s.PORT_OFFSET])
    pins = (s.ROOT / "constraints.txt").read_bytes()
    return hashlib.sha256(pins + known.encode()).hexdigest()[:12]
