import { MAX_CANDIDATES } from '../../functions/contracts/limits.ts';
import type { Scoring } from '../../functions/scorer/rank.ts';
import type { Fit } from '../../functions/shared/fit.ts';
import { judge, type Measured, type MeasuredCandidate } from '../measure.ts';
import { articleFigures, rightOf } from '../metrics.ts';
import { suggestByTfIdf } from './baseline.ts';

/** Weights of semantic that the grid tries; frequency has the rest. */
export const GRID_WEIGHTS = Array.from({ length: 11 }, (_, i) => i / 10);

/** A suggestion, and whether the author gave the tag. */
export interface Scored {
  score: number;
  right: boolean;
}

/** A suggestion with the two parts of its score. */
export interface SuggestedMiss extends Scored {
  key: string;
  label: string;
  semantic: number;
  frequency: number;
  /** On how many of how many earlier articles the author kept it; null where none, or no history, is known. */
  kept: { articles: number; of: number } | null;
}

/** Why an author's tag was suggested, or why not. */
export type Fate =
  | 'suggested'
  | 'crowded out'
  | 'below the cut'
  | 'outside the hundred best'
  | 'no candidate';

/** What went wrong with an article, before its text is looked at again. */
export interface Miss {
  index: number;
  id: string;
  source: string;
  /** F1 that the best choice among the candidates would have had, less the F1 it got. */
  regret: number;
  f1: number;
  wanted: { key: string; fate: Fate; score: number | null }[];
  suggested: SuggestedMiss[];
}

/** All that an evaluation keeps of an article: small, so that many rows need little memory. */
export interface Outcome {
  source: string;
  lang: string;
  wanted: number;
  /** Earlier articles that its author had tagged. */
  earlier: number;
  suggested: Scored[];
  /** The best `limit` at the weights in use, whatever their score. */
  uncut: Scored[];
  /** The same at each of {@link GRID_WEIGHTS}. */
  grid: Scored[][];
  /** Whether each suggestion of the baseline is right. */
  baseline: boolean[];
  miss: Miss;
}

/** Judges a measured article by a fit, at the scoring in use and over the grid. */
export function outcomeOf(measured: Measured, index: number, fit: Fit, scoring: Scoring): Outcome {
  const { source, lang, wanted } = measured;
  const { limit } = scoring;
  const everyScore = (semantic: number) =>
    scoresOf(measured, fit, {
      weights: { semantic, frequency: 1 - semantic },
      threshold: 0,
      limit: MAX_CANDIDATES,
    });
  const byWeight = GRID_WEIGHTS.map(everyScore);
  const inUse = scoresOf(measured, fit, { ...scoring, threshold: 0, limit: MAX_CANDIDATES });
  const suggested = scoresOf(measured, fit, scoring);
  const best = (scores: Scores): Scored[] =>
    [...scores].slice(0, limit).map(([key, score]) => ({ score, right: wanted.has(key) }));
  return {
    source,
    lang,
    wanted: wanted.size,
    earlier: measured.earlier,
    suggested: best(suggested),
    uncut: best(inUse),
    grid: byWeight.map(best),
    baseline: rightOf({ wanted, suggested: suggestByTfIdf(measured.candidates) }),
    miss: missOf(measured, index, {
      suggested,
      inUse,
      semantic: byWeight.at(-1)!,
      frequency: byWeight[0]!,
      scoring,
    }),
  };
}

/** Scores by key, best first. */
type Scores = Map<string, number>;

function scoresOf(measured: Measured, fit: Fit, scoring: Scoring): Scores {
  return new Map(judge(measured, fit, scoring).suggested.map(({ key, score }) => [key, score]));
}

function missOf(
  { id, source, wanted, earlier, candidates }: Measured,
  index: number,
  scores: { suggested: Scores; inUse: Scores; semantic: Scores; frequency: Scores; scoring: Scoring },
): Miss {
  const { suggested, inUse, scoring } = scores;
  const found = new Map(candidates.map((candidate) => [candidate.key, candidate]));
  const fateOf = (key: string): Fate => {
    if (suggested.has(key)) return 'suggested';
    const score = inUse.get(key);
    if (score !== undefined) return score >= scoring.threshold ? 'crowded out' : 'below the cut';
    return found.has(key) ? 'outside the hundred best' : 'no candidate';
  };
  const findable = Math.min(scoring.limit, [...wanted].filter((key) => found.has(key)).length);
  const { f1At5: f1 } = articleFigures(
    [...suggested.keys()].map((key) => wanted.has(key)),
    wanted.size,
  );
  return {
    index,
    id,
    source,
    regret: (findable === 0 ? 0 : (2 * findable) / (findable + wanted.size)) - f1,
    f1,
    wanted: [...wanted].map((key) => ({ key, fate: fateOf(key), score: inUse.get(key) ?? null })),
    suggested: [...suggested].map(([key, score]) => ({
      key,
      label: found.get(key)?.label ?? key,
      score,
      semantic: scores.semantic.get(key) ?? 0,
      frequency: scores.frequency.get(key) ?? 0,
      right: wanted.has(key),
      kept: keptOf(found.get(key), earlier),
    })),
  };
}

function keptOf(candidate: MeasuredCandidate | undefined, of: number): SuggestedMiss['kept'] {
  return candidate?.kept ? { articles: candidate.kept.articles, of } : null;
}
