// What the tests share: who can sign in, how a page is waited for, what is made through the API to look at.
import { test as base, expect, type APIRequestContext, type Page } from '@playwright/test';

export type Who = 'admin' | 'member' | 'viewer' | 'stranger';
type Login = { username: string; password: string; token: string };
export type Logins = Record<Who, Login> & { url: string };

/** Playwright runs tests in processes of their own, which inherit what start.ts put into the environment. */
export const logins = (): Logins => JSON.parse(process.env.ATONIX_LOGINS ?? '{}');
export const url = (): string => process.env.ATONIX_URL ?? logins().url;

export const place = '/w/devops-team/staging';

/** A test whose pages know the portal's address. */
export const test = base.extend({
  baseURL: async ({}, use) => use(url()),
});
export { expect };

/** Waits until the page answers to clicks. */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.body?.dataset.hydrated === 'true');
}

export async function signIn(page: Page, who: Who, next = '/w'): Promise<void> {
  const { username, password } = logins()[who];
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((address) => !address.pathname.startsWith('/sign-in'));
}

export async function open(page: Page, path: string, script = true): Promise<void> {
  await page.goto(path);
  if (script) await alive(page);
}

/** Errors in the page's console and uncaught ones: a page that hydrates wrongly says so there. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || /hydrat|panicked/i.test(message.text())) found.push(message.text());
  });
  return found;
}

/** Makes something through the API, and answers its row. */
export async function make(
  request: APIRequestContext,
  path: string,
  fields: Record<string, unknown>,
  environment = 'staging',
): Promise<{ id: string }> {
  // The guide's addresses, or any other below the services.
  const below = path.startsWith('/') ? path : `/provision/${path}`;
  const answer = await request.post(`${url()}/api/services${below}/`, {
    headers: { authorization: `Token ${logins().member.token}` },
    data: { workspace_id: 'devops-team', environment_id: environment, ...fields },
  });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
  return (await answer.json()).provisioned;
}

/** Puts an object into a container of staging. */
export async function put(request: APIRequestContext, container: string, name: string, data: string | Buffer): Promise<void> {
  const at = `workspace_id=devops-team&environment_id=staging&parent=${container}`;
  const answer = await request.put(`${url()}/api/services/storage/swift/objects/${encodeURIComponent(name)}/content/?${at}`, {
    headers: { authorization: `Token ${logins().member.token}`, 'content-type': 'text/plain' },
    data,
  });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** Compares an environment with its cloud; again while another comparison is under way. */
export async function compare(request: APIRequestContext, environment = 'staging'): Promise<void> {
  await expect(async () => {
    const answer = await request.post(`${url()}/api/services/provision/drift/check/`, {
      headers: { authorization: `Token ${logins().member.token}` },
      data: { workspace_id: 'devops-team', environment_id: environment },
    });
    expect(answer.status(), await answer.text()).toBe(200);
  }).toPass({ timeout: 60_000 });
}

let made = 0;
/** A name that no other test uses. */
export const fresh = (what: string): string => `${what}-${Date.now().toString(36)}${(made += 1)}`;
