import type { TestProject } from 'vitest/node';
import { startOpenSearch } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    opensearchUrl: string;
  }
}

/** One server for the suite; a test that suspends or kills its server starts one of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startOpenSearch();
  project.provide('opensearchUrl', server.url);
  return () => server.stop();
}
