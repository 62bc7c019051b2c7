import { describe, expect, it } from 'vitest';
import { assertFits, CUT, type Fit, probability, relevances, toScale } from '../../functions/shared/fit.ts';

describe('probability', () => {
  it.each([
    ['no evidence', { bias: 0, weights: { a: 1 } }, {}, 0.5],
    ['evidence for', { bias: 0, weights: { a: 2 } }, { a: 1 }, 1 / (1 + Math.exp(-2))],
    ['a signal that the fit does not know', { bias: 0, weights: { a: 2 } }, { b: 9 }, 0.5],
  ])('with %s', (_, logistic, features, expected) => {
    expect(probability(logistic, features)).toBeCloseTo(expected, 12);
  });
});

describe('the scale', () => {
  const scale = { floor: 0.1, share: 0.5, power: 1 };

  it.each([
    ['the floor is the cut where nothing is likely', [0.1, 0.05], [0.3, 0.15]],
    ['half of the best is the cut where something is', [0.8, 0.4, 0.2], [0.6, 0.3, 0.15]],
    ['nothing exceeds 1', [0.2, 0.9], [0.2 * (CUT / 0.45), 0.6]],
    ['no candidates give no relevances', [], []],
  ])('%s', (_, probabilities, expected) => {
    const scaled = toScale(probabilities, scale);
    expect(scaled).toHaveLength(expected.length);
    for (const [index, value] of scaled.entries()) expect(value).toBeCloseTo(expected[index]!, 12);
  });

  it.each([0.2, 1, 3])('keeps its cut and its order with power %s', (power) => {
    const [below, at, above] = toScale([0.05, 0.1, 0.15], { floor: 0.1, share: 0, power });
    expect(at).toBeCloseTo(CUT, 12);
    expect(below! < at! && at! < above!).toBe(true);
  });

  it('judges tags of the catalogue and phrases by regressions of their own', () => {
    const part = { known: { bias: 5, weights: {} }, open: { bias: -5, weights: {} }, scale };
    const [known, open] = relevances(
      [
        { known: true, features: {} },
        { known: false, features: {} },
      ],
      part,
    );
    expect(known!).toBeGreaterThan(CUT);
    expect(open!).toBeLessThan(CUT);
  });
});

describe('a fit', () => {
  const fit = { version: 'f', model: { sha256: 'm' }, catalogue: { version: 'ja-1' } } as Fit;

  it.each([
    ['its own model and catalogue', { modelSha256: 'm', catalogue: 'ja-1' }],
    ['its catalogue with tags of a platform', { modelSha256: 'm', catalogue: 'ja-1+0e013e' }],
    ['no model', { catalogue: 'ja-1' }],
  ])('is taken with %s', (_, used) => {
    expect(() => assertFits(fit, used)).not.toThrow();
  });

  it.each([
    ['model', { modelSha256: 'other', catalogue: 'ja-1' }],
    ['catalogue', { modelSha256: 'm', catalogue: 'ja-2' }],
  ])('is refused with another %s', (_, used) => {
    expect(() => assertFits(fit, used)).toThrow(expect.objectContaining({ name: 'FitMismatch' }));
  });
});
