"""Configuration sections that most services share, and the ini writer."""
from __future__ import annotations

from pathlib import Path

from . import settings as s

Section = dict[str, object]


def mysql(database: str) -> str:
    return (f"mysql+pymysql://cloud:{s.PASSWORD}@{s.HOST}:{s.MYSQL_PORT}/{database}"
            "?charset=utf8mb3")


def database(name: str) -> dict[str, Section]:
    return {"database": {"connection": mysql(name), "max_pool_size": 5, "max_overflow": 20}}


def rabbit() -> str:
    return f"rabbit://guest:guest@{s.HOST}:{s.RABBIT_PORT}/"


def memcached() -> str:
    return f"{s.HOST}:{s.MEMCACHED_PORT}"


def credentials(user: str, *, project: bool = True, **more: object) -> Section:
    """A keystoneauth section for a service user."""
    section: Section = {
        "auth_type": "password",
        "auth_url": s.AUTH_URL,
        "username": user,
        "password": s.PASSWORD,
        "user_domain_name": "Default",
        "region_name": s.REGION,
    }
    if project:
        section |= {"project_name": "service", "project_domain_name": "Default"}
    return section | more


def authtoken(user: str, **more: object) -> dict[str, Section]:
    return {"keystone_authtoken": credentials(
        user, www_authenticate_uri=s.AUTH_URL, memcached_servers=memcached(),
        service_token_roles_required=True, service_token_roles="service", **more)}


def messaging(*, notifications: bool = False) -> dict[str, Section]:
    return {
        "oslo_messaging_rabbit": {"rabbit_quorum_queue": False, "heartbeat_in_pthread": False},
        "oslo_messaging_notifications": {"driver": "messagingv2" if notifications else "noop"},
    }


def locks(name: str) -> dict[str, Section]:
    return {"oslo_concurrency": {"lock_path": str(s.DATA / name / "locks")}}


def shipped(path: str) -> str:
    """A file that a package installed below the venv's etc/."""
    return str(s.SHIPPED_ETC / path)


def render(sections: dict[str, Section]) -> str:
    lines: list[str] = []
    for section, options in sections.items():
        lines.append(f"[{section}]")
        for name, value in options.items():
            for one in value if isinstance(value, list) else [value]:
                lines.append(f"{name} = {one}")
        lines.append("")
    return "\n".join(lines)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
