// How the end-to-end tests run: some files at a time, against one product that global-set-up.ts starts.
import { defineConfig } from 'playwright/test';
import { WORKERS } from './global-set-up.ts';

/** Journeys that kill the product's processes: nobody else's may run meanwhile. */
const ALONE = '**/operator.e2e.ts';

export default defineConfig({
  testDir: 'journeys',
  globalSetup: './global-set-up.ts',
  outputDir: '../test-results',
  // One product; each worker has mailboxes of its own, or journeys would see each other's mail.
  workers: WORKERS,
  projects: [
    { name: 'together', testMatch: '**/*.e2e.ts', testIgnore: ALONE },
    { name: 'alone', testMatch: ALONE, dependencies: ['together'] },
  ],
  retries: 0,
  forbidOnly: true,
  timeout: 150_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    viewport: { width: 1360, height: 860 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    // Recording films every test, and on two cores doubles its time: EIDER_E2E_TRACE=1 when a failure needs it.
    trace: process.env['EIDER_E2E_TRACE'] ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
    },
  },
});
