import { describe, expect, it } from 'vitest';
import { DEFAULT_SCORING } from '../../../functions/scorer/rank.ts';
import { InstructiveMisses } from '../../../scripts/evaluation/misses.ts';
import { Summariser } from '../../../scripts/evaluation/summary.ts';
import { outcome } from './made.ts';

describe('summary', () => {
  const summariser = new Summariser(DEFAULT_SCORING);
  // Of the first author's article the second suggestion is wrong: a higher cut would be better.
  const right = { score: 0.6, right: true };
  const wrong = { score: 0.45, right: false };
  summariser.add(outcome({ source: 'a', uncut: [right, wrong] }));
  summariser.add(outcome({ source: 'a', uncut: [{ score: 0.2, right: true }] }));
  summariser.add(
    outcome({ source: 'b', lang: 'en', uncut: [right], grid: Array.from({ length: 11 }, () => [right]) }),
  );
  const summary = summariser.summary();

  it('has the figures of the scoring in use, by language and by source', () => {
    expect(summary).toMatchObject({ articles: 3, empty: 1 / 3, meanSuggestions: 1 });
    expect(summary.f1At5).toBeCloseTo((2 / 3 + 0 + 1) / 3, 12);
    expect(summary.byLanguage.en).toMatchObject({
      articles: 1,
      f1At5: 1,
      interval: null,
      baseline: { f1At5: 1 },
    });
    expect(summary.bySource.a).toMatchObject({ articles: 2, f1At5: expect.closeTo(1 / 3, 12) });
  });

  it('finds the figures at other cuts', () => {
    const at = (threshold: number) => summary.thresholds.find((point) => point.threshold === threshold)!;
    expect(at(0.2).f1At5).toBeCloseTo((2 / 3 + 1 + 1) / 3, 12);
    expect(at(0.5).f1At5).toBeCloseTo((1 + 0 + 1) / 3, 12);
    expect(at(0.9)).toMatchObject({ f1At5: 0, empty: 1 });
  });

  it('names the best point of the grid and its difference from what is in use', () => {
    expect(summary.grid.points).toHaveLength(11 * 6);
    expect(summary.grid.best).toMatchObject({
      threshold: 0.1,
      f1At5: expect.closeTo((2 / 3 + 1 + 1) / 3, 12),
    });
    expect(summary.grid.difference.f1At5).toBeCloseTo(1 / 3, 12);
    expect(summary.grid.difference.interval).toEqual([0, expect.closeTo(0.5, 12)]);
  });

  it('counts by score what was suggested, and for calibration what was not as well', () => {
    const filled = (bands: typeof summary.bands) =>
      bands
        .filter(({ suggestions }) => suggestions > 0)
        .map(({ from, suggestions, precision }) => [from, suggestions, precision]);
    expect(filled(summary.bands)).toEqual([
      [0.4, 1, 0],
      [0.6, 2, 1],
    ]);
    expect(filled(summary.calibration)).toEqual([
      [0.2, 1, 1],
      [0.45, 1, 0],
      [0.6, 2, 1],
    ]);
  });
});

describe('most instructive misses', () => {
  const regrets = Array.from({ length: 300 }, (_, index) => ({
    index,
    source: index % 3 === 0 ? 'loud' : `quiet ${index % 10}`,
    regret: ((index * 37) % 101) / 101,
  }));
  const listOf = (order: typeof regrets) => {
    const misses = new InstructiveMisses();
    for (const one of order) misses.add(outcome({ uncut: [], ...one }).miss);
    return misses.list();
  };

  it('are fifty, the worst first, at most ten of a source, whatever the order they came in', () => {
    const list = listOf(regrets);
    expect(list).toHaveLength(50);
    expect(list.map(({ regret }) => regret)).toEqual(list.map(({ regret }) => regret).sort((a, b) => b - a));
    expect(list.filter(({ source }) => source === 'loud')).toHaveLength(10);
    expect(listOf(regrets.toReversed())).toEqual(list);
  });

  it('are none where nothing better could be chosen', () => {
    expect(listOf(regrets.map((one) => ({ ...one, regret: 0 })))).toEqual([]);
  });
});
