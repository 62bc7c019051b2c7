import { describe, expect, it } from 'vitest';
import { DEFAULT_SCORING } from '../../../functions/scorer/rank.ts';
import type { Fit } from '../../../functions/shared/fit.ts';
import { suggestByTfIdf } from '../../../scripts/evaluation/baseline.ts';
import { explainMiss } from '../../../scripts/evaluation/explanation.ts';
import { outcomeOf } from '../../../scripts/evaluation/outcome.ts';
import { measuredArticle } from './made.ts';

const logistic = { bias: 0, weights: { signal: 1 } };
/** Probabilities are their own relevances: the cut of a signal lies at log(.3/.7) = −.85. */
const part = { known: logistic, open: logistic, scale: { floor: 0.3, share: 0, power: 1 } };
const fit: Fit = {
  version: 'test',
  model: { sha256: '' },
  catalogue: { version: '' },
  languages: { ja: { frequency: part, semantic: part } },
};

describe('outcome', () => {
  const measured = measuredArticle({
    wanted: ['x', 'y', 'z'],
    candidates: [
      { key: 'x', frequency: 0, semantic: 0 },
      { key: 'w', frequency: 2, semantic: -4 },
      { key: 'y', frequency: -4, semantic: -4 },
    ],
  });
  const { suggested, uncut, grid, miss, wanted } = outcomeOf(measured, 7, fit, DEFAULT_SCORING);

  it('keeps what reaches the cut, and what would without one', () => {
    expect(wanted).toBe(3);
    expect(suggested).toEqual([{ score: 0.5, right: true }]);
    expect(uncut.map(({ right }) => right)).toEqual([true, false, true]);
  });

  it('fuses the parts anew at each weight', () => {
    const scores = (semantic: number) => grid[semantic * 10]!.map(({ score }) => score);
    expect(scores(0)).toEqual([0.8808, 0.5, 0.018]);
    expect(scores(1)).toEqual([0.5, 0.018, 0.018]);
    expect(scores(0.5)[1]).toBeCloseTo((0.8808 + 0.018) / 2, 3);
  });

  it('says what became of each wanted tag, and how much better a choice there was', () => {
    expect(miss.wanted).toEqual([
      { key: 'x', fate: 'suggested', score: 0.5 },
      { key: 'y', fate: 'below the cut', score: 0.018 },
      { key: 'z', fate: 'no candidate', score: null },
    ]);
    expect(miss.f1).toBeCloseTo(2 / 4, 12);
    expect(miss.regret).toBeCloseTo(4 / 5 - 2 / 4, 12);
    expect(miss.suggested).toEqual([
      { key: 'x', label: 'X', score: 0.5, semantic: 0.5, frequency: 0.5, right: true, kept: null },
    ]);
  });

  it('tells a tag that was crowded out from one below the cut', () => {
    const crowded = measuredArticle({
      wanted: ['f'],
      candidates: ['a', 'b', 'c', 'd', 'e', 'f'].map((key, i) => ({
        key,
        frequency: 3 - i / 9,
        semantic: 1,
      })),
    });
    const { miss: missed } = outcomeOf(crowded, 0, fit, DEFAULT_SCORING);
    expect(missed.wanted[0]).toMatchObject({ key: 'f', fate: 'crowded out', score: expect.closeTo(0.79, 2) });
  });

  it('is explained by a second look at the text', () => {
    const evidence = { where: 'title', spelling: 'X', snippet: 'X' } as const;
    const explained = explainMiss(miss, {
      title: '題',
      spellings: new Map([
        ['x', 'X'],
        ['y', 'Y!'],
        ['z', 'Ｚ'],
      ]),
      inText: ['x', 'z'],
      evidence: new Map([['x', evidence]]),
    });
    expect(explained.title).toBe('題');
    expect(explained.wanted.map(({ tag, why }) => [tag, why])).toEqual([
      ['X', 'suggested'],
      ['Y!', 'below the cut'],
      ['Ｚ', 'in the text, but no candidate'],
    ]);
    expect(explained.suggested[0]!.evidence).toEqual(evidence);
    const unseen = explainMiss(miss, { title: '題', spellings: new Map(), inText: [], evidence: new Map() });
    expect(unseen.wanted[2]).toEqual({ tag: 'z', why: 'not in the text', score: null });
    expect(unseen.suggested[0]!.evidence).toBeNull();
  });
});

it('suggests as baseline the five known tags with the most mentions × idf', () => {
  const candidate = (key: string, mentions: number, idf: number, known = true) => ({
    key,
    known,
    features: { tf: Math.log1p(mentions), idf },
  });
  const suggested = suggestByTfIdf([
    candidate('phrase', 50, 5, false),
    candidate('absent', 0, 9),
    ...['e', 'd', 'c', 'b'].map((key, i) => candidate(key, i + 1, 1)),
    candidate('rare', 2, 4),
    candidate('common', 9, 0.1),
  ]);
  expect(suggested.map(({ key }) => key)).toEqual(['rare', 'b', 'c', 'd', 'e']);
  expect(suggested[0]!.score).toBeCloseTo(8, 9);
});
