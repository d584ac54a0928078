import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { alive, compare, complaints, expect, fresh, make, place, put, signIn, test } from '../support/portal';
import { bound, makeOutside } from '../support/cloud';
import { routes } from '../support/routes';

const shots = join(__dirname, '..', 'screenshots');
const widths = [1280, 390];
const themes = ['light', 'dark'] as const;

async function axe(page: Page, what: string): Promise<void> {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const said = found.violations.map((one) => `${what}: ${one.id}: ${one.nodes.map((node) => node.html).join('\n  ')}`);
  expect.soft(said).toEqual([]);
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test('every page in both widths and both colours: no complaint, nothing wider than the screen, nothing for axe to find', async ({
  browser,
  request,
}) => {
  test.setTimeout(900_000);
  mkdirSync(shots, { recursive: true });
  const key = fresh('look-key');
  const server = await make(request, 'compute/vm', {
    name: fresh('web-server'),
    flavor_id: 'm1.medium',
    image_id: 'ubuntu-22.04-lts',
    network_id: 'private',
  });
  const volume = await make(request, 'storage/volume', { name: fresh('data'), size_gb: 40 });
  await make(request, 'network', { name: fresh('backend'), subnet_cidr: '10.90.0.0/24' });
  const group = await make(request, '/networking/neutron/security-groups', { name: fresh('web') });
  const balancer = await make(request, '/networking/octavia/loadbalancers', {
    name: fresh('front'),
    vip_subnet_id: 'private-subnet',
    members: ['10.21.0.11:8080'],
    monitor: 'TCP',
  });
  const domain = `${fresh('shop')}.example`;
  const zone = await make(request, '/networking/designate/zones', { name: domain, email: 'dns@example.com' });
  const share = await make(request, '/storage/manila/shares', { name: fresh('home'), size_gb: 1 });
  const container = await make(request, '/compute/zun/containers', { name: fresh('worker'), image: 'nginx:latest', network_id: 'private' });
  await makeOutside(bound, 'block-storage', 'volumes', { volume: { name: fresh('made-by-hand'), size: 3 } });
  await compare(request);
  const box = await make(request, '/storage/swift/containers', { name: fresh('box') });
  for (const name of ['readme.txt', 'reports/2026.pdf', 'reports/a name that is rather long for a file, and has blanks.csv']) {
    await put(request, box.id, name, 'x'.repeat(3000));
  }
  expect(key).toBeTruthy();
  for (const width of widths) {
    for (const theme of themes) {
      const contexts = new Map<string, Page>();
      for (const route of routes({ server: server.id, volume: volume.id, group: group.id, balancer: balancer.id, zone: zone.id, box: box.id, share: share.id, container: container.id })) {
        if (!contexts.has(route.who)) {
          const context = await browser.newContext({
            baseURL: process.env.ATONIX_URL,
            viewport: { width, height: 900 },
            colorScheme: theme,
            reducedMotion: 'reduce',
          });
          const page = await context.newPage();
          if (route.who !== 'nobody') await signIn(page, route.who);
          contexts.set(route.who, page);
        }
        const page = contexts.get(route.who)!;
        const wrong = complaints(page);
        const answer = await page.goto(route.path);
        const status = answer?.status() ?? 0;
        if (route.name === 'parts' && status === 404) continue;
        // What is not there, or not offered, is said on a page all the same.
        expect.soft(status, route.name).toBe(/^missing|-not-offered$/.test(route.name) ? 404 : 200);
        await alive(page);
        await expect(page.locator('h1').first()).toBeVisible();
        expect.soft(await overflow(page), `${route.name} at ${width}`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: join(shots, `${route.name}-${width}-${theme}.png`), fullPage: true });
        await axe(page, `${route.name} ${width} ${theme}`);
        // The browser itself complains of an answer that is a 404, which these are.
        const real = wrong.filter((one) => !(status === 404 && one.includes('404')));
        expect.soft(real, route.name).toEqual([]);
        page.removeAllListeners('console');
        page.removeAllListeners('pageerror');
      }
      for (const page of contexts.values()) await page.context().close();
    }
  }
});

test('nothing is lost on a screen 320 pixels wide', async ({ page, request }) => {
  const server = await make(request, 'storage/volume', { name: fresh('narrow'), size_gb: 1 });
  await page.setViewportSize({ width: 320, height: 700 });
  await signIn(page, 'member');
  for (const route of routes({ server: server.id, volume: server.id, group: server.id, balancer: server.id, zone: server.id, box: server.id, share: server.id, container: server.id }).filter((one) => one.who === 'member')) {
    await page.goto(route.path);
    expect.soft(await overflow(page), route.name).toBeLessThanOrEqual(0);
  }
  await page.goto(place);
  await alive(page);
  await page.getByRole('button', { name: 'Navigation' }).click();
  await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Volumes' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Volumes');
});

for (const theme of themes) {
  test(`axe finds nothing with dialogs, menus and errors open, ${theme}`, async ({ page, request }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const name = fresh('axe');
    const row = await make(request, 'storage/volume', { name, size_gb: 1 }, 'prod');
    await signIn(page, 'member');
    await page.goto(`/w/devops-team/prod/r/${row.id}`);
    await alive(page);
    await page.locator('.page-head').getByRole('link', { name: 'Delete' }).click();
    await axe(page, 'delete dialog');
    await page.screenshot({ path: join(shots, `dialog-delete-${theme}.png`) });
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
    await axe(page, 'delete dialog with an error');
    await page.goto('/w/devops-team/prod/inventory');
    await alive(page);
    await page.getByRole('button', { name: `Actions ${name}` }).click();
    await axe(page, 'row menu');
    await page.screenshot({ path: join(shots, `menu-row-${theme}.png`) });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Switch workspace or environment' }).click();
    await axe(page, 'place switcher');
    await page.screenshot({ path: join(shots, `menu-places-${theme}.png`) });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Account' }).click();
    await axe(page, 'account menu');
    await page.screenshot({ path: join(shots, `menu-account-${theme}.png`) });
    await page.goto(`${place}/k/network/new`);
    await alive(page);
    await page.getByLabel(/^Subnet \(/).fill('10.0.0.1/24');
    await page.getByRole('button', { name: / in staging$/ }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await axe(page, 'form with errors');
    await page.screenshot({ path: join(shots, `form-errors-${theme}.png`), fullPage: true });
  });
}

test('what cannot be undone is asked about first, and axe finds nothing in the question', async ({ page }) => {
  await signIn(page, 'admin', '/admin/workspaces/devops-team');
  await page.goto('/admin/workspaces/devops-team');
  for (const [button, title] of [['Retire prod', 'Retire prod?'], ['Remove viewer', 'Remove viewer?']]) {
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await expect(dialog).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await axe(page, title);
    expect.soft(await dialog.evaluate((one) => one.scrollWidth - one.clientWidth), title).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(shots, `confirm-${button.split(' ')[0].toLowerCase()}.png`) });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  }
});

test('the skip link is first, and a change of page is read out', async ({ page }) => {
  await signIn(page, 'member');
  await page.goto(place);
  await alive(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Volumes' }).click();
  await expect(page.locator('#route')).toHaveText(/Volumes/);
  await expect(page.locator('#main')).toBeFocused();
});
