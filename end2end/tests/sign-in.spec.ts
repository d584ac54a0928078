import { alive, expect, logins, open, place, signIn, test } from '../support/portal';

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    test('whoever is signed out is led to the sign-in page, and from there to where they wanted', async ({ page }) => {
      await page.goto(`${place}/inventory`);
      await expect(page).toHaveURL(/\/sign-in\?next=/);
      await page.getByLabel('User name').fill(logins().member.username);
      await page.getByLabel('Password').fill(logins().member.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page).toHaveURL(new RegExp(`${place}/inventory$`));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inventory');
    });

    test('a wrong password says so and no more', async ({ page }) => {
      await page.goto('/sign-in');
      await page.getByLabel('User name').fill('nobody-at-all');
      await page.getByLabel('Password').fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toHaveText('That user name and password do not match.');
    });

    test('signing out ends the session', async ({ page }) => {
      await signIn(page, 'viewer');
      if (script) await alive(page);
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await expect(page).toHaveURL(/\/sign-in/);
      await page.goto('/w');
      await expect(page).toHaveURL(/\/sign-in/);
    });
  });
}

test('a stranger finds no such page where others have a workspace', async ({ page }) => {
  await signIn(page, 'stranger');
  const answer = await page.goto(place);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page does not exist');
});

test('the colours that were chosen stay, and are there before any script runs', async ({ page }) => {
  await signIn(page, 'member');
  await open(page, place);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.waitForFunction(() => document.cookie.includes('theme=dark'));
  const html = await (await page.request.get(place)).text();
  expect(html).toContain('data-theme="dark"');
});

test('what the server renders is complete before any script runs', async ({ page }) => {
  await signIn(page, 'member');
  const html = await (await page.request.get(place)).text();
  expect(html).toContain('vCPUs');
  expect(html).toContain('devops-staging-9a3f');
  expect(html).not.toContain('role="status"><span class="sr-only">Loading');
});
