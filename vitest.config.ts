import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/backfill/**',
      'test/opensearch/**',
      'test/operate/**',
      'test/subscriber/**',
      'test/synth/**',
      'node_modules/**',
    ],
    testTimeout: 30_000,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
