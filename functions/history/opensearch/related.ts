import type { API } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { MAX_SIMILAR } from '../../contracts/limits.ts';
import { documentError, parseAnswer, throwDocumentErrors } from '../../keywords/opensearch/answer.ts';
import { tagKey } from '../../keywords/tag-key.ts';
import { LOOKED_AT, type RelatedArticles, type SimilarArticle } from '../author-history.ts';
import type { RelatedQuery } from '../store.ts';

/** An article of the author's that speaks of the same things; what they kept on it is yet to be asked. */
export type SimilarFound = Omit<SimilarArticle, 'tags'> & { articleId: string };

const similarAnswer = z.object({
  timed_out: z.literal(false),
  hits: z
    .object({
      hits: z
        .array(z.object({ _id: z.string(), _score: z.number(), _source: z.object({ title: z.string() }) }))
        .default([]),
    })
    .default({ hits: [] }),
});

const mentionsAnswer = z.object({
  timed_out: z.literal(false),
  hits: z.object({ total: z.object({ value: z.int() }) }),
  aggregations: z.object({ keys: z.object({ buckets: z.array(z.object({ doc_count: z.int() })) }) }),
});

const keptAnswer = z.object({
  docs: z.array(
    z.object({
      _id: z.string(),
      error: documentError.optional(),
      _source: z.object({ authorId: z.string(), tags: z.array(z.string()) }).optional(),
    }),
  ),
});

/** An author's articles but one. */
const othersOf = (authorId: string, articleId: string) => ({
  filter: [{ term: { authorId } }],
  must_not: [{ ids: { values: [articleId] } }],
});

/** Asks which of an author's articles, but one, share the heaviest terms. */
export function similarRequest(
  index: string,
  authorId: string,
  articleId: string,
  { terms }: Pick<RelatedQuery, 'terms'>,
): API.Search_Request {
  const should = [...terms]
    .filter(([, weight]) => weight > 0)
    .map(([key, boost]) => ({ constant_score: { filter: { term: { keys: key } }, boost } }));
  return {
    index,
    allow_partial_search_results: false,
    filter_path: ['timed_out', 'hits.hits._id', 'hits.hits._score', 'hits.hits._source.title'],
    body: {
      size: LOOKED_AT,
      track_total_hits: false,
      _source: ['title'],
      query: { bool: { ...othersOf(authorId, articleId), should, minimum_should_match: 1 } },
      sort: [{ _score: 'desc' }, { articleId: 'asc' }],
    } as object,
  };
}

/**
 * The most similar first.
 *
 * @throws KeywordsError when the answer is none
 */
export function readSimilar(body: unknown): SimilarFound[] {
  return parseAnswer(similarAnswer, body).hits.hits.map(({ _id, _score, _source }) => ({
    articleId: _id,
    title: _source.title,
    // The sum of weights that add up to 1, in single precision.
    score: Math.min(1, _score),
  }));
}

/** Asks how many articles an author has, but one, and how many mention each key. */
export function mentionsRequest(
  index: string,
  authorId: string,
  articleId: string,
  { keys }: Pick<RelatedQuery, 'keys'>,
): API.Search_Request {
  return {
    index,
    allow_partial_search_results: false,
    // Asked once for an article; kept, it would only drive out what is asked again.
    request_cache: false,
    filter_path: ['timed_out', 'hits.total.value', 'aggregations.keys.buckets.doc_count'],
    body: {
      size: 0,
      track_total_hits: true,
      query: { bool: othersOf(authorId, articleId) },
      // Not by terms: that would need an order of all keys that there are, made anew after each article.
      aggs: { keys: { filters: { filters: keys.map((key) => ({ term: { keys: key } })) } } },
    } as object,
  };
}

/**
 * @param query that of the request
 * @throws KeywordsError when the answer is none
 */
export function readMentions(
  body: unknown,
  { keys }: Pick<RelatedQuery, 'keys'>,
): Pick<RelatedArticles, 'published' | 'mentions'> {
  const { hits, aggregations } = parseAnswer(mentionsAnswer, body);
  const mentions = keys.flatMap((key, index) => {
    const { doc_count: count = 0 } = aggregations.keys.buckets[index] ?? {};
    return count > 0 ? [[key, count] as const] : [];
  });
  return { published: hits.total.value, mentions: new Map(mentions) };
}

/** Asks what was kept on similar articles. */
export function keptOnRequest(index: string, similar: readonly SimilarFound[]): API.Mget_Request {
  return {
    index,
    filter_path: [
      'docs._id',
      'docs.error.type',
      'docs.error.reason',
      'docs._source.authorId',
      'docs._source.tags',
    ],
    body: { ids: similar.map(({ articleId }) => articleId) },
  };
}

/**
 * The similar articles that have a say: those on which this author is known to have kept tags, or none.
 *
 * @throws KeywordsError when the answer is none, or says that the index could not be asked
 */
export function readKeptOn(
  body: unknown,
  authorId: string,
  similar: readonly SimilarFound[],
): SimilarArticle[] {
  const { docs } = parseAnswer(keptAnswer, body);
  throwDocumentErrors(docs);
  const kept = new Map(docs.map(({ _id, _source }) => [_id, _source]));
  return similar
    .flatMap(({ articleId, title, score }) => {
      const document = kept.get(articleId);
      return document?.authorId === authorId
        ? [{ title, score, tags: new Set(document.tags.map(tagKey)) }]
        : [];
    })
    .slice(0, MAX_SIMILAR);
}
