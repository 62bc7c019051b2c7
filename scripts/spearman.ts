/**
 * Spearman's rank correlation: Pearson's correlation of ranks, where equal values share the mean of their ranks.
 *
 * @returns a number in [-1, 1]; NaN when either list has no two different values
 */
export function spearman(a: readonly number[], b: readonly number[]): number {
  return pearson(ranksOf(a), ranksOf(b));
}

/** Ranks from 1; equal values get the mean of the ranks they take up together. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let k = first; k < end; k++) ranks[order[k]!] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanOfA = mean(a);
  const meanOfB = mean(b);
  let products = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - meanOfA;
    const y = b[i]! - meanOfB;
    products += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
  }
  return products / Math.sqrt(squaresOfA * squaresOfB);
}
