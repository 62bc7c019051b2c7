import { defineConfig } from 'vitest/config';

/** The suite of the backfill and of the package for subscribers: real clients, packages and engines, no AWS. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/{backfill,subscriber}/**/*.test.ts'],
    globalSetup: ['test/operate/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // One account for all files.
    fileParallelism: false,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
