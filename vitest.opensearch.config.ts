import { defineConfig } from 'vitest/config';

/** The suite against a real OpenSearch: one server for all files, which use indices of their own. */
export default defineConfig({
  test: {
    include: ['test/opensearch/**/*.test.ts'],
    globalSetup: ['test/opensearch/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Times are asserted; parallel files would measure each other.
    fileParallelism: false,
  },
});
