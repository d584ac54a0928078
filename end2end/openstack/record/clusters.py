"""Magnum: cluster templates and clusters."""
from cloud import CLUSTERS, COMPUTE, wait
from compute import KEY
from network import MISSING

RESIZE = {"microversion": "1.7"}


def record(tape) -> None:
    template = templates(tape)
    clusters(tape, template)
    tape.record("magnum_template/list", CLUSTERS, "GET", "clustertemplates", status=200)
    tape.record("magnum_template/delete", CLUSTERS, "DELETE", f"clustertemplates/{template}", status=204)


def templates(tape) -> str:
    def create(operation, status, /, **more):
        body = {"name": "record-template", "coe": "kubernetes", "image_id": "fedora-coreos-40",
                "external_network_id": "public", "flavor_id": "m1.small", "master_flavor_id": "m1.small",
                "network_driver": "calico", "docker_volume_size": 5, "docker_storage_driver": "overlay2",
                "volume_driver": "cinder"} | more
        return tape.record(f"magnum_template/{operation}", CLUSTERS, "POST", "clustertemplates", body, status=status,
                           made="cluster template" if status == 201 else "")
    one = create("create", 201).body["uuid"]
    tape.later("template", lambda: tape.remove(CLUSTERS, f"clustertemplates/{one}"))
    create("create_bad_image", 400, image_id="none-such")
    create("create_bad_coe", 400, coe="none-such")
    tape.record("magnum_template/get", CLUSTERS, "GET", f"clustertemplates/{one}", status=200)
    tape.record("magnum_template/get_missing", CLUSTERS, "GET", f"clustertemplates/{MISSING}", status=404)
    return one


def status_of(tape, path: str) -> str | None:
    answer = tape.cloud.call(CLUSTERS, "GET", path)     # it exists a moment after the reply
    return answer.body["status"] if answer.status == 200 else None


def after_a_sync(tape, sent: dict) -> None:
    """Statuses advance every ten seconds; what begins now is seen building."""
    path = f"clusters/{tape.call(CLUSTERS, 'POST', 'clusters', sent).body['uuid']}"
    tape.later("spare cluster", lambda: tape.remove(CLUSTERS, path))
    wait(lambda: status_of(tape, path), "CREATE_COMPLETE")
    tape.call(CLUSTERS, "DELETE", path)


def clusters(tape, template: str) -> None:
    def wanted(**more):
        # Labels would replace the template's, so the mark is a suffix of the name.
        return {"name": "record-k8s-000000000016", "cluster_template_id": template, "node_count": 2,
                "master_count": 1, "keypair": KEY} | more

    def create(operation, status, /, made="", **more):
        return tape.record(f"cluster/{operation}", CLUSTERS, "POST", "clusters", wanted(**more), status=status,
                           made=made)
    after_a_sync(tape, wanted(name="record-k8s-spare"))
    one = create("create", 202, "cluster").body["uuid"]
    path = f"clusters/{one}"

    def remove():
        tape.cloud.call(CLUSTERS, "DELETE", path)
        tape.gone(CLUSTERS, path)
    tape.later("cluster", remove)

    def status():
        return status_of(tape, path)
    wait(status, bool)
    stack = wait(lambda: tape.call(CLUSTERS, "GET", path).body["stack_id"], bool)
    tape.scrubber.know(stack, "cluster's stack")
    tape.record("cluster/get_building", CLUSTERS, "GET", path, status=200)
    create("create_missing_template", 400, cluster_template_id=MISSING)
    create("create_bad_name", 400, name="1 bad name")
    create("create_bad_count", 400, node_count=-1)
    create("create_missing_key", 404, keypair="none-such")
    wait(status, "CREATE_COMPLETE")
    tape.record("cluster/get", CLUSTERS, "GET", path, status=200)
    tape.record("cluster/get_missing", CLUSTERS, "GET", f"clusters/{MISSING}", status=404)
    tape.record("cluster/list", CLUSTERS, "GET", "clusters/detail", status=200)
    tape.record("magnum_template/delete_in_use", CLUSTERS, "DELETE", f"clustertemplates/{template}", status=400)
    tape.record("cluster/resize", CLUSTERS, "POST", f"{path}/actions/resize", {"node_count": 3}, status=202, **RESIZE)
    wait(status, "UPDATE_COMPLETE")
    tape.record("cluster/delete", CLUSTERS, "DELETE", path, status=204)
    wait(status, "DELETE_IN_PROGRESS")
    tape.record("cluster/get_deleting", CLUSTERS, "GET", path, status=200)
    tape.gone(CLUSTERS, path)
    tape.record("cluster/delete_missing", CLUSTERS, "DELETE", f"clusters/{MISSING}", status=404)
