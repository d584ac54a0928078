// The browser tests: Chromium against one demo for all of them; or, with ATONIX_REAL_CLOUD set, the main job against
// that cloud, on both databases.
import { defineConfig } from '@playwright/test';

const realCloud = [
  { name: 'real-cloud', testDir: './real-cloud', use: { database: 'sqlite' } },
  { name: 'real-cloud-postgres', testDir: './real-cloud', use: { database: 'postgres' } },
] as const;

export default defineConfig<object, { database: 'sqlite' | 'postgres' }>({
  projects: process.env.ATONIX_REAL_CLOUD ? [...realCloud] : [{ name: 'demo', testDir: './tests' }],
  outputDir: process.env.ATONIX_REAL_CLOUD ? '../target/e2e-real-cloud' : '../target/e2e',
  globalSetup: './support/start.ts',
  globalTeardown: './support/stop.ts',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  retries: 0,
  reporter: [['list']],
  use: {
    baseURL: process.env.ATONIX_URL,
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.ATONIX_CHROMIUM || undefined,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    },
  },
});
