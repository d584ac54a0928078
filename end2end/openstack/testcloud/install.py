"""`cloud install`: system packages and the virtual environment."""
from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from . import settings as s

PROGRAMS = {                        # a program to look for -> the package that has it
    "mariadbd": "mariadb-server",
    "rabbitmq-server": "rabbitmq-server",
    "memcached": "memcached",
    "qemu-img": "qemu-utils",
    "openssl": "openssl",
}
LIBRARIES = {                       # the same for what is loaded rather than run
    "liberasurecode.so.1": "liberasurecode1",
}
POLICY = "/usr/sbin/policy-rc.d"    # keeps packages from starting their daemons


def _as_root(argv: list[str], **more) -> None:
    subprocess.run(argv if os.getuid() == 0 else ["sudo", *argv], check=True, **more)


def _python() -> str:
    """The system's interpreter rather than one that the user switches about."""
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else "python3"


def _apt() -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = [p for program, p in PROGRAMS.items() if not shutil.which(program, path=path)]
    missing += [p for file, p in LIBRARIES.items() if not list(Path("/usr/lib").glob(f"*/{file}"))]
    if subprocess.run([_python(), "-c", "import ensurepip"], capture_output=True).returncode:
        missing.append("python3-venv")
    if not missing:
        return
    ours = not os.path.exists(POLICY)
    if ours:
        _as_root(["tee", POLICY], input=b"#!/bin/sh\nexit 101\n", stdout=subprocess.DEVNULL)
        _as_root(["chmod", "755", POLICY])
    try:
        _as_root(["apt-get", "update", "-qq"])
        _as_root(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qqy",
                  "--no-install-recommends", *missing])
    finally:
        if ours:
            _as_root(["rm", "-f", POLICY])


def _venv() -> None:
    constraints = s.ROOT / "constraints.txt"
    wanted = hashlib.sha256(constraints.read_bytes()).hexdigest()
    mark = s.VENV / "installed"
    if mark.exists() and mark.read_text() == wanted:
        return
    if not s.PYTHON.exists():
        subprocess.run([_python(), "-m", "venv", str(s.VENV)], check=True)
    subprocess.run([str(s.PYTHON), "-m", "pip", "install", "-q", "uv"], check=True)
    # Every package and version is in the constraints file, so nothing is resolved.
    subprocess.run([str(s.BIN / "uv"), "pip", "install", "--python", str(s.PYTHON),
                    "--compile-bytecode", "--no-deps", "-r", str(constraints)], check=True)
    mark.write_text(wanted)


def install() -> None:
    started = time.monotonic()
    s.HOME.mkdir(parents=True, exist_ok=True)
    _apt()
    _venv()
    print(f"installed in {time.monotonic() - started:.1f} s: {s.VENV}")
