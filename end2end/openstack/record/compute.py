"""Nova: servers, flavors, keypairs; Glance: images."""
from cloud import COMPUTE, IMAGE, wait
from network import MISSING, tag

# The lowest microversion with tags at create (2.52); by then flavors stand inside servers (2.47).
SERVERS = {"microversion": "2.52"}
# The lowest with a type of key.
KEYS = {"microversion": "2.2"}
PUBLIC_KEY = ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMBzB1tHy6+A7o1JcTPt6H0sOTTtC/6QnHyV5c4mJ7Vq "
              "record@example")
KEY = "01940000-0000-7000-8000-000000000001-record"      # {binding}-{name}
IMAGES = ("cirros-0.6", "fedora-coreos-40", "ubuntu-22.04-lts", "ubuntu-24.04")


def record(tape, things: dict[str, str]) -> None:
    flavors(tape, things)
    images(tape, things)
    keypairs(tape)
    servers(tape, things)


def flavors(tape, things: dict[str, str]) -> None:
    for one in tape.call(COMPUTE, "GET", "flavors").body["flavors"]:
        tape.scrubber.know(one["id"], f"flavor {one['name']}")
        things[one["name"]] = one["id"]
    tape.record("nova_flavor/list", COMPUTE, "GET", "flavors/detail", status=200)
    tape.record("nova_flavor/get", COMPUTE, "GET", f"flavors/{things['m1.medium']}", status=200)
    tape.record("nova_flavor/get_missing", COMPUTE, "GET", "flavors/none-such", status=404)


def images(tape, things: dict[str, str]) -> None:
    for name in IMAGES:
        for one in tape.call(IMAGE, "GET", "images", query={"name": name}).body["images"]:
            tape.scrubber.know(one["id"], f"image {name}")
            things[name] = one["id"]
    tape.record("glance_image/list", IMAGE, "GET", "images", status=200, query={"status": "active"})
    tape.record("glance_image/get", IMAGE, "GET", f"images/{things['ubuntu-22.04-lts']}", status=200)
    tape.record("glance_image/get_missing", IMAGE, "GET", f"images/{MISSING}", status=404)
    tape.record("glance_image/list_page", IMAGE, "GET", "images", status=200,
                query={"limit": "1", "sort": "name:asc", "visibility": "public"})
    # An image that no host suits: its servers fail.
    image = tape.call(IMAGE, "POST", "images", {
        "name": "record-nowhere", "disk_format": "raw", "container_format": "bare",
        "trait:COMPUTE_TRUSTED_CERTS": "required", "trait:HW_CPU_X86_SGX": "required"}).body["id"]
    tape.scrubber.know(image, "image for no host")
    tape.later("image", lambda: tape.remove(IMAGE, f"images/{image}"))
    tape.call(IMAGE, "PUT", f"images/{image}/file", b"\0" * 4096)
    things["nowhere"] = image


def keypairs(tape) -> None:
    def create(operation, status, /, **more):
        tape.record(f"nova_keypair/{operation}", COMPUTE, "POST", "os-keypairs", {"keypair": more}, status=status, **KEYS)
    tape.scrubber.keep(KEY[:36])
    create("create", 201, name=KEY, type="ssh", public_key=PUBLIC_KEY)
    tape.later("keypair", lambda: tape.remove(COMPUTE, f"os-keypairs/{KEY}", **KEYS))
    create("create_twice", 409, name=KEY, type="ssh", public_key=PUBLIC_KEY)
    create("create_bad_key", 400, name="record-bad", type="ssh", public_key="not a key")
    create("create_bad_name", 400, name="", type="ssh", public_key=PUBLIC_KEY)
    got = tape.cloud.call(COMPUTE, "GET", f"os-keypairs/{KEY}", **KEYS)
    got.body["keypair"]["id"] = 1           # a row's number in Nova's database
    tape.scrubber.at("nova_keypair/get")
    tape.write("nova_keypair/get", got)
    tape.record("nova_keypair/get_missing", COMPUTE, "GET", "os-keypairs/none-such", status=404, **KEYS)
    listed = tape.cloud.call(COMPUTE, "GET", "os-keypairs", **KEYS)
    # The account's keys are everybody's: keep ours.
    listed.body["keypairs"] = [one for one in listed.body["keypairs"] if one["keypair"]["name"] == KEY]
    tape.write("nova_keypair/list", listed)
    spare = "01940000-0000-7000-8000-000000000001-spare"
    tape.call(COMPUTE, "POST", "os-keypairs", {"keypair": {"name": spare, "public_key": PUBLIC_KEY}})
    tape.record("nova_keypair/delete", COMPUTE, "DELETE", f"os-keypairs/{spare}", status=204, **KEYS)
    tape.record("nova_keypair/delete_missing", COMPUTE, "DELETE", f"os-keypairs/{spare}", status=404, **KEYS)


def servers(tape, things: dict[str, str]) -> None:
    def body(number, name="record-vm", image="ubuntu-22.04-lts", **more):
        return {"server": {
            "name": name, "flavorRef": things["m1.medium"], "imageRef": things[image], "key_name": KEY,
            "networks": [{"uuid": things["network"]}], "metadata": {"atonix_id": tag(number)[7:]},
            "tags": [tag(number)]} | more}

    def create(name, status, sent, made=""):
        return tape.record(f"vm/{name}", COMPUTE, "POST", "servers", sent, status=status, made=made, **SERVERS)

    one = create("create", 202, body(10), made="server").body["server"]["id"]
    tape.record("vm/get_building", COMPUTE, "GET", f"servers/{one}", status=200, **SERVERS)
    things["server"] = one
    tape.later("server", lambda: tape.remove(COMPUTE, f"servers/{one}"))
    bad = create("create_nowhere", 202, body(11, "record-vm-failed", "nowhere"), made="failed server")
    failed = bad.body["server"]["id"]
    tape.later("failed server", lambda: tape.remove(COMPUTE, f"servers/{failed}"))
    create("create_missing_image", 400, body(12, imageRef=MISSING))
    create("create_missing_flavor", 400, body(12, flavorRef="none-such"))
    create("create_missing_network", 400, body(12, networks=[{"uuid": MISSING}]))
    create("create_missing_key", 400, body(12, key_name="none-such"))
    create("create_bad_name", 400, body(12, name="x" * 256))
    create("create_over_quota", 403, body(12, min_count=1001, max_count=1001))

    def status(server):
        return tape.call(COMPUTE, "GET", f"servers/{server}").body["server"]["status"]
    wait(lambda: status(one), "ACTIVE")
    wait(lambda: status(failed), "ERROR")

    def read(operation, path, /, **query):
        return tape.record(f"vm/{operation}", COMPUTE, "GET", path, status=200, query=query, **SERVERS)
    read("get", f"servers/{one}")
    read("get_failed", f"servers/{failed}")
    tape.record("vm/get_missing", COMPUTE, "GET", f"servers/{MISSING}", status=404, **SERVERS)
    read("list", "servers/detail")
    read("list_page", "servers/detail", name="^record-vm", limit="1", sort_key="display_name", sort_dir="asc")
    read("find_by_tag", "servers/detail", tags=tag(10))
    read("list_interfaces", f"servers/{one}/os-interface")

    def act(name, sent, code, wanted=""):
        tape.record(f"vm/{name}", COMPUTE, "POST", f"servers/{one}/action", sent, status=code, **SERVERS)
        if wanted:
            wait(lambda: status(one), wanted)
    act("console", {"os-getConsoleOutput": {"length": 100}}, 200)
    act("start_running", {"os-start": None}, 409)
    act("stop", {"os-stop": None}, 202, "SHUTOFF")
    read("get_stopped", f"servers/{one}")
    act("stop_stopped", {"os-stop": None}, 409)
    act("start", {"os-start": None}, 202, "ACTIVE")
    act("reboot_soft", {"reboot": {"type": "SOFT"}}, 202, "ACTIVE")
    act("reboot_hard", {"reboot": {"type": "HARD"}}, 202, "ACTIVE")
    act("resize_same", {"resize": {"flavorRef": things["m1.medium"]}}, 400)
    act("resize_to_smaller_disk", {"resize": {"flavorRef": things["m1.small"]}}, 400)
    act("confirm_resize_none", {"confirmResize": None}, 409)
    act("resize", {"resize": {"flavorRef": things["m1.large"]}}, 202, "VERIFY_RESIZE")
    read("get_resized", f"servers/{one}")
    act("revert_resize", {"revertResize": None}, 202, "ACTIVE")
    act("resize_again", {"resize": {"flavorRef": things["m1.large"]}}, 202, "VERIFY_RESIZE")
    act("confirm_resize", {"confirmResize": None}, 204, "ACTIVE")
    tape.record("vm/act_missing", COMPUTE, "POST", f"servers/{MISSING}/action", {"os-stop": None}, status=404,
                **SERVERS)
    tape.record("vm/delete", COMPUTE, "DELETE", f"servers/{failed}", status=204, **SERVERS)
    tape.record("vm/delete_missing", COMPUTE, "DELETE", f"servers/{MISSING}", status=404, **SERVERS)
