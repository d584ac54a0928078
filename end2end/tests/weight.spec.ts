import { expect, place, signIn, alive, test } from '../support/portal';

const budget = 350 * 1024;

for (const [name, path] of [['sign-in', '/sign-in'], ['overview', place]] as const) {
  test(`${name} weighs less than 350 kB until it answers to clicks`, async ({ page, browser }) => {
    const context = await browser.newContext({ baseURL: process.env.ATONIX_URL });
    const target = await context.newPage();
    if (name !== 'sign-in') {
      await signIn(page, 'member');
      await context.addCookies(await page.context().cookies());
    }
    const network = await context.newCDPSession(target);
    await network.send('Network.enable');
    const addresses = new Map<string, string>();
    const sizes = new Map<string, number>();
    network.on('Network.responseReceived', (event) => addresses.set(event.requestId, event.response.url));
    network.on('Network.loadingFinished', (event) => {
      const address = addresses.get(event.requestId) ?? event.requestId;
      sizes.set(address, (sizes.get(address) ?? 0) + event.encodedDataLength);
    });
    await target.goto(path);
    await alive(target);
    await target.waitForTimeout(500);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const [address, size] of sizes) console.log(`  ${name}: ${(size / 1024).toFixed(1)} kB ${new URL(address).pathname}`);
    console.log(`  ${name}: ${(total / 1024).toFixed(1)} kB in all`);
    expect(total).toBeLessThan(budget);
    await context.close();
  });
}

test('scripts and styles are compressed and kept for ever', async ({ page }) => {
  const seen: Record<string, Record<string, string>> = {};
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith('/pkg/')) seen[path] = response.headers();
  });
  await signIn(page, 'member');
  await page.goto(place);
  await alive(page);
  expect(Object.keys(seen).length).toBeGreaterThanOrEqual(3);
  for (const [path, headers] of Object.entries(seen)) {
    expect(headers['cache-control'], path).toContain('immutable');
    expect(headers['content-encoding'], path).toMatch(/^(br|gzip|zstd)$/);
  }
});
