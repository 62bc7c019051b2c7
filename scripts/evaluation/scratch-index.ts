import type { Client } from '@opensearch-project/opensearch';
import { indexArticle } from '../../functions/keywords/opensearch/article-index.ts';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { readArticleText } from '../../functions/shared/article-text.ts';
import type { TaggedArticle } from '../articles.ts';
import { createProgress } from '../progress.ts';
import { connect, type SearchOptions } from '../search-options.ts';
import { openCatalogue } from './platform-catalogue.ts';

/**
 * Runs with indices under names of their own that hold the catalogue and the articles, and removes them again.
 *
 * @throws OpenSearchClientError when OpenSearch does not do as it is told
 */
export async function withScratchIndices<T>(
  options: SearchOptions,
  {
    catalogueFile,
    articles,
  }: { catalogueFile: string | undefined; articles: Iterable<TaggedArticle> | AsyncIterable<TaggedArticle> },
  run: (search: SearchOptions) => Promise<T>,
): Promise<T> {
  const { client } = connect(options);
  const indexPrefix = `eval-${crypto.randomUUID().slice(0, 8)}`;
  try {
    const { catalogue } = await openCatalogue(catalogueFile);
    await setupSearch(client, { indexPrefix, shipped: catalogue });
    await indexAll(client, indexPrefix, articles);
    return await run({ ...options, indexPrefix });
  } finally {
    const { body } = await client.indices.get({ index: `${indexPrefix}-*` });
    const indices = Object.keys(body);
    if (indices.length > 0) await client.indices.delete({ index: indices });
  }
}

async function indexAll(
  client: Client,
  indexPrefix: string,
  articles: Iterable<TaggedArticle> | AsyncIterable<TaggedArticle>,
): Promise<void> {
  const index = articlesAlias(indexPrefix);
  const progress = createProgress('articles indexed');
  for await (const { id, title, body } of articles) {
    await indexArticle(client, {
      index,
      article: { articleId: id, revision: 1 },
      text: readArticleText({ title, body, format: 'markdown' }),
      signal: AbortSignal.timeout(60_000),
    });
    progress.tick();
  }
  progress.end();
  await client.indices.refresh({ index });
}
