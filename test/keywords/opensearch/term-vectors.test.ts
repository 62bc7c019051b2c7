import { describe, expect, it } from 'vitest';
import { readTermVectors } from '../../../functions/keywords/opensearch/term-vectors.ts';

const texts = ['機械の学習', 'Rust'];

/** An answer as OpenSearch gives it for two texts. */
const answer = {
  docs: [
    {
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
  ],
};

describe('term vectors', () => {
  it('give the morphemes of each text, at their places in it', () => {
    const words = readTermVectors(answer, texts).map((own, index) =>
      own.map(({ start, end, partOfSpeech }) => `${texts[index]!.slice(start, end)} ${partOfSpeech}`),
    );
    expect(words).toEqual([['機械 名詞', 'の その他', '学習 名詞'], ['Rust 名詞']]);
  });

  const broken = (type: string) => ({ docs: [{ error: { type, reason: 'r' } }] });
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
