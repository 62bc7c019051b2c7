import type { API } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { KeywordsError } from '../../shared/errors.ts';
import type { Corpus } from '../extract.ts';
import type { JapaneseTokenizer, Morpheme } from '../japanese-tokenizer.ts';
import { searchKey } from './analysis.ts';
import { nameOfStatus } from './client.ts';

const offsets = z.object({ start_offset: z.int(), end_offset: z.int() });
const morphemes = z.object({
  terms: z.record(z.string(), z.object({ tokens: z.array(offsets).optional() })).optional(),
});
const frequencies = z.record(z.string(), z.object({ doc_freq: z.int().optional() }));
const compounds = z.object({
  field_statistics: z.object({ doc_count: z.int() }).optional(),
  terms: frequencies.optional(),
});
const vectors = z.object({
  found: z.boolean().optional(),
  error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
  term_vectors: z
    .object({
      morphemes: morphemes.optional(),
      compounds: compounds.optional(),
      articleId: z.object({ terms: frequencies.optional() }).optional(),
    })
    .optional(),
});
const answer = z.object({ docs: z.tuple([vectors, vectors, vectors]) });

/** What `_mtermvectors` says of an article. */
export interface TermVectors {
  /** The morphemes of each text, in order. */
  morphemes: Morpheme[][];
  /** Articles in the index, the article at hand left out. */
  documents: number;
  /** Articles in the index that contain the term, the article at hand left out. */
  documentFrequency(key: string): number;
}

/**
 * The request for an article that is not indexed yet, or only in an older revision: its morphemes, the document
 * frequencies of its nouns and compounds, and the terms of the revision that is indexed.
 */
export function termVectorsRequest(
  index: string,
  articleId: string,
  texts: readonly string[],
): API.Mtermvectors_Request {
  const nothing = { offsets: false, positions: false, term_statistics: false, field_statistics: false };
  return {
    // In the path, where an access policy sees it.
    index,
    filter_path: [
      'docs.found',
      'docs.error.type',
      'docs.error.reason',
      'docs.term_vectors.morphemes.terms.*.tokens',
      'docs.term_vectors.compounds.field_statistics.doc_count',
      'docs.term_vectors.compounds.terms.*.doc_freq',
      'docs.term_vectors.articleId',
    ],
    body: {
      // The client's types ask for an _id, which an artificial document does not have.
      docs: [
        { ...nothing, doc: { morphemes: texts }, fields: ['morphemes'], offsets: true },
        {
          ...nothing,
          doc: { compounds: texts, articleId },
          fields: ['compounds', 'articleId'],
          term_statistics: true,
          field_statistics: true,
        },
        { ...nothing, _id: articleId, fields: ['compounds'], term_statistics: true },
      ] as NonNullable<NonNullable<API.Mtermvectors_Request['body']>['docs']>,
    },
  };
}

/**
 * @param texts those of the request
 * @throws KeywordsError when the answer is none, or says that the index could not be asked
 */
export function readTermVectors(body: unknown, texts: readonly string[]): TermVectors {
  const { docs } = parseAnswer(answer, body);
  for (const { error } of docs) {
    if (error) {
      const name = nameOfStatus(/rejected|circuit_breaking/.test(error.type) ? 429 : 500, error.type);
      throw new KeywordsError(name, `OpenSearch gave no term vectors: ${error.type}: ${error.reason}`);
    }
  }
  const [article, counted, indexed] = docs;
  const { terms = {}, field_statistics } = counted.term_vectors?.compounds ?? {};
  const counts = new Map(Object.entries(terms).map(([term, { doc_freq = 0 }]) => [term, doc_freq]));
  const own = new Set(Object.keys(indexed.term_vectors?.compounds?.terms ?? {}));
  const [itself] = Object.values(counted.term_vectors?.articleId?.terms ?? {});
  const revisions = itself?.doc_freq ?? 0;
  return {
    morphemes: toMorphemes(article.term_vectors?.morphemes?.terms ?? {}, texts),
    documents: Math.max(0, (field_statistics?.doc_count ?? 0) - revisions),
    documentFrequency(key) {
      const term = searchKey(key);
      return Math.max(0, (counts.get(term) ?? 0) - (own.has(term) ? revisions : 0));
    },
  };
}

/** Parses what came; whatever else answers on that address is not the OpenSearch that was asked. */
export function parseAnswer<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `answered what it never answers: ${issue?.path.join('.') || 'body'}: ${issue?.message}`;
  throw new KeywordsError('KeywordsUnavailable', `OpenSearch ${message}`, { cause: parsed.error });
}

/** Lucene leaves one character between the values of a field. */
const GAP = 1;

function toMorphemes(
  terms: NonNullable<z.infer<typeof morphemes>['terms']>,
  texts: readonly string[],
): Morpheme[][] {
  const all = Object.entries(terms).flatMap(([kind, { tokens = [] }]) => {
    const [partOfSpeech = '', subdivision = ''] = kind.split('-');
    return tokens.map(({ start_offset: start, end_offset: end }) => ({
      start,
      end,
      partOfSpeech,
      subdivision,
    }));
  });
  all.sort((a, b) => a.start - b.start);
  let next = 0;
  let from = 0;
  return texts.map((text) => {
    const to = from + text.length;
    const first = next;
    while (next < all.length && all[next]!.end <= to) next += 1;
    const own = all.slice(first, next).map(({ start, end, ...kind }) => ({
      ...kind,
      start: start - from,
      end: end - from,
    }));
    from = to + GAP;
    return own;
  });
}

/** A tokenizer that knows the answers already: OpenSearch's morphemes in place of the embedded dictionary's. */
export function knownMorphemes(morphemes: readonly Morpheme[]): JapaneseTokenizer {
  return { tokenize: () => [...morphemes] };
}

/**
 * Articles that the shipped counts are worth. They come from many authors, where a young index has a few who repeat
 * themselves: on 700 articles of 14 authors F1 fell by .011 when a shipped article weighed as much as an indexed one,
 * by .004 at this weight.
 */
const PRIOR_ARTICLES = 10_000;

/**
 * Both counts together: the shipped ones carry a young index and fade as it grows. Given as out of the prior's number of
 * documents, whatever the size of the index, so that an idf stays in the range that the fit has seen.
 */
export function withPrior(
  { documents, documentFrequency }: Pick<TermVectors, 'documents' | 'documentFrequency'>,
  prior: Corpus,
): Corpus {
  const weight = prior.documents / (PRIOR_ARTICLES + documents);
  return {
    documents: prior.documents,
    documentFrequency: (key) =>
      weight * ((PRIOR_ARTICLES / prior.documents) * prior.documentFrequency(key) + documentFrequency(key)),
  };
}
