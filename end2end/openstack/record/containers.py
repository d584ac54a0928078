"""Zun: containers and capsules."""
from cloud import CONTAINERS, wait
from network import MISSING, tag

# The highest there is: labels, and deletion after a stop, came long before.
V = {"microversion": "1.40"}


def record(tape, things: dict[str, str]) -> None:
    containers(tape, things)
    capsules(tape)


def status_of(tape, path: str):
    return lambda: tape.call(CONTAINERS, "GET", path, **V).body["status"]


def removed_later(tape, path: str, wanted: tuple[str, ...], **query: str) -> None:
    def remove():
        if tape.cloud.call(CONTAINERS, "GET", path, **V).status == 200:
            wait(status_of(tape, path), lambda status: status in wanted)
            tape.call(CONTAINERS, "DELETE", path, query=query, **V)
            tape.gone(CONTAINERS, path, **V)
    tape.later(path.partition("/")[0], remove)


def containers(tape, things: dict[str, str]) -> None:
    def create(operation, status, /, made="", query=None, **more):
        sent = {"name": "record-container", "image": "nginx:latest", "command": ["sleep", "60"], "cpu": 0.5,
                "memory": "128", "labels": {"atonix_id": tag(61)[7:]}, "nets": [{"network": things["network"]}]} | more
        answer = tape.record(f"zun_container/{operation}", CONTAINERS, "POST", "containers", sent, status=status,
                             made=made, query=query, **V)
        if status < 400:
            removed_later(tape, f"containers/{answer.body['uuid']}", ("Created", "Running", "Stopped", "Error"),
                          stop="true")
        return answer

    one = create("create", 202, "container").body["uuid"]
    path = f"containers/{one}"
    status = status_of(tape, path)
    create("create_bad_name", 400, name="!")
    create("create_bad_cpu", 400, cpu=-1)
    create("create_bad_memory", 400, memory="1")
    create("create_too_much_memory", 400, memory="100000")
    create("create_no_image", 400, image="")
    create("create_missing_network", 404, nets=[{"network": MISSING}])
    wait(status, "Created")

    def read(operation, path, status=200, **query):
        tape.record(f"zun_container/{operation}", CONTAINERS, "GET", path, status=status, query=query, **V)
    read("get_created", path)
    started = create("create_and_start", 202, "container that was started", {"run": "true"}, name="record-started")
    wait(status_of(tape, f"containers/{started.body['uuid']}"), "Running")

    def act(operation, status, verb, wanted="", **query):
        tape.record(f"zun_container/{operation}", CONTAINERS, "POST", f"{path}/{verb}", status=status, query=query, **V)
        if wanted:
            wait(status_of(tape, path), wanted)
    act("stop_created", 409, "stop", timeout="10")
    act("start", 202, "start", "Running")
    act("start_running", 409, "start")
    read("get", path)
    read("get_missing", f"containers/{MISSING}", 404)
    read("list", "containers")
    read("list_page", "containers", name="record-container", limit="1", sort_key="name", sort_dir="asc")
    read("list_by_label", "containers", 400, labels="atonix_id")
    read("logs", f"{path}/logs", stdout="true", stderr="true", tail="100")
    act("execute", 200, "execute", command="uname -a", run="true", interactive="false")
    act("pause", 202, "pause", "Paused")
    act("unpause", 202, "unpause", "Running")
    act("reboot", 202, "reboot", "Running", timeout="10")
    tape.record("zun_container/delete_running", CONTAINERS, "DELETE", path, status=409, **V)
    tape.record("zun_container/delete_with_force", CONTAINERS, "DELETE", path, status=403, query={"force": "true"}, **V)
    act("stop", 202, "stop", "Stopped", timeout="10")
    act("execute_stopped", 409, "execute", command="uname -a", run="true", interactive="false")
    read("get_stopped", path)
    tape.record("zun_container/update", CONTAINERS, "PATCH", path, {"memory": "256"}, status=200, **V)
    tape.record("zun_container/delete_after_stop", CONTAINERS, "DELETE", f"containers/{started.body['uuid']}",
                status=204, query={"stop": "true"}, **V)
    tape.gone(CONTAINERS, f"containers/{started.body['uuid']}", **V)
    tape.record("zun_container/delete", CONTAINERS, "DELETE", path, status=204, **V)
    tape.gone(CONTAINERS, path, **V)
    tape.record("zun_container/delete_missing", CONTAINERS, "DELETE", f"containers/{MISSING}", status=404, **V)
    tape.record("zun_container/start_missing", CONTAINERS, "POST", f"containers/{MISSING}/start", status=404, **V)


def capsules(tape) -> None:
    def create(operation, status, **more):
        template = {"kind": "capsule", "capsuleVersion": "beta", "restartPolicy": "Always",
                    "metadata": {"name": "record-capsule", "labels": {"atonix_id": tag(62)[7:]}},
                    "spec": {"containers": [{"image": "nginx", "command": ["sleep", "60"],
                                             "resources": {"requests": {"cpu": 1, "memory": 128}}}]}} | more
        answer = tape.cloud.call(CONTAINERS, "POST", "capsules/", {"template": template}, **V)
        if answer.status != status:
            raise RuntimeError(f"{operation}: {answer.status} {answer.body}")
        for one in answer.body.get("containers", ()):
            tape.scrubber.know(one["uuid"], "container of the capsule")
        if status == 202:
            tape.scrubber.know(answer.body["uuid"], "capsule")
        tape.scrubber.at(f"zun_capsule/{operation}")
        tape.write(f"zun_capsule/{operation}", answer)
        return answer

    def read(operation, path, status=200):
        tape.record(f"zun_capsule/{operation}", CONTAINERS, "GET", path, status=status, **V)
    one = create("create", 202).body["uuid"]
    path = f"capsules/{one}"
    removed_later(tape, path, ("Running", "Stopped", "Error"))
    create("create_bad_kind", 400, kind="none-such")
    create("create_no_containers", 500, spec={"containers": []})
    wait(status_of(tape, path), "Running")
    read("get", path)
    read("get_missing", f"capsules/{MISSING}", 404)
    read("list", "capsules/")
    tape.record("zun_capsule/delete", CONTAINERS, "DELETE", path, status=204, **V)
    tape.gone(CONTAINERS, path, **V)
    tape.record("zun_capsule/delete_missing", CONTAINERS, "DELETE", f"capsules/{MISSING}", status=404, **V)
