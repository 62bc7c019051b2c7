import type { Measured } from '../measure.ts';

const SUGGESTIONS = 5;

/**
 * What a plain tf-idf would suggest from the same candidates: the five tags of the catalogue with the highest number
 * of mentions × log inverse document frequency, fewer only where fewer are mentioned.
 */
export function suggestByTfIdf(
  candidates: readonly Pick<Measured['candidates'][number], 'key' | 'known' | 'features'>[],
): { key: string; score: number }[] {
  return candidates
    .filter(({ known, features }) => known && (features.tf ?? 0) > 0)
    .map(({ key, features }) => ({ key, score: Math.expm1(features.tf ?? 0) * (features.idf ?? 0) }))
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
    .slice(0, SUGGESTIONS);
}
