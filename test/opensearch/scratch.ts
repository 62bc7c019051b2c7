import type { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, inject } from 'vitest';
import { OpenSearchHistory } from '../../functions/history/opensearch/opensearch-history.ts';
import { type Catalogue, loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { createOpenSearchClient } from '../../functions/keywords/opensearch/client.ts';
import { findInArticle } from '../../functions/keywords/opensearch/engine.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import type { AcceptedArticle } from '../../functions/shared/accept-article.ts';

export const shipped: Catalogue = loadCatalogue();

export const article = (change: Partial<AcceptedArticle> = {}): AcceptedArticle => ({
  articleId: 'a',
  revision: 0,
  title: '題名',
  body: '本文',
  format: 'markdown',
  publishedAt: '2026-04-01T00:00:00Z',
  ...change,
});

/** Indices of a test file's own on the suite's server, set up before its tests and removed after them. */
export function scratch({ setUp = true }: { setUp?: boolean } = {}) {
  const indexPrefix = `test-${crypto.randomUUID().slice(0, 8)}`;
  const client: Client = createOpenSearchClient({ url: inject('opensearchUrl') }, { requestTimeout: 60_000 });
  const signal = () => AbortSignal.timeout(30_000);
  if (setUp) beforeAll(() => setupSearch(client, { indexPrefix, shipped }));
  afterAll(async () => {
    const { body } = await client.indices.get({ index: `${indexPrefix}-*` });
    for (const index of Object.keys(body)) await client.indices.delete({ index });
    await client.close();
  });
  return {
    client,
    indexPrefix,
    /** What the engine finds in an article. */
    find: (one: AcceptedArticle, prior = shipped) =>
      findInArticle(one, { client, prior, indexPrefix, signal: signal() }),
    /** Visible at once. */
    history: new OpenSearchHistory({ client, indexPrefix, signal, refresh: true }),
    /** Every document of these indices, with its id. */
    async dump(): Promise<unknown[]> {
      const index = `${indexPrefix}-*`;
      await client.indices.refresh({ index });
      const { body } = await client.search({ index, body: { size: 10_000, version: true } });
      return body.hits.hits;
    },
  };
}
