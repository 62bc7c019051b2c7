import type { API } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { KeywordsError } from '../../shared/errors.ts';
import { Catalogue } from '../catalogue.ts';
import { tagKey } from '../tag-key.ts';
import { searchKey } from './analysis.ts';
import { parseAnswer } from './answer.ts';

/** Id of the one document in the index of tags that is no tag: it names the catalogue and matches every article. */
export const CATALOGUE_ID = '_catalogue';

const count = z.int().min(0);

const counts = z.object({ authors: count, articles: count, mentions: count, taggedWhenMentioned: count });
/** How often a tag is used. */
export type Counts = z.infer<typeof counts>;
export const NO_COUNTS: Counts = { authors: 0, articles: 0, mentions: 0, taggedWhenMentioned: 0 };

/** A tag as it is stored, and as it is imported and exported. */
export const storedTag = z.object({
  key: z.string(),
  label: z.string(),
  aliases: z.array(z.string()).default([]),
  blocked: z.boolean().default(false),
  authors: count.default(0),
  articles: count.default(0),
  mentions: count.default(0),
  taggedWhenMentioned: count.default(0),
  counted: counts.optional().describe('What of these counts the latest recount added'),
});
export type StoredTag = z.infer<typeof storedTag>;

/** What a catalogue says of itself. */
export const catalogueHeader = z.object({
  version: z.string().describe('Shows in TagsSuggested; BASE+HASH when it was made from another one'),
  origin: z.enum(['shipped', 'imported']),
  tags: count,
});
export type CatalogueHeader = z.infer<typeof catalogueHeader>;

const answer = z.object({
  timed_out: z.literal(false),
  hits: z.object({
    hits: z.array(z.object({ _source: z.union([z.object({ catalogue: catalogueHeader }), storedTag]) })),
  }),
});

/** More tags than an article of a megabyte contains; the most used come first. */
const MOST_TAGS = 2000;

/** The document of a tag: its percolator query matches an article that contains one of its keys as a run of words. */
export function tagDocument(tag: StoredTag) {
  const keys = [tag.key, ...tag.aliases.map(tagKey)].map(searchKey).filter((key) => key !== '');
  const query = keys.length > 0 ? { terms: { text: [...new Set(keys)] } } : { match_none: {} };
  return { ...tag, query };
}

/** The document that names the catalogue. */
export function catalogueDocument(catalogue: CatalogueHeader) {
  return { catalogue, query: { match_all: {} } };
}

/** The search for the tags of the catalogue that texts contain. The texts are a document, never query syntax. */
export function percolateRequest(index: string, texts: readonly string[]): API.Search_Request {
  // Of more hits than are asked for, the header and the most used.
  return searchTags(index, texts, { sort: [{ articles: { order: 'desc', missing: '_first' } }] });
}

function searchTags(
  index: string,
  texts: readonly string[],
  { filter = [], ...more }: { filter?: object[]; sort?: object[] },
): API.Search_Request {
  const percolate = { percolate: { field: 'query', document: { text: texts } } };
  return {
    index,
    allow_partial_search_results: false,
    filter_path: ['timed_out', 'hits.hits._source'],
    body: {
      size: MOST_TAGS,
      track_total_hits: false,
      _source: { excludes: ['query'] },
      query: { bool: { filter: [...filter, percolate] } },
      ...more,
    } as object,
  };
}

const blockedAnswer = z.object({
  timed_out: z.literal(false),
  hits: z.object({ hits: z.array(z.object({ _source: storedTag })) }).default({ hits: [] }),
});

/** The search for the blocked tags among labels that need not be in any text. */
export function blockedRequest(index: string, labels: readonly string[]): API.Search_Request {
  return searchTags(index, labels, { filter: [{ term: { blocked: true } }] });
}

/**
 * Keys of the blocked tags, by any of their spellings.
 *
 * @throws KeywordsError when the answer is none
 */
export function readBlocked(body: unknown): Set<string> {
  const { hits } = parseAnswer(blockedAnswer, body).hits;
  return new Set(hits.flatMap(({ _source: { key, aliases } }) => [key, ...aliases.map(tagKey)]));
}

/** The part of the catalogue that an article touches. */
export interface Percolated {
  catalogue: Catalogue;
  blocked: ReadonlySet<string>;
}

/**
 * @throws KeywordsError when the answer is none, or when there is no catalogue behind the alias
 */
export function readPercolation(body: unknown): Percolated {
  const { hits } = parseAnswer(answer, body).hits;
  const tags: StoredTag[] = [];
  let header: CatalogueHeader | undefined;
  for (const { _source } of hits) {
    if ('catalogue' in _source) header = _source.catalogue;
    else tags.push(_source);
  }
  if (!header) {
    throw new KeywordsError(
      'KeywordsIndexMissing',
      'OpenSearch holds no catalogue; run npm run search:setup',
    );
  }
  return {
    catalogue: new Catalogue({
      version: header.version,
      tags: tags.map(({ key, label, aliases, authors, articles, mentions, taggedWhenMentioned }) => ({
        key,
        label,
        aliases,
        prior: { authors, articles, mentions, taggedWhenMentioned },
      })),
      documents: 0,
      documentFrequency: new Map(),
    }),
    blocked: new Set(tags.filter(({ blocked }) => blocked).map(({ key }) => key)),
  };
}
