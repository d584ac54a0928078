"""What a service definition is made of. The definitions are in services/."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from . import settings as s

Conf = dict[str, dict[str, dict[str, object]]]   # file -> section -> option -> value


@dataclass(frozen=True)
class Process:
    """One long-running process; with a port it is an API to wait for."""
    name: str
    argv: list[str]
    port: int | None = None
    path: str = "/"
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """One catalog entry; `second_region` repeats it in the second region."""
    type: str
    name: str
    url: str
    second_region: bool = False


@dataclass(frozen=True)
class Service:
    name: str
    summary: str                    # the driver at the bottom, in words
    databases: list[str] = field(default_factory=list)
    conf: Conf = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)      # other files, verbatim
    links: dict[str, str] = field(default_factory=dict)      # name -> a shipped file
    env: dict[str, str] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)   # each with an admin of its own
    endpoints: list[Endpoint] = field(default_factory=list)
    prepare: Callable[[], None] | None = None                # before `schema`, once
    schema: list[list[str]] = field(default_factory=list)    # database set-up, once
    init: list[list[str]] = field(default_factory=list)      # other set-up, once
    processes: list[Process] = field(default_factory=list)
    after: list[list[str]] = field(default_factory=list)     # once, when all answer
    needs: list[str] = field(default_factory=list)
    start_after: list[str] = field(default_factory=list)     # those must answer first


def api(name: str, module: str, usual_port: int, path: str = "/", **env: str) -> Process:
    """A WSGI application served by tools/serve.py in one process."""
    return Process(name, [str(s.PYTHON), str(s.ROOT / "tools/serve.py"), name,
                          str(s.port(usual_port)), module],
                   port=s.port(usual_port), path=path, env=env)


def daemon(name: str, *argv: str, **env: str) -> Process:
    """A console script of the venv; without arguments the script of that name."""
    program, *rest = argv or (name,)
    return Process(name, [str(s.BIN / program), *rest], env=env)
