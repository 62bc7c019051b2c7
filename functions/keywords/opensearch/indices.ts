import { createHash } from 'node:crypto';
import type { Client } from '@opensearch-project/opensearch';
import { ANALYSIS_SETTINGS } from './analysis.ts';

/** Which cluster-wide names belong to this installation: `<prefix>-articles` and `<prefix>-tags` are its aliases. */
export const DEFAULT_INDEX_PREFIX = 'tag-suggestions';

/** An index as it is created. */
export interface IndexDefinition {
  settings: object;
  mappings: object;
}

const SETTINGS = {
  index: {
    // Document frequencies are per shard: on one they are exact, and both indices are small (see README.md).
    number_of_shards: 1,
    // One more copy where there is another node, none where there is not; never an index that waits for a node.
    auto_expand_replicas: '0-1',
    ...ANALYSIS_SETTINGS,
  },
};

/** Keys are looked up, never ranked or highlighted. */
const KEYS = { type: 'text', index_options: 'docs', norms: false };

/** What was published, in its newest revision (the document's version), for document frequencies and similar articles. */
export const ARTICLES: IndexDefinition = {
  settings: SETTINGS,
  mappings: {
    dynamic: 'strict',
    properties: {
      title: { type: 'text', analyzer: 'japanese', copy_to: 'compounds' },
      headings: { type: 'text', analyzer: 'japanese', copy_to: 'compounds' },
      body: { type: 'text', analyzer: 'japanese', copy_to: 'compounds' },
      // The stored vector tells which frequencies an article's own older revision is part of.
      compounds: { ...KEYS, analyzer: 'compounds', term_vector: 'yes' },
      // Filled by artificial documents alone: the morphemes of an article that is not indexed.
      morphemes: { type: 'text', analyzer: 'morphemes' },
      // Lucene counts a replaced revision until its segment is merged; the frequency of the id tells how many it counts.
      articleId: { type: 'keyword' },
      authorId: { type: 'keyword' },
      indexedAt: { type: 'date' },
    },
  },
};

/** The catalogue: each tag a percolator query for its keys, and one document that says which catalogue this is. */
export const TAGS: IndexDefinition = {
  settings: SETTINGS,
  mappings: {
    dynamic: 'strict',
    properties: {
      query: { type: 'percolator' },
      // Filled by percolated documents alone.
      text: { ...KEYS, analyzer: 'tag_keys' },
      key: { type: 'keyword' },
      label: { type: 'keyword', index: false, doc_values: false },
      aliases: { type: 'keyword', index: false, doc_values: false },
      blocked: { type: 'boolean' },
      authors: { type: 'integer' },
      articles: { type: 'integer' },
      mentions: { type: 'integer' },
      taggedWhenMentioned: { type: 'integer' },
      catalogue: { type: 'object', enabled: false },
    },
  },
};

export function articlesAlias(prefix: string): string {
  return `${prefix}-articles`;
}

export function tagsAlias(prefix: string): string {
  return `${prefix}-tags`;
}

/** Short hash of a definition: part of an index's name, so that a changed definition is a new index. */
export function definitionVersion(definition: IndexDefinition): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 8);
}

/** The indices that an alias stands for; none when there is no such alias. */
export async function indicesBehind(client: Client, alias: string): Promise<string[]> {
  const { body, statusCode } = await client.indices.getAlias({ name: alias }, { ignore: [404] });
  return statusCode === 404 ? [] : Object.keys(body);
}
