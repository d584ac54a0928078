"""Manila: shares with their access rules and export locations, share types, snapshots, share networks."""
from cloud import SHARES, wait
from network import MISSING, tag

# The lowest that lists access rules by address (2.45) and gives share networks their subnets (2.51).
V = {"microversion": "2.51"}


def record(tape, things: dict[str, str]) -> None:
    for one in tape.call(SHARES, "GET", "types", **V).body["share_types"]:
        tape.scrubber.know(one["id"], f"share type {one['name']}")
        things[f"share type {one['name']}"] = one["id"]
    tape.record("manila_type/list", SHARES, "GET", "types", status=200, **V)
    tape.record("manila_type/get", SHARES, "GET", f"types/{things['share type default']}", status=200, **V)
    tape.record("manila_type/get_missing", SHARES, "GET", f"types/{MISSING}", status=404, **V)
    network = share_networks(tape, things)
    shares(tape, network)


def create_share(tape, operation, status, /, made="", **more):
    sent = {"name": "record-share", "share_proto": "NFS", "size": 1, "share_type": "default",
            "metadata": {"atonix_id": tag(21)[7:]}} | more
    return tape.record(f"manila_share/{operation}", SHARES, "POST", "shares", {"share": sent}, status=status, made=made,
                       **V)


def shares(tape, network: str) -> None:
    def create(*words, **more):
        return create_share(tape, *words, **more)

    one = create("create", 200, made="share", description="Recorded").body["share"]["id"]
    path = f"shares/{one}"
    tape.later("share", lambda: tape.remove(SHARES, path, **V))

    def status():
        return tape.call(SHARES, "GET", path, **V).body["share"]["status"]
    wait(status, "available")
    create("create_bad_size", 400, size=0)
    create("create_bad_protocol", 400, share_proto="FOO")
    create("create_bad_name", 400, name="x" * 256)
    create("create_missing_type", 404, share_type="none-such")
    create("create_missing_snapshot", 404, snapshot_id=MISSING)
    create("create_over_quota", 413, size=100_000)
    failed_share(tape, network)

    def read(operation, path, status=200, **query):
        return tape.record(f"manila_share/{operation}", SHARES, "GET", path, status=status, query=query, **V)
    read("get", path)
    read("get_missing", f"shares/{MISSING}", 404)
    read("list", "shares/detail")
    read("list_page", "shares/detail", name="record-share", limit="1", offset="0", sort_key="created_at",
         sort_dir="asc", with_count="true")
    read("find_by_metadata", "shares/detail", metadata=str({"atonix_id": tag(21)[7:]}))
    for number, location in enumerate(sorted(tape.call(SHARES, "GET", f"{path}/export_locations", **V).body[
            "export_locations"], key=lambda location: location["path"])):
        tape.scrubber.know(location["id"], f"export location {number}")
    locations(tape, path)
    access(tape, one)
    snapshots(tape, one)

    def act(operation, sent, status):
        tape.record(f"manila_share/{operation}", SHARES, "POST", f"{path}/action", sent, status=status, **V)
    act("extend", {"extend": {"new_size": 2}}, 202)
    wait(status, "available")
    act("extend_smaller", {"extend": {"new_size": 1}}, 400)
    act("extend_over_quota", {"extend": {"new_size": 100_000}}, 403)
    tape.record("manila_share/delete", SHARES, "DELETE", path, status=202, **V)
    tape.gone(SHARES, path, **V)
    tape.record("manila_share/delete_missing", SHARES, "DELETE", f"shares/{MISSING}", status=404, **V)


def locations(tape, path: str) -> None:
    def read(operation, path, status=200):
        return tape.record(f"manila_export_location/{operation}", SHARES, "GET", path, status=status, **V)
    found = read("list", f"{path}/export_locations").body["export_locations"]
    read("list_of_missing", f"shares/{MISSING}/export_locations", 404)
    read("get", f"{path}/export_locations/{min(found, key=lambda one: one['path'])['id']}")
    read("get_missing", f"{path}/export_locations/{MISSING}", 404)


def failed_share(tape, network: str) -> None:
    """No back end here makes share servers, so a share in a share network ends in an error; messages tell why."""
    bad = create_share(tape, "create_nowhere", 200, made="failed share", name="record-share-failed",
                       share_network_id=network).body["share"]["id"]
    tape.later("failed share", lambda: tape.remove(SHARES, f"shares/{bad}", **V))
    wait(lambda: tape.call(SHARES, "GET", f"shares/{bad}", **V).body["share"]["status"], "error")
    tape.record("manila_share/get_failed", SHARES, "GET", f"shares/{bad}", status=200, **V)
    for message in tape.call(SHARES, "GET", "messages", query={"resource_id": bad}, **V).body["messages"]:
        tape.scrubber.know(message["id"], "message of the failed share")
    tape.record("manila_share/list_messages", SHARES, "GET", "messages", status=200, query={"resource_id": bad}, **V)
    tape.record("manila_share_network/delete_in_use", SHARES, "DELETE", f"share-networks/{network}", status=409, **V)


def access(tape, share: str) -> None:
    def act(operation, sent, status, made=""):
        return tape.record(f"manila_share/{operation}", SHARES, "POST", f"shares/{share}/action", sent, status=status,
                           made=made, **V)

    def allow(operation, status, made="", **more):
        rule = {"access_type": "ip", "access_to": "10.0.0.0/24", "access_level": "rw"} | more
        return act(operation, {"allow_access": rule}, status, made)

    def rules():
        return tape.call(SHARES, "GET", "share-access-rules", query={"share_id": share}, **V).body["access_list"]
    rule = allow("allow_access", 200, "access rule").body["access"]["id"]
    wait(lambda: [one["state"] for one in rules()], ["active"])
    allow("allow_access_again", 400)
    allow("allow_access_bad_address", 400, access_to="10.0.0.999")
    allow("allow_access_bad_level", 400, access_level="all")
    def read(operation, path, status=200, **query):
        tape.record(f"manila_access_rule/{operation}", SHARES, "GET", path, status=status, query=query, **V)
    read("list", "share-access-rules", share_id=share)
    read("list_of_missing", "share-access-rules", 400, share_id=MISSING)
    read("get", f"share-access-rules/{rule}")
    read("get_missing", f"share-access-rules/{MISSING}", 404)
    act("deny_access", {"deny_access": {"access_id": rule}}, 202)
    wait(rules, [])
    act("deny_access_missing", {"deny_access": {"access_id": MISSING}}, 404)


def snapshots(tape, share: str) -> None:
    def create(operation, status, /, made="", **more):
        sent = {"name": "record-snapshot", "share_id": share, "description": tag(22)} | more
        return tape.record(f"manila_snapshot/{operation}", SHARES, "POST", "snapshots", {"snapshot": sent},
                           status=status, made=made, **V)

    one = create("create", 202, made="share's snapshot").body["snapshot"]["id"]
    path = f"snapshots/{one}"
    tape.later("share's snapshot", lambda: tape.remove(SHARES, path, **V))
    wait(lambda: tape.call(SHARES, "GET", path, **V).body["snapshot"]["status"], "available")
    create("create_missing_share", 404, share_id=MISSING)
    create("create_bad_name", 400, name="x" * 256)

    def read(operation, path, status=200, **query):
        tape.record(f"manila_snapshot/{operation}", SHARES, "GET", path, status=status, query=query, **V)
    read("get", path)
    read("get_missing", f"snapshots/{MISSING}", 404)
    read("list", "snapshots/detail")
    read("list_of_share", "snapshots/detail", share_id=share)
    read("find_by_tag", "snapshots/detail", description=tag(22))
    made = create_share(tape, "create_from_snapshot", 200, made="share of a snapshot", name="record-share-copy",
                        snapshot_id=one).body["share"]["id"]
    tape.later("share of a snapshot", lambda: tape.remove(SHARES, f"shares/{made}", **V))
    wait(lambda: tape.call(SHARES, "GET", f"shares/{made}", **V).body["share"]["status"], "available")
    tape.record("manila_share/delete_with_snapshot", SHARES, "DELETE", f"shares/{share}", status=403, **V)
    tape.record("manila_snapshot/delete", SHARES, "DELETE", path, status=202, **V)
    tape.gone(SHARES, path, **V)
    tape.record("manila_snapshot/delete_missing", SHARES, "DELETE", f"snapshots/{MISSING}", status=404, **V)


def share_networks(tape, things: dict[str, str]) -> str:
    def create(operation, status, /, made="", **more):
        sent = {"name": "record-share-net", "description": tag(23), "neutron_net_id": things["network"],
                "neutron_subnet_id": things["subnet"]} | more
        answer = tape.record(f"manila_share_network/{operation}", SHARES, "POST", "share-networks",
                             {"share_network": sent}, status=status, made=made, **V)
        if status < 400:
            path = f"share-networks/{answer.body['share_network']['id']}"
            tape.later("share network", lambda: tape.remove(SHARES, path, **V))
        return answer

    one = create("create", 200, "share network").body["share_network"]["id"]
    # Neither is looked up in Neutron before a share server is made.
    create("create_missing_network", 200, "share network of no network", neutron_net_id=MISSING,
           neutron_subnet_id=MISSING, name="record-share-net-lost")
    create("create_bad_zone", 400, availability_zone="none-such")
    create("create_bad_name", 500, name="x" * 256)

    def read(operation, path, status=200, **query):
        tape.record(f"manila_share_network/{operation}", SHARES, "GET", path, status=status, query=query, **V)
    read("get", f"share-networks/{one}")
    read("get_missing", f"share-networks/{MISSING}", 404)
    read("list", "share-networks/detail")
    read("find_by_tag", "share-networks/detail", description=tag(23))
    spare = tape.call(SHARES, "POST", "share-networks", {"share_network": {"name": "record-spare"}}, **V)
    spare = spare.body["share_network"]["id"]
    tape.scrubber.know(spare, "spare share network")
    tape.record("manila_share_network/delete", SHARES, "DELETE", f"share-networks/{spare}", status=202, **V)
    tape.record("manila_share_network/delete_missing", SHARES, "DELETE", f"share-networks/{MISSING}", status=404, **V)
    return one
