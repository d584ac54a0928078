"""The database, broker and caches below the services."""
from __future__ import annotations

import getpass
import gzip
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import conf, procs
from . import settings as s

SOCKET = s.DATA / "mysql.sock"
RABBIT_HOME = Path("/usr/lib/rabbitmq/bin")


def wait_port(port: int, name: str, patience: float = 90.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            socket.create_connection((s.HOST, port), timeout=1).close()
            return
        except OSError:
            if not procs.pid_of(name):
                break
            time.sleep(0.2)
    raise RuntimeError(f"{name} does not answer on port {port}; see {procs.log_path(name)}")


def start_mariadb() -> None:
    data = s.DATA / "mysql"
    me = getpass.getuser()
    if not (data / "mysql").is_dir():
        data.mkdir(parents=True, exist_ok=True)
        procs.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={me}",
                   "--auth-root-authentication-method=normal", "--skip-test-db"], "mariadb")
    first = s.ETC / "mariadb-first.sql"
    conf.write(first, f"CREATE USER IF NOT EXISTS 'cloud'@'{s.HOST}' "
                      f"IDENTIFIED BY '{s.PASSWORD}';\n"
                      f"GRANT ALL ON *.* TO 'cloud'@'{s.HOST}';\n")
    # Durability is switched off: the data may be lost with the host.
    procs.start("mariadb", [
        shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", f"--user={me}",
        f"--datadir={data}", f"--socket={SOCKET}", f"--port={s.MYSQL_PORT}",
        f"--bind-address={s.HOST}", f"--init-file={first}", "--skip-name-resolve",
        "--character-set-server=utf8mb3", "--collation-server=utf8mb3_general_ci",
        "--max-connections=1500", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0", "--innodb-flush-method=nosync", "--sync-frm=0",
        "--innodb-buffer-pool-size=384M", "--performance-schema=0", "--thread-cache-size=64"])
    wait_port(s.MYSQL_PORT, "mariadb")


def start_rabbitmq() -> None:
    procs.start("epmd", ["epmd", "-port", str(s.EPMD_PORT), "-address", s.HOST])
    wait_port(s.EPMD_PORT, "epmd")
    config = s.ETC / "rabbitmq.conf"
    conf.write(config, f"listeners.tcp.1 = {s.HOST}:{s.RABBIT_PORT}\n"
                       "log.console = true\nlog.console.level = warning\nlog.file = false\n"
                       "disk_free_limit.absolute = 50MB\n")
    plugins = s.ETC / "rabbitmq-plugins"
    conf.write(plugins, "[].\n")
    procs.start("rabbitmq", [str(RABBIT_HOME / "rabbitmq-server")], {
        "RABBITMQ_NODENAME": "cloud@localhost",
        "RABBITMQ_DIST_PORT": str(s.RABBIT_DIST_PORT),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_MNESIA_BASE": str(s.DATA / "rabbitmq"),
        "RABBITMQ_LOG_BASE": str(s.LOGS),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
            "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none",
        "ERL_EPMD_PORT": str(s.EPMD_PORT),
        "ERL_EPMD_ADDRESS": s.HOST,
    })


def wait_rabbitmq() -> None:
    wait_port(s.RABBIT_PORT, "rabbitmq")


def start_memcached() -> None:
    procs.start("memcached", ["memcached", "-l", s.HOST, "-p", str(s.MEMCACHED_PORT), "-U", "0",
                              "-m", "64", "-c", "4096", "-u", getpass.getuser()])
    wait_port(s.MEMCACHED_PORT, "memcached")


def sql(statement: str) -> None:
    subprocess.run(["mariadb", "--no-defaults", f"--socket={SOCKET}", "--user=root",
                    "--execute", statement], check=True)


def _dump_path(service: str, key: str) -> Path:
    return s.SCHEMAS / f"{service}-{key}.sql.gz"


def restore_schema(service: str, key: str) -> bool:
    """Load a dump taken after an earlier, identical set-up; False if none."""
    path = _dump_path(service, key)
    if not path.exists():
        return False
    with gzip.open(path) as dump:
        subprocess.run(["mariadb", "--no-defaults", f"--socket={SOCKET}", "--user=root"],
                       input=dump.read(), check=True)
    return True


def save_schema(service: str, key: str, databases: list[str]) -> None:
    s.SCHEMAS.mkdir(parents=True, exist_ok=True)
    for old in s.SCHEMAS.glob(f"{service}-*.sql.gz"):
        old.unlink()
    dump = subprocess.run(["mariadb-dump", "--no-defaults", f"--socket={SOCKET}", "--user=root",
                           "--databases", *databases], check=True, stdout=subprocess.PIPE).stdout
    partial = _dump_path(service, key).with_suffix(".part")
    with gzip.open(partial, "wb", compresslevel=3) as out:
        out.write(dump)
    os.replace(partial, _dump_path(service, key))
