import AxeBuilder from '@axe-core/playwright';
import { bound, makeOutside, names } from '../support/cloud';
import { compare, expect, fresh, place, signIn, test } from '../support/portal';

const drift = `${place}/drift`;
const outside = (name: string) => makeOutside(bound, 'block-storage', 'volumes', { volume: { name, size: 2 } });

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    test('what was made outside is found, adopted, and gone from the page', async ({ page }) => {
      const name = fresh('adopted');
      await outside(name);
      await signIn(page, 'member', drift);
      await page.goto(drift);
      await page.getByRole('button', { name: 'Compare now' }).click();
      await expect(page).toHaveURL(drift);
      const row = page.locator('tbody tr', { hasText: name });
      await expect(row).toContainText('Created outside');
      await row.getByRole('button', { name: `Adopt ${name}` }).click();
      await page.getByRole('dialog', { name: `Adopt ${name}?` }).getByRole('button', { name: 'Adopt' }).click();
      await expect(page.getByText(`${name} is in the inventory now.`)).toBeVisible();
      await expect(row).toHaveCount(0);
      await page.goto(`${place}/inventory?search=${name}`);
      await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
    });
  });
}

test('what is cleaned up is asked about first, and deleted in the cloud', async ({ page, request }) => {
  const name = fresh('cleaned');
  await outside(name);
  await compare(request);
  await signIn(page, 'member', drift);
  await page.goto(drift);
  await page.locator('tbody tr', { hasText: name }).getByRole('button', { name: `Clean up ${name}` }).click();
  const dialog = page.getByRole('dialog', { name: `Clean up ${name}?` });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations).toEqual([]);
  await dialog.getByRole('button', { name: 'Clean up' }).click();
  await expect(page.getByText(`${name} is being deleted in the cloud.`)).toBeVisible();
  await expect.poll(() => names(bound, 'block-storage', 'volumes'), { timeout: 30_000 }).not.toContain(name);
});

test('filters stand in the address, and what is ignored is found among the ignored', async ({ page, request }) => {
  const name = fresh('ignored');
  await outside(name);
  await compare(request);
  await signIn(page, 'member', drift);
  await page.goto(`${drift}?class=created_outside&resource_type=volume`);
  await page.locator('tbody tr', { hasText: name }).getByRole('button', { name: `Ignore ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ignore' }).click();
  await expect(page.getByText(`${name} is not mentioned until it changes.`)).toBeVisible();
  await expect(page).toHaveURL(/class=created_outside/);
  await page.goto(`${drift}?ignored=true`);
  await expect(page.locator('tbody tr', { hasText: name })).toBeVisible();
});

test('a viewer sees what was found and is offered nothing to do', async ({ page, request }) => {
  await outside(fresh('seen'));
  await compare(request);
  await signIn(page, 'viewer', drift);
  await page.goto(drift);
  await expect(page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: /^Drift.*finding/ })).toBeVisible();
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^(Adopt|Ignore|Clean up|Compare now)/ })).toHaveCount(0);
});
