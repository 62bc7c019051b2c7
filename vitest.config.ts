import { defineConfig } from 'vitest/config';

/** Where continuous integration reads the counts from. */
const report = process.env.VITEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/opensearch/**', 'test/synth/**', 'node_modules/**'],
    testTimeout: 30_000,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    reporters: report ? ['dot', 'json'] : ['default'],
    ...(report && { outputFile: { json: report } }),
  },
});
