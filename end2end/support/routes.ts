// Every page, and who looks at it. `{vm}` and the like are made before.
import type { Who } from './portal';

export type Route = { name: string; path: string; who: Who | 'nobody' };

const inside = (environment: string) => `/w/devops-team/${environment}`;

/** All pages; `ids` are of things that were made to look at. */
export function routes(ids: { server: string; volume: string; group: string; balancer: string; zone: string; box: string }): Route[] {
  const place = inside('staging');
  return [
    { name: 'sign-in', path: '/sign-in', who: 'nobody' },
    { name: 'sign-in-refused', path: '/sign-in?error=credentials', who: 'nobody' },
    { name: 'workspaces', path: '/w', who: 'member' },
    { name: 'overview', path: place, who: 'member' },
    { name: 'overview-empty', path: inside('dev'), who: 'member' },
    { name: 'overview-production', path: inside('prod'), who: 'member' },
    { name: 'inventory', path: `${place}/inventory`, who: 'member' },
    { name: 'inventory-no-match', path: `${place}/inventory?search=nothing-is-called-this`, who: 'member' },
    { name: 'inventory-delete', path: `${place}/inventory/delete?id=${ids.server}&id=${ids.volume}`, who: 'member' },
    { name: 'servers', path: `${place}/k/vm`, who: 'member' },
    { name: 'volumes', path: `${place}/k/volume`, who: 'member' },
    { name: 'networks', path: `${place}/k/network`, who: 'member' },
    { name: 'floating-ips', path: `${place}/k/floating_ip`, who: 'member' },
    { name: 'clusters', path: `${place}/k/cluster`, who: 'member' },
    { name: 'keypairs', path: `${place}/k/nova_keypair`, who: 'member' },
    { name: 'flavors', path: `${place}/k/nova_flavor`, who: 'member' },
    { name: 'create-server', path: `${place}/k/vm/new`, who: 'member' },
    { name: 'create-volume', path: `${place}/k/volume/new`, who: 'member' },
    { name: 'create-network', path: `${place}/k/network/new`, who: 'member' },
    { name: 'create-floating-ip', path: `${place}/k/floating_ip/new`, who: 'member' },
    { name: 'create-cluster', path: `${place}/k/cluster/new`, who: 'member' },
    { name: 'create-keypair', path: `${place}/k/nova_keypair/new`, who: 'member' },
    { name: 'create-as-viewer', path: `${place}/k/volume/new`, who: 'viewer' },
    { name: 'resource', path: `${place}/r/${ids.server}`, who: 'member' },
    { name: 'resource-delete', path: `${place}/r/${ids.server}/delete`, who: 'member' },
    { name: 'resource-action', path: `${place}/r/${ids.server}/do/reboot`, who: 'member' },
    { name: 'security-group', path: `${place}/r/${ids.group}`, who: 'member' },
    { name: 'add-rule', path: `${place}/r/${ids.group}/do/add_rule`, who: 'member' },
    { name: 'remove-rule', path: `${place}/r/${ids.group}/do/remove_rule`, who: 'member' },
    { name: 'load-balancer', path: `${place}/r/${ids.balancer}`, who: 'member' },
    { name: 'create-load-balancer', path: `${place}/k/octavia_load_balancer/new`, who: 'member' },
    { name: 'create-share-network', path: `${place}/k/manila_share_network/new`, who: 'member' },
    { name: 'zone', path: `${place}/r/${ids.zone}`, who: 'member' },
    { name: 'objects', path: `${place}/r/${ids.box}`, who: 'member' },
    { name: 'objects-in-folder', path: `${place}/r/${ids.box}?prefix=reports%2F`, who: 'member' },
    { name: 'copy-object', path: `${place}/r/${ids.box}/do/copy_object?object=reports%2F2026.pdf`, who: 'member' },
    { name: 'drift', path: `${place}/drift`, who: 'member' },
    { name: 'drift-no-match', path: `${place}/drift?class=orphaned&resource_type=cluster`, who: 'member' },
    { name: 'drift-as-viewer', path: `${place}/drift`, who: 'viewer' },
    { name: 'audit', path: `${place}/audit`, who: 'member' },
    { name: 'members', path: '/w/devops-team/members', who: 'member' },
    { name: 'tokens', path: '/tokens', who: 'member' },
    { name: 'account', path: '/account', who: 'member' },
    { name: 'users', path: '/admin/users', who: 'admin' },
    { name: 'all-workspaces', path: '/admin/workspaces', who: 'admin' },
    { name: 'workspace', path: '/admin/workspaces/devops-team', who: 'admin' },
    { name: 'platform-audit', path: '/admin/audit', who: 'admin' },
    { name: 'whole-cloud', path: '/admin/cloud', who: 'admin' },
    { name: 'nodes', path: '/admin/cloud/RegionOne/ironic_node', who: 'admin' },
    { name: 'create-node', path: '/admin/cloud/RegionOne/ironic_node/new', who: 'admin' },
    { name: 'create-device-profile', path: '/admin/cloud/RegionOne/cyborg_device_profile/new', who: 'admin' },
    { name: 'accelerators', path: '/admin/cloud/RegionOne/cyborg_device', who: 'admin' },
    { name: 'nodes-not-offered', path: '/admin/cloud/RegionTwo/ironic_node', who: 'admin' },
    { name: 'missing', path: '/nowhere/at/all', who: 'member' },
    { name: 'missing-place', path: '/w/not-mine/dev', who: 'member' },
    { name: 'parts', path: '/dev/parts', who: 'member' },
  ];
}
