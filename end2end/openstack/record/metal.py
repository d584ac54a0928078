"""Ironic: nodes and their ports, which are the administrators' business."""
from cloud import METAL, Cloud, wait
from network import MISSING, tag

# The first that lists parents and children of nodes; the interfaces of 1.31 to 1.80 are in it.
V = {"microversion": "1.81"}
ADDRESS = "52:54:00:0a:0b:0c"


def record(tape, things: dict[str, str]) -> None:
    tape.record("ironic_node/list_as_member", METAL, "GET", "nodes/detail", status=200, **V)
    tape.record("ironic_node/create_as_member", METAL, "POST", "nodes", {"driver": "fake-hardware"}, status=403, **V)
    with tape.signed_in(Cloud.of_administrators()):
        nodes(tape)


def nodes(tape) -> None:
    def create(operation, status, /, made="", **more):
        sent = {"driver": "fake-hardware", "name": "record-node", "resource_class": "baremetal",
                "properties": {"cpus": 8, "memory_mb": 32768, "local_gb": 500},
                "extra": {"atonix_id": tag(71)[7:]}} | more
        return tape.record(f"ironic_node/{operation}", METAL, "POST", "nodes", sent, status=status, made=made, **V)

    one = create("create", 201, "node").body["uuid"]
    path = f"nodes/{one}"

    def remove():
        if tape.cloud.call(METAL, "GET", path, **V).status == 200:
            tape.call(METAL, "PUT", f"{path}/maintenance", {"reason": "removed after recording"}, **V)
            tape.call(METAL, "DELETE", path, **V)
    tape.later("node", remove)
    create("create_twice", 409)
    create("create_bad_driver", 400, driver="none-such", name="record-bad")
    create("create_bad_name", 400, name="record bad!")
    create("create_bad_field", 400, name="record-bad", none_such=1)

    def read(operation, path, status=200, **query):
        tape.record(f"ironic_node/{operation}", METAL, "GET", path, status=status, query=query, **V)

    def provide(operation, target, wanted="", status=202, **more):
        tape.record(f"ironic_node/{operation}", METAL, "PUT", f"{path}/states/provision", {"target": target} | more,
                    status=status, **V)
        if wanted:
            idle(tape, path, "provision_state", wanted)
    read("get_enrolled", path)
    provide("deploy_enrolled", "active", status=400)
    provide("provision_unknown", "none-such", status=400)
    provide("manage", "manage", "manageable")
    provide("provide", "provide", "available")
    read("get", path)
    read("get_by_name", "nodes/record-node")
    read("get_missing", f"nodes/{MISSING}", 404)
    read("list", "nodes/detail")
    read("list_page", "nodes", limit="1", sort_key="uuid", driver="fake-hardware", resource_class="baremetal")
    read("list_of_project", "nodes/detail", 400, project_id=tape.cloud.project)
    read("list_of_owner", "nodes/detail", owner=tape.cloud.project)
    read("list_states", f"{path}/states")
    power(tape, path)
    ports(tape, one)
    tape.record("ironic_node/set_image", METAL, "PATCH", path, [{"op": "add", "path": "/instance_info", "value": {
        "image_source": "http://images.cloud.example/none", "image_checksum": "0" * 31 + "1"}}], status=200, **V)
    provide("deploy", "active", "active")
    read("get_active", path)
    tape.record("ironic_node/delete_active", METAL, "DELETE", path, status=409, **V)
    provide("undeploy", "deleted", "available")
    tape.record("ironic_node/set_maintenance", METAL, "PUT", f"{path}/maintenance", {"reason": "recorded"}, status=202,
                **V)
    tape.record("ironic_node/clear_maintenance", METAL, "DELETE", f"{path}/maintenance", status=202, **V)
    tape.record("ironic_node/delete", METAL, "DELETE", path, status=204, **V)
    tape.record("ironic_node/delete_missing", METAL, "DELETE", f"nodes/{MISSING}", status=404, **V)


def idle(tape, path: str, key: str, wanted: str) -> None:
    """Until it is there and the conductor holds the node no longer: it would refuse the next call."""
    wait(lambda: [tape.call(METAL, "GET", path, **V).body[one] for one in (key, "reservation")], [wanted, None])


def power(tape, path: str) -> None:
    for operation, target, wanted in (("power_on", "power on", "power on"), ("power_off", "power off", "power off"),
                                      ("reboot", "rebooting", "power on")):
        tape.record(f"ironic_node/{operation}", METAL, "PUT", f"{path}/states/power", {"target": target}, status=202,
                    **V)
        idle(tape, path, "power_state", wanted)
    tape.record("ironic_node/power_unknown", METAL, "PUT", f"{path}/states/power", {"target": "none-such"}, status=400,
                **V)


def ports(tape, node: str) -> None:
    def create(operation, status, made="", **more):
        sent = {"node_uuid": node, "address": ADDRESS, "extra": {"atonix_id": tag(72)[7:]}} | more
        return tape.record(f"ironic_port/{operation}", METAL, "POST", "ports", sent, status=status, made=made, **V)

    def read(operation, path, status=200, **query):
        tape.record(f"ironic_port/{operation}", METAL, "GET", path, status=status, query=query, **V)
    one = create("create", 201, "node's port").body["uuid"]
    create("create_twice", 409)
    create("create_bad_address", 400, address="none-such")
    create("create_missing_node", 403, node_uuid=MISSING, address="52:54:00:0a:0b:0d")
    read("get", f"ports/{one}")
    read("get_missing", f"ports/{MISSING}", 404)
    read("list", "ports/detail")
    read("list_of_node", "ports/detail", node=node)
    tape.record("ironic_port/delete", METAL, "DELETE", f"ports/{one}", status=204, **V)
    tape.record("ironic_port/delete_missing", METAL, "DELETE", f"ports/{MISSING}", status=404, **V)
