// Names are what people choose: markup, emoji, marks that turn the direction of writing around. They are shown as they
// are, and do nothing.
import { bound, makeOutside } from '../support/cloud';
import { alive, complaints, expect, fresh, make, place, signIn, test } from '../support/portal';

const evil = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>&amp;';
const names = [evil, '🦀 crab', '\u202eeman', "'\"><svg onload=window.evil=1>"];

test('a name is shown as it was typed on every page, and does nothing', async ({ page, request }) => {
  test.setTimeout(180_000);
  const wrong = complaints(page);
  page.on('dialog', (dialog) => wrong.push(`a dialog opened: ${dialog.message()}`));
  await signIn(page, 'member');
  for (const stem of names) {
    const name = `${stem} ${fresh('name')}`;
    const volume = await make(request, 'storage/volume', { name, size_gb: 1 });
    await make(request, 'network', { name, subnet_cidr: '10.66.0.0/24' });
    const outside = `${stem} ${fresh('outside')}`;
    await makeOutside(bound, 'block-storage', 'volumes', { volume: { name: outside, size: 1 } });
    const pages: [path: string, shown: string][] = [
      [place, name],
      [`${place}/inventory`, name],
      [`${place}/inventory?search=${encodeURIComponent(name)}`, name],
      [`${place}/inventory/delete?id=${volume.id}`, name],
      [`${place}/k/volume`, name],
      [`${place}/k/volume`, outside],
      [`${place}/k/vm/new`, name],
      [`${place}/r/${volume.id}`, name],
      [`${place}/r/${volume.id}/delete`, name],
      [`${place}/audit`, name],
    ];
    for (const [path, shown] of pages) {
      await page.goto(path);
      await alive(page);
      await expect(page.locator('main').getByText(shown).first(), `${shown} on ${path}`).toBeAttached();
      expect(await page.evaluate(() => 'evil' in window), path).toBe(false);
    }
    await page.goto(`${place}/r/${volume.id}`);
    await alive(page);
    await page.locator('.page-head').getByRole('link', { name: 'Delete' }).click();
    await expect(page.getByRole('dialog')).toContainText(shownIn(name));
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.locator('.page-head .state')).toHaveAttribute('data-state', 'gone', { timeout: 30_000 });
  }
  expect(wrong).toEqual([]);
});

/** A name inside of a sentence ends what it does to the direction of writing. */
const shownIn = (name: string) => (/^[\x00-\x7f]*$/.test(name) ? name : `\u2068${name}\u2069`);
