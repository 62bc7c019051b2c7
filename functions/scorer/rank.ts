import type { Candidate } from '../contracts/candidate.ts';
import type { SuggestedTag } from '../contracts/tags-suggested.ts';

/** How suggestions are made from the two relevances. */
export interface Scoring {
  weights: { semantic: number; frequency: number };
  /** Kept at this score and above. */
  threshold: number;
  /** At most so many tags. */
  limit: number;
}

export const DEFAULT_SCORING: Scoring = {
  weights: { semantic: 0.7, frequency: 0.3 },
  threshold: 0.3,
  limit: 5,
};

/**
 * Fuses, filters and ranks.
 *
 * score = weights.semantic × semantic + weights.frequency × frequency; without semantic the frequency alone, which
 * lies on the same scale. Ties keep the better frequency, then the key's order, so that equal input gives equal output.
 *
 * @param semantic relevance of each candidate, in their order; null when there is no embedding
 */
export function rankTags(
  candidates: readonly Candidate[],
  semantic: readonly number[] | null,
  { weights, threshold, limit }: Scoring,
): SuggestedTag[] {
  const tags = candidates.map(({ key, label, frequency, evidence }, index): SuggestedTag => {
    const relevance = semantic?.[index] ?? null;
    const score =
      relevance === null ? frequency : weights.semantic * relevance + weights.frequency * frequency;
    return {
      key,
      label,
      score: round(score),
      semantic: relevance === null ? null : round(relevance),
      frequency: round(frequency),
      evidence,
    };
  });
  return withoutTwins(tags.filter(({ score }) => score >= threshold).sort(byScore)).slice(0, limit);
}

function byScore(a: SuggestedTag, b: SuggestedTag): number {
  return b.score - a.score || b.frequency - a.frequency || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Keeps the better of two tags with one key. */
function withoutTwins(tags: SuggestedTag[]): SuggestedTag[] {
  const keys = new Set<string>();
  return tags.filter(({ key }) => !keys.has(key) && keys.add(key));
}

/** Four digits: enough to rank by, the same on every machine. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
