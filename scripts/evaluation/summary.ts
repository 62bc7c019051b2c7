import type { Scoring } from '../../functions/scorer/rank.ts';
import { articleFigures, type Band, Bands, type Figures, Tally } from '../metrics.ts';
import { type Interval, intervalOfMean } from '../resampling.ts';
import { InstructiveMisses } from './misses.ts';
import { GRID_WEIGHTS, type Miss, type Outcome, type Scored } from './outcome.ts';

/** Thresholds of the grid over weights. */
export const GRID_THRESHOLDS = Array.from({ length: 6 }, (_, i) => (i + 1) / 10);
/** Thresholds of the curve at the weights in use. */
const CURVE_THRESHOLDS = Array.from({ length: 18 }, (_, i) => (i + 1) / 20);
const BAND_EDGES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1];
const CALIBRATION_EDGES = Array.from({ length: 21 }, (_, i) => i / 20);

export type Intervals = Record<
  'precision' | 'recall' | 'f1At5' | 'ndcgAt5' | 'hitRate' | 'meanSuggestions' | 'empty',
  Interval
>;

export interface GridPoint {
  /** Weight of semantic; frequency has the rest. */
  semantic: number;
  threshold: number;
  f1At5: number;
}

/** Figures of articles by how many earlier ones their author had tagged. */
export interface Stage extends Figures {
  from: number;
  /** Inclusive; null for no bound. */
  to: number | null;
  f1At5ByAuthor: number;
}

/** Earlier articles at which a stage of {@link Summary.byEarlier} begins. */
const STAGES = [0, 1, 5, 15, 50];

/** All figures of an evaluation. */
export interface Summary extends Figures {
  /** Of F1, from drawing authors anew. */
  interval: Interval;
  /** F1 of each author's articles, averaged over authors. */
  f1At5ByAuthor: number;
  /** The learning curve: a single stage where no history is known. */
  byEarlier: Stage[];
  intervals: Intervals;
  bands: Band[];
  /** The best `limit` of each article whatever their score, in finer bands. */
  calibration: Band[];
  byLanguage: Record<string, Figures & { interval: Interval; baseline: Figures & { interval: Interval } }>;
  bySource: Record<string, Figures>;
  thresholds: ({ threshold: number } & Figures)[];
  grid: {
    points: GridPoint[];
    best: GridPoint;
    /** F1 of the best point less F1 of the scoring in use. */
    difference: { f1At5: number; interval: Interval };
  };
}

/** Adds up the outcomes of articles as they come: keeps sums for each author, and the most instructive misses. */
export class Summariser {
  readonly #scoring: Scoring;
  readonly #all = new Tally();
  readonly #byLanguage = new Map<string, { product: Tally; baseline: Tally }>();
  readonly #stages = STAGES.map(() => new Tally());
  readonly #bands = new Bands(BAND_EDGES);
  readonly #calibration = new Bands(CALIBRATION_EDGES);
  readonly #curve = CURVE_THRESHOLDS.map((threshold) => ({ threshold, tally: new Tally() }));
  readonly #grid = new GridSums();
  readonly #misses = new InstructiveMisses();

  constructor(scoring: Scoring) {
    this.#scoring = scoring;
  }

  add({ source, lang, wanted, earlier, suggested, uncut, grid, baseline, miss }: Outcome): void {
    const figures = articleFigures(
      suggested.map(({ right }) => right),
      wanted,
    );
    this.#all.add(source, figures);
    this.#stages[STAGES.findLastIndex((from) => earlier >= from)]!.add(source, figures);
    const ofLanguage = this.#byLanguage.get(lang) ?? { product: new Tally(), baseline: new Tally() };
    this.#byLanguage.set(lang, ofLanguage);
    ofLanguage.product.add(source, figures);
    ofLanguage.baseline.add(source, articleFigures(baseline, wanted));
    for (const one of suggested) this.#bands.add(one);
    for (const one of uncut) this.#calibration.add(one);
    // The curve asks for no interval, so one sum for all authors is enough.
    for (const { threshold, tally } of this.#curve)
      tally.add('', articleFigures(cut(uncut, threshold), wanted));
    this.#grid.add(source, grid, wanted, figures.f1At5);
    this.#misses.add(miss);
  }

  get misses(): readonly Miss[] {
    return this.#misses.list();
  }

  summary(): Summary {
    const interval = (name: keyof Intervals) => this.#all.interval(name);
    return {
      ...this.#all.figures(),
      interval: interval('f1At5'),
      f1At5ByAuthor: byAuthor(this.#all),
      byEarlier: this.#stages.flatMap(stageOf),
      intervals: {
        precision: interval('precision'),
        recall: interval('recall'),
        f1At5: interval('f1At5'),
        ndcgAt5: interval('ndcgAt5'),
        hitRate: interval('hitRate'),
        meanSuggestions: interval('meanSuggestions'),
        empty: interval('empty'),
      },
      bands: this.#bands
        .bands()
        .filter(({ to, suggestions }) => suggestions > 0 || to > this.#scoring.threshold),
      calibration: this.#calibration.bands(),
      byLanguage: Object.fromEntries(
        [...this.#byLanguage].map(([lang, { product, baseline }]) => [
          lang,
          {
            ...product.figures(),
            interval: product.interval(),
            baseline: { ...baseline.figures(), interval: baseline.interval() },
          },
        ]),
      ),
      bySource: this.#all.bySource(),
      thresholds: this.#curve.map(({ threshold, tally }) => ({ threshold, ...tally.figures() })),
      grid: this.#grid.result(),
    };
  }
}

/** Mean over authors of the mean F1 of their articles. */
function byAuthor(tally: Tally): number {
  const authors = Object.values(tally.bySource());
  return authors.length === 0 ? 0 : authors.reduce((sum, { f1At5 }) => sum + f1At5, 0) / authors.length;
}

/** Nothing for a stage without articles. */
function stageOf(tally: Tally, index: number): Stage[] {
  const figures = tally.figures();
  if (figures.articles === 0) return [];
  const next = STAGES[index + 1];
  const to = next === undefined ? null : next - 1;
  return [{ from: STAGES[index]!, to, ...figures, f1At5ByAuthor: byAuthor(tally) }];
}

/** Scores come best first, so a cut keeps a beginning of them. */
function cut(uncut: readonly Scored[], threshold: number): boolean[] {
  return uncut.filter(({ score }) => score >= threshold).map(({ right }) => right);
}

/** Sums of F1 at each point of the grid, and at the scoring in use, for each author. */
class GridSums {
  readonly #bySource = new Map<string, { articles: number; inUse: number; points: Float64Array }>();

  add(source: string, grid: readonly Scored[][], wanted: number, inUse: number): void {
    const own = this.#bySource.get(source) ?? {
      articles: 0,
      inUse: 0,
      points: new Float64Array(GRID_WEIGHTS.length * GRID_THRESHOLDS.length),
    };
    this.#bySource.set(source, own);
    own.articles += 1;
    own.inUse += inUse;
    grid.forEach((uncut, weight) => {
      GRID_THRESHOLDS.forEach((threshold, index) => {
        own.points[weight * GRID_THRESHOLDS.length + index]! += articleFigures(
          cut(uncut, threshold),
          wanted,
        ).f1At5;
      });
    });
  }

  result(): Summary['grid'] {
    const sources = [...this.#bySource.values()];
    const articles = sources.reduce((sum, own) => sum + own.articles, 0);
    const points = GRID_WEIGHTS.flatMap((semantic, weight) =>
      GRID_THRESHOLDS.map((threshold, index): GridPoint => {
        const sum = sources.reduce(
          (total, own) => total + own.points[weight * GRID_THRESHOLDS.length + index]!,
          0,
        );
        return { semantic, threshold, f1At5: articles === 0 ? 0 : sum / articles };
      }),
    );
    const bestIndex = points.reduce(
      (best, point, index) => (point.f1At5 > points[best]!.f1At5 ? index : best),
      0,
    );
    const groups = sources.map((own) => ({ sum: own.points[bestIndex]! - own.inUse, count: own.articles }));
    return {
      points,
      best: points[bestIndex]!,
      difference: {
        f1At5: articles === 0 ? 0 : groups.reduce((total, { sum }) => total + sum, 0) / articles,
        interval: intervalOfMean(groups),
      },
    };
  }
}
