"""Record what a real OpenStack answers, as fixtures: python3 end2end/openstack/record FOLDER

Signs in by the OS_ variables, makes a few things named `record-…` in that project, drives each operation that the
platform uses, the usual errors too, writes FOLDER/<kind>/<operation>.json, and removes what it made.
"""
import shutil
import sys
import tempfile
from pathlib import Path

import accelerators
import balancers
import clusters
import compute
import containers
import metal
import names
import network
import objects
import shares
import storage
from cloud import ACCELERATORS, BALANCERS, CONTAINERS, DNS, METAL, OBJECTS, SHARES, Cloud
from tape import Tape

# Not every cloud has these.
MORE = ((SHARES, shares), (BALANCERS, balancers), (DNS, names), (OBJECTS, objects),
        (CONTAINERS, containers), (METAL, metal), (ACCELERATORS, accelerators))


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as fresh, Tape(Cloud(), Path(fresh)) as tape:
        # In order of need: servers stand in the network, volumes hang on a server.
        things = network.record(tape)
        compute.record(tape, things)
        storage.record(tape, things)
        network.record_addresses(tape, things)
        clusters.record(tape)
        for service, module in MORE:
            if service.listed_as in tape.cloud.addresses:
                module.record(tape, things)
            else:
                print(f"not in this cloud, so not recorded: {service.type}", file=sys.stderr)
        for text in tape.surprises:
            print(f"not as expected: {text}", file=sys.stderr)
        # Only a whole recording takes the place of an older one.
        for kind in Path(fresh).iterdir():
            shutil.rmtree(folder / kind.name, ignore_errors=True)
            shutil.copytree(kind, folder / kind.name)
        print(f"{tape.count} exchanges in {folder}")


if __name__ == "__main__":
    main()
