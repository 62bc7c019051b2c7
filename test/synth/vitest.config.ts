import { defineConfig } from 'vitest/config';

/** The suite over what is deployed: bundles, templates, rules. One file after another, as times are measured. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/synth/**/*.test.ts'],
    globalSetup: ['test/synth/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
