"""Swift: containers, the objects in them, and addresses that open one object for a while."""
import hashlib
import hmac
import time
from urllib.parse import urlsplit

from cloud import OBJECTS, wait
from network import tag

BOX, OTHER = "record-box", "record-other"
NOTE = f"{BOX}/folder/note.txt"
KEY = "record-key"
JSON = {"format": "json"}
MARK = {"X-Container-Meta-Atonix-Id": tag(51)[7:]}


def record(tape, things: dict[str, str]) -> None:
    for data in (b"hello", b"hi"):
        tape.scrubber.keep(hashlib.md5(data).hexdigest())
    containers(tape)
    objects(tape)
    lists(tape)
    temporary(tape)
    take(tape, "delete_not_empty", "DELETE", BOX, 409)
    empty(tape)
    take(tape, "delete", "DELETE", BOX, 204)
    take(tape, "delete_missing", "DELETE", BOX, 404)


def take(tape, operation, method, path, status, body=None, **more):
    """Of a container, or, where the operation says so with its kind, of an object."""
    name = operation if "/" in operation else f"swift_container/{operation}"
    return tape.record(name, OBJECTS, method, path, body, status=status, **more)


def empty(tape) -> None:
    """Only what is empty can be deleted."""
    for box in (BOX, OTHER):
        listed = tape.cloud.call(OBJECTS, "GET", box, query=JSON)
        for one in listed.body if listed.status == 200 else ():
            tape.call(OBJECTS, "DELETE", f"{box}/{one['name']}")


def containers(tape) -> None:
    def remove():
        empty(tape)
        for box in (BOX, OTHER):
            tape.cloud.call(OBJECTS, "DELETE", box)
    tape.later("containers", remove)
    take(tape, "create", "PUT", BOX, 201, headers=MARK)
    # The same answer if it was somebody else's: the mark would be ours from then on.
    take(tape, "create_again", "PUT", BOX, 202, headers=MARK)
    take(tape, "create_bad_name", "PUT", "x" * 257, 400)
    take(tape, "get", "HEAD", BOX, 204)
    take(tape, "get_missing", "HEAD", "record-none-such", 404)
    take(tape, "swift_object/list_empty", "GET", BOX, 200, query=JSON)
    take(tape, "set_metadata", "POST", BOX, 204, headers={"X-Container-Read": ".r:*,.rlistings"})
    take(tape, "get_public", "HEAD", BOX, 204)
    take(tape, "remove_metadata", "POST", BOX, 204, headers={"X-Remove-Container-Read": "x"})
    take(tape, "set_metadata_missing", "POST", "record-none-such", 404, headers=MARK)
    tape.call(OBJECTS, "PUT", OTHER)


def objects(tape) -> None:
    take(tape, "swift_object/put", "PUT", NOTE, 201, b"hello", headers={"Content-Type": "text/plain"})
    take(tape, "swift_object/put_in_missing", "PUT", "record-none-such/note.txt", 404, b"hello")
    tape.call(OBJECTS, "PUT", f"{BOX}/top.txt", b"hi")
    take(tape, "swift_object/get", "HEAD", NOTE, 200)
    take(tape, "swift_object/get_missing", "HEAD", f"{BOX}/none-such", 404)
    take(tape, "swift_object/read", "GET", NOTE, 200)
    take(tape, "swift_object/read_missing", "GET", f"{BOX}/none-such", 404)
    take(tape, "swift_object/copy", "PUT", f"{OTHER}/copy.txt", 201, b"", headers={"X-Copy-From": f"/{NOTE}"})
    take(tape, "swift_object/copy_missing", "PUT", f"{OTHER}/copy.txt", 404, b"", headers={"X-Copy-From": f"/{BOX}/none-such"})
    take(tape, "swift_object/delete", "DELETE", f"{OTHER}/copy.txt", 204)
    take(tape, "swift_object/delete_missing", "DELETE", f"{OTHER}/copy.txt", 404)


def lists(tape) -> None:
    def inside(operation, status=200, box=BOX, **query):
        take(tape, operation, "GET", box, status, query=JSON | query)
    inside("swift_object/list")
    inside("swift_object/list_by_folder", delimiter="/")
    inside("swift_object/list_of_folder", delimiter="/", prefix="folder/")
    inside("swift_object/list_page", limit="1")
    inside("swift_object/list_next_page", limit="1", marker="folder/note.txt")
    inside("swift_object/list_missing", 404, "record-none-such")
    take(tape, "get_used", "HEAD", BOX, 204)

    def of_account(operation, **query):
        take(tape, operation, "GET", "", 200, query=JSON | query)
    # The account hears of what its containers hold some seconds later.
    wait(lambda: [(one["name"], one["count"]) for one in tape.call(
        OBJECTS, "GET", "", query=JSON | {"prefix": "record-"}).body], [(BOX, 2), (OTHER, 0)])
    of_account("list", prefix="record-")
    of_account("list_page", prefix="record-", limit="1")
    of_account("list_next_page", prefix="record-", limit="1", marker=BOX)
    of_account("list_past_the_end", prefix="record-", limit="1", marker=OTHER)
    # One of them in the shape of the list: it is the first of those that begin so.
    of_account("find_by_name", prefix=BOX, limit="1")
    of_account("find_by_name_missing", prefix="record-none-such", limit="1")


def signed(tape, method: str, path: str) -> dict[str, str]:
    until = str(int(time.time()) + 300)
    whole = f"{urlsplit(tape.cloud.addresses[OBJECTS.listed_as]).path}/{path}"
    text = f"{method}\n{until}\n{whole}"
    return {"temp_url_sig": hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest(),
            "temp_url_expires": until}


def temporary(tape) -> None:
    """The key may be the container's or the account's; any member may read either."""
    def read(operation, status, query, method="GET"):
        take(tape, operation, method, NOTE, status, query=query, anonymous=True)
    good = signed(tape, "GET", NOTE)
    read("swift_object/read_by_temporary_address_without_key", 401, good)
    take(tape, "set_temporary_key", "POST", BOX, 204, headers={"X-Container-Meta-Temp-URL-Key": KEY})
    wait(lambda: tape.cloud.call(OBJECTS, "GET", NOTE, query=good, anonymous=True).status, 200)
    read("swift_object/read_by_temporary_address", 200, good)
    read("swift_object/put_by_temporary_address_for_get", 401, good, "PUT")
    read("swift_object/read_by_forged_address", 401, good | {"temp_url_sig": "f" * 64})
    read("swift_object/read_without_token", 401, {})
    tape.call(OBJECTS, "POST", BOX, headers={"X-Remove-Container-Meta-Temp-URL-Key": "x"})
    before = tape.call(OBJECTS, "HEAD", "").headers.get("x-account-meta-temp-url-key", "")
    tape.later("account's key", lambda: tape.call(
        OBJECTS, "POST", "", headers={"X-Account-Meta-Temp-URL-Key": before}))
    take(tape, "set_account_temporary_key", "POST", "", 204, headers={"X-Account-Meta-Temp-URL-Key": KEY})
