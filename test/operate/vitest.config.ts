import { defineConfig } from 'vitest/config';

/** The suite of the operator's commands: the real SDK over HTTP against stand-ins on this machine. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/operate/**/*.test.ts'],
    globalSetup: ['test/operate/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    // One account for all files.
    fileParallelism: false,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
