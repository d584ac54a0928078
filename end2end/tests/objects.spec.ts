import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, fresh, make, open, place, put, signIn, test } from '../support/portal';

const MIB = 1024 * 1024;
const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
/** Bytes of which no two parts are alike. */
const noise = (length: number) => Buffer.from({ length }, (_, at) => (at * 31 + (at >> 9)) & 255);

test('files are sent into a folder, a large one in parts with its progress, and come back as they were', async ({ page, request }) => {
  const { id } = await make(request, '/storage/swift/containers', { name: fresh('files') });
  await put(request, id, 'reports/old.txt', 'old');
  await signIn(page, 'member');
  await open(page, `${place}/r/${id}`);
  await page.getByRole('link', { name: 'reports', exact: true }).or(page.getByRole('link', { name: 'reports/', exact: true })).click();
  await expect(page).toHaveURL(/prefix=reports/);
  await expect(page.getByRole('link', { name: 'Download reports/old.txt' })).toBeVisible();
  const large = noise(17 * MIB + 5);
  await page.locator('#files').setInputFiles([
    { name: 'small ä.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
    { name: 'large.bin', mimeType: 'application/octet-stream', buffer: large },
  ]);
  const lines = page.getByRole('list', { name: 'Uploads' }).getByRole('listitem');
  await expect(lines).toHaveCount(2);
  await expect(lines.getByText('Done')).toHaveCount(2, { timeout: 60_000 });
  await expect(lines.getByRole('progressbar').nth(1)).toHaveJSProperty('position', 1);
  const loading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download reports/large.bin' }).click();
  const download = await loading;
  expect(download.suggestedFilename()).toBe('large.bin');
  expect(sum(await readFile(await download.path()))).toBe(sum(large));
  await expect(page.getByRole('link', { name: 'Download reports/small ä.txt' })).toBeVisible();
});

test('a file whose name is taken is asked about before it takes the place', async ({ page, request }) => {
  const { id } = await make(request, '/storage/swift/containers', { name: fresh('taken') });
  await put(request, id, 'a.txt', 'one');
  await signIn(page, 'member');
  await open(page, `${place}/r/${id}`);
  await page.locator('#files').setInputFiles([{ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('two!') }]);
  const line = page.getByRole('list', { name: 'Uploads' }).getByRole('listitem');
  await expect(line).toContainText('there already');
  await line.getByRole('button', { name: 'Replace' }).click();
  await expect(line).toContainText('Done');
  await expect(page.getByRole('row', { name: /a\.txt/ })).toContainText('4 B');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('objects are browsed, linked to and deleted', async ({ page, request }) => {
    const { id } = await make(request, '/storage/swift/containers', { name: fresh('still') });
    await put(request, id, 'folder/<b>&"\'.txt', 'hello');
    await signIn(page, 'member');
    await open(page, `${place}/r/${id}`, false);
    await page.getByRole('link', { name: 'folder' }).click();
    await expect(page.getByRole('link', { name: 'Download folder/<b>&"\'.txt' })).toBeVisible();
    await page.getByRole('link', { name: 'Link folder/<b>&"\'.txt' }).click();
    await page.getByRole('button', { name: 'Temporary link' }).click();
    const link = (await page.locator('main').getByText(/temp_url_sig=/).first().textContent())!.trim();
    expect(await (await request.get(link)).text()).toBe('hello');
    await open(page, `${place}/r/${id}?prefix=folder%2F`, false);
    await page.getByRole('link', { name: 'Delete folder/<b>&"\'.txt' }).click();
    await page.getByRole('button', { name: 'Delete object' }).click();
    await open(page, `${place}/r/${id}`, false);
    await expect(page.locator('main')).toContainText('Nothing lies here yet');
  });
});
