// The cloud, asked past the product: what stands in a project, and what the other region was asked. The real one, or the
// demo's own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const domain = { name: 'Default' };
export const bound = 'devops-staging-9a3f';
export const others = ['devops-dev', 'devops-prod', 'payments-dev'];

type Entrance = { token: string; project: string; url: string };

/** The real cloud's account, else the one that the demo names. */
function login(): { auth_url?: string; username?: string; password?: string } {
  const { ATONIX_REAL_CLOUD: real, OS_AUTH_URL: auth_url, OS_USERNAME: username, OS_PASSWORD: password } = process.env;
  return real ? { auth_url, username, password } : JSON.parse(process.env.ATONIX_LOGINS ?? '{}').cloud;
}

async function enter(project: string, service: string): Promise<Entrance> {
  const { auth_url, username: name, password } = login();
  const user = { name, password, domain };
  const body = { auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { name: project, domain } } } };
  const answer = await fetch(`${auth_url}/auth/tokens`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Keystone answers ${answer.status} for ${project}`);
  const { token } = await answer.json();
  const types = service === 'block-storage' ? ['block-storage', 'volumev3', 'block-store'] : [service];
  const entry = token.catalog.find((one: { type: string }) => types.includes(one.type));
  const endpoint = entry.endpoints.find(
    (one: { interface: string; region: string }) => one.interface === 'public' && one.region === 'RegionOne');
  const url = endpoint.url.replace(/\/$/, '').replace(/\/v2\.0$/, '');
  return { token: answer.headers.get('x-subject-token') ?? '', project: token.project.id, url };
}

async function ask(to: Entrance, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${to.url}/${path}`, {
    method, headers: { 'x-auth-token': to.token, 'content-type': 'application/json' }, body: body && JSON.stringify(body),
  } as RequestInit);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : {};
}

/** The names in a project's own list; an administrator's account is shown other projects' things too. */
export async function names(project: string, service: string, collection: string): Promise<string[]> {
  const to = await enter(project, service);
  // Magnum's short list does not say whose they are.
  const narrowed: Record<string, string> = { network: `?project_id=${to.project}`, 'container-infra': '/detail' };
  const answer = await ask(to, 'GET', collection + (narrowed[service] ?? ''));
  const list = Object.values(answer).find(Array.isArray) as Record<string, string | undefined>[];
  const own = list.filter((one) => (one.project_id ?? to.project) === to.project);
  // A floating IP is called after its address; a cluster's name carries our mark.
  return own.map((one) => one.floating_ip_address ?? one.name ?? '');
}

/** Makes something in a project, past the product. */
export async function makeOutside(project: string, service: string, path: string, body: unknown): Promise<void> {
  await ask(await enter(project, service), 'POST', path, body);
}

export async function template(name: string): Promise<() => Promise<unknown>> {
  const to = await enter(bound, 'container-infra');
  const made = await ask(to, 'POST', 'clustertemplates', {
    name, coe: 'kubernetes', image_id: 'fedora-coreos-40', external_network_id: 'public', flavor_id: 'm1.small',
    master_flavor_id: 'm1.small', network_driver: 'calico', docker_volume_size: 5, docker_storage_driver: 'overlay2',
    volume_driver: 'cinder',
  });
  return () => ask(to, 'DELETE', `clustertemplates/${made.uuid}`);
}

/** Lets a service of the demo's cloud go wrong; gives what lets it go right again. */
export async function disturb(service: string, effect: Record<string, unknown>): Promise<() => Promise<void>> {
  const faults = `${new URL(login().auth_url ?? '').origin}/simulator/faults`;
  const answer = await fetch(faults, { method: 'POST', body: JSON.stringify({ service, region: 'RegionOne', effect }) });
  if (answer.status !== 201) throw new Error(`${faults}: ${answer.status} ${await answer.text()}`);
  const { id } = await answer.json();
  return async () => {
    await fetch(`${faults}/${id}`, { method: 'DELETE' });
  };
}

/** What the other region's endpoints were asked so far. */
export const otherRegion = (): string =>
  readFileSync(join(process.env.ATONIX_TEST_CLOUD_LOGS ?? '', 'region-two.log'), 'utf8');
