import { createHash } from 'node:crypto';
import type { Client } from '@opensearch-project/opensearch';
import { ANALYSIS_SETTINGS } from './analysis.ts';

/**
 * Which cluster-wide names belong to this installation: `<prefix>-articles`, `<prefix>-tags`, `<prefix>-history` and
 * `<prefix>-forgotten` are its aliases.
 */
export const DEFAULT_INDEX_PREFIX = 'tag-suggestions';

/** An index as it is created. */
export interface IndexDefinition {
  settings: object;
  mappings: { dynamic: 'strict'; properties: Record<string, object> };
}

const SETTINGS = {
  index: {
    // Counts of an aggregation are exact on one shard, and all indices are small (see README.md).
    number_of_shards: 1,
    // One more copy where there is another node, none where there is not; never an index that waits for a node.
    auto_expand_replicas: '0-1',
  },
};
const ANALYSING = { index: { ...SETTINGS.index, ...ANALYSIS_SETTINGS } };
/** What was forgotten may come again in the same version, with a later time: the version of a deletion must not linger. */
const FORGETTING = { index: { ...SETTINGS.index, gc_deletes: '0s' } };

/** Keys are looked up, never ranked or highlighted. */
const KEYS = { type: 'text', index_options: 'docs', norms: false };

/** What was published, in its newest revision (the document's version): what later articles are held against. */
export const ARTICLES: IndexDefinition = {
  settings: { index: { ...ANALYSING.index, ...FORGETTING.index } },
  mappings: {
    dynamic: 'strict',
    properties: {
      title: { type: 'keyword', index: false, doc_values: false },
      // Of tags and phrases that the article mentions. Its text is not kept.
      keys: { type: 'keyword' },
      // Filled by artificial documents alone: the morphemes of an article that is not indexed.
      morphemes: { type: 'text', analyzer: 'morphemes' },
      articleId: { type: 'keyword' },
      authorId: { type: 'keyword' },
      publishedAt: { type: 'date' },
    },
  },
};

/** What authors kept: one document for each article, whose version grows with the time at which they saved it. */
export const HISTORY: IndexDefinition = {
  settings: FORGETTING,
  mappings: {
    dynamic: 'strict',
    properties: {
      articleId: { type: 'keyword' },
      authorId: { type: 'keyword' },
      // Counted at each article: what counting needs is made when documents become visible, not while a search waits.
      tags: { type: 'keyword', eager_global_ordinals: true },
      taggedAt: { type: 'date' },
      suggestionId: { type: 'keyword', index: false, doc_values: false },
    },
  },
};

/** Whom and what to keep away when an archive is replayed: no id, only a hash of it (the document's id). */
export const FORGOTTEN: IndexDefinition = {
  settings: SETTINGS,
  mappings: { dynamic: 'strict', properties: { forgottenAt: { type: 'date' } } },
};

/** The catalogue: each tag a percolator query for its keys, and one document that says which catalogue this is. */
export const TAGS: IndexDefinition = {
  settings: ANALYSING,
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
      counted: { type: 'object', enabled: false },
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

export function historyAlias(prefix: string): string {
  return `${prefix}-history`;
}

export function forgottenAlias(prefix: string): string {
  return `${prefix}-forgotten`;
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
