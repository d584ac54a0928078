"""Create the demo content through the real APIs. Running it again changes nothing."""
import sys
import time

import cloud

PROJECTS = {
    "devops-dev": "DevOps team, development",
    "devops-staging-9a3f": "DevOps team, staging",
    "devops-prod": "DevOps team, production",
    "payments-dev": "Payments team, development",
}
ADMIN_ACCOUNT = "atonix-admin"
PEOPLE = {                          # user -> projects where it is a plain member
    "mira": ["devops-dev", "devops-staging-9a3f"],
    "pavel": ["payments-dev"],
}
MEMBER_ROLES = ["member", "load-balancer_member"]
ADMIN_ROLES = ["admin", "load-balancer_admin", *MEMBER_ROLES]
FLAVORS = {"m1.tiny": (1, 512, 1), "m1.small": (1, 2048, 20), "m1.medium": (2, 4096, 40),
           "m1.large": (4, 8192, 80)}
IMAGES = {
    "cirros-0.6": {},
    "ubuntu-22.04-lts": {"os_distro": "ubuntu", "os_version": "22.04"},
    "ubuntu-24.04": {"os_distro": "ubuntu", "os_version": "24.04"},
    "fedora-coreos-40": {"os_distro": "fedora-coreos", "os_version": "40"},
}
VOLUME_TYPES = {"standard": "General purpose", "fast": "Low latency"}


def say(kind: str, *names: str) -> None:
    print(f"  {kind}: {', '.join(names)}")


def identity(conn) -> dict[str, object]:
    roles = {role.name: role for role in conn.identity.roles()}
    projects = {"admin": conn.identity.find_project("admin")}
    for name, text in PROJECTS.items():
        projects[name] = conn.identity.find_project(name) or conn.identity.create_project(
            name=name, description=text, domain_id="default")

    def user(name: str, project_names: list[str], role_names: list[str]) -> None:
        one = conn.identity.find_user(name) or conn.identity.create_user(
            name=name, password=cloud.PASSWORD, domain_id="default",
            default_project_id=projects[project_names[0]].id,
            email=f"{name}@cloud.example")
        for project_name in project_names:
            for role_name in role_names:
                if role_name in roles:
                    conn.identity.assign_project_role_to_user(
                        projects[project_name], one, roles[role_name])

    everywhere = [cloud.PROJECT, *(n for n in PROJECTS if n != cloud.PROJECT)]
    user(cloud.ACCOUNT, everywhere, MEMBER_ROLES)
    user(ADMIN_ACCOUNT, [*everywhere, "admin"], ADMIN_ROLES)
    for name, project_names in PEOPLE.items():
        user(name, project_names, MEMBER_ROLES)
    say("projects", *PROJECTS)
    say("users", cloud.ACCOUNT, ADMIN_ACCOUNT, *PEOPLE)
    return {name: projects[name] for name in PROJECTS}


def compute(conn) -> None:
    for name, (cpus, ram, disk) in FLAVORS.items():
        if not conn.compute.find_flavor(name):
            conn.compute.create_flavor(name=name, vcpus=cpus, ram=ram, disk=disk)
    for name in (cloud.ACCOUNT, ADMIN_ACCOUNT):       # in Nova a keypair belongs to a user
        account = cloud.connect(name)
        if not account.compute.find_keypair("devops-key"):
            account.compute.create_keypair(name="devops-key", public_key=cloud.public_key())
    say("flavors", *FLAVORS)
    say("keypair", "devops-key")


def image(conn) -> None:
    for name, properties in IMAGES.items():
        made = conn.image.find_image(name) or conn.image.create_image(
            name=name, disk_format="raw", container_format="bare", visibility="public",
            min_disk=1, **properties)
        if made.status == "queued":
            cloud.upload(conn, made, name.encode().ljust(4096, b"\0"))
    say("images", *IMAGES)


def network(conn, projects) -> None:
    public = conn.network.find_network("public") or conn.network.create_network(
        name="public", is_router_external=True, is_shared=False,
        provider_network_type="flat", provider_physical_network="public")
    if not conn.network.find_subnet("public-subnet"):
        conn.network.create_subnet(
            name="public-subnet", network_id=public.id, ip_version=4, cidr="172.24.0.0/20",
            gateway_ip="172.24.0.1", is_dhcp_enabled=False,
            allocation_pools=[{"start": "172.24.0.10", "end": "172.24.15.254"}])
    for number, (project_name, project) in enumerate(projects.items()):
        owner = project.id
        private = (conn.network.find_network("private", project_id=owner)
                   or conn.network.create_network(name="private", project_id=owner))
        subnet = conn.network.find_subnet("private-subnet", project_id=owner)
        if not subnet:
            subnet = conn.network.create_subnet(
                name="private-subnet", network_id=private.id, project_id=owner, ip_version=4,
                cidr=f"10.{20 + number}.0.0/24", dns_nameservers=[f"10.{20 + number}.0.2"])
        if not conn.network.find_router(f"{project_name}-router", project_id=owner):
            router = conn.network.create_router(
                name=f"{project_name}-router", project_id=owner,
                external_gateway_info={"network_id": public.id})
            conn.network.add_interface_to_router(router, subnet_id=subnet.id)
    say("networks", "public", "private, with a router, in each project")


def volume(conn, projects) -> None:
    types = {one.name: one for one in conn.block_storage.types()}
    for name, text in VOLUME_TYPES.items():
        if name not in types:
            types[name] = conn.block_storage.create_type(
                name=name, description=text, extra_specs={"volume_backend_name": "empty"})
    for project in projects.values():
        conn.block_storage.put(f"/default-types/{project.id}", microversion="3.62",
                               json={"default_type": {"volume_type": types["standard"].id}})
    say("volume types", *VOLUME_TYPES)
    wait_for_backend(conn)


def wait_for_backend(conn, patience: float = 120.0) -> None:
    """Until the scheduler has heard of the backend: before that each volume ends in `error`."""
    deadline = time.monotonic() + patience
    while True:
        made = conn.block_storage.create_volume(name="is-it-ready", size=1, volume_type="standard")
        while made.status not in ("available", "error"):
            time.sleep(0.2)
            made = conn.block_storage.get_volume(made)
        # Before the deletion: waiting for it writes the states it sees into `made`.
        ready = made.status == "available"
        conn.block_storage.delete_volume(made)
        conn.block_storage.wait_for_delete(made)
        if ready:
            return
        if time.monotonic() > deadline:
            raise SystemExit("the block storage makes no volume; see the log of cinder-scheduler")
        time.sleep(1)


def share(conn) -> None:
    if not any(one.name == "default" for one in conn.shared_file_system.share_types()):
        conn.shared_file_system.create_share_type(
            name="default", extra_specs={"driver_handles_share_servers": "false",
                                         "snapshot_support": "true",
                                         "create_share_from_snapshot_support": "true"})
    say("share types", "default")
    # As with volumes; here the scheduler tells what it has heard of.
    until("manila-scheduler", lambda: list(conn.shared_file_system.storage_pools()))


def containers(conn) -> None:
    until("zun-compute", lambda: ask(conn, "container", "/hosts", microversion="1.40")["hosts"])


def accelerators(conn) -> None:
    """Its agent tells of the pretended devices when it first reports."""
    until("cyborg-agent", lambda: ask(conn, "accelerator", "/devices")["devices"])


def ask(conn, service_type: str, path: str, **more) -> dict:
    return conn.session.get(path, endpoint_filter={
        "service_type": service_type, "region_name": cloud.REGION}, **more).json()


def until(log: str, read, patience: float = 120.0) -> None:
    """Until the service knows of what it will be asked for."""
    deadline = time.monotonic() + patience
    while not read():
        if time.monotonic() > deadline:
            raise SystemExit(f"still nothing to offer; see the log of {log}")
        time.sleep(1)


def main() -> int:
    conn = cloud.admin()
    projects = identity(conn)
    if cloud.answering(conn, "image"):
        image(conn)
    if cloud.answering(conn, "network"):
        network(conn, projects)
    if cloud.answering(conn, "compute"):
        compute(conn)
    if cloud.answering(conn, "block-storage"):
        volume(conn, projects)
    if cloud.answering(conn, "sharev2"):
        share(conn)
    if cloud.answering(conn, "container"):
        containers(conn)
    if cloud.answering(conn, "accelerator"):
        accelerators(conn)
    print("seeded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
