"""Neutron without agents: every port binds, every floating IP follows its port."""
from neutron.services.trunk.drivers import base as trunk_driver
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events, registry, resources
from neutron_lib.plugins import directory
from neutron_lib.plugins.ml2 import api


class AgentlessTrunkDriver(trunk_driver.DriverBase):
    @property
    def is_loaded(self):
        return True


class AgentlessMechanismDriver(api.MechanismDriver):
    """Binds any port on any host and reports what agents would report, at once."""

    def initialize(self):
        # The trunk plugin refuses to load without a driver that says it fits.
        self.trunk_driver = AgentlessTrunkDriver(
            "agentless", (portbindings.VIF_TYPE_OVS,), (constants.TYPE_VLAN,),
            can_trunk_bound_port=True)
        for event in (events.AFTER_CREATE, events.AFTER_UPDATE):
            registry.subscribe(self.floating_ip_changed, resources.FLOATING_IP, event)

    @property
    def connectivity(self):
        return portbindings.CONNECTIVITY_L2

    def bind_port(self, context):
        for segment in context.segments_to_bind:
            context.set_binding(segment[api.ID], portbindings.VIF_TYPE_OVS,
                                {portbindings.CAP_PORT_FILTER: True},
                                status=constants.PORT_STATUS_ACTIVE)
            return

    def create_port_postcommit(self, context):
        # Router ports have no host to bind on; an L3 agent would raise them.
        if context.current["device_owner"] in constants.ROUTER_PORT_OWNERS:
            directory.get_plugin().update_port_status(
                context.plugin_context, context.current["id"], constants.PORT_STATUS_ACTIVE)

    update_port_postcommit = create_port_postcommit

    def floating_ip_changed(self, resource, event, trigger, payload):
        address = payload.states[-1]
        status = (constants.FLOATINGIP_STATUS_ACTIVE if address.get("port_id")
                  else constants.FLOATINGIP_STATUS_DOWN)
        if address.get("status") != status:
            trigger.update_floatingip_status(
                payload.context.elevated(), payload.resource_id, status)
            address["status"] = status
