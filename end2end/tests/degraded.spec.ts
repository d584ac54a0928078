// A service that does not answer: its pages show what was read before, with its age, and mend themselves when it is back.
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { bound, disturb, makeOutside } from '../support/cloud';
import { alive, complaints, expect, fresh, place, signIn, test } from '../support/portal';

const shots = join(__dirname, '..', 'screenshots');

test('a page shows what it has with its age while its service fails, and all of it by itself once that is back', async ({ page }) => {
  test.setTimeout(180_000);
  const wrong = complaints(page);
  await signIn(page, 'member');
  const volumes = `${place}/k/volume`;
  await page.goto(volumes);
  await alive(page);
  const mend = await disturb('block-storage', { kind: 'unavailable' });
  try {
    const banner = page.locator('.banner[data-level=warning]');
    await expect(async () => {
      await page.goto(volumes);
      await expect(banner).toContainText('Cinder', { timeout: 1_000 });
    }).toPass({ timeout: 60_000 });
    await alive(page);
    await expect(page.locator('.page-head time').first()).toBeVisible();
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: join(shots, `degraded-${width}-${theme}.png`), fullPage: true });
        const found = await new AxeBuilder({ page }).analyze();
        expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join()}`)).toEqual([]);
      }
    }
    const name = fresh('meanwhile');
    await mend();
    await makeOutside(bound, 'block-storage', 'volumes', { volume: { name, size: 1 } });
    await expect(banner).toHaveCount(0, { timeout: 60_000 });
    await expect(page.locator('main').getByText(name)).toBeVisible();
  } finally {
    await mend();
  }
  expect(wrong).toEqual([]);
});

test('a form gets the choices that were missing once their service is back, and keeps what was typed', async ({ page }) => {
  test.setTimeout(180_000);
  const wrong = complaints(page);
  await signIn(page, 'member');
  const mend = await disturb('network', { kind: 'unavailable' });
  try {
    // A place whose networks nobody has looked at.
    await page.goto('/w/devops-team/prod/k/vm/new');
    await alive(page);
    const missing = page.getByText(/^(The choices could not be loaded|These choices may be old)/);
    await expect(missing.first()).toBeVisible();
    const name = fresh('typed');
    const field = page.getByLabel('Name', { exact: true });
    await field.fill(name);
    await mend();
    await expect(missing).toHaveCount(0, { timeout: 60_000 });
    await expect(field).toHaveValue(name);
    await expect(field).toBeFocused();
    await expect(page.getByRole('group', { name: /^Network/ }).getByRole('radio').first()).toBeVisible();
  } finally {
    await mend();
  }
  expect(wrong).toEqual([]);
});
