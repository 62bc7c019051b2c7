import { describe, expect, it } from 'vitest';
import { assertFits, CUT, type Fit, probability, relevances, toScale } from '../../functions/shared/fit.ts';

describe('probability', () => {
  const never = { bias: -9, weights: {} };
  const scale = { floor: 0.1, share: 0.5, power: 1 };
  const part = { known: { bias: 0, weights: { a: 2 } }, open: never, scale };
  const history = {
    known: { bias: 1, weights: { cold: 1, h: 1 } },
    open: never,
    kept: { bias: 0, weights: { h: 1 } },
    scale,
  };
  const sigmoid = (odds: number) => 1 / (1 + Math.exp(-odds));

  it.each([
    ['no evidence', {}, 0.5],
    ['evidence for', { a: 1 }, sigmoid(2)],
    ['a signal that the fit does not know', { b: 9 }, 0.5],
  ])('with %s', (_, features, expected) => {
    expect(probability({ known: true, features }, part)).toBeCloseTo(expected, 12);
  });

  it.each([
    ['is what it was before for an author without a history', { features: { a: 1 } }, sigmoid(2)],
    ['builds on that for one with a history', { features: { a: 1 }, history: { h: 3 } }, sigmoid(1 + 2 + 3)],
    [
      'goes by the history alone for a tag that is not in the text',
      { features: {}, history: { h: 3 }, inText: false },
      sigmoid(3),
    ],
    ['is 0 for a tag that is neither in the text nor in a history', { features: {}, inText: false }, 0],
  ])('%s', (_, signals, expected) => {
    expect(probability({ known: true, ...signals }, { ...part, history })).toBeCloseTo(expected, 12);
  });

  it('takes no notice of a history that the fit knows nothing of', () => {
    expect(probability({ known: true, features: {}, history: { h: 3 } }, part)).toBe(0.5);
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
