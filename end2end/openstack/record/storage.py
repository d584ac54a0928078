"""Cinder: volumes, their types and snapshots, and how a volume hangs on a server."""
from cloud import COMPUTE, VOLUME, wait
from network import MISSING, tag


def record(tape, things: dict[str, str]) -> None:
    for one in tape.call(VOLUME, "GET", "types").body["volume_types"]:
        tape.scrubber.know(one["id"], f"volume type {one['name']}")
        things[f"type {one['name']}"] = one["id"]
    tape.record("cinder_type/list", VOLUME, "GET", "types", status=200)
    tape.record("cinder_type/get", VOLUME, "GET", f"types/{things['type standard']}", status=200)
    tape.record("cinder_type/get_missing", VOLUME, "GET", f"types/{MISSING}", status=404)
    volumes(tape, things)


def volumes(tape, things: dict[str, str]) -> None:
    mine = tag(15)[7:]

    def create(operation, status, /, made="", **more):
        sent = {"name": "record-volume", "size": 2, "volume_type": "standard",
                "metadata": {"atonix_id": mine}} | more
        return tape.record(f"volume/{operation}", VOLUME, "POST", "volumes", {"volume": sent}, status=status, made=made)

    def get(name, one, status=200):
        tape.record(f"volume/{name}", VOLUME, "GET", f"volumes/{one}", status=status)

    one = create("create", 202, made="volume", description="Recorded").body["volume"]["id"]
    tape.later("volume", lambda: tape.remove(VOLUME, f"volumes/{one}"))

    def status():
        return tape.call(VOLUME, "GET", f"volumes/{one}").body["volume"]["status"]
    wait(status, "available")
    create("create_bad_size", 400, size=0)
    create("create_bad_type", 404, volume_type="none-such")
    create("create_bad_name", 400, name="x" * 256)
    create("create_missing_image", 400, imageRef=MISSING)
    create("create_over_quota", 413, size=200_000)
    get("get", one)
    get("get_missing", MISSING, 404)
    tape.record("volume/list", VOLUME, "GET", "volumes/detail", status=200)
    tape.record("volume/find_by_metadata", VOLUME, "GET", "volumes/detail", status=200,
                query={"metadata": str({"atonix_id": mine})})

    snapshot = snapshots(tape, one)
    made = create("create_from_snapshot", 202, made="volume of a snapshot", snapshot_id=snapshot).body["volume"]["id"]
    tape.later("volume of a snapshot", lambda: tape.remove(VOLUME, f"volumes/{made}"))
    wait(lambda: tape.call(VOLUME, "GET", f"volumes/{made}").body["volume"]["status"], "available")
    create("create_too_small", 400, snapshot_id=snapshot, size=1)
    tape.record("volume/delete_with_snapshot", VOLUME, "DELETE", f"volumes/{one}", status=400)

    server = things["server"]
    tape.record("vm/attach_volume", COMPUTE, "POST", f"servers/{server}/os-volume_attachments",
                {"volumeAttachment": {"volumeId": one}}, status=200)
    wait(status, "in-use")
    get("get_in_use", one)
    taken = tape.record("cinder_snapshot/create_in_use", VOLUME, "POST", "snapshots",
                        new_snapshot(one, name="record-snapshot-in-use"), status=202, made="snapshot in use")
    taken = taken.body["snapshot"]["id"]
    tape.later("snapshot in use", lambda: tape.remove(VOLUME, f"snapshots/{taken}"))
    wait(lambda: tape.call(VOLUME, "GET", f"snapshots/{taken}").body["snapshot"]["status"], "available")
    tape.remove(VOLUME, f"snapshots/{taken}")
    tape.record("vm/attach_volume_again", COMPUTE, "POST", f"servers/{server}/os-volume_attachments",
                {"volumeAttachment": {"volumeId": one}}, status=400)
    tape.record("vm/list_volumes", COMPUTE, "GET", f"servers/{server}/os-volume_attachments", status=200)
    tape.record("volume/delete_in_use", VOLUME, "DELETE", f"volumes/{one}", status=400)
    tape.record("vm/detach_volume", COMPUTE, "DELETE", f"servers/{server}/os-volume_attachments/{one}", status=202)
    wait(status, "available")
    tape.record("vm/detach_volume_again", COMPUTE, "DELETE", f"servers/{server}/os-volume_attachments/{one}",
                status=404)
    tape.record("cinder_snapshot/delete", VOLUME, "DELETE", f"snapshots/{snapshot}", status=202)
    tape.gone(VOLUME, f"snapshots/{snapshot}")
    tape.record("volume/extend", VOLUME, "POST", f"volumes/{one}/action", {"os-extend": {"new_size": 3}}, status=202)
    wait(status, "available")
    tape.record("volume/extend_smaller", VOLUME, "POST", f"volumes/{one}/action", {"os-extend": {"new_size": 1}},
                status=400)
    tape.record("volume/delete", VOLUME, "DELETE", f"volumes/{one}", status=202)
    tape.gone(VOLUME, f"volumes/{one}")
    tape.record("volume/delete_missing", VOLUME, "DELETE", f"volumes/{MISSING}", status=404)


def new_snapshot(volume: str, **more) -> dict:
    sent = {"name": "record-snapshot", "volume_id": volume, "force": True,
            "metadata": {"atonix_id": tag(16)[7:]}}
    return {"snapshot": sent | more}


def snapshots(tape, volume: str) -> str:
    """One of a volume that is attached to nothing; it stays."""
    def create(operation, status, made="", **more):
        return tape.record(f"cinder_snapshot/{operation}", VOLUME, "POST", "snapshots", new_snapshot(volume, **more),
                           status=status, made=made)

    one = create("create", 202, made="snapshot", description="Recorded").body["snapshot"]["id"]
    tape.later("snapshot", lambda: tape.remove(VOLUME, f"snapshots/{one}"))
    wait(lambda: tape.call(VOLUME, "GET", f"snapshots/{one}").body["snapshot"]["status"], "available")
    create("create_missing_volume", 404, volume_id=MISSING)
    create("create_bad_name", 400, name="x" * 256)

    def read(operation, path, status=200, **query):
        tape.record(f"cinder_snapshot/{operation}", VOLUME, "GET", path, status=status, query=query)
    read("get", f"snapshots/{one}")
    read("get_missing", f"snapshots/{MISSING}", 404)
    read("list", "snapshots/detail")
    read("list_of_volume", "snapshots/detail", volume_id=volume)
    tape.record("cinder_snapshot/delete_missing", VOLUME, "DELETE", f"snapshots/{MISSING}", status=404)
    return one
