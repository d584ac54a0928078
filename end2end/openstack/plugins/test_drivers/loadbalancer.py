"""Octavia's way to the network: the address of a load balancer is a real port, all beside it is pretended."""
from octavia.network.drivers.neutron import allowed_address_pairs
from octavia.network.drivers.noop_driver import driver

REAL = ("allocate_vip", "deallocate_vip", "get_network", "get_subnet",
        "get_network_ip_availability", "get_security_group_by_id", "get_qos_policy",
        "qos_enabled")


class VipOnlyNetworkDriver(driver.NoopNetworkDriver):
    def __init__(self):
        super().__init__()
        self.neutron = allowed_address_pairs.AllowedAddressPairsDriver()

    def __getattribute__(self, name):
        # The methods exist in the parent, so looking for those that are missing is not enough.
        if name in REAL:
            return getattr(object.__getattribute__(self, "neutron"), name)
        return object.__getattribute__(self, name)
