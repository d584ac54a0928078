// Whatever people write into any text of any service, or the cloud says of what was made past the portal: it is shown as
// text, turns no writing around, breaks no page, and does nothing. What there is to write into stands in the API's own
// document, so a kind that is added is tried, too.
import type { APIRequestContext, Page } from '@playwright/test';
import { bound, makeOutside } from '../support/cloud';
import { alive, compare, complaints, expect, fresh, logins, make, place, put, signIn, test, url } from '../support/portal';

type Schema = { type?: string; maxLength?: number; enum?: unknown[]; items?: Schema; properties?: Record<string, Schema> };
type Body = Record<string, unknown>;
type Text = { name: string; lines: boolean; short: boolean };
type Post = { path: string; example: Body; texts: Text[] };

const markup = `"'><img src=x onerror=window.evil=1><script>window.evil=1</script>`;
const turned = '\u202eeman\u2066';
const escapes = '\u001b[31mred\u001b]0;evil\u0007\u009b2J';

/** All at once, as far as one line takes it. */
const hostile = (word: string) => `${markup}${turned}&amp;{{7*7}} ${fresh(word)}`;

/** The POSTs of the document whose path fits. */
async function posts(request: APIRequestContext, wanted: RegExp): Promise<Post[]> {
  const document = await (await request.get(`${url()}/api/openapi.json`)).json();
  const found: Post[] = [];
  for (const [path, methods] of Object.entries<Record<string, any>>(document.paths)) {
    const content = methods.post?.requestBody?.content?.['application/json'];
    if (!content || !wanted.test(path)) continue;
    const { workspace_id, environment_id, region, ...example } = content.example ?? {};
    const texts = Object.entries<Schema>(content.schema.properties ?? {})
      .map(([name, { type, maxLength, items, enum: words }]) => ({
        name, lines: items?.type === 'string', short: maxLength !== undefined, text: type === 'string' && !words,
      }))
      .filter(({ name, text, lines }) => (text || lines) && !['workspace_id', 'environment_id', 'region'].includes(name));
    found.push({ path, example, texts });
  }
  return found;
}

/** Posts as the member, or as an administrator to what belongs to no project. */
async function post(request: APIRequestContext, path: string, body: Body) {
  const whole = path.includes('/admin/');
  const place = { workspace_id: 'devops-team', environment_id: 'staging' };
  const where = /\/admin\/(users|workspaces)|\/tokens\//.test(path) ? {} : whole ? { region: 'RegionOne' } : place;
  const answer = await request.post(`${url()}${path}`, {
    headers: { authorization: `Token ${logins()[whole ? 'admin' : 'member'].token}` },
    data: { ...where, ...body },
  });
  return { status: answer.status(), text: await answer.text() };
}

/** Puts hostile words into each text of a request; leaves those out that are refused for what they are, and says which. */
async function worst(request: APIRequestContext, { path, texts }: Post, plain: Body): Promise<{ body: Body; text: string }> {
  const body = { ...plain };
  for (const { name, lines, short } of texts) {
    const as = (value: string) => (lines ? [value] : value);
    // A line takes no control characters.
    if (short || lines) {
      const answer = await post(request, path, { ...plain, [name]: as(`a${escapes}`) });
      expect(answer.status, `${path} ${name} with escapes: ${answer.text}`).toBe(400);
      expect(answer.text, 'an error repeats no escapes').not.toMatch(/[\u001b\u009b]|\\u00[19]b/);
    }
    body[name] = as(hostile(name));
  }
  for (;;) {
    const answer = await post(request, path, body);
    if (answer.status < 300) return { body, text: answer.text };
    expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(500);
    // What is wrong is named, and all the rest is tried again. What only the cloud refuses, it says in its own words.
    const { code, errors } = JSON.parse(answer.text);
    const open = texts.map(({ name }) => name).filter((name) => name in body && body[name] !== plain[name]);
    const wrong = Object.keys(errors ?? {}).map((field) => field.replace(/[[.].*/, ''));
    const known = code === 'refused' ? open.slice(-1) : open.filter((name) => wrong.includes(name));
    expect(known, `${path} says which field is wrong: ${answer.text}`).not.toEqual([]);
    for (const name of known) {
      if (name in plain) body[name] = plain[name];
      else delete body[name];
    }
  }
}

/** Looks at a page: it is whole, and nothing that was written into it has happened. */
async function look(page: Page, path: string, wrong: string[], shown?: string): Promise<void> {
  const answer = await page.goto(path);
  expect.soft(answer?.status(), path).toBe(200);
  await alive(page);
  await expect.soft(page.locator('h1').first(), path).toBeVisible();
  await still(page, path, wrong);
  if (shown) await expect.soft(page.locator('main').getByText(shown).first(), `${path} shows it`).toBeAttached();
}

async function still(page: Page, path: string, wrong: string[]): Promise<void> {
  expect.soft(await page.evaluate(() => 'evil' in window), path).toBe(false);
  expect.soft(await page.locator('main img[src=x], main script').count(), path).toBe(0);
  const text = (await page.locator('body').textContent()) ?? '';
  expect.soft(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/.test(text), `controls on ${path}`).toBe(false);
  expect.soft(wrong.splice(0), path).toEqual([]);
}

/**
 * Fills each text of the form on a page with hostile words and sends it: it comes back with what was typed, or is done.
 * Says how many texts there were.
 */
async function fill(page: Page, path: string, wrong: string[]): Promise<number> {
  await look(page, path, wrong);
  const form = page.locator('main form').filter({ has: page.locator('[name^="spec["]') });
  if ((await form.count()) === 0) return 0;
  for (const folded of await form.first().locator('details:not([open]) > summary').all()) await folded.click();
  const texts = ['input[type=text]', 'input:not([type])', 'textarea'].map((one) => `${one}[name^="spec["]`);
  const fields = await form.first().locator(texts.join()).all();
  for (const field of fields) await field.fill(hostile('typed'));
  // Past what the browser itself would ask for.
  await form.first().evaluate((one: HTMLFormElement) => (one.noValidate = true));
  await form.first().locator('button[type=submit], button:not([type])').last().click();
  await page.waitForLoadState();
  await expect(page.locator('h1').first()).toBeVisible();
  await page.waitForTimeout(300);
  // Whoever refuses answers with a 4xx, of which the browser complains.
  const real = wrong.splice(0).filter((one) => !/status of 4\d\d/.test(one));
  expect.soft(real, `${path} sent`).toEqual([]);
  await still(page, `${path} sent`, wrong);
  return fields.length;
}

test('hostile words in each text of each kind are text on every page', async ({ page, request }) => {
  test.setTimeout(900_000);
  const wrong = complaints(page);
  page.on('dialog', (dialog) => wrong.push(`a dialog opened: ${dialog.message()}`));
  await signIn(page, 'member');
  // Examples name what they need by the word that its own example is called.
  const made = new Map<string, string>([['my-cluster-template', 'k8s-small']]);
  const slugs: string[] = [];
  let typed = 0;
  let left = await posts(request, /\/api\/services\/(?!provision|workspaces|tokens|auth|admin)[^{]*$/);
  expect(left.length).toBeGreaterThan(10);
  while (left.length > 0) {
    const able = left.filter((one) => needs(one, left).length === 0);
    expect(able.length, `${left.map((one) => one.path)} need each other`).toBeGreaterThan(0);
    for (const one of able) {
      const named = one.example.name;
      const plain = filled(one.example, made);
      if (typeof named === 'string') plain.name = String(plain.name).replace(/^my-[\w-]*/, fresh('plain'));
      const { body, text } = await worst(request, one, plain);
      const { id, resource_type: slug } = JSON.parse(text).provisioned;
      if (typeof named === 'string') made.set(named, String(body.name));
      slugs.push(slug);
      await page.goto(`${place}/r/${id}`);
      await expect(page.locator('.page-head .state'), one.path).toHaveAttribute('data-state', 'active', { timeout: 60_000 });
      const shown = typeof body.name === 'string' ? body.name : undefined;
      await look(page, `${place}/r/${id}`, wrong, shown);
      await look(page, `${place}/k/${slug}`, wrong, shown);
      await look(page, `${place}/r/${id}/delete`, wrong, shown);
      typed += await fill(page, `${place}/k/${slug}/new`, wrong);
      const acts = await posts(request, new RegExp(`^${one.path}\\{id\\}/[a-z_]+/$`));
      for (const act of acts) {
        const path = act.path.replace('{id}', id);
        const name = path.split('/').at(-2);
        typed += await fill(page, `${place}/r/${id}/do/${name}`, wrong);
      }
      await look(page, `${place}/r/${id}`, wrong);
    }
    left = left.filter((one) => !able.includes(one));
  }
  // A form whose texts are not found would be no proof.
  expect(typed).toBeGreaterThan(25);
  for (const path of ['', '/inventory', '/inventory?search=%3Cimg', '/drift', '/audit', ...slugs.map((slug) => `/k/${slug}`)]) {
    await look(page, `${place}${path}`, wrong);
  }
});

/** What an example names that is still to be made. */
const needs = (one: Post, left: Post[]) =>
  Object.entries(one.example).filter(
    ([name, value]) => name !== 'name' && left.some((other) => other !== one && other.example.name === value));

let networks = 10;
/** An example with the names of what was made, and with a network of its own. */
function filled(example: Body, made: Map<string, string>): Body {
  networks += 1;
  const own = (value: unknown) => (typeof value === 'string' ? value.replace(/^10\.10\./, `10.${networks}.`) : value);
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, made.get(String(value)) ?? own(value)]));
}

test('hostile words in what belongs to the whole cloud are text on every page', async ({ page, request }) => {
  test.setTimeout(300_000);
  const wrong = complaints(page);
  page.on('dialog', (dialog) => wrong.push(`a dialog opened: ${dialog.message()}`));
  await signIn(page, 'admin', '/admin/cloud');
  const made = new Map<string, string>();
  for (const one of await posts(request, /\/api\/services\/admin\/(?!bindings|users|workspaces)[^{]*$/)) {
    const named = one.example.name;
    const plain = filled(one.example, made);
    if (typeof named === 'string') plain.name = fresh('plain');
    const { body, text } = await worst(request, one, plain);
    if (typeof named === 'string') made.set(named, String(body.name));
    const { id } = JSON.parse(text).resource;
    const [service, collection] = one.path.split('/').slice(-3);
    const kind = `/admin/cloud/RegionOne/${service}_${collection.replaceAll('-', '_').replace(/s$/, '')}`;
    for (const path of ['', `/${id}`, `/${id}/delete`]) await look(page, `${kind}${path}`, wrong);
    await fill(page, `${kind}/new`, wrong);
    for (const act of await posts(request, new RegExp(`^${one.path}\\{id\\}/[a-z_]+/$`))) {
      await fill(page, `${kind}/${id}/do/${act.path.split('/').at(-2)}`, wrong);
    }
  }
  for (const path of ['/admin/cloud', '/admin/audit']) await look(page, path, wrong);
});

test('hostile words for people, workspaces and tokens are text, and what names something is refused with its field', async ({ page, request }) => {
  test.setTimeout(120_000);
  const wrong = complaints(page);
  await signIn(page, 'admin', '/admin/workspaces');
  // These names have 100 characters at most.
  const short = (word: string) => `"'><img src=x onerror=window.evil=1>${turned}&amp; ${fresh(word)}`;
  const name = short('team');
  const workspace = await post(request, '/api/services/admin/workspaces/', { workspace_id: fresh('team'), display_name: name, owner: 'member' });
  expect(workspace.status, workspace.text).toBe(201);
  const user = await post(request, '/api/services/admin/users/', { username: hostile('user'), password: 'a-long-enough-password' });
  expect(user.status, user.text).toBe(400);
  expect(user.text).toContain('"username"');
  const token = await post(request, '/api/services/tokens/', { name: short('token') });
  expect(token.status, token.text).toBe(201);
  await look(page, '/admin/workspaces', wrong, name);
  for (const path of ['/w', '/admin/users', '/admin/audit']) await look(page, path, wrong);
  await page.context().clearCookies();
  await signIn(page, 'member');
  await look(page, '/w', wrong, name);
  for (const path of ['/tokens', '/account', '/w/devops-team/members']) await look(page, path, wrong);
});

test('hostile names of what was made past the portal, escapes too, are text wherever the portal finds them', async ({ page, request }) => {
  test.setTimeout(300_000);
  const wrong = complaints(page);
  await signIn(page, 'member');
  const outside = (word: string) => `${hostile(word)}${escapes}`.slice(0, 250);
  await makeOutside(bound, 'block-storage', 'volumes', { volume: { name: outside('volume'), size: 1 } });
  await makeOutside(bound, 'network', 'v2.0/networks', { network: { name: outside('network') } });
  await makeOutside(bound, 'network', 'v2.0/routers', { router: { name: outside('router') } });
  await makeOutside(bound, 'network', 'v2.0/security-groups', { security_group: { name: outside('group') } });
  const box = await make(request, '/storage/swift/containers', { name: fresh('box') });
  const object = `${hostile('file').replaceAll('/', '|')}${turned}`;
  await put(request, box.id, `folder ${turned}<b>/${object}`, 'text');
  await compare(request);
  for (const kind of ['volume', 'network', 'neutron_router', 'neutron_security_group']) await look(page, `${place}/k/${kind}`, wrong, markup);
  await look(page, `${place}/drift`, wrong, markup);
  for (const kind of ['vm', 'volume', 'neutron_subnet', 'zun_container', 'cinder_snapshot']) await look(page, `${place}/k/${kind}/new`, wrong);
  await look(page, `${place}/r/${box.id}`, wrong);
  const folder = encodeURIComponent(`folder ${turned}<b>/`);
  await look(page, `${place}/r/${box.id}?prefix=${folder}`, wrong, object);
  for (const action of ['copy_object', 'delete_object', 'generate_temp_url']) {
    await look(page, `${place}/r/${box.id}/do/${action}?object=${folder}${encodeURIComponent(object)}`, wrong);
  }
});
