import type { Features, Logistic } from '../functions/shared/fit.ts';

/** One candidate with the truth about it. */
export interface Example {
  features: Features;
  /** Whether the author gave the tag. */
  wanted: boolean;
}

const STEPS = 30;
const TOLERANCE = 1e-8;

/**
 * Fits a logistic regression with an L2 penalty by Newton's method (iteratively reweighted least squares).
 *
 * Features are standardised while fitting, so that one penalty suits them all; the result takes them as they are.
 *
 * @param penalty of the squared standardised weights; the bias is free
 */
export function fitLogistic(examples: readonly Example[], penalty = 10): Logistic {
  const names = [...new Set(examples.flatMap(({ features }) => Object.keys(features)))].sort();
  const { means, deviations } = moments(examples, names);
  const width = names.length + 1;
  const rows = examples.map(({ features }) =>
    Float64Array.from([1, ...names.map((name, i) => ((features[name] ?? 0) - means[i]!) / deviations[i]!)]),
  );
  const weights = new Float64Array(width);
  for (let step = 0; step < STEPS; step += 1) {
    const gradient = new Float64Array(width);
    const hessian = Array.from({ length: width }, () => new Float64Array(width));
    rows.forEach((row, index) => {
      const p = 1 / (1 + Math.exp(-dot(row, weights)));
      const residual = (examples[index]!.wanted ? 1 : 0) - p;
      const curvature = p * (1 - p);
      for (let i = 0; i < width; i += 1) {
        gradient[i]! += residual * row[i]!;
        const scaled = curvature * row[i]!;
        for (let j = 0; j <= i; j += 1) hessian[i]![j]! += scaled * row[j]!;
      }
    });
    for (let i = 1; i < width; i += 1) {
      gradient[i]! -= penalty * weights[i]!;
      hessian[i]![i]! += penalty;
    }
    const change = solveSymmetric(hessian, gradient);
    for (let i = 0; i < width; i += 1) weights[i]! += change[i]!;
    if (Math.max(...change.map(Math.abs)) < TOLERANCE) break;
  }
  const perUnit = names.map((_, i) => weights[i + 1]! / deviations[i]!);
  return {
    bias: round(weights[0]! - perUnit.reduce((sum, weight, i) => sum + weight * means[i]!, 0)),
    weights: Object.fromEntries(names.map((name, i) => [name, round(perUnit[i]!)])),
  };
}

function moments(examples: readonly Example[], names: string[]): { means: number[]; deviations: number[] } {
  const count = Math.max(1, examples.length);
  const means = names.map(
    (name) => examples.reduce((sum, { features }) => sum + (features[name] ?? 0), 0) / count,
  );
  const deviations = names.map((name, i) => {
    const squares = examples.reduce((sum, { features }) => sum + ((features[name] ?? 0) - means[i]!) ** 2, 0);
    return Math.sqrt(squares / count) || 1;
  });
  return { means, deviations };
}

/** Solves A x = b for a positive definite A of which the lower triangle is given (Cholesky). */
export function solveSymmetric(a: Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k += 1) sum -= a[i]![k]! * a[j]![k]!;
      a[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j]![j]!;
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) x[i]! -= a[i]![k]! * x[k]!;
    x[i]! /= a[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) x[i]! -= a[k]![i]! * x[k]!;
    x[i]! /= a[i]![i]!;
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

/** Six significant digits: far below any figure, and a readable file. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
