import { describe, expect, it } from 'vitest';
import { articleFigures, Bands, figuresOf, type Judged, Tally } from '../../scripts/metrics.ts';
import { intervalOfMean } from '../../scripts/resampling.ts';

const judged = (source: string, wanted: string[], suggested: string[]): Judged => ({
  id: `${source}-${suggested.join()}`,
  source,
  lang: 'ja',
  wanted: new Set(wanted),
  suggested: suggested.map((key) => ({ key, score: 0.5 })),
});

describe('figures of an article', () => {
  const discount = (rank: number) => 1 / Math.log2(rank + 1);
  it.each([
    ['all right', [true, true], 2, { precision: 1, recall: 1, f1At5: 1, ndcgAt5: 1, hitRate: 1 }],
    ['none right', [false, false], 2, { precision: 0, recall: 0, f1At5: 0, ndcgAt5: 0, hitRate: 0 }],
    ['none suggested', [], 2, { precision: 0, recall: 0, f1At5: 0, ndcgAt5: 0, hitRate: 0, empty: 1 }],
    [
      'one of three right, of two wanted',
      [false, true, false],
      2,
      {
        precision: 1 / 3,
        recall: 1 / 2,
        f1At5: 2 / 5,
        ndcgAt5: discount(2) / (discount(1) + discount(2)),
        hitRate: 1,
        meanSuggestions: 3,
        empty: 0,
      },
    ],
    [
      'five of seven wanted',
      [true, true, true, true, true],
      7,
      { recall: 5 / 7, f1At5: 10 / 12, ndcgAt5: 1 },
    ],
    ['a sixth suggestion gains no nDCG at 5', [false, false, false, false, false, true], 1, { ndcgAt5: 0 }],
  ])('%s', (_, right, wanted, expected) => {
    const figures = articleFigures(right, wanted);
    for (const [name, value] of Object.entries(expected)) {
      expect(figures[name as keyof typeof figures], name).toBeCloseTo(value, 12);
    }
  });
});

it('takes means over articles, not over authors', () => {
  const figures = figuresOf([
    judged('a', ['x'], ['x']),
    judged('a', ['x'], ['y']),
    judged('a', ['x'], []),
    judged('b', ['x', 'y'], ['x']),
  ]);
  expect(figures).toMatchObject({
    articles: 4,
    precision: 0.5,
    meanSuggestions: 0.75,
    empty: 0.25,
    hitRate: 0.5,
  });
  expect(figures.f1At5).toBeCloseTo((1 + 0 + 0 + 2 / 3) / 4, 12);
});

it('says nothing of no articles', () => {
  expect(figuresOf([])).toMatchObject({ articles: 0, f1At5: 0 });
});

describe('tally', () => {
  const tally = new Tally();
  tally.add('a', articleFigures([true], 1));
  tally.add('a', articleFigures([false], 1));
  tally.add('__proto__', articleFigures([true], 1));

  it('keeps authors apart, whatever they are called', () => {
    const bySource = tally.bySource();
    expect(Object.keys(bySource)).toEqual(['a', '__proto__']);
    expect(bySource.a).toMatchObject({ articles: 2, f1At5: 0.5 });
  });

  it('has an interval around the mean', () => {
    const [low, high] = tally.interval()!;
    expect(low).toBe(0.5);
    expect(high).toBe(1);
  });
});

describe('interval from drawing authors anew', () => {
  const groups = Array.from({ length: 20 }, (_, i) => ({ sum: i % 4, count: 4 }));

  it('repeats with its seed and differs with another', () => {
    expect(intervalOfMean(groups)).toEqual(intervalOfMean(groups));
    expect(intervalOfMean(groups, 2)).not.toEqual(intervalOfMean(groups, 1));
  });

  it('is near the normal approximation', () => {
    // Twenty authors with means 0, .25, .5, .75: standard error = .2795 / √20 = .0625.
    const [low, high] = intervalOfMean(groups)!;
    expect(low).toBeGreaterThan(0.375 - 1.96 * 0.0625 - 0.03);
    expect(low).toBeLessThan(0.375 - 1.96 * 0.0625 + 0.03);
    expect(high).toBeGreaterThan(0.375 + 1.96 * 0.0625 - 0.03);
    expect(high).toBeLessThan(0.375 + 1.96 * 0.0625 + 0.03);
  });

  it('is a point for authors who are all alike', () => {
    expect(
      intervalOfMean([
        { sum: 1, count: 2 },
        { sum: 2, count: 4 },
      ]),
    ).toEqual([0.5, 0.5]);
  });

  it.each([[[]], [[{ sum: 1, count: 2 }]]])('cannot be taken of %j', (few) => {
    expect(intervalOfMean(few)).toBeNull();
  });
});

it('counts suggestions into bands: lower edge in, upper edge out, the last band open', () => {
  const bands = new Bands([0.3, 0.4, 1]);
  for (const [score, right] of [
    [0.29, true],
    [0.3, true],
    [0.39, false],
    [0.4, true],
    [1, true],
    [1.2, false],
  ] as const) {
    bands.add({ score, right });
  }
  expect(bands.bands()).toEqual([
    { from: 0.3, to: 0.4, suggestions: 2, meanScore: expect.closeTo(0.345, 12), precision: 0.5 },
    { from: 0.4, to: 1, suggestions: 3, meanScore: expect.closeTo(2.6 / 3, 12), precision: 2 / 3 },
  ]);
  expect(new Bands([0, 1]).bands()).toEqual([
    { from: 0, to: 1, suggestions: 0, meanScore: null, precision: null },
  ]);
});
