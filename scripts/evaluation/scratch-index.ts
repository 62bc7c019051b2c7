import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { connect, type SearchOptions } from '../search-options.ts';
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
