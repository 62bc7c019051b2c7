import { describe, expect, it } from 'vitest';
import { readTermVectors, withPrior } from '../../../functions/keywords/opensearch/term-vectors.ts';

const texts = ['機械の学習', 'Rust'];

/** An answer as OpenSearch gives it for two texts, with one thing changed. */
const answer = (change: object = {}) => ({
  docs: [
    {
      found: true,
      term_vectors: {
        morphemes: {
          terms: {
            '名詞-一般': {
              tokens: [
                { start_offset: 0, end_offset: 2 },
                { start_offset: 3, end_offset: 5 },
                { start_offset: 6, end_offset: 10 },
              ],
            },
            その他: { tokens: [{ start_offset: 2, end_offset: 3 }] },
          },
        },
      },
    },
    {
      found: true,
      term_vectors: {
        compounds: {
          field_statistics: { doc_count: 12 },
          terms: { 機械: { doc_freq: 5 }, 学習: { doc_freq: 3 }, rust: {} },
        },
        articleId: { terms: { a: { doc_freq: 2 } } },
      },
    },
    { found: true, term_vectors: { compounds: { terms: { 機械: { doc_freq: 5 } } } } },
  ],
  ...change,
});

describe('term vectors', () => {
  it('give the morphemes of each text, at their places in it', () => {
    const { morphemes } = readTermVectors(answer(), texts);
    const words = morphemes.map((own, index) =>
      own.map(({ start, end, partOfSpeech }) => `${texts[index]!.slice(start, end)} ${partOfSpeech}`),
    );
    expect(words).toEqual([['機械 名詞', 'の その他', '学習 名詞'], ['Rust 名詞']]);
  });

  it('count articles without the revisions of the one at hand', () => {
    const { documents, documentFrequency } = readTermVectors(answer(), texts);
    expect(documents).toBe(10);
    expect(['機械', '学習', 'rust', 'unseen'].map(documentFrequency)).toEqual([3, 3, 0, 0]);
  });

  it('of an empty index count nothing', () => {
    const [article] = answer().docs;
    const empty = { docs: [article, { found: true }, { found: false }] };
    const { documents, documentFrequency } = readTermVectors(empty, texts);
    expect([documents, documentFrequency('機械')]).toEqual([0, 0]);
  });

  const broken = (type: string) => ({ docs: [{ error: { type, reason: 'r' } }, {}, {}] });
  it.each([
    ['a missing index', broken('index_not_found_exception'), 'KeywordsIndexMissing'],
    ['a full queue', broken('rejected_execution_exception'), 'KeywordsThrottled'],
    ['full memory', broken('circuit_breaking_exception'), 'KeywordsThrottled'],
    ['a shard that is down', broken('no_shard_available_action_exception'), 'KeywordsUnavailable'],
    ['a page of text', '<html>', 'KeywordsUnavailable'],
    ['nothing', null, 'KeywordsUnavailable'],
    ['another shape', { docs: [] }, 'KeywordsUnavailable'],
  ])('that are %s have a named error', (_, body, name) => {
    expect(() => readTermVectors(body, texts)).toThrow(expect.objectContaining({ name }));
  });
});

describe('counts with a prior', () => {
  const prior = { documents: 1000, documentFrequency: (key: string) => (key === 'rust' ? 100 : 0) };
  const share = (documents: number, frequency: number, key: string) => {
    const both = withPrior({ documents, documentFrequency: () => frequency }, prior);
    return both.documentFrequency(key) / both.documents;
  };

  it.each([
    ['are those of the prior when the index is empty', 0, 0, 0.1],
    ['move slowly while it is young', 100, 100, 0.11],
    ['are halfway at 10,000 articles', 10_000, 5000, 0.3],
    ['are its own when it is large', 10_000_000, 2_000_000, 0.2],
  ])('%s', (_, documents, frequency, expected) => {
    expect(share(documents, frequency, 'rust')).toBeCloseTo(expected, 2);
  });
});
