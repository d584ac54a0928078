import type { Page } from '@playwright/test';
import { expect, fresh, logins, make, open, place, signIn, test } from '../support/portal';

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    test('an action asks with what the project has to choose from, and its outcome is in the timeline', async ({ page, request }) => {
      const [net, name] = [fresh('net'), fresh('router')];
      await make(request, 'network', { name: net, subnet_cidr: '10.55.0.0/24' });
      const answer = await request.post('/api/services/networking/neutron/routers/', {
        headers: { authorization: `Token ${logins().member.token}` },
        data: { workspace_id: 'devops-team', environment_id: 'staging', name },
      });
      expect(answer.status(), await answer.text()).toBe(201);
      const { id } = (await answer.json()).provisioned;
      await signIn(page, 'member');
      await settled(page, id, script);
      await page.locator('.page-head').getByRole('link', { name: 'Add interface' }).click();
      await page.getByLabel(new RegExp(`${net}-subnet`)).check();
      await page.getByRole('button', { name: 'Add interface' }).click();
      await expect(page).toHaveURL(new RegExp(`/r/${id}$`));
      await expect(page.locator('.timeline')).toContainText(/add_interface|add interface/i);
    });

    test('a server is stopped and started, each offered when it makes sense', async ({ page, request }) => {
      const { id } = await make(request, 'compute/vm', {
        name: fresh('power'), flavor_id: 'm1.tiny', image_id: 'ubuntu-22.04-lts', network_id: 'private',
      });
      await signIn(page, 'member');
      await settled(page, id, script);
      const acts = page.locator('.page-head');
      await expect(acts.getByRole('link', { name: 'Stop' })).toBeVisible();
      await expect(acts.getByRole('link', { name: 'Start' })).toHaveCount(0);
      await acts.getByRole('link', { name: 'Stop' }).click();
      const asked = script ? page.getByRole('dialog') : page.locator('main');
      await asked.getByRole('button', { name: 'Stop' }).click();
      await expect(async () => {
        await open(page, `${place}/r/${id}`, script);
        await expect(acts.getByRole('link', { name: 'Start' })).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 60_000 });
      await expect(acts.getByRole('link', { name: 'Stop' })).toHaveCount(0);
    });
  });
}

/** Opens a resource's page once it is active. */
async function settled(page: Page, id: string, script: boolean): Promise<void> {
  await expect(async () => {
    await open(page, `${place}/r/${id}`, script);
    await expect(page.locator('.page-head .state')).toHaveAttribute('data-state', 'active', { timeout: 500 });
  }).toPass({ timeout: 30_000 });
}
