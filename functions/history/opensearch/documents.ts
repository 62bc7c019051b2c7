import type { KeptTags } from '../../contracts/article-tagged.ts';
import { articlesAlias, historyAlias } from '../../keywords/opensearch/indices.ts';
import type { RememberedArticle } from '../store.ts';
import { distinctTags, versionOf } from '../version.ts';

/** A document that is replaced by one of a higher version only. */
export interface VersionedDocument {
  index: string;
  id: string;
  /** A long of OpenSearch, more than a JavaScript number holds. */
  version: bigint;
  /** Milliseconds since 1970: what is forgotten up to this time keeps it away. */
  time: number;
  body: object;
}

/** What an author kept on an article. */
export function keptDocument(indexPrefix: string, kept: KeptTags): VersionedDocument {
  const { articleId, authorId, tags, taggedAt, suggestionId } = kept;
  const time = Date.parse(taggedAt);
  return {
    index: historyAlias(indexPrefix),
    id: articleId,
    version: versionOf(kept),
    time,
    body: {
      articleId,
      authorId,
      tags: distinctTags(tags),
      taggedAt: new Date(time).toISOString(),
      ...(suggestionId !== undefined && { suggestionId }),
    },
  };
}

/** What an article mentions; the version is its revision. */
export function articleDocument(indexPrefix: string, article: RememberedArticle): VersionedDocument {
  const { articleId, revision, authorId, title, keys, publishedAt } = article;
  const time = Date.parse(publishedAt);
  return {
    index: articlesAlias(indexPrefix),
    id: articleId,
    version: BigInt(revision),
    time,
    body: { articleId, authorId, title, keys, publishedAt: new Date(time).toISOString() },
  };
}
