import { alive, expect, fresh, make, open, place, signIn, test } from '../support/portal';

const inventory = `${place}/inventory`;

test('filter, order and page stand in the address', async ({ page, request }) => {
  const stem = fresh('page');
  for (const letter of ['a', 'b', 'c']) await make(request, 'storage/volume', { name: `${stem}-${letter}`, size_gb: 1 });
  await signIn(page, 'member');
  await open(page, inventory);
  await page.getByPlaceholder('Name or id').fill(stem);
  await page.getByPlaceholder('Name or id').press('Enter');
  await expect(page).toHaveURL(new RegExp(`search=${stem}`));
  await expect(page.locator('tbody tr')).toHaveCount(3);
  await page.locator('thead').getByRole('link', { name: 'Name' }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(page.locator('tbody .row-link').first()).toHaveText(`${stem}-a`);
  await page.locator('thead').getByRole('link', { name: 'Name' }).click();
  await expect(page.locator('tbody .row-link').first()).toHaveText(`${stem}-c`);
  await open(page, `${inventory}?search=${stem}&sort=name&limit=2`);
  await expect(page.locator('tbody tr')).toHaveCount(2);
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page.locator('tbody .row-link')).toHaveText([`${stem}-c`]);
  await page.goBack();
  await expect(page.locator('tbody tr')).toHaveCount(2);
  await page.getByLabel('Type').selectOption('vm');
  await expect(page).toHaveURL(/resource_type=vm/);
  await expect(page.getByText('Nothing fits this filter')).toBeVisible();
});

test('a state arrives without a reload, and an open menu stays open', async ({ page, request }) => {
  await signIn(page, 'member');
  const first = fresh('still');
  await make(request, 'storage/volume', { name: first, size_gb: 1 });
  await open(page, inventory);
  const name = fresh('live');
  await make(request, 'storage/volume', { name, size_gb: 1 });
  const row = page.locator('tbody tr', { hasText: name });
  await expect(row).toBeVisible();
  const menu = row.getByRole('button', { name: `Actions ${name}` });
  await menu.click();
  await expect(row.locator('.state')).toHaveAttribute('data-state', 'active', { timeout: 30_000 });
  await expect(row.getByRole('link', { name: 'Delete' })).toBeVisible();
});

test('new rows announce themselves to who has selected something', async ({ page, request }) => {
  const first = fresh('chosen');
  await make(request, 'storage/volume', { name: first, size_gb: 1 });
  await signIn(page, 'member');
  await open(page, inventory);
  await page.getByLabel(`Select ${first}`).check();
  const name = fresh('later');
  await make(request, 'storage/volume', { name, size_gb: 1 });
  const show = page.getByRole('button', { name: '1 new · show' });
  await expect(show).toBeVisible();
  await expect(page.getByLabel(`Select ${first}`)).toBeChecked();
  await show.click();
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
});

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    test('several are deleted after a typed confirmation', async ({ page, request }) => {
      const stem = fresh('bulk');
      for (const letter of ['a', 'b']) await make(request, 'storage/volume', { name: `${stem}-${letter}`, size_gb: 1 });
      await signIn(page, 'member');
      await open(page, `${inventory}?search=${stem}`, script);
      for (const letter of ['a', 'b']) await page.getByLabel(`Select ${stem}-${letter}`).check();
      await page.getByRole('button', { name: 'Delete selected' }).click();
      if (script) await alive(page);
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await expect(page.getByRole('alert')).toContainText('delete 2');
      await page.getByLabel('Confirmation').fill('delete 2');
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await expect(page).toHaveURL(new RegExp(`${inventory}$`));
      await expect(async () => {
        await page.goto(`${inventory}?search=${stem}`);
        await expect(page.getByText('Nothing fits this filter')).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 30_000 });
    });
  });
}

test('a table is walked by keyboard', async ({ page, request }) => {
  const stem = fresh('keys');
  for (const letter of ['a', 'b']) await make(request, 'storage/volume', { name: `${stem}-${letter}`, size_gb: 1 });
  await signIn(page, 'member');
  await open(page, `${inventory}?search=${stem}&sort=name`);
  // Keys do nothing until the page's content is alive. `k` leads to the first row, and from there nowhere.
  await expect(async () => {
    await page.keyboard.press('k');
    await expect(page.locator('.row-link').nth(0)).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.locator('.row-link').nth(0).blur();
  await page.keyboard.press('j');
  await expect(page.locator('.row-link').nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.locator('.row-link').nth(1)).toBeFocused();
  await page.keyboard.press('x');
  await expect(page.getByLabel(`Select ${stem}-b`)).toBeChecked();
  await page.keyboard.press('/');
  await expect(page.locator('#search')).toBeFocused();
  await page.locator('.row-link').nth(1).focus();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${stem}-a`);
});

test('what has the focus stays what it is when the state changes', async ({ page, request }) => {
  const image = { flavor_id: 'm1.tiny', image_id: 'cirros-0.6', network_id: 'private' };
  const row = await make(request, 'compute/vm', { name: fresh('focus'), ...image });
  await signIn(page, 'member');
  await open(page, `${place}/r/${row.id}`);
  const head = page.locator('.page-head');
  const remove = head.getByRole('link', { name: 'Delete' });
  await remove.focus();
  await expect(head.getByRole('link', { name: 'Stop' })).toBeVisible({ timeout: 30_000 });
  await expect(remove).toBeFocused();
});

test('deleting in production asks for the name, and the safe button has the focus', async ({ page, request }) => {
  const name = fresh('prod');
  const row = await make(request, 'storage/volume', { name, size_gb: 1 }, 'prod');
  await signIn(page, 'member');
  await open(page, `/w/devops-team/prod/r/${row.id}`);
  const remove = page.locator('.page-head').getByRole('link', { name: 'Delete' });
  await remove.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(remove).toBeFocused();
  await remove.click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(dialog.getByRole('alert')).toContainText(name);
  await dialog.getByLabel('Confirmation').fill(name);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.locator('.page-head .state')).toHaveAttribute('data-state', 'gone', { timeout: 30_000 });
});
