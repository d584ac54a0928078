import type { Page } from '@playwright/test';
import { expect, fresh, logins, open, place, signIn, test } from '../support/portal';

for (const script of [true, false]) {
  test.describe(script ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: script });

    test('record sets are added, changed and removed on the page of their zone', async ({ page, request }) => {
      const name = `${fresh('zone')}.example`;
      const answer = await request.post('/api/services/networking/designate/zones/', {
        headers: { authorization: `Token ${logins().member.token}` },
        data: { workspace_id: 'devops-team', environment_id: 'staging', name, email: 'dns@example.com' },
      });
      expect(answer.ok(), await answer.text()).toBe(true);
      const { id } = (await answer.json()).provisioned;
      await signIn(page, 'member');
      await settled(page, id, script);

      // What Designate keeps itself offers nothing.
      const own = row(page, 'SOA');
      await expect(own).toContainText('Designate');
      await expect(own.getByRole('link')).toHaveCount(0);

      // A mistake is told at its field, and nothing typed is lost.
      const form = page.locator('.add-form');
      await form.locator('> summary').click();
      await form.getByLabel(/^Name/).fill('www');
      await form.getByLabel('Records').fill('not-an-address');
      await form.getByRole('button', { name: 'Add record set' }).click();
      await expect(form.locator('.wrong')).toContainText('IPv4 address such as');
      await expect(form.getByLabel(/^Name/)).toHaveValue('www');
      await form.getByLabel('Records').fill('192.0.2.7\n192.0.2.8');
      await form.getByRole('button', { name: 'Add record set' }).click();
      await expect(page).toHaveURL(new RegExp(`/r/${id}`));
      await listed(page, id, script, 'www', '192.0.2.8');

      // The form to change it begins with what it is.
      await row(page, 'www').getByRole('link', { name: /Change record set/ }).click();
      const change = script ? page.getByRole('dialog') : page.locator('main');
      await expect(change.getByLabel('Records')).toHaveValue('192.0.2.7\n192.0.2.8');
      await change.getByLabel('Records').fill('192.0.2.9');
      await change.getByRole('button', { name: 'Change record set' }).click();
      await listed(page, id, script, 'www', '192.0.2.9');

      await row(page, 'www').getByRole('link', { name: /Remove record set/ }).click();
      const remove = script ? page.getByRole('dialog') : page.locator('main');
      await remove.getByRole('button', { name: 'Remove record set' }).click();
      await expect(async () => {
        await settled(page, id, script);
        await expect(row(page, 'www')).toHaveCount(0, { timeout: 500 });
      }).toPass({ timeout: 30_000 });
    });

    test('what destroys something begins with nothing chosen unless the link says what', async ({ page, request }) => {
      const answer = await request.post('/api/services/networking/neutron/security-groups/', {
        headers: { authorization: `Token ${logins().member.token}` },
        data: { workspace_id: 'devops-team', environment_id: 'staging', name: fresh('group') },
      });
      const { id } = (await answer.json()).provisioned;
      await signIn(page, 'member');
      await settled(page, id, script);
      await open(page, `${place}/r/${id}/do/remove_rule`, script);
      await expect(page.getByRole('radio')).not.toHaveCount(0);
      await expect(page.locator('input[type=radio]:checked')).toHaveCount(0);
    });

    test('a command is run in a container on its page, and its output stands below', async ({ page, request }) => {
      const answer = await request.post('/api/services/compute/zun/containers/', {
        headers: { authorization: `Token ${logins().member.token}` },
        data: { workspace_id: 'devops-team', environment_id: 'staging', name: fresh('worker'), image: 'nginx:latest', network_id: 'private' },
      });
      expect(answer.ok(), await answer.text()).toBe(true);
      const { id } = (await answer.json()).provisioned;
      await signIn(page, 'member');
      const tool = page.locator('.tool').filter({ has: page.getByRole('heading', { name: 'Run a command' }) });
      // It is offered once the container runs, which it does a moment after it stands.
      await expect(async () => {
        await settled(page, id, script);
        await expect(tool).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 30_000 });
      await tool.getByLabel('Command').fill('uname -a');
      await tool.getByRole('button', { name: 'Run a command' }).click();
      await expect(tool.locator('pre')).toContainText('exit code 0');
      const logs = page.locator('.tool').filter({ has: page.getByRole('heading', { name: 'Show logs' }) });
      await logs.getByRole('button', { name: 'Show logs' }).click();
      await expect(logs.locator('pre')).toBeVisible();
    });
  });
}

const row = (page: Page, text: string) => page.locator('tbody tr').filter({ has: page.locator('td', { hasText: text }) });

/** Waits until a list on the page has a row with both texts. */
async function listed(page: Page, id: string, script: boolean, name: string, text: string): Promise<void> {
  await expect(async () => {
    await settled(page, id, script);
    await expect(row(page, name)).toContainText(text, { timeout: 500 });
    await expect(row(page, name).getByRole('link', { name: /Change record set/ })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
}

/** Opens a resource's page once it is active. */
async function settled(page: Page, id: string, script: boolean): Promise<void> {
  await expect(async () => {
    await open(page, `${place}/r/${id}`, script);
    await expect(page.locator('.page-head .state')).toHaveAttribute('data-state', 'active', { timeout: 500 });
  }).toPass({ timeout: 30_000 });
}
