"""Starting, watching and stopping our own processes, by pid."""
from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from . import settings as s


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of everything that runs here."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("OS_", "PYTHON")) and not k.lower().endswith("_proxy")}
    env |= {"HOME": str(s.ETC), "PATH": f"{s.BIN}:{env.get('PATH', '')}:/usr/sbin:/sbin",
            "PYTHONPATH": str(s.ROOT / "plugins"), "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore",
            "VIRTUAL_ENV": str(s.VENV), "LC_ALL": "C.UTF-8"}
    return env | (extra or {})


def log_path(name: str) -> Path:
    return s.LOGS / f"{name}.log"


def _start_time(pid: int) -> str | None:
    """The kernel's start tick of a pid: guards against a reused number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def pid_of(name: str) -> int | None:
    """The live pid of a process that was started here, or None."""
    try:
        pid, _, started = (s.PIDS / name).read_text().partition(" ")
    except OSError:
        return None
    return int(pid) if _start_time(int(pid)) == started.strip() else None


def start(name: str, argv: list[str], env: dict[str, str] | None = None) -> None:
    if pid_of(name):
        return
    s.PIDS.mkdir(parents=True, exist_ok=True)
    s.LOGS.mkdir(parents=True, exist_ok=True)
    with open(log_path(name), "ab") as log:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.STDOUT, env=environment(env),
                                 cwd=s.DATA, start_new_session=True)
    (s.PIDS / name).write_text(f"{child.pid} {_start_time(child.pid)}")


def running() -> list[str]:
    if not s.PIDS.is_dir():
        return []
    return sorted(p.name for p in s.PIDS.iterdir() if pid_of(p.name))


def _group_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def stop(names: list[str], patience: float = 8.0) -> None:
    """TERM each process group, then KILL what is left when patience ends."""
    groups = {name: pid for name in names if (pid := pid_of(name))}
    for sig, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        for pid in groups.values():
            try:
                os.killpg(pid, sig)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + wait
        while groups and time.monotonic() < deadline:
            groups = {n: p for n, p in groups.items() if _start_time(p) and _group_alive(p)}
            time.sleep(0.1)
    for name in names:
        (s.PIDS / name).unlink(missing_ok=True)


def memory_mb(pid: int) -> int:
    """Proportional memory of a process and its children, in MiB."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if int(entry.name) != pid and os.getpgid(int(entry.name)) != pid:
                continue
            for line in (entry / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except (OSError, ProcessLookupError):
            continue
    return total // 1024


def run(argv: list[str], log: str, env: dict[str, str] | None = None,
        stdin: str | None = None) -> None:
    """Run a command to its end; its output goes to the log of that name."""
    s.LOGS.mkdir(parents=True, exist_ok=True)
    s.DATA.mkdir(parents=True, exist_ok=True)
    if "/" not in argv[0] and (s.BIN / argv[0]).exists():
        argv = [str(s.BIN / argv[0]), *argv[1:]]
    with open(log_path(log), "ab") as out:
        out.write(f"$ {' '.join(argv)}\n".encode())
        out.flush()
        done = subprocess.run(argv, input=stdin.encode() if stdin else None,
                              stdin=None if stdin else subprocess.DEVNULL,
                              stdout=out, stderr=subprocess.STDOUT,
                              env=environment(env), cwd=s.DATA)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(argv)}` ended with {done.returncode}; "
                           f"see {log_path(log)}")
