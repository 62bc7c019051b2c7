/**
 * The value below which a share of the values lies (nearest rank).
 *
 * @param values at least one number, in any order
 * @param share between 0 and 1, for example 0.95
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
