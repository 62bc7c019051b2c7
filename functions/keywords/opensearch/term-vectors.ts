import type { API } from '@opensearch-project/opensearch';
import * as z from 'zod';
import type { JapaneseTokenizer, Morpheme } from '../japanese-tokenizer.ts';
import { documentError, parseAnswer, throwDocumentErrors } from './answer.ts';

const offsets = z.object({ start_offset: z.int(), end_offset: z.int() });
const morphemes = z.object({
  terms: z.record(z.string(), z.object({ tokens: z.array(offsets).optional() })).optional(),
});
const vectors = z.object({
  error: documentError.optional(),
  term_vectors: z.object({ morphemes: morphemes.optional() }).optional(),
});
const answer = z.object({ docs: z.tuple([vectors]) });

/** The request for the morphemes of an article that need not be indexed. */
export function termVectorsRequest(index: string, texts: readonly string[]): API.Mtermvectors_Request {
  const nothing = { positions: false, term_statistics: false, field_statistics: false };
  return {
    // In the path, where an access policy sees it.
    index,
    filter_path: [
      'docs.found',
      'docs.error.type',
      'docs.error.reason',
      'docs.term_vectors.morphemes.terms.*.tokens',
    ],
    body: {
      // The client's types ask for an _id, which an artificial document does not have.
      docs: [{ ...nothing, doc: { morphemes: texts }, fields: ['morphemes'], offsets: true }] as object[],
    } as object,
  };
}

/**
 * The morphemes of each text, in order.
 *
 * @param texts those of the request
 * @throws KeywordsError when the answer is none, or says that the index could not be asked
 */
export function readTermVectors(body: unknown, texts: readonly string[]): Morpheme[][] {
  const { docs } = parseAnswer(answer, body);
  throwDocumentErrors(docs);
  return toMorphemes(docs[0].term_vectors?.morphemes?.terms ?? {}, texts);
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
