import AxeBuilder from '@axe-core/playwright';
import type { APIRequestContext } from '@playwright/test';
import { alive, expect, fresh, logins, make, place, signIn, test, url } from '../support/portal';
import { bound, makeOutside } from '../support/cloud';

const topology = `${place}/topology`;

async function connected(request: APIRequestContext): Promise<{ network: string; router: string; server: string }> {
  const names = { network: fresh('back'), router: fresh('edge'), server: fresh('web') };
  await make(request, 'network', { name: names.network, subnet_cidr: '10.66.0.0/24' });
  const router = await make(request, '/networking/neutron/routers', { name: names.router, external_network_id: 'public' });
  const added = await request.post(`${url()}/api/services/networking/neutron/routers/${router.id}/add_interface/`, {
    headers: { authorization: `Token ${logins().member.token}` },
    data: { workspace_id: 'devops-team', environment_id: 'staging', subnet_id: `${names.network}-subnet` },
  });
  expect(added.status(), await added.text()).toBeLessThan(300);
  const server = { name: names.server, flavor_id: 'm1.tiny', image_id: 'ubuntu-22.04-lts', network_id: names.network };
  await make(request, 'compute/vm', server);
  return names;
}

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    test('the picture has what the tables have, and its links go to the pages of things', async ({ page, request }) => {
      const { network, router, server } = await connected(request);
      await signIn(page, 'member', topology);
      await expect(async () => {
        await page.goto(topology);
        await expect(page.getByRole('region', { name: 'Servers' }).locator('tr', { hasText: server })).toContainText(network, { timeout: 500 });
      }).toPass({ timeout: 30_000 });
      const drawn = await page.locator('svg a[data-node]').count();
      expect(drawn).toBe(await page.locator('tbody tr[id^="row-"]').count());
      for (const [kind, name] of [['Network', network], ['Router', router], ['Server', server]]) {
        await expect(page.locator(`svg a[aria-label^="${kind} ${name},"]`)).toHaveCount(1);
      }
      await expect(page.getByRole('region', { name: 'Routers' }).locator('tr', { hasText: router })).toContainText('public');
      await page.locator(`svg a[aria-label^="Network ${network},"]`).focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(network);
    });

    test('it is made larger and smaller', async ({ page }) => {
      await signIn(page, 'viewer', topology);
      await page.goto(topology);
      const width = async () => (await page.locator('.topology-frame svg').boundingBox())!.width;
      const before = await width();
      await page.locator('[data-zoom="in"]').click();
      await expect.poll(width).toBeGreaterThan(before);
      await page.locator('[data-zoom="out"]').click();
      await page.locator('[data-zoom="out"]').click();
      await expect.poll(width).toBeLessThan(before);
    });
  });
}

test('a name with markup is a name, and what was made outside says so', async ({ page }) => {
  const name = `<b>${fresh('bold')}</b>`;
  await makeOutside(bound, 'network', 'v2.0/networks', { network: { name } });
  await signIn(page, 'member', topology);
  await expect(async () => {
    await page.goto(topology);
    await expect(page.getByRole('region', { name: 'Networks' }).locator('tr', { hasText: name })).toContainText('Unmanaged', { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect(page.locator('main b, svg b')).toHaveCount(0);
});

test('a network chosen in the address narrows the picture, and axe finds nothing', async ({ page, request }) => {
  const { network, router } = await connected(request);
  await signIn(page, 'member', topology);
  await expect(async () => {
    await page.goto(`${topology}?network=${network}`);
    await alive(page);
    await expect(page.locator('svg a[data-kind="network"]')).toHaveCount(1, { timeout: 500 });
    await expect(page.locator(`svg a[aria-label^="Router ${router},"]`)).toHaveCount(1, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join()}`)).toEqual([]);
});
