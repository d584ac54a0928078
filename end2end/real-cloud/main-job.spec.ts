// The main job in a browser against a real OpenStack, on both databases: see scripts/contract.
import { expect, test as base, type Page } from '@playwright/test';
import { bound, names, otherRegion, others, template } from '../support/cloud';
import { alive, complaints, fresh } from '../support/portal';
import { password, Site, type Database } from '../support/site';

/** A cloud takes its time; what is waited for is an event on the page. */
const slow = { timeout: 180_000 };

const test = base.extend<object, { database: Database; site: Site }>({
  database: ['sqlite', { option: true, scope: 'worker' }],
  site: [async ({ database }, use) => {
    const site = await Site.start(database);
    await use(site);
    await site.stop();
  }, { scope: 'worker', timeout: 60_000 }],
  baseURL: async ({ site }, use) => use(site.url),
});

/** Follows the navigation to a kind's create form, fills it in, sends it, and waits for a state to arrive by itself. */
async function create(page: Page, kind: string, title: string, fill: () => Promise<void>): Promise<string> {
  await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: kind, exact: true }).click();
  await page.locator('.page-head').getByRole('link', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Create ${title}`);
  await fill();
  await page.getByRole('button', { name: / in staging$/ }).click();
  await expect(page).toHaveURL(/\/r\/[0-9a-f-]{36}$/, slow);
  await active(page);
  return page.url();
}

const state = (page: Page) => page.locator('.page-head .state');
const active = (page: Page) => expect(state(page)).toHaveAttribute('data-state', 'active', slow);
const named = (page: Page, name: string) => page.getByLabel('Name', { exact: true }).fill(name);
const choose = (page: Page, name: string) => page.getByLabel(new RegExp(name.replaceAll('.', '\\.'))).first().check();

async function remove(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await alive(page);
  await page.locator('.page-head').getByRole('link', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'gone', slow);
}

test('a member makes a server with all it needs, sees it become active, and deletes it again', async ({ page }) => {
  test.setTimeout(900_000);
  const wrong = complaints(page);
  await page.goto('/');
  await page.getByLabel('User name').fill('olga');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: /staging/ }).click();
  await expect(page).toHaveURL(/\/w\/devops-team\/staging$/);
  await alive(page);
  const log = otherRegion();

  const [net, key, disk, server, k8s, kind] =
    ['net', 'key', 'disk', 'web-server', 'k8s', 'template'].map((noun) => fresh(`ui-${noun}`));
  const network = await create(page, 'Networks', 'network', async () => {
    await named(page, net);
    await page.getByLabel(/^Subnet \(/).fill('10.97.0.0/24');
  });
  const volume = await create(page, 'Volumes', 'volume', async () => {
    await named(page, disk);
    await page.getByLabel('Size', { exact: true }).fill('2');
  });
  await page.getByRole('link', { name: 'Keypairs' }).click();
  await page.locator('.page-head').getByRole('link', { name: 'Create' }).click();
  await named(page, key);
  await page.getByRole('button', { name: / in staging$/ }).click();
  await expect(page.locator('.once')).toContainText('PRIVATE KEY', slow);
  const vm = await create(page, 'Servers', 'server', async () => {
    await named(page, server);
    await choose(page, 'm1.medium');
    await choose(page, 'ubuntu-22.04-lts');
    await choose(page, net);
    await choose(page, key);
  });
  const router = await create(page, 'Routers', 'router', async () => {
    await named(page, fresh('ui-router'));
    await choose(page, 'public');
  });
  await page.locator('.page-head').getByRole('link', { name: 'Add interface' }).click();
  await choose(page, `${net}-subnet`);
  await page.getByRole('button', { name: 'Add interface' }).click();
  await expect(page.locator('.timeline')).toContainText(/add.interface.*Done/i, slow);
  const floating = await create(page, 'Floating IPs', 'floating IP', async () => choose(page, server));
  await expect(page.locator('main')).toContainText('10.97.0.');
  const address = (await page.getByRole('heading', { level: 1 }).textContent())?.trim() ?? '';
  const forget = await template(kind);
  const cluster = await create(page, 'Kubernetes clusters', 'Kubernetes cluster', async () => {
    await named(page, k8s);
    await choose(page, kind);
    await page.getByLabel('Nodes', { exact: true }).fill('1');
    await choose(page, key);
  });

  const stands: [string, string, string][] = [
    ['compute', 'servers', server], ['network', 'v2.0/networks', net], ['block-storage', 'volumes', disk],
    ['network', 'v2.0/floatingips', address], ['container-infra', 'clusters', k8s],
  ];
  for (const [service, collection, name] of stands) {
    const has = async (project: string) => (await names(project, service, collection)).some((one) => one.startsWith(name));
    expect(await has(bound), `${name} in ${bound}`).toBe(true);
    for (const other of others) expect(await has(other), `${name} in ${other}`).toBe(false);
  }

  await remove(page, cluster);
  await forget();
  await remove(page, floating);
  await page.goto(router);
  await alive(page);
  await page.locator('.page-head').getByRole('link', { name: 'Remove interface' }).click();
  await choose(page, `${net}-subnet`);
  await page.getByRole('button', { name: 'Remove interface' }).click();
  await expect(page.locator('.timeline')).toContainText(/remove.interface.*Done/i, slow);
  for (const one of [router, vm, volume, network]) await remove(page, one);
  for (const [service, collection, name] of stands) {
    expect((await names(bound, service, collection)).some((one) => one.startsWith(name)), `${name} is still there`).toBe(false);
  }
  await page.goto(`/w/devops-team/staging/inventory?search=${key}`);
  await page.getByRole('link', { name: key, exact: true }).click();
  await alive(page);
  await remove(page, page.url());
  await page.goto('/w/devops-team/staging/inventory');
  await expect(page.locator('tbody tr')).toHaveCount(0);
  expect(otherRegion()).toBe(log);
  expect(wrong).toEqual([]);
});
