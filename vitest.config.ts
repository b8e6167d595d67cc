// The three kinds of vitest tests, told apart by their file's name. Which of them run, and the closing line,
// is test/run.ts.
import { defineConfig } from 'vitest/config';

const IGNORED = ['**/node_modules/**', '.next*/**', '.eider*/**', 'e2e/**'];
const WITH_SERVICES = ['**/*.db.test.ts', '**/*.protocol.test.ts'];

export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    pool: 'forks',
    // The machine that runs them all has two cores; more forks only make each of them slower.
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...IGNORED, ...WITH_SERVICES],
          // A limit against hanging, not a measure of speed: a busy machine takes ten times as long.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'database',
          include: ['**/*.db.test.ts'],
          exclude: IGNORED,
          globalSetup: ['mail-server/runtime/testing/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'protocol',
          include: ['**/*.protocol.test.ts'],
          exclude: IGNORED,
          globalSetup: ['mail-server/runtime/testing/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
