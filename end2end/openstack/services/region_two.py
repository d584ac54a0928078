from testcloud import settings as s
from testcloud.model import Process, Service

# Image, placement, network, compute, block storage: those with an entry in the second region.
PORTS = [s.port(usual) for usual in (9292, 8778, 9696, 8774, 8776)]

SERVICE = Service(
    name="region_two",
    summary="RegionTwo: other ports that lead to RegionOne's services, with a request log",
    processes=[Process("region-two", [
        str(s.PYTHON), str(s.ROOT / "tools/second_region.py"),
        *(f"{port + s.SECOND_REGION_OFFSET}:{port}" for port in PORTS)])],
)
