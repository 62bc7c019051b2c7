import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Trie } from '../../functions/embedding/trie.ts';
import { Unigram } from '../../functions/embedding/unigram.ts';
import type { Vocabulary } from '../../functions/embedding/vocabulary.ts';

function vocabularyOf(tokens: readonly (readonly [string, number])[]): Vocabulary {
  const trie = new Trie();
  tokens.forEach(([token], i) => {
    trie.add(i + 1, token);
  });
  const scores = Float64Array.of(0, ...tokens.map(([, score]) => score));
  return { trie, scores, leastScore: Math.min(...scores), unknownId: 0 };
}

describe('Unigram', () => {
  it.each([
    ['nothing', [['a', -1]], '', []],
    [
      'the likelier of two ways',
      [
        ['a', -1],
        ['b', -1],
        ['ab', -1.5],
      ],
      'ab',
      [3],
    ],
    [
      'two tokens that are likelier than one',
      [
        ['a', -1],
        ['b', -1],
        ['ab', -2.5],
      ],
      'ab',
      [1, 2],
    ],
    // a|bc and ab|c sum to the same; a later path has to be strictly better, and ab|c reaches the end later.
    [
      'the earlier path on a tie',
      [
        ['a', -2],
        ['bc', -3],
        ['ab', -3],
        ['c', -2],
      ],
      'abc',
      [1, 2],
    ],
    ['a character without a token', [['a', -1]], 'axa', [1, 0, 1]],
    ['neighbouring unknown characters as one', [['a', -1]], 'xxaxyz', [0, 1, 0]],
    [
      'a known token where an unknown character lies inside it',
      [
        ['axa', -30],
        ['a', -1],
      ],
      'axa',
      [1],
    ],
    [
      'a character outside the basic plane as one',
      [
        ['𠮷', -1],
        ['野', -1],
      ],
      '𠮷野𠮷',
      [1, 2, 1],
    ],
    ['an unknown character outside the basic plane', [['野', -1]], '𠮷野', [0, 1]],
  ] as [string, [string, number][], string, number[]][])('finds %s', (_, tokens, piece, ids) => {
    expect(new Unigram(vocabularyOf(tokens)).encode(piece)).toEqual(ids);
  });

  it('finds the best of all ways to cut a short piece', () => {
    const token = fc.tuple(
      fc.string({ unit: fc.constantFrom('a', 'b', 'か'), minLength: 1, maxLength: 3 }),
      fc.integer({ min: -12, max: -1 }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(token, { selector: ([text]) => text, minLength: 1, maxLength: 12 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'か'), minLength: 1, maxLength: 7 }),
        (tokens, piece) => {
          const unknownScore = Math.min(0, ...tokens.map(([, score]) => score)) - 10;
          const best = bestSum(piece, new Map(tokens), unknownScore);

          const ids = new Unigram(vocabularyOf(tokens)).encode(piece);

          // An unknown run counts for as many characters as the known tokens leave over.
          const known = ids.filter((id) => id !== 0).map((id) => tokens[id - 1]!);
          const left = piece.length - known.reduce((sum, [text]) => sum + text.length, 0);
          expect(known.reduce((sum, [, score]) => sum + score, 0) + left * unknownScore).toBe(best);
        },
      ),
    );
  });

  it('follows the trie no further than the longest token from any character', () => {
    const vocabulary = vocabularyOf([
      ['あ', -3],
      ['ああ', -4],
      ['ああああ', -5],
    ]);
    let steps = 0;
    const counting = {
      child: (node: number, unit: number) => {
        steps++;
        return vocabulary.trie.child(node, unit);
      },
      value: (node: number) => vocabulary.trie.value(node),
    } as Trie;

    new Unigram({ ...vocabulary, trie: counting }).encode('あ'.repeat(20_000));

    expect(steps).toBeLessThanOrEqual(20_000 * 5);
  });
});

function bestSum(piece: string, tokens: ReadonlyMap<string, number>, unknownScore: number): number {
  if (piece === '') return 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let end = 1; end <= piece.length; end++) {
    const score = tokens.get(piece.slice(0, end)) ?? (end === 1 ? unknownScore : Number.NEGATIVE_INFINITY);
    best = Math.max(best, score + bestSum(piece.slice(end), tokens, unknownScore));
  }
  return best;
}
