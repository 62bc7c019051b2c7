import { defineConfig } from 'vitest/config';

/** The suite against a real OpenSearch: one server for all files, each with indices of its own. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/opensearch/**/*.test.ts'],
    globalSetup: ['test/opensearch/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Times are asserted; parallel files would measure each other.
    fileParallelism: false,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
