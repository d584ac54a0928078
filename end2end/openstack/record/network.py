"""Neutron: networks, subnets, ports, routers, floating IPs, security groups."""
from cloud import NETWORK

MISSING = "ffffffff-ffff-4fff-8fff-ffffffffffff"


def tag(number: int) -> str:
    """The mark that the platform puts on what it creates: the id of its own row."""
    return f"atonix:01940000-0000-7000-8000-{number:012d}"


def find(tape, collection: str, label: str, **query: str) -> dict:
    """Something that stood there before, by its name, under a label of its own."""
    found = tape.call(NETWORK, "GET", collection, query=query).body[collection.replace("-", "_")][0]
    tape.scrubber.know(found["id"], label)
    return found


def record(tape) -> dict[str, str]:
    for number in range(1, 100):
        tape.scrubber.keep(tag(number).removeprefix("atonix:"))
    tape.scrubber.keep(MISSING)
    things = {"public": find(tape, "networks", "public network", name="public")["id"]}
    subnet = tape.call(NETWORK, "GET", "subnets", query={"name": "public-subnet"}).body["subnets"]
    for one in subnet:
        tape.scrubber.know(one["id"], "public subnet")
    find(tape, "security-groups", "default security group", name="default", project_id=tape.cloud.project)

    things["network"] = network(tape)
    things["subnet"] = subnet_of(tape, things["network"])
    things["port"] = port(tape, things["network"])
    tape.record("network/delete_in_use", NETWORK, "DELETE", f"networks/{things['network']}", status=409)
    things["router"] = router(tape, things)
    security_groups(tape)
    tape.record("network/list", NETWORK, "GET", "networks", status=200)
    tape.record("network/find_by_tag", NETWORK, "GET", "networks", status=200, query={"description": tag(1)})
    return things


def network(tape) -> str:
    def create(operation, status, /, **more):
        return tape.record(f"network/{operation}", NETWORK, "POST", "networks", {"network": more}, status=status,
                           made="network" if status == 201 else "")
    made = create("create", 201, name="record-net", admin_state_up=True, description=tag(1))
    one = made.body["network"]["id"]
    tape.later("network", lambda: tape.remove(NETWORK, f"networks/{one}"))
    create("create_bad_name", 400, name="x" * 256)
    tape.record("network/get", NETWORK, "GET", f"networks/{one}", status=200)
    tape.record("network/get_missing", NETWORK, "GET", f"networks/{MISSING}", status=404)
    tape.record("network/delete_missing", NETWORK, "DELETE", f"networks/{MISSING}", status=404)
    spare = tape.call(NETWORK, "POST", "networks", {"network": {"name": "record-spare"}}).body["network"]["id"]
    tape.scrubber.know(spare, "spare network")
    tape.record("network/delete", NETWORK, "DELETE", f"networks/{spare}", status=204)
    return one


def subnet_of(tape, network_id: str) -> str:
    def create(operation, status, /, **more):
        body = {"network_id": network_id, "ip_version": 4} | more
        return tape.record(f"neutron_subnet/{operation}", NETWORK, "POST", "subnets", {"subnet": body}, status=status,
                           made="subnet" if status == 201 else "")
    made = create("create", 201, name="record-subnet", cidr="10.77.0.0/24", enable_dhcp=True,
                  dns_nameservers=["10.77.0.2"], description=tag(2))
    one = made.body["subnet"]["id"]
    create("create_bad_cidr", 400, name="record-bad", cidr="10.78.0.0/33")
    create("create_overlap", 400, name="record-bad", cidr="10.77.0.0/25")
    create("create_missing_network", 404, name="record-bad", cidr="10.79.0.0/24", network_id=MISSING)
    tape.record("neutron_subnet/get", NETWORK, "GET", f"subnets/{one}", status=200)
    tape.record("neutron_subnet/get_missing", NETWORK, "GET", f"subnets/{MISSING}", status=404)
    tape.record("neutron_subnet/list", NETWORK, "GET", "subnets", status=200)
    tape.record("neutron_subnet/find_by_tag", NETWORK, "GET", "subnets", status=200, query={"description": tag(2)})
    spare = tape.call(NETWORK, "POST", "subnets", {"subnet": {
        "network_id": network_id, "ip_version": 4, "cidr": "10.80.0.0/24", "name": "record-spare"}}).body["subnet"]["id"]
    tape.scrubber.know(spare, "spare subnet")
    tape.record("neutron_subnet/delete", NETWORK, "DELETE", f"subnets/{spare}", status=204)
    return one


def port(tape, network_id: str) -> str:
    made = tape.record("neutron_port/create", NETWORK, "POST", "ports", {"port": {
        "name": "record-port", "network_id": network_id, "admin_state_up": True, "description": tag(3)}},
        status=201, made="port")
    one = made.body["port"]["id"]
    tape.later("port", lambda: tape.remove(NETWORK, f"ports/{one}"))
    tape.record("neutron_port/get", NETWORK, "GET", f"ports/{one}", status=200)
    tape.record("neutron_port/get_missing", NETWORK, "GET", f"ports/{MISSING}", status=404)
    tape.record("neutron_port/create_missing_network", NETWORK, "POST", "ports", {"port": {
        "name": "record-bad", "network_id": MISSING}}, status=404)
    spare = tape.call(NETWORK, "POST", "ports", {"port": {"network_id": network_id}}).body["port"]["id"]
    tape.scrubber.know(spare, "spare port")
    tape.record("neutron_port/delete", NETWORK, "DELETE", f"ports/{spare}", status=204)
    return one


def router(tape, things: dict[str, str]) -> str:
    gateway = {"network_id": things["public"]}
    made = tape.record("neutron_router/create", NETWORK, "POST", "routers", {"router": {
        "name": "record-router", "admin_state_up": True, "external_gateway_info": gateway, "description": tag(4)}},
        status=201, made="router")
    one = made.body["router"]["id"]
    tape.later("router", lambda: tape.remove(NETWORK, f"routers/{one}"))
    tape.record("neutron_router/get", NETWORK, "GET", f"routers/{one}", status=200)
    tape.record("neutron_router/get_missing", NETWORK, "GET", f"routers/{MISSING}", status=404)
    tape.record("neutron_router/create_missing_gateway", NETWORK, "POST", "routers", {"router": {
        "name": "record-bad", "external_gateway_info": {"network_id": MISSING}}}, status=404)
    tape.record("neutron_router/clear_gateway", NETWORK, "PUT", f"routers/{one}",
                {"router": {"external_gateway_info": None}}, status=200)
    tape.record("neutron_router/set_gateway", NETWORK, "PUT", f"routers/{one}",
                {"router": {"external_gateway_info": gateway}}, status=200)
    body = {"subnet_id": things["subnet"]}

    def interface(name, verb, status):
        return tape.record(f"neutron_router/{name}", NETWORK, "PUT", f"routers/{one}/{verb}_router_interface", body,
                           status=status)
    interface("add_interface", "add", 200)
    interface("add_interface_twice", "add", 400)
    interface("remove_interface", "remove", 200)
    interface("remove_interface_missing", "remove", 404)
    again = tape.call(NETWORK, "PUT", f"routers/{one}/add_router_interface", body)
    tape.scrubber.know(again.body["port_id"], "router's port")
    tape.later("interface", lambda: tape.call(NETWORK, "PUT", f"routers/{one}/remove_router_interface", body))
    tape.record("neutron_router/delete_in_use", NETWORK, "DELETE", f"routers/{one}", status=409)
    tape.record("neutron_subnet/delete_in_use", NETWORK, "DELETE", f"subnets/{things['subnet']}", status=409)
    tape.record("neutron_router/list", NETWORK, "GET", "routers", status=200)
    spare = tape.call(NETWORK, "POST", "routers", {"router": {"name": "record-spare"}}).body["router"]["id"]
    tape.scrubber.know(spare, "spare router")
    tape.record("neutron_router/delete", NETWORK, "DELETE", f"routers/{spare}", status=204)
    return one


def security_groups(tape) -> None:
    def create(operation, status, /, **more):
        return tape.record(f"neutron_security_group/{operation}", NETWORK, "POST", "security-groups",
                           {"security_group": more}, status=status, made="security group" if status == 201 else "")
    made = create("create", 201, name="record-group", description=tag(18), project_id=tape.cloud.project)
    one = made.body["security_group"]["id"]
    tape.later("security group", lambda: tape.remove(NETWORK, f"security-groups/{one}"))
    for rule in made.body["security_group"]["security_group_rules"]:
        tape.scrubber.know(rule["id"], f"rule of its own for {rule['ethertype']}")
    create("create_bad_name", 400, name="x" * 256)
    create("create_named_default", 409, name="default")
    rule = rules(tape, one)

    def read(operation, path, status=200, **query):
        tape.record(f"neutron_security_group{operation}", NETWORK, "GET", path, status=status, query=query)
    read("/get", f"security-groups/{one}")
    read("/get_missing", f"security-groups/{MISSING}", 404)
    read("/list", "security-groups")
    read("/find_by_tag", "security-groups", description=tag(18))
    read("_rule/get", f"security-group-rules/{rule}")
    read("_rule/get_missing", f"security-group-rules/{MISSING}", 404)
    read("_rule/list", "security-group-rules", security_group_id=one)
    tape.record("neutron_security_group_rule/delete", NETWORK, "DELETE", f"security-group-rules/{rule}", status=204)
    tape.record("neutron_security_group_rule/delete_missing", NETWORK, "DELETE", f"security-group-rules/{MISSING}",
                status=404)
    spare = tape.call(NETWORK, "POST", "security-groups", {"security_group": {
        "name": "record-spare"}}).body["security_group"]["id"]
    tape.scrubber.know(spare, "spare security group")
    tape.record("neutron_security_group/delete", NETWORK, "DELETE", f"security-groups/{spare}", status=204)
    tape.record("neutron_security_group/delete_missing", NETWORK, "DELETE", f"security-groups/{MISSING}", status=404)


def rules(tape, group: str) -> str:
    def create(operation, status, made="", **more):
        sent = {"security_group_id": group, "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp",
                "port_range_min": 443, "port_range_max": 443, "remote_ip_prefix": "10.0.0.0/8"} | more
        sent = {name: value for name, value in sent.items() if value is not None}
        return tape.record(f"neutron_security_group_rule/{operation}", NETWORK, "POST", "security-group-rules",
                           {"security_group_rule": sent}, status=status, made=made)
    one = create("create", 201, "security group rule").body["security_group_rule"]["id"]
    create("create_again", 409)
    create("create_bad_range", 400, port_range_max=80)
    create("create_missing_group", 404, security_group_id=MISSING)
    create("create_without_port", 201, "rule without ports", protocol="icmp", port_range_min=None,
           port_range_max=None, remote_ip_prefix=None)
    create("create_of_group", 201, "rule of a group", remote_ip_prefix=None, remote_group_id=group)
    create("create_v6", 201, "rule for IPv6", ethertype="IPv6", remote_ip_prefix="2001:db8::/32")
    return one



def record_addresses(tape, things: dict[str, str]) -> None:
    """Floating IPs; needs a server on a routed network."""
    ports = tape.record("neutron_port/list_of_server", NETWORK, "GET", "ports", status=200,
                        query={"device_id": things["server"]})
    tape.record("neutron_port/list", NETWORK, "GET", "ports", status=200, query={"network_id": things["network"]})
    made = tape.record("floating_ip/create", NETWORK, "POST", "floatingips", {"floatingip": {
        "floating_network_id": things["public"], "description": tag(5)}},
        status=201, made="floating IP")
    one = made.body["floatingip"]["id"]
    tape.later("floating IP", lambda: tape.remove(NETWORK, f"floatingips/{one}"))
    tape.record("floating_ip/create_not_external", NETWORK, "POST", "floatingips", {"floatingip": {
        "floating_network_id": things["network"]}}, status=400)
    tape.record("floating_ip/create_missing_network", NETWORK, "POST", "floatingips", {"floatingip": {
        "floating_network_id": MISSING}}, status=404)
    tape.record("floating_ip/get", NETWORK, "GET", f"floatingips/{one}", status=200)
    tape.record("floating_ip/get_missing", NETWORK, "GET", f"floatingips/{MISSING}", status=404)

    def put(name, status, port_id, address=one):
        tape.record(f"floating_ip/{name}", NETWORK, "PUT", f"floatingips/{address}",
                    {"floatingip": {"port_id": port_id}}, status=status)
    put("associate", 200, ports.body["ports"][0]["id"])
    tape.record("floating_ip/get_associated", NETWORK, "GET", f"floatingips/{one}", status=200)
    spare = tape.call(NETWORK, "POST", "floatingips", {"floatingip": {
        "floating_network_id": things["public"]}}).body["floatingip"]
    tape.scrubber.know(spare["id"], "spare floating IP")
    tape.scrubber.address(spare["floating_ip_address"])
    tape.later("spare floating IP", lambda: tape.remove(NETWORK, f"floatingips/{spare['id']}"))
    put("associate_taken", 409, ports.body["ports"][0]["id"], spare["id"])
    put("associate_missing_port", 404, MISSING)
    tape.record("floating_ip/list", NETWORK, "GET", "floatingips", status=200)
    tape.record("floating_ip/find_by_tag", NETWORK, "GET", "floatingips", status=200, query={"description": tag(5)})
    put("disassociate", 200, None)
    tape.record("floating_ip/delete", NETWORK, "DELETE", f"floatingips/{spare['id']}", status=204)
