"""Cyborg: devices, device profiles and accelerator requests. Profiles are the administrators' business."""
from cloud import ACCELERATORS, Cloud
from network import MISSING, tag

PROFILES, REQUESTS = "device_profiles", "accelerator_requests"


def record(tape, things: dict[str, str]) -> None:
    devices(tape)
    administrators = Cloud.of_administrators()
    with tape.signed_in(administrators):
        profile = profiles(tape)
    # A request is a member's own.
    requests(tape)
    with tape.signed_in(administrators):
        tape.record("cyborg_device_profile/delete", ACCELERATORS, "DELETE", f"{PROFILES}/{profile}", status=204)
        tape.record("cyborg_device_profile/delete_missing", ACCELERATORS, "DELETE", f"{PROFILES}/{MISSING}", status=404)


def devices(tape) -> None:
    found = tape.call(ACCELERATORS, "GET", "devices").body["devices"]
    for number, one in enumerate(sorted(found, key=lambda one: (one["hostname"], one["type"]))):
        tape.scrubber.know(one["uuid"], f"device {number}")

    def read(operation, path, status=200, **query):
        tape.record(f"cyborg_device/{operation}", ACCELERATORS, "GET", path, status=status, query=query)
    read("list", "devices")
    read("list_by_type", "devices", type="GPU")
    read("list_page", "devices", 400, limit="1")
    read("get", f"devices/{found[0]['uuid']}")
    read("get_missing", f"devices/{MISSING}", 404)
    deployables = tape.call(ACCELERATORS, "GET", "deployables").body["deployables"]
    for number, one in enumerate(sorted(deployables, key=lambda one: one["name"])):
        tape.scrubber.know(one["uuid"], f"deployable {number}")
    read("list_deployables", "deployables")


def profiles(tape) -> str:
    def create(operation, status, made="", **more):
        sent = {"name": "record-profile", "description": tag(81),
                "groups": [{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}]} | more
        return tape.record(f"cyborg_device_profile/{operation}", ACCELERATORS, "POST", PROFILES, [sent], status=status,
                           made=made)

    one = create("create", 201, "device profile").body["uuid"]
    tape.later("device profile", lambda: tape.remove(ACCELERATORS, f"{PROFILES}/{one}"))
    create("create_twice", 409)
    create("create_bad_name", 400, name="record bad!")
    create("create_bad_group", 400, name="record-bad", groups=[{"none-such": "1"}])
    create("create_no_groups", 500, name="record-bad", groups=None)

    def read(operation, path, status=200, **query):
        tape.record(f"cyborg_device_profile/{operation}", ACCELERATORS, "GET", path, status=status, query=query)
    read("get", f"{PROFILES}/{one}")
    read("get_missing", f"{PROFILES}/{MISSING}", 404)
    read("list", PROFILES)
    read("list_by_name", PROFILES, name="record-profile")
    return one


def requests(tape) -> None:
    tape.record("cyborg_device_profile/create_as_member", ACCELERATORS, "POST", PROFILES, [{
        "name": "record-member", "groups": [{"resources:FPGA": "1"}]}], status=403)
    tape.record("cyborg_device_profile/list_as_member", ACCELERATORS, "GET", PROFILES, status=200)
    made = tape.cloud.call(ACCELERATORS, "POST", REQUESTS, {"device_profile_name": "record-profile"})
    if made.status != 201:
        raise RuntimeError(f"no accelerator request: {made.status} {made.body}")
    one = tape.scrubber.know(made.body["arqs"][0]["uuid"], "accelerator request")
    tape.later("accelerator request", lambda: tape.remove(ACCELERATORS, f"{REQUESTS}/{one}"))
    tape.scrubber.at("cyborg_arq/create")
    tape.write("cyborg_arq/create", made)
    tape.record("cyborg_arq/create_missing_profile", ACCELERATORS, "POST", REQUESTS,
                {"device_profile_name": "none-such"}, status=404)
    tape.record("cyborg_arq/create_no_profile", ACCELERATORS, "POST", REQUESTS, {}, status=500)
    for operation, path, status in (("list", REQUESTS, 200), ("get", f"{REQUESTS}/{one}", 200),
                                    ("get_missing", f"{REQUESTS}/{MISSING}", 404)):
        tape.record(f"cyborg_arq/{operation}", ACCELERATORS, "GET", path, status=status)
    tape.record("cyborg_arq/delete", ACCELERATORS, "DELETE", REQUESTS, status=204, query={"arqs": one})
    tape.record("cyborg_arq/delete_missing", ACCELERATORS, "DELETE", REQUESTS, status=404, query={"arqs": MISSING})
