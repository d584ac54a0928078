"""A Magnum driver without machines: each operation is complete at the next sync."""
from magnum.drivers.common import driver
from magnum.objects import fields
from oslo_utils import uuidutils

Status = fields.ClusterStatus
NEXT = {
    Status.CREATE_IN_PROGRESS: Status.CREATE_COMPLETE,
    Status.UPDATE_IN_PROGRESS: Status.UPDATE_COMPLETE,
    Status.ROLLBACK_IN_PROGRESS: Status.ROLLBACK_COMPLETE,
    Status.DELETE_IN_PROGRESS: Status.DELETE_COMPLETE,
}


class MachinelessClusterDriver(driver.Driver):
    beta = False

    @property
    def provides(self):
        return [{"server_type": "vm", "os": os, "coe": "kubernetes"}
                for os in ("fedora-coreos", "ubuntu", "flatcar")]

    def update_cluster_status(self, context, cluster, use_admin_ctx=False):
        for group in cluster.nodegroups:
            if group.status == Status.DELETE_IN_PROGRESS and not group.is_default:
                group.destroy()
                continue
            group.status = NEXT.get(group.status, NEXT.get(cluster.status, group.status))
            first = 10 if group.role == "master" else 100
            group.node_addresses = [f"10.0.0.{first + n}" for n in range(group.node_count)]
            group.save()
        cluster.status = NEXT.get(cluster.status, cluster.status)
        cluster.status_reason = None
        if cluster.status == Status.CREATE_COMPLETE:
            cluster.api_address = "https://10.0.0.10:6443"
            cluster.coe_version = "v1.31.1"
            cluster.health_status = fields.ClusterHealthStatus.HEALTHY
        cluster.save()

    def create_cluster(self, context, cluster, cluster_create_timeout):
        cluster.stack_id = uuidutils.generate_uuid()

    def update_cluster(self, context, cluster, scale_manager=None, rollback=False):
        cluster.status = Status.UPDATE_IN_PROGRESS

    def upgrade_cluster(self, context, cluster, cluster_template, max_batch_size, nodegroup,
                        scale_manager=None, rollback=False):
        cluster.status = Status.UPDATE_IN_PROGRESS

    def delete_cluster(self, context, cluster):
        pass

    def resize_cluster(self, context, cluster, resize_manager, node_count, nodes_to_remove,
                       nodegroup=None):
        pass

    def create_nodegroup(self, context, cluster, nodegroup):
        nodegroup.stack_id = uuidutils.generate_uuid()

    def update_nodegroup(self, context, cluster, nodegroup):
        pass

    def delete_nodegroup(self, context, cluster, nodegroup):
        pass

    def create_federation(self, context, federation):
        raise NotImplementedError("federations")

    update_federation = delete_federation = create_federation

    def get_monitor(self, context, cluster):
        return None

    def get_scale_manager(self, context, osclient, cluster):
        return None
