"""Designate: zones, their record sets, and the names of floating IPs."""
from cloud import DNS, NETWORK, wait
from network import MISSING, tag

ZONE = "record.example."


def record(tape, things: dict[str, str]) -> None:
    zone = zones(tape)
    recordsets(tape, zone)
    pointers(tape, things)
    path = f"zones/{zone}"
    settled(tape, path)
    child = tape.call(DNS, "POST", "zones", {"name": f"child.{ZONE}", "email": "admin@record.example"}).body["id"]
    tape.later("child zone", lambda: tape.remove(DNS, f"zones/{child}"))
    tape.record("designate_zone/delete_with_child", DNS, "DELETE", path, status=400)
    tape.remove(DNS, f"zones/{child}")
    tape.record("designate_zone/delete", DNS, "DELETE", path, status=202)
    tape.gone(DNS, path)
    tape.record("designate_zone/delete_missing", DNS, "DELETE", f"zones/{MISSING}", status=404)


def settled(tape, path: str) -> None:
    """Until the name servers have it, and nothing else is on its way to them."""
    wait(lambda: tape.call(DNS, "GET", path).body["status"], "ACTIVE")


def zones(tape) -> str:
    def create(operation, status, /, made="", **more):
        sent = {"name": ZONE, "email": "admin@record.example", "type": "PRIMARY", "description": tag(41)} | more
        return tape.record(f"designate_zone/{operation}", DNS, "POST", "zones", sent, status=status, made=made)

    def read(operation, path, status=200, **query):
        tape.record(f"designate_zone/{operation}", DNS, "GET", path, status=status, query=query)
    one = create("create", 202, "zone").body["id"]
    path = f"zones/{one}"
    read("get_pending", path)
    tape.later("zone", lambda: tape.remove(DNS, path))
    create("create_twice", 409)
    create("create_bad_name", 400, name="no-dot-at-the-end")
    create("create_empty_label", 400, name="two..dots.example.")
    create("create_top_level", 400, name="example.")
    create("create_bad_email", 400, name="other.example.", email="nobody")
    create("create_bad_ttl", 400, name="other.example.", ttl=-1)
    settled(tape, path)
    read("get", path)
    read("get_missing", f"zones/{MISSING}", 404)
    read("list", "zones")
    read("list_page", "zones", name=ZONE, limit="1", sort_key="name", sort_dir="asc")
    read("find_by_tag", "zones", description=tag(41))
    tape.record("designate_zone/update", DNS, "PATCH", path, {"ttl": 7200}, status=202)
    settled(tape, path)
    return one


def recordsets(tape, zone: str) -> None:
    base = f"zones/{zone}/recordsets"

    def create(operation, status, /, made="", **more):
        sent = {"name": f"www.{ZONE}", "type": "A", "records": ["192.0.2.7", "192.0.2.8"], "ttl": 300,
                "description": tag(42)} | more
        return tape.record(f"designate_recordset/{operation}", DNS, "POST", base, sent, status=status, made=made)

    def read(operation, path, status=200, **query):
        return tape.record(f"designate_recordset/{operation}", DNS, "GET", path, status=status, query=query)
    for one in tape.call(DNS, "GET", base).body["recordsets"]:
        tape.scrubber.know(one["id"], f"the zone's own {one['type']}")
    made = create("create", 202, "record set").body["id"]
    path = f"{base}/{made}"
    read("get_pending", path)
    create("create_twice", 409)
    create("create_bad_record", 400, records=["not-an-address"])
    create("create_bad_type", 400, type="FOO")
    create("create_elsewhere", 400, name="www.other.example.")
    create("create_missing_dot", 400, name="www.record.example")
    create("create_bad_ttl", 400, ttl=-1)
    text = tape.call(DNS, "POST", base, {"name": f"note.{ZONE}", "type": "TXT", "records": ['"recorded"']}).body["id"]
    tape.scrubber.know(text, "text record")
    settled(tape, path)
    settled(tape, f"{base}/{text}")
    settled(tape, f"zones/{zone}")
    read("get", path)
    read("get_missing", f"{base}/{MISSING}", 404)
    read("list", base, sort_key="name", sort_dir="asc")
    read("list_of_missing_zone", f"zones/{MISSING}/recordsets", 404)
    # By type, since the zone's own two have the same name.
    read("list_page", base, limit="1", sort_key="type", sort_dir="asc")
    read("list_next_page", base, limit="1", marker=made, sort_key="type", sort_dir="asc")
    read("list_after_missing", base, 400, limit="1", marker=MISSING)
    read("find_by_tag", base, description=tag(42))
    read("find_anywhere_by_tag", "recordsets", description=tag(42))
    tape.record("designate_recordset/update", DNS, "PUT", path, {"records": ["192.0.2.9"], "ttl": 600}, status=202)
    settled(tape, path)
    read("get_updated", path)
    tape.record("designate_recordset/update_bad_record", DNS, "PUT", path, {"records": ["not-an-address"]}, status=400)
    own = next(one for one in tape.call(DNS, "GET", base).body["recordsets"] if one["type"] == "SOA")["id"]
    tape.record("designate_recordset/delete_soa", DNS, "DELETE", f"{base}/{own}", status=400)
    tape.record("designate_recordset/delete", DNS, "DELETE", path, status=202)
    tape.gone(DNS, path)
    tape.record("designate_recordset/delete_missing", DNS, "DELETE", f"{base}/{MISSING}", status=404)


def pointers(tape, things: dict[str, str]) -> None:
    address = tape.call(NETWORK, "POST", "floatingips", {"floatingip": {
        "floating_network_id": things["public"], "description": "record-named"}}).body["floatingip"]
    tape.scrubber.know(address["id"], "named floating IP")
    tape.scrubber.address(address["floating_ip_address"])
    tape.later("named floating IP", lambda: tape.remove(NETWORK, f"floatingips/{address['id']}"))
    base = "reverse/floatingips"
    path = f"{base}/{tape.cloud.region}:{address['id']}"

    def read(operation, path, status=200):
        tape.record(f"designate_ptr/{operation}", DNS, "GET", path, status=status)

    def set_name(operation, status, path=path, **more):
        sent = {"ptrdname": f"www.{ZONE}", "ttl": 600, "description": tag(43)} | more
        tape.record(f"designate_ptr/{operation}", DNS, "PATCH", path, sent, status=status)
    read("get_unset", path)
    set_name("create", 202)
    settled(tape, path)
    read("get", path)
    read("list", base)
    set_name("set_bad_name", 400, ptrdname="no-dot-at-the-end")
    set_name("set_bad_ttl", 400, ttl=-1)
    set_name("set_again", 202, ptrdname=f"mail.{ZONE}")
    settled(tape, path)
    missing = f"{base}/{tape.cloud.region}:{MISSING}"
    set_name("set_missing", 404, path=missing)
    read("get_missing", missing, 404)
    read("get_bad_id", f"{base}/none-such", 400)
    read("get_other_region", f"{base}/none-such:{address['id']}", 403)
    tape.record("designate_ptr/delete", DNS, "PATCH", path, {"ptrdname": None}, status=202)
    wait(lambda: tape.call(DNS, "GET", path).body["status"], "INACTIVE")
    tape.record("designate_ptr/delete_missing", DNS, "PATCH", missing, {"ptrdname": None}, status=404)
