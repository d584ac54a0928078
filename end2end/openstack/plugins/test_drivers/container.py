"""Zun without a container engine: a container is a row, and its status follows the calls."""
from oslo_config import cfg
from zun import objects
from zun.common import consts
from zun.container import driver

# The host, as large as Nova's pretended one.
CPUS, MEMORY_KIB = 1000, 800 << 20


class EnginelessDriver(driver.BaseDriver, driver.ContainerDriver, driver.CapsuleDriver):
    capabilities = {}

    def get_pci_resources(self):
        return "[]"                 # the parent asks lspci

    def get_host_mem(self):
        return MEMORY_KIB, MEMORY_KIB, MEMORY_KIB, 0

    def get_available_resources(self):
        # The parent says nothing of processors, and without one no container can be changed.
        return super().get_available_resources() | {"cpus": CPUS}

    def update_provider_tree(self, provider_tree, nodename):
        super().update_provider_tree(provider_tree, nodename)
        inventory = provider_tree.data(nodename).inventory
        inventory["VCPU"] |= {"total": CPUS, "max_unit": CPUS}
        provider_tree.update_inventory(nodename, inventory)

    def _become(self, context, container, status):
        container.status = status
        container.save(context)
        return container

    def pull_image(self, context, repo, tag, image_pull_policy=None, image_driver=None,
                   **kwargs):
        return {"image": repo, "path": None, "driver": "docker"}, True

    def search_image(self, context, repo, tag, driver_name, exact_match):
        return [{"name": repo}]

    def create(self, context, container, image, requested_networks, requested_volumes):
        container.container_id = container.uuid.replace("-", "") * 2
        container.addresses = {}
        return self._become(context, container, consts.CREATED)

    def create_capsule(self, context, capsule, image, requested_networks, requested_volumes):
        capsule.addresses = {}
        for container in capsule.containers:
            self._become(context, container, consts.RUNNING)
        return self._become(context, capsule, consts.RUNNING)

    def delete(self, context, container, force):
        pass

    def delete_capsule(self, context, capsule, force):
        pass

    def list(self, context):
        return objects.Container.list_by_host(context, cfg.CONF.host), []

    def update_containers_states(self, context, containers, manager):
        pass

    def show(self, context, container):
        return container

    def start(self, context, container):
        return self._become(context, container, consts.RUNNING)

    def stop(self, context, container, timeout=None):
        return self._become(context, container, consts.STOPPED)

    def reboot(self, context, container, timeout=None):
        return self._become(context, container, consts.RUNNING)

    def pause(self, context, container):
        return self._become(context, container, consts.PAUSED)

    def unpause(self, context, container):
        return self._become(context, container, consts.RUNNING)

    def kill(self, context, container, signal=None):
        return self._become(context, container, consts.STOPPED)

    def show_logs(self, context, container, *args, **kwargs):
        return "no engine, no output\n"

    def top(self, context, container, ps_args=None):
        return {"Titles": ["PID", "CMD"], "Processes": [["1", "/bin/sh"]]}

    def stats(self, context, container):
        return {"CPU %": 0, "MEM USAGE(MiB)": 1, "MEM LIMIT(MiB)": 64, "MEM %": 1,
                "BLOCK I/O(B)": "0/0", "NET I/O(B)": "0/0"}

    def execute_create(self, context, container, command, *args, **kwargs):
        return container.uuid

    def execute_run(self, exec_id, command=None):
        return "no engine, no output\n", 0

    def update(self, context, container):
        container.save(context)
        return container

    def network_attach(self, context, container, requested_network):
        pass

    def network_detach(self, context, container, network):
        pass

    def add_security_group(self, context, container, security_group, **kwargs):
        pass

    def remove_security_group(self, context, container, security_group, **kwargs):
        pass
