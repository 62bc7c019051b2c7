import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/parity/**/*.parity.ts'],
    testTimeout: 120_000,
  },
});
