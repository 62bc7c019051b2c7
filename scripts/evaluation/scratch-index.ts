import { OpenSearchHistory } from '../../functions/history/opensearch/opensearch-history.ts';
import { findInArticle } from '../../functions/keywords/opensearch/engine.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { connect, type SearchOptions } from '../search-options.ts';
import type { StreamOptions } from '../stream.ts';
import { openCatalogue } from './platform-catalogue.ts';

/**
 * Runs with indices under names of their own that hold the catalogue, and removes them again.
 *
 * @throws OpenSearchClientError when OpenSearch does not do as it is told
 */
export async function withScratchIndices<T>(
  options: SearchOptions,
  { catalogueFile }: { catalogueFile: string | undefined },
  run: (search: SearchOptions) => Promise<T>,
): Promise<T> {
  const { client } = connect(options);
  const indexPrefix = `eval-${crypto.randomUUID().slice(0, 8)}`;
  try {
    const { catalogue } = await openCatalogue(catalogueFile);
    await setupSearch(client, { indexPrefix, shipped: catalogue });
    return await run({ ...options, indexPrefix });
  } finally {
    const { body } = await client.indices.get({ index: `${indexPrefix}-*` });
    const indices = Object.keys(body);
    if (indices.length > 0) await client.indices.delete({ index: indices });
  }
}

const PATIENCE_MS = 60_000;

/** The stream protocol with candidates and history from OpenSearch; what was learnt is found by the next article. */
export async function streamThrough(
  options: SearchOptions,
  catalogueFile: string | undefined,
): Promise<StreamOptions> {
  const { client, indexPrefix } = connect(options);
  const { catalogue: prior } = await openCatalogue(catalogueFile);
  const signal = () => AbortSignal.timeout(PATIENCE_MS);
  return {
    store: new OpenSearchHistory({ client, indexPrefix, signal, refresh: true }),
    find: async (article) => {
      const markdown = { ...article, format: 'markdown' } as const;
      return (await findInArticle(markdown, { client, prior, indexPrefix, signal: signal() })).found;
    },
  };
}
