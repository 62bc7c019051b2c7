import type { API } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { parseAnswer } from '../../keywords/opensearch/answer.ts';
import { type KeptByAuthor, RECENT } from '../author-history.ts';

/** Spellings of an author's tags, the most used first. */
const MOST_SPELLINGS = 1000;

const answer = z.object({
  timed_out: z.literal(false),
  hits: z.object({
    total: z.object({ value: z.int() }),
    hits: z.array(z.object({ _source: z.object({ tags: z.array(z.string()) }) })).default([]),
  }),
  aggregations: z.object({
    tags: z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.int() })) }),
  }),
});

/** Asks what an author kept on all articles but one. */
export function keptByRequest(index: string, authorId: string, articleId: string): API.Search_Request {
  return {
    index,
    allow_partial_search_results: false,
    filter_path: ['timed_out', 'hits.total.value', 'hits.hits._source.tags', 'aggregations.tags.buckets'],
    body: {
      size: RECENT,
      track_total_hits: true,
      _source: ['tags'],
      query: {
        bool: { filter: [{ term: { authorId } }], must_not: [{ ids: { values: [articleId] } }] },
      },
      sort: [{ taggedAt: 'desc' }, { articleId: 'asc' }],
      aggs: { tags: { terms: { field: 'tags', size: MOST_SPELLINGS } } },
    } as object,
  };
}

/** @throws KeywordsError when the answer is none */
export function readKeptBy(body: unknown): KeptByAuthor {
  const { hits, aggregations } = parseAnswer(answer, body);
  return {
    articles: hits.total.value,
    spellings: aggregations.tags.buckets.map(({ key, doc_count }) => ({ tag: key, articles: doc_count })),
    recent: hits.hits.map(({ _source }) => _source.tags),
  };
}
