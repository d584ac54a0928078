"""`cloud up`: initialise what is new, start everything, wait until it answers."""
from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import catalog, infra, procs
from . import services as definitions
from . import settings as s
from .model import Process, Service

PARALLEL = 2                        # set-up commands at a time


def once(mark: str) -> Path | None:
    """The file to touch when a one-time step is done, or None if it is done."""
    path = s.MARKS / mark
    path.parent.mkdir(parents=True, exist_ok=True)
    return None if path.exists() else path


def run_all(service: Service, commands: list[list[str]]) -> None:
    for command in commands:
        procs.run(command, f"{service.name}-setup", service.env)


def initialise(service: Service) -> float:
    """Databases and other one-time set-up of a service; the seconds it took."""
    mark = once(f"{service.name}-init")
    if mark is None:
        return 0.0
    started = time.monotonic()
    if service.prepare:
        service.prepare()
    if service.databases:
        key = definitions.schema_key(service)
        if not infra.restore_schema(service.name, key):
            for name in service.databases:
                infra.sql(f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}")
            run_all(service, service.schema)
            infra.save_schema(service.name, key, service.databases)
    run_all(service, service.init)
    mark.touch()
    return time.monotonic() - started


def answers(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection(s.HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
        return status if status < 500 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_api(process: Process, patience: float = 300.0) -> int | None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if status := answers(process.port, process.path):
            return status
        if not procs.pid_of(process.name):
            return None
        time.sleep(0.3)
    return None


def start(service: Service) -> None:
    for process in service.processes:
        procs.start(process.name, process.argv,
                    {"TEST_CLOUD_THREADS": str(s.THREADS)} | service.env | process.env)


def row(*cells: object) -> None:
    print("{:<12} {:<24} {:>6}  {:<10} {:>8}".format(*cells), flush=True)


def wait_service(service: Service, since: float) -> None:
    for process in service.processes:
        if process.port:
            status = wait_api(process)
            state = f"HTTP {status}" if status else "DOWN"
        else:
            state = "running" if procs.pid_of(process.name) else "DOWN"
        row(service.name, process.name, process.port or "", state,
            f"{time.monotonic() - since:.1f}")


def finish(service: Service) -> None:
    """The steps that need the running service; retried while it settles."""
    mark = once(f"{service.name}-after")
    if mark is None or not service.after:
        return
    for attempt in range(10):
        try:
            run_all(service, service.after)
            mark.touch()
            return
        except RuntimeError as error:
            if attempt == 9:
                print(f"  {error}")
            time.sleep(3)


def start_all(services: list[Service]) -> None:
    """Start everything at once, save what cannot start before others answer."""
    by_name = {service.name: service for service in services}
    for service in sorted(services, key=lambda one: len(one.start_after)):
        for name in service.start_after:
            for process in by_name[name].processes if name in by_name else []:
                if process.port:
                    wait_api(process)
        start(service)


def revive(services: list[Service]) -> bool:
    """Start once more what ended while the rest came up; whether all is well now."""
    processes = [p for service in services for p in service.processes]

    def ended() -> list[Process]:
        return [p for p in processes if not procs.pid_of(p.name)]
    if gone := ended():
        print("ended while starting, started again:", ", ".join(p.name for p in gone))
        for service in services:
            start(service)
        for process in gone:
            if process.port:
                wait_api(process)
        time.sleep(8)
    bad = ended() + [p for p in processes if p.port and not answers(p.port, p.path)]
    for process in bad:
        print(f"{process.name} is down; see {procs.log_path(process.name)}")
    return not bad


def up(words: str) -> int:
    began = time.monotonic()
    chosen = definitions.choose(words)
    s.DATA.mkdir(parents=True, exist_ok=True)
    for service in chosen:
        definitions.write_config(service)
    infra.start_memcached()
    infra.start_rabbitmq()
    infra.start_mariadb()
    infra.wait_rabbitmq()
    print(f"database, broker and cache: {time.monotonic() - began:.1f} s")

    keystone, others = chosen[0], chosen[1:]
    initialise(keystone)
    start(keystone)
    with ThreadPoolExecutor(PARALLEL) as pool:
        for service, seconds in zip(others, pool.map(initialise, others)):
            if seconds > 1:
                print(f"set up {service.name}: {seconds:.1f} s", flush=True)
    row("service", "process", "port", "status", "seconds")
    wait_service(keystone, began)
    catalog.register(chosen)
    start_all(others)
    for service in others:
        wait_service(service, began)
    for service in chosen:
        finish(service)
    good = revive(chosen)
    print(f"{'all up' if good else 'NOT all up'} after {time.monotonic() - began:.1f} s")
    return 0 if good else 1
