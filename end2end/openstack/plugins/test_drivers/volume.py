"""A Cinder back end and a backup target that keep no data."""
import io
import os

from cinder.backup import driver as backup_driver
from cinder.volume import driver
from oslo_config import cfg


class EmptyVolumeDriver(driver.VolumeDriver):
    """Every operation succeeds; one small file stands for every volume's device."""

    VERSION = "1.0"

    def _device(self):
        path = os.path.join(cfg.CONF.state_path, "device")
        if not os.path.exists(path):
            with open(path, "wb") as device:
                device.truncate(1 << 20)
        return path

    def do_setup(self, context):
        self._device()

    def check_for_setup_error(self):
        pass

    def _update_volume_stats(self):
        self._stats = {
            "volume_backend_name": self.configuration.volume_backend_name or "empty",
            "vendor_name": "None", "driver_version": self.VERSION, "storage_protocol": "local",
            "pools": [{"pool_name": "empty", "total_capacity_gb": 100_000,
                       "free_capacity_gb": 100_000, "provisioned_capacity_gb": 0,
                       "reserved_percentage": 0, "max_over_subscription_ratio": "20",
                       "thin_provisioning_support": True, "thick_provisioning_support": False,
                       "QoS_support": True, "multiattach": True,
                       "consistent_group_snapshot_enabled": True}],
        }

    def create_volume(self, volume):
        pass

    def delete_volume(self, volume):
        pass

    def create_snapshot(self, snapshot):
        pass

    def delete_snapshot(self, snapshot):
        pass

    def create_volume_from_snapshot(self, volume, snapshot):
        pass

    def create_cloned_volume(self, volume, src_vref):
        pass

    def revert_to_snapshot(self, context, volume, snapshot):
        pass

    def extend_volume(self, volume, new_size):
        pass

    def retype(self, context, volume, new_type, diff, host):
        return True, None

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        return {}, True             # spares the download that would follow

    def copy_image_to_volume(self, context, volume, image_service, image_id,
                             disable_sparse=False):
        pass

    def copy_volume_to_image(self, context, volume, image_service, image_meta):
        image_service.update(context, image_meta["id"], {}, io.BytesIO(b"\0" * 4096))

    def ensure_export(self, context, volume):
        pass

    def create_export(self, context, volume, connector):
        pass

    def remove_export(self, context, volume):
        pass

    def initialize_connection(self, volume, connector):
        return {"driver_volume_type": "local",
                "data": {"device_path": self._device(), "access_mode": "rw"}}

    def terminate_connection(self, volume, connector, **kwargs):
        pass

    def create_group(self, context, group):
        return {"status": "available"}

    def delete_group(self, context, group, volumes):
        return {"status": "deleted"}, [{"id": v.id, "status": "deleted"} for v in volumes]

    def update_group(self, context, group, add_volumes=None, remove_volumes=None):
        return None, None, None

    def create_group_snapshot(self, context, group_snapshot, snapshots):
        return ({"status": "available"},
                [{"id": one.id, "status": "available"} for one in snapshots])

    def delete_group_snapshot(self, context, group_snapshot, snapshots):
        return ({"status": "deleted"},
                [{"id": one.id, "status": "deleted"} for one in snapshots])


class EmptyBackupDriver(backup_driver.BackupDriver):
    """A backup that is recorded and holds nothing."""

    def backup(self, backup, volume_file, backup_metadata=False):
        pass

    def restore(self, backup, volume_id, volume_file, volume_is_new):
        pass

    def delete_backup(self, backup):
        pass

    def check_for_setup_error(self):
        pass
