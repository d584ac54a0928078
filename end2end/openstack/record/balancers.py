"""Octavia: load balancers made in one request, and what stands below them."""
from cloud import BALANCERS, NETWORK, wait
from network import MISSING, tag

LIST = "lbaas/loadbalancers"


def record(tape, things: dict[str, str]) -> None:
    one = create(tape, things)
    path = f"{LIST}/{one}"
    # At once: while something is pending, nothing else may be asked.
    tape.record("octavia_load_balancer/get_pending", BALANCERS, "GET", path, status=200)
    tape.record("octavia_load_balancer/delete_pending", BALANCERS, "DELETE", path, status=409,
                query={"cascade": "true"})
    bad_ones(tape, things, one)
    settled(tape, path)

    def read(operation, path, status=200, **query):
        return tape.record(f"octavia_load_balancer/{operation}", BALANCERS, "GET", path, status=status, query=query)
    read("get", path)
    read("get_missing", f"{LIST}/{MISSING}", 404)
    read("list", LIST, project_id=tape.cloud.project)
    read("list_of_other_project", LIST, 403, project_id=MISSING.replace("-", ""))
    read("list_page", LIST, name="record-lb", limit="1", sort="name:asc")
    read("find_by_tag", LIST, tags=tag(31))
    read("find_by_description", LIST, description=tag(31))
    read("stats", f"{path}/stats")
    read("status", f"{path}/status")
    pool = parts(tape, one)
    members(tape, things, pool, path)
    tape.record("octavia_load_balancer/update", BALANCERS, "PUT", path, {"loadbalancer": {"name": "record-lb-renamed"}},
                status=200)
    settled(tape, path)
    tape.record("octavia_load_balancer/delete_with_children", BALANCERS, "DELETE", path, status=400)
    tape.record("octavia_load_balancer/delete", BALANCERS, "DELETE", path, status=204, query={"cascade": "true"})
    tape.gone(BALANCERS, path)
    tape.record("octavia_load_balancer/delete_missing", BALANCERS, "DELETE", f"{LIST}/{MISSING}", status=404,
                query={"cascade": "true"})


def wanted(things: dict[str, str], **more) -> dict:
    subnet = things["subnet"]
    listener = {"name": "record-listener", "protocol": "HTTP", "protocol_port": 80, "default_pool": {
        "name": "record-pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
        "healthmonitor": {"name": "record-monitor", "type": "HTTP", "delay": 5, "timeout": 3, "max_retries": 3,
                          "url_path": "/healthy", "expected_codes": "200"},
        "members": [{"name": f"record-member-{number}", "address": f"10.77.0.{number}", "protocol_port": 8080,
                     "subnet_id": subnet} for number in (251, 252)]}}
    return {"loadbalancer": {"name": "record-lb", "description": tag(31), "tags": [tag(31)], "vip_subnet_id": subnet,
                             "listeners": [listener]} | more}


def create(tape, things: dict[str, str]) -> str:
    answer = tape.cloud.call(BALANCERS, "POST", LIST, wanted(things))
    if answer.status != 201:
        raise RuntimeError(f"no load balancer: {answer.status} {answer.body}")
    made = answer.body["loadbalancer"]
    for pool in made["pools"]:
        pool["members"].sort(key=lambda member: member["name"])
        for member in pool["members"]:
            tape.scrubber.know(member["id"], f"load balancer's {member['name']}")
    tape.scrubber.at("octavia_load_balancer/create")
    tape.scrubber.know(made["id"], "load balancer")
    tape.write("octavia_load_balancer/create", answer)
    path = f"{LIST}/{made['id']}"

    def remove():
        if tape.cloud.call(BALANCERS, "GET", path).status == 200:
            settled(tape, path)
            tape.call(BALANCERS, "DELETE", path, query={"cascade": "true"})
            tape.gone(BALANCERS, path)
    tape.later("load balancer", remove)
    return made["id"]


def settled(tape, path: str) -> None:
    wait(lambda: tape.call(BALANCERS, "GET", path).body["loadbalancer"]["provisioning_status"],
         lambda status: status in ("ACTIVE", "ERROR"))


def bad_ones(tape, things: dict[str, str], one: str) -> None:
    def refused(operation, status=400, **more):
        tape.record(f"octavia_load_balancer/{operation}", BALANCERS, "POST", LIST, wanted(things, **more),
                    status=status)
    refused("create_missing_subnet", vip_subnet_id=MISSING)
    refused("create_no_subnet", vip_subnet_id=None)
    refused("create_bad_port", listeners=[{"protocol": "HTTP", "protocol_port": 99_999}])
    refused("create_bad_protocol", listeners=[{"protocol": "FOO", "protocol_port": 80}])
    refused("create_same_port_twice", 409, listeners=[{"protocol": "HTTP", "protocol_port": 80},
                                                      {"protocol": "HTTP", "protocol_port": 80}])
    refused("create_bad_name", name="x" * 256)
    # The one with two listeners was refused when its address had been taken: the port stayed behind.
    for port in tape.call(NETWORK, "GET", "ports", query={"network_id": things["network"], "device_owner": "Octavia"}
                          ).body["ports"]:
        if port["device_id"] != f"lb-{one}":
            tape.remove(NETWORK, f"ports/{port['id']}")


def parts(tape, balancer: str) -> str:
    """Listeners, pools, members and monitors; the pool's id."""
    found = {}
    for kind, plural in (("listener", "listeners"), ("pool", "pools"), ("monitor", "healthmonitors")):
        # A monitor does not know its load balancer: they are listed by project.
        query = {"project_id": tape.cloud.project} if kind == "monitor" else {"loadbalancer_id": balancer}
        name = f"octavia_{kind}"
        listed = tape.record(f"{name}/list", BALANCERS, "GET", f"lbaas/{plural}", status=200, query=query)
        found[kind] = listed.body[plural][0]["id"]
        tape.record(f"{name}/get", BALANCERS, "GET", f"lbaas/{plural}/{found[kind]}", status=200)
        tape.record(f"{name}/get_missing", BALANCERS, "GET", f"lbaas/{plural}/{MISSING}", status=404)
        if kind == "monitor":
            tape.record(f"{name}/list_of_load_balancer", BALANCERS, "GET", f"lbaas/{plural}", status=400,
                        query={"loadbalancer_id": balancer})
    return found["pool"]


def members(tape, things: dict[str, str], pool: str, balancer: str) -> None:
    path = f"lbaas/pools/{pool}/members"

    def create(operation, status, made="", **more):
        sent = {"name": "record-member-253", "address": "10.77.0.253", "protocol_port": 8080, "weight": 2,
                "subnet_id": things["subnet"], "tags": [tag(32)]} | more
        return tape.record(f"octavia_member/{operation}", BALANCERS, "POST", path, {"member": sent}, status=status,
                           made=made)

    def read(operation, path, status=200, **query):
        return tape.record(f"octavia_member/{operation}", BALANCERS, "GET", path, status=status, query=query)
    one = read("list", path).body["members"][0]["id"]
    read("get", f"{path}/{one}")
    read("get_missing", f"{path}/{MISSING}", 404)
    read("list_of_missing_pool", f"lbaas/pools/{MISSING}/members", 404)
    added = create("create", 201, "member").body["member"]["id"]
    settled(tape, balancer)
    create("create_again", 409)
    create("create_bad_address", 400, address="10.77.0.999")
    create("create_missing_subnet", 400, address="10.77.0.254", subnet_id=MISSING)
    tape.record("octavia_member/update", BALANCERS, "PUT", f"{path}/{added}", {"member": {"weight": 5}}, status=200)
    settled(tape, balancer)
    tape.record("octavia_member/delete", BALANCERS, "DELETE", f"{path}/{added}", status=204)
    settled(tape, balancer)
    tape.record("octavia_member/delete_missing", BALANCERS, "DELETE", f"{path}/{MISSING}", status=404)
