import { assertFits, type Fit, loadFit } from '../../functions/shared/fit.ts';
import { bytesOf, readPaths, type TaggedArticle } from '../articles.ts';
import { UsageError } from '../command.ts';
import { leaveOneSourceOut } from '../cross-validate.ts';
import type { Measured } from '../measure.ts';
import { createProgress, createReadingProgress } from '../progress.ts';
import {
  type Ablation,
  compareScores,
  type ScoresOfArticles,
  scoresRefitted,
  scoresWithFits,
  withoutPriors,
} from './ablations.ts';
import { type ExplainedMiss, explainMiss } from './explanation.ts';
import { outcomeOf } from './outcome.ts';
import type { EvaluationPool } from './pool.ts';
import type { MadeWith, Settings } from './settings.ts';
import { Summariser, type Summary } from './summary.ts';

export interface EvaluationOptions {
  settings: Settings;
  lang?: string | undefined;
  crossValidate?: boolean | undefined;
  ablations?: boolean | undefined;
}

/** Everything that `npm run eval` finds out. */
export interface Evaluation extends Summary, MadeWith {
  scoring: Settings['scoring'];
  engine: Settings['engine'];
  mode: Settings['mode'];
  /** `cross-validate`: each author judged by a fit of all the others; `cold`: by the shipped fit. */
  protocol: 'cross-validate' | 'cold';
  /** Version of the shipped fit; null in a cross-validation. */
  fit: string | null;
  /** Articles by sources that the shipped fit has seen, whose figures flatter. */
  seen: number;
  /** Rows and files that were skipped. */
  skipped: number;
  ablations: Ablation[];
  misses: ExplainedMiss[];
  seconds: number;
}

/**
 * Measures the product on tagged articles. Without cross-validation no article is kept, so that memory does not grow
 * with their number; a cross-validation keeps their signals, about 60 KB an article.
 *
 * @throws UsageError when nothing good is given
 * @throws FitMismatch when the shipped fit belongs to another model or catalogue
 */
export async function evaluate(
  paths: readonly string[],
  pool: EvaluationPool,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { settings, crossValidate = false, ablations = false } = options;
  const { engine, mode, scoring } = settings;
  const started = performance.now();
  const madeWith = await pool.describe();
  const fit = crossValidate ? undefined : loadFit(settings.fitFile);
  if (fit) assertFits(fit, { modelSha256: madeWith.model.sha256, catalogue: madeWith.catalogue.version });
  const summariser = new Summariser(scoring);
  let seen = 0;
  let skipped = 0;
  const articles = (onTick: () => void, onBytes: (count: number) => void) =>
    readPaths(paths, {
      lang: options.lang,
      onBytes,
      onSkipped: (what) => {
        skipped += 1;
        console.error(what);
        onTick();
      },
    });
  let made: Ablation[] = [];
  const progress = createReadingProgress('articles', await bytesOf(paths));
  if (fit) {
    const trained = new Set(fit.trained?.sources);
    for await (const outcome of pool.judge(articles(() => {}, progress.read))) {
      summariser.add(outcome);
      if (trained.has(outcome.source)) seen += 1;
      progress.tick();
    }
    progress.end();
  } else {
    const measured: Measured[] = [];
    for await (const one of pool.measure(articles(() => {}, progress.read))) {
      measured.push(one);
      progress.tick();
    }
    progress.end();
    const fits = fitAll(measured, belongsTo(madeWith));
    measured.forEach((one, index) => {
      summariser.add(outcomeOf(one, index, fits.get(one.source)!, scoring));
    });
    if (ablations) made = await ablate(measured, fits, { paths, pool, options, madeWith });
  }
  const misses = await explainMisses(
    summariser,
    pool,
    readPaths(paths, { lang: options.lang, onSkipped: () => {} }),
  );
  return {
    ...summariser.summary(),
    scoring,
    engine,
    mode,
    ...madeWith,
    protocol: fit ? 'cold' : 'cross-validate',
    fit: fit?.version ?? null,
    seen,
    skipped,
    ablations: made,
    misses,
    seconds: (performance.now() - started) / 1000,
  };
}

function belongsTo({ model, catalogue }: MadeWith): Pick<Fit, 'model' | 'catalogue'> {
  return { model: { sha256: model.sha256 }, catalogue };
}

function fitAll(measured: readonly Measured[], made: Pick<Fit, 'model' | 'catalogue'>): Map<string, Fit> {
  const progress = createProgress('fits', new Set(measured.map(({ source }) => source)).size);
  const fits = new Map<string, Fit>();
  try {
    for (const { source, fit } of leaveOneSourceOut(measured, made)) {
      fits.set(source, fit);
      progress.tick();
    }
  } finally {
    progress.end();
  }
  return fits;
}

/** Leaves out one thing after the other; where an OpenSearch is named, also the engine is exchanged. */
async function ablate(
  measured: readonly Measured[],
  fits: ReadonlyMap<string, Fit>,
  context: { paths: readonly string[]; pool: EvaluationPool; options: EvaluationOptions; madeWith: MadeWith },
): Promise<Ablation[]> {
  const { paths, pool, options, madeWith } = context;
  const { scoring, engine, search } = options.settings;
  const sources = measured.map(({ source }) => source);
  const made = belongsTo(madeWith);
  const whole = scoresWithFits(measured, fits, scoring);
  const compare = (name: string, ablated: ScoresOfArticles) =>
    compareScores(name, sources, { whole, ablated });
  const again = async (what: 'without catalogue' | 'embedded' | 'opensearch') => {
    const articles = readPaths(paths, { lang: options.lang, onSkipped: () => {} });
    const progress = createProgress(`articles, ${what}`, measured.length);
    const others: Measured[] = [];
    for await (const one of pool.measure(articles, what)) {
      others.push(one);
      progress.tick();
    }
    progress.end();
    return others;
  };
  const weighed = (semantic: number, frequency: number) =>
    scoresWithFits(measured, fits, { ...scoring, weights: { semantic, frequency } });
  const result = [
    compare('without semantic', weighed(0, 1)),
    compare('without frequency', weighed(1, 0)),
    compare('without priors, fitted anew', scoresRefitted(measured.map(withoutPriors), made, scoring)),
  ];
  if (options.settings.mode === 'open') {
    const phrases = await again('without catalogue');
    result.push(compare('without catalogue, fitted anew', scoresRefitted(phrases, made, scoring)));
  }
  if (search) {
    const other = engine === 'embedded' ? 'opensearch' : 'embedded';
    result.push(compare(`${other} instead of ${engine}`, scoresWithFits(await again(other), fits, scoring)));
  }
  return result;
}

/** Reads the articles again, as none was kept, and looks at those that were missed most. */
async function explainMisses(
  { misses }: Summariser,
  pool: EvaluationPool,
  articles: AsyncIterable<TaggedArticle>,
): Promise<ExplainedMiss[]> {
  const byIndex = new Map(misses.map((miss) => [miss.index, miss]));
  const explained = new Map<number, ExplainedMiss>();
  const last = Math.max(-1, ...byIndex.keys());
  let index = -1;
  if (last < 0) return [];
  for await (const article of articles) {
    index += 1;
    const miss = byIndex.get(index);
    if (miss) {
      if (article.id !== miss.id)
        throw new UsageError(`the articles changed while they were measured: ${article.id}`);
      const suggested = miss.suggested.map(({ key }) => key);
      explained.set(index, explainMiss(miss, await pool.explain({ article, suggested })));
    }
    if (index === last) break;
  }
  return misses.map((miss) => explained.get(miss.index)!);
}
