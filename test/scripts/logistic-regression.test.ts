import { describe, expect, it } from 'vitest';
import { logOdds } from '../../functions/shared/fit.ts';
import { fitLogistic } from '../../scripts/logistic-regression.ts';

/** Rows of a feature with a known share of wanted ones at each value. */
const rows = (value: number, wanted: number, total: number) =>
  Array.from({ length: total }, (_, index) => ({
    features: { x: value, constant: 7 },
    wanted: index < wanted,
  }));

describe('logistic regression', () => {
  it('finds the log odds of two groups when nothing is penalised', () => {
    const fit = fitLogistic([...rows(0, 20, 100), ...rows(1, 80, 100)], 1e-9);
    expect(fit.bias + fit.weights.constant! * 7).toBeCloseTo(Math.log(0.2 / 0.8), 4);
    expect(fit.weights.x).toBeCloseTo(2 * Math.log(0.8 / 0.2), 4);
  });

  it('shrinks weights with the penalty, and keeps the mean', () => {
    const examples = [...rows(0, 20, 100), ...rows(1, 80, 100)];
    const [free, bound] = [fitLogistic(examples, 1e-9), fitLogistic(examples, 1000)];
    expect(Math.abs(bound.weights.x!)).toBeLessThan(Math.abs(free.weights.x!) / 2);
    const mean =
      examples.reduce((sum, { features }) => sum + 1 / (1 + Math.exp(-logOdds(bound, features))), 0) /
      examples.length;
    expect(mean).toBeCloseTo(0.5, 4);
  });

  it('gives no weight to what never varies', () => {
    expect(fitLogistic([...rows(0, 1, 10), ...rows(1, 9, 10)]).weights.constant).toBe(0);
  });

  it('stays finite where a feature separates perfectly, and where there is nothing to learn', () => {
    expect(
      Object.values(fitLogistic([...rows(0, 0, 50), ...rows(1, 50, 50)]).weights).every(Number.isFinite),
    ).toBe(true);
    expect(fitLogistic([])).toEqual({ bias: 0, weights: {} });
  });
});
