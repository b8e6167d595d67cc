// How the end-to-end tests run: one after another, against one product that global-set-up.ts starts.
import { defineConfig } from 'playwright/test';

export default defineConfig({
  testDir: 'journeys',
  testMatch: '**/*.e2e.ts',
  globalSetup: './global-set-up.ts',
  outputDir: '../test-results',
  // One product, one mailbox: journeys would see each other's mail.
  workers: 1,
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
