import type { Page } from '@playwright/test';
import { complaints, expect, fresh, logins, open, place, signIn, test } from '../support/portal';

/** What a person fills in for each kind; everything else keeps its default. */
const kinds: [slug: string, title: string, fill: (page: Page, name: string) => Promise<void>][] = [
  ['vm', 'server', async (page, name) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel(/m1\.medium/).check();
    await page.getByLabel(/ubuntu-22\.04-lts/).check();
    // Other tests make networks too, and with several one must be chosen.
    await page.getByLabel(/^private/).check();
  }],
  ['volume', 'volume', async (page, name) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Size', { exact: true }).fill('10');
  }],
  ['network', 'network', async (page, name) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel(/^Subnet \(/).fill('10.77.0.0/24');
  }],
  ['floating_ip', 'floating IP', async () => {}],
  ['cluster', 'Kubernetes cluster', async (page, name) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
  }],
];

async function submit(page: Page): Promise<void> {
  await page.getByRole('button', { name: / in staging$/ }).click();
  await expect(page).toHaveURL(/\/r\/[0-9a-f-]{36}$/);
}

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    for (const [slug, title, fill] of kinds) {
      test(`a ${title} is created and deleted`, async ({ page }) => {
        const wrong = complaints(page);
        await signIn(page, 'member');
        await open(page, `${place}/k/${slug}/new`, script);
        const name = fresh(`e2e-${slug.replace('_', '-')}`);
        await fill(page, name);
        await submit(page);
        const head = page.locator('.page-head');
        if (script) {
          // The state arrives by itself.
          await expect(head.locator('.state')).toHaveAttribute('data-state', 'active', { timeout: 30_000 });
        } else {
          await expect(async () => {
            await page.reload();
            await expect(head.locator('.state')).toHaveAttribute('data-state', 'active', { timeout: 500 });
          }).toPass({ timeout: 30_000 });
        }
        await head.getByRole('link', { name: 'Delete' }).click();
        const confirm = script ? page.getByRole('dialog') : page.locator('main');
        await expect(confirm.getByRole('heading', { name: /^Delete / })).toBeVisible();
        await confirm.getByRole('button', { name: 'Delete' }).click();
        await expect(async () => {
          if (!script) await page.goto(page.url());
          await expect(head.locator('.state')).toHaveAttribute('data-state', /gone/, { timeout: 500 });
        }).toPass({ timeout: 30_000 });
        expect(wrong).toEqual([]);
      });
    }

    test('the private half of a keypair is shown once', async ({ page }) => {
      await signIn(page, 'member');
      await open(page, `${place}/k/nova_keypair/new`, script);
      const name = fresh('e2e-key');
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByRole('button', { name: / in staging$/ }).click();
      await expect(page.locator('.once')).toContainText('PRIVATE KEY');
      await open(page, `${place}/inventory?search=${name}`, script);
      await page.getByRole('link', { name, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
      await expect(page.locator('main')).not.toContainText('PRIVATE KEY');
    });

    test('a mistake is named at its field and on top, and nothing typed is lost', async ({ page }) => {
      await signIn(page, 'member');
      await open(page, `${place}/k/network/new`, script);
      const name = fresh('<b>&amp; 日本');
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByLabel(/^Subnet \(/).fill('10.0.0.1/24');
      await page.getByRole('button', { name: / in staging$/ }).click();
      const summary = page.getByRole('alert');
      await expect(summary).toContainText('There is a problem');
      await summary.getByRole('link').first().click();
      await expect(page.getByLabel(/^Subnet \(/)).toBeFocused();
      await expect(page.getByLabel(/^Subnet \(/)).toHaveAttribute('aria-invalid', 'true');
      await expect(page.getByLabel(/^Subnet \(/)).toHaveValue('10.0.0.1/24');
      await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
    });
  });
}

test('the quota bar shows before and after while one chooses', async ({ page }) => {
  await signIn(page, 'member');
  await open(page, `${place}/k/volume/new`);
  const preview = page.getByRole('complementary', { name: /Quota/ });
  await page.getByLabel('Size', { exact: true }).fill('100');
  await expect(preview).toContainText('→');
  await page.getByLabel('Size', { exact: true }).fill('60000');
  await expect(preview).toContainText('does not fit');
});

test('what a person typed cannot close a text area', async ({ page }) => {
  await signIn(page, 'member');
  await page.context().setExtraHTTPHeaders({});
  const evil = '</textarea><script>window.evil = true</script>';
  await open(page, `${place}/k/nova_keypair/new`);
  // As a form post without a script, whose answer renders what was typed.
  await page.evaluate((text) => {
    const form = document.querySelector<HTMLFormElement>('form[action="/rpc/provision"]')!;
    form.querySelector<HTMLTextAreaElement>('textarea')!.value = text;
    form.querySelector<HTMLInputElement>('input[name="spec[name]"]')!.value = 'x'.repeat(300);
    HTMLFormElement.prototype.submit.call(form);
  }, evil);
  await expect(page.getByRole('alert')).toContainText('There is a problem');
  await expect(page.locator('textarea')).toHaveValue(evil);
  expect(await page.evaluate(() => 'evil' in window)).toBe(false);
});

test('a viewer may look at the form and not send it', async ({ page }) => {
  await signIn(page, 'viewer');
  await open(page, `${place}/k/volume/new`);
  await expect(page.getByRole('button', { name: / in staging$/ })).toBeDisabled();
  expect(logins().viewer.username).toBeTruthy();
});
