"""Serve one WSGI application with waitress: serve.py NAME PORT TARGET

TARGET is a module with an `application`, or config:PATH for a paste file. Several
OpenStack modules read sys.argv while they are imported, so it is reduced to the
program's name first.
"""
import importlib
import os
import sys

import waitress


def main() -> None:
    name, port, target = sys.argv[1:4]
    sys.argv = [name]
    if target.startswith("config:"):
        application = importlib.import_module("paste.deploy").loadapp(target)
    else:
        application = importlib.import_module(target).application
    waitress.serve(application, host="127.0.0.1", port=int(port),
                   threads=int(os.environ.get("TEST_CLOUD_THREADS", "6")),
                   max_request_body_size=8 << 30, channel_timeout=300,
                   connection_limit=2000, ident=None)   # idle keep-alive connections count


if __name__ == "__main__":
    main()
