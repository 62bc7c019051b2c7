import type { Client } from '@opensearch-project/opensearch';
import type { KeptTags } from '../functions/contracts/article-tagged.ts';
import {
  articleDocument,
  keptDocument,
  type VersionedDocument,
} from '../functions/history/opensearch/documents.ts';
import type { RememberedArticle } from '../functions/history/store.ts';
import { articlesAlias, historyAlias } from '../functions/keywords/opensearch/indices.ts';

/** Articles written at a time. */
const BATCH = 1000;

/** An article and what its author kept on it. */
export interface PastArticle {
  article: RememberedArticle;
  kept: KeptTags;
}

/** Writes histories as they would stand after all their events, many at a time, and makes them visible. */
export async function bulkHistory(
  client: Client,
  indexPrefix: string,
  past: Iterable<PastArticle>,
  onArticle: () => void = () => {},
): Promise<void> {
  let batch: VersionedDocument[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const { body } = await client.bulk({
      body: batch.flatMap(({ index, id, version, body: document }) => [
        { index: { _index: index, _id: id, version: String(version), version_type: 'external' } },
        document,
      ]) as object[],
    });
    const failed = body.items.find(({ index }) => index?.error)?.index;
    if (failed) throw new Error(`OpenSearch refused ${failed._id}: ${failed.error?.reason}`);
    batch = [];
  };
  for (const { article, kept } of past) {
    batch.push(articleDocument(indexPrefix, article), keptDocument(indexPrefix, kept));
    onArticle();
    if (batch.length >= 2 * BATCH) await flush();
  }
  await flush();
  await client.indices.refresh({ index: [articlesAlias(indexPrefix), historyAlias(indexPrefix)] });
}
