import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ranksOf, spearman } from '../../scripts/spearman.ts';

describe('ranksOf', () => {
  it.each([
    ['distinct values', [30, 10, 20], [3, 1, 2]],
    ['equal values, the mean of their ranks', [5, 1, 5, 5], [3, 1, 3, 3]],
    ['all values equal', [2, 2, 2, 2], [2.5, 2.5, 2.5, 2.5]],
    ['nothing', [], []],
  ])('gives %s', (_, values, ranks) => {
    expect(ranksOf(values)).toEqual(ranks);
  });
});

describe('spearman', () => {
  it.each([
    ['the same order, whatever the distances', [1, 2, 3], [10, 11, 500], 1],
    ['the reverse order', [1, 2, 3], [3, 2, -9], -1],
    // 1 - 6 × (0 + 1 + 1 + 0) / (4 × 15), the formula for distinct values.
    ['two neighbours exchanged', [1, 2, 3, 4], [1, 3, 2, 4], 0.8],
    // Ranks 1.5 1.5 3.5 3.5 against 1 2 3 4: 4 / √(4 × 5).
    ['ties', [1, 1, 2, 2], [1, 2, 3, 4], 4 / Math.sqrt(20)],
  ])('is right for %s', (_, a, b, expected) => {
    expect(spearman(a, b)).toBeCloseTo(expected, 12);
  });

  it('does not change when one side is stretched without changing its order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        (a, stream) => {
          const b = a.map(() => stream.next().value);
          const stretched = a.map((value) => value ** 3 + 7);

          expect(spearman(stretched, b)).toEqual(spearman(a, b));
        },
      ),
    );
  });
});
