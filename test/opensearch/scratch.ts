import type { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Catalogue, loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { indexArticle } from '../../functions/keywords/opensearch/article-index.ts';
import { createOpenSearchClient } from '../../functions/keywords/opensearch/client.ts';
import { findInArticle } from '../../functions/keywords/opensearch/engine.ts';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import type { AcceptedArticle } from '../../functions/shared/accept-article.ts';
import { readArticleText } from '../../functions/shared/article-text.ts';

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
    async find(one: AcceptedArticle, prior = shipped) {
      const text = readArticleText(one);
      return findInArticle(one, { client, prior, indexPrefix, text, signal: signal() });
    },
    async index(one: AcceptedArticle) {
      const text = readArticleText(one);
      const outcome = await indexArticle(client, {
        index: articlesAlias(indexPrefix),
        article: one,
        text,
        signal: signal(),
      });
      await client.indices.refresh({ index: articlesAlias(indexPrefix) });
      return outcome;
    },
  };
}
