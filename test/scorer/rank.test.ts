import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../functions/contracts/candidate.ts';
import { DEFAULT_SCORING, rankTags } from '../../functions/scorer/rank.ts';

const candidate = (key: string, frequency: number): Candidate => ({
  key,
  label: key.toUpperCase(),
  known: true,
  frequency,
  evidence: [],
});
const rank = (candidates: Candidate[], semantic: number[] | null, scoring = {}) =>
  rankTags(candidates, semantic, { ...DEFAULT_SCORING, ...scoring }).map(({ key, score }) => [key, score]);

describe('the score', () => {
  it('is 0.7 × semantic + 0.3 × frequency', () => {
    expect(rank([candidate('a', 0.5)], [0.9])).toEqual([['a', 0.78]]);
  });

  it('is the frequency alone without an embedding', () => {
    const [tag] = rankTags([candidate('a', 0.5)], null, DEFAULT_SCORING);
    expect(tag).toMatchObject({ score: 0.5, semantic: null, frequency: 0.5 });
  });

  it('follows the weights it is given', () => {
    expect(rank([candidate('a', 0.5)], [0.9], { weights: { semantic: 0, frequency: 1 } })).toEqual([
      ['a', 0.5],
    ]);
  });
});

describe('what is kept', () => {
  it('is everything from the threshold on', () => {
    const candidates = [candidate('above', 0.31), candidate('at', 0.3), candidate('below', 0.2999)];
    expect(rank(candidates, null)).toEqual([
      ['above', 0.31],
      ['at', 0.3],
    ]);
  });

  it('is at most five, the best first', () => {
    const candidates = [0.4, 0.9, 0.5, 0.8, 0.6, 0.7].map((frequency) =>
      candidate(`f${frequency}`, frequency),
    );
    expect(rank(candidates, null).map(([key]) => key)).toEqual(['f0.9', 'f0.8', 'f0.7', 'f0.6', 'f0.5']);
  });

  it('is nothing when nothing scores', () => {
    expect(rank([candidate('a', 0.1)], [0.1])).toEqual([]);
    expect(rank([], null)).toEqual([]);
  });

  it('is the better of two with one key', () => {
    expect(rank([candidate('a', 0.4), candidate('a', 0.6)], null)).toEqual([['a', 0.6]]);
  });
});

describe('the order of equal scores', () => {
  const tied = [candidate('b', 0.5), candidate('a', 0.5), candidate('c', 0.5)];

  it.each([[tied], [tied.toReversed()]])('is that of the keys, however they came', (candidates) => {
    expect(rank(candidates, null).map(([key]) => key)).toEqual(['a', 'b', 'c']);
  });
});
