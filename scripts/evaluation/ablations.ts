import type { Scoring } from '../../functions/scorer/rank.ts';
import type { Features, Fit } from '../../functions/shared/fit.ts';
import { usageFeatures } from '../../functions/shared/usage.ts';
import { leaveOneSourceOut } from '../cross-validate.ts';
import { judge, type Measured } from '../measure.ts';
import { articleFigures, rightOf } from '../metrics.ts';
import { type Interval, intervalOfMean } from '../resampling.ts';

/** What F1 is when something is left out or replaced, each author judged by a fit of all the others. */
export interface Ablation {
  name: string;
  f1At5: number;
  /** F1 of this less F1 of the whole product, on the same articles. */
  difference: number;
  /** Of the difference, from drawing authors anew. */
  interval: Interval;
}

/** F1 of each article, in their order. */
export type ScoresOfArticles = Float64Array;

/** Judges articles by fits that have seen none of their author, at other weights than those in use if so told. */
export function scoresWithFits(
  measured: readonly Measured[],
  fitOf: (source: string) => Fit,
  scoring: Scoring,
): ScoresOfArticles {
  return Float64Array.from(measured, (one) => {
    const judged = judge(one, fitOf(one.source), scoring);
    return articleFigures(rightOf(judged), one.wanted.size).f1At5;
  });
}

/** Fits anew with each source left out, and judges its articles. */
export function scoresRefitted(
  measured: readonly Measured[],
  belongsTo: Pick<Fit, 'model' | 'catalogue'>,
  scoring: Scoring,
): ScoresOfArticles {
  const fits = new Map(
    [...leaveOneSourceOut(measured, belongsTo)].map(({ source, fit }) => [source, fit] as const),
  );
  return scoresWithFits(measured, (source) => fits.get(source)!, scoring);
}

/** Holds an ablation's articles against the whole product's, author by author. */
export function compareScores(
  name: string,
  sources: readonly string[],
  { whole, ablated }: { whole: ScoresOfArticles; ablated: ScoresOfArticles },
): Ablation {
  const bySource = Map.groupBy(sources.keys(), (index) => sources[index]!);
  const groups = [...bySource.values()].map((own) => ({
    sum: own.reduce((sum, index) => sum + ablated[index]! - whole[index]!, 0),
    count: own.length,
  }));
  return {
    name,
    f1At5: mean(ablated),
    difference: mean(ablated) - mean(whole),
    interval: intervalOfMean(groups),
  };
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const PRIOR_FEATURES = Object.keys(
  usageFeatures({ authors: 0, articles: 0, mentions: 0, taggedWhenMentioned: 0 }),
);

/** The same candidates without what the catalogue's counts say of a tag, and of a tag in the title. */
export function withoutPriors(measured: Measured): Measured {
  const strip = (features: Features): Features =>
    Object.fromEntries(
      Object.entries(features).filter(([name]) => !PRIOR_FEATURES.some((prior) => name.startsWith(prior))),
    );
  return {
    ...measured,
    candidates: measured.candidates.map((candidate) => ({
      ...candidate,
      features: strip(candidate.features),
      semantic: { ...candidate.semantic, features: strip(candidate.semantic.features) },
    })),
  };
}
