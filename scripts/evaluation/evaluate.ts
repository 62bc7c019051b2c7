import { allowed, DEFAULT_POLICY } from '../../functions/keywords/policy.ts';
import { assertFits, type Fit, loadFit } from '../../functions/shared/fit.ts';
import { bytesOf, readPaths, type TaggedArticle } from '../articles.ts';
import { UsageError } from '../command.ts';
import { leaveOneSourceOut } from '../cross-validate.ts';
import { loadInstruments } from '../instruments.ts';
import { type Measured, withoutHistory } from '../measure.ts';
import { createProgress, createReadingProgress } from '../progress.ts';
import {
  type DatedArticle,
  inOrder,
  isDated,
  measureStream,
  nameOf,
  type StreamOptions,
  withoutRepeated,
} from '../stream.ts';
import {
  type Ablation,
  compareScores,
  type ScoresOfArticles,
  scoresRefitted,
  scoresWithFits,
  withoutPriors,
} from './ablations.ts';
import { type ExplainedMiss, explainMiss } from './explanation.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { openCatalogue } from './platform-catalogue.ts';
import type { EvaluationPool } from './pool.ts';
import type { MadeWith, Settings } from './settings.ts';
import { Summariser, type Summary } from './summary.ts';

export interface EvaluationOptions {
  settings: Settings;
  lang?: string | undefined;
  /** @default cold */
  protocol?: Protocol | undefined;
  crossValidate?: boolean | undefined;
  ablations?: boolean | undefined;
  /** Where the stream protocol finds candidates and keeps what authors chose, when not in memory. */
  stream?: StreamOptions | undefined;
}

/**
 * `cold`: each article as by an author who is not known. `stream`: in the order of dates, each with what its author kept on
 * the ones before it; its own tags are learnt after it is judged.
 */
export type Protocol = 'cold' | 'stream';

/** Everything that `npm run eval` finds out. */
export interface Evaluation extends Summary, MadeWith {
  scoring: Settings['scoring'];
  engine: Settings['engine'];
  mode: Settings['mode'];
  protocol: Protocol;
  /** Each author judged by a fit of all the others, instead of by the shipped fit. */
  crossValidated: boolean;
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
 * Measures the product on tagged articles. Judged cold by the shipped fit no article is kept, so that memory does not grow
 * with their number; a cross-validation keeps their signals, about 60 KB an article, and the stream the articles, which
 * it has to put into order.
 *
 * @throws UsageError when nothing good is given
 * @throws FitMismatch when the shipped fit belongs to another model or catalogue
 */
export async function evaluate(
  paths: readonly string[],
  pool: EvaluationPool,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { settings, protocol = 'cold', crossValidate = false, ablations = false } = options;
  const { engine, mode, scoring } = settings;
  const started = performance.now();
  const madeWith = await pool.describe();
  const fit = crossValidate ? undefined : loadFit(settings.fitFile);
  if (fit) assertFits(fit, { modelSha256: madeWith.model.sha256, catalogue: madeWith.catalogue.version });
  const reading = new Reading(paths, options.lang);
  const summariser = new Summariser(scoring);
  const trained = new Set(fit?.trained?.sources);
  let seen = 0;
  const add = (outcome: Outcome) => {
    summariser.add(outcome);
    if (trained.has(outcome.source)) seen += 1;
  };
  let articles: AsyncIterable<TaggedArticle> | Iterable<TaggedArticle> = reading.again();
  let made: Ablation[] = [];
  if (fit && protocol === 'cold') {
    await reading.follow((read) => pool.judge(read), add);
  } else {
    const measured: Measured[] = [];
    if (protocol === 'stream') {
      const dated = await reading.dated();
      articles = dated;
      const progress = createProgress('articles', dated.length);
      for await (const one of measureInStream(dated, options)) {
        measured.push(one);
        progress.tick();
      }
      progress.end();
    } else {
      await reading.follow(
        (read) => pool.measure(read),
        (one) => measured.push(one),
      );
    }
    const fitOf = fit ? () => fit : fitsWithout(measured, belongsTo(madeWith));
    measured.forEach((one, index) => {
      add(outcomeOf(one, index, fitOf(one.source), scoring));
    });
    if (ablations) made = await ablate(measured, fitOf, { reading, pool, options, madeWith });
  }
  const misses = await explainMisses(summariser, pool, articles);
  return {
    ...summariser.summary(),
    scoring,
    engine,
    mode,
    ...madeWith,
    protocol,
    crossValidated: crossValidate,
    fit: fit?.version ?? null,
    seen,
    skipped: reading.skipped,
    ablations: made,
    misses,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Reads the articles, once aloud, with a progress bar and a word on each that is skipped, and then again in silence. */
class Reading {
  readonly #paths: readonly string[];
  readonly #lang: string | undefined;
  skipped = 0;

  constructor(paths: readonly string[], lang: string | undefined) {
    this.#paths = paths;
    this.#lang = lang;
  }

  async follow<T>(
    map: (articles: AsyncIterable<TaggedArticle>) => AsyncIterable<T>,
    each: (result: T) => void,
  ): Promise<void> {
    const progress = createReadingProgress('articles', await bytesOf(this.#paths));
    const articles = readPaths(this.#paths, {
      lang: this.#lang,
      onBytes: progress.read,
      onSkipped: (what) => this.#skip(what),
    });
    for await (const result of map(articles)) {
      each(result);
      progress.tick();
    }
    progress.end();
  }

  /**
   * In the order of their dates.
   *
   * @throws UsageError when no article has a date
   */
  async dated(): Promise<DatedArticle[]> {
    const dated: DatedArticle[] = [];
    await this.follow(
      (articles) => articles,
      (article) => {
        if (isDated(article)) dated.push(article);
        else this.#skip(`${nameOf(article)}: skipped: has no date that puts it into order`);
      },
    );
    if (dated.length === 0)
      throw new UsageError('the stream protocol needs articles with a date, there are none');
    return withoutRepeated(inOrder(dated), nameOf, (what) => this.#skip(what));
  }

  again(): AsyncIterable<TaggedArticle> {
    return readPaths(this.#paths, { lang: this.#lang, onSkipped: () => {} });
  }

  #skip(what: string): void {
    this.skipped += 1;
    console.error(what);
  }
}

/** In this thread, as each article needs what was learnt from the one before. */
async function* measureInStream(
  dated: readonly DatedArticle[],
  { settings, stream }: EvaluationOptions,
): AsyncGenerator<Measured> {
  const { catalogue, blocked } = await openCatalogue(settings.catalogueFile);
  const instruments = { ...(await loadInstruments()), catalogue };
  const policy = { ...DEFAULT_POLICY, mode: settings.mode, blocked };
  for await (const measured of measureStream(dated, instruments, stream)) {
    yield { ...measured, candidates: allowed(measured.candidates, policy) };
  }
}

function belongsTo({ model, catalogue }: MadeWith): Pick<Fit, 'model' | 'catalogue'> {
  return { model: { sha256: model.sha256 }, catalogue };
}

/** For each source a fit of all the others. */
function fitsWithout(
  measured: readonly Measured[],
  made: Pick<Fit, 'model' | 'catalogue'>,
): (source: string) => Fit {
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
  return (source) => fits.get(source)!;
}

/** Leaves out one thing after the other; where an OpenSearch is named, also the engine is exchanged. */
async function ablate(
  measured: readonly Measured[],
  fitOf: (source: string) => Fit,
  context: { reading: Reading; pool: EvaluationPool; options: EvaluationOptions; madeWith: MadeWith },
): Promise<Ablation[]> {
  const { reading, pool, options, madeWith } = context;
  const { scoring, engine, search, mode } = options.settings;
  const sources = measured.map(({ source }) => source);
  const made = belongsTo(madeWith);
  const whole = scoresWithFits(measured, fitOf, scoring);
  const compare = (name: string, ablated: ScoresOfArticles) =>
    compareScores(name, sources, { whole, ablated });
  const weighed = (semantic: number, frequency: number) =>
    scoresWithFits(measured, fitOf, { ...scoring, weights: { semantic, frequency } });
  const result = [
    compare('without semantic', weighed(0, 1)),
    compare('without frequency', weighed(1, 0)),
    compare('without priors, fitted anew', scoresRefitted(measured.map(withoutPriors), made, scoring)),
  ];
  if (options.protocol === 'stream') {
    const cold = scoresWithFits(measured.map(withoutHistory), fitOf, scoring);
    return [...result, compare('without history', cold)];
  }
  const again = async (what: 'without catalogue' | 'embedded' | 'opensearch') => {
    const progress = createProgress(`articles, ${what}`, measured.length);
    const others: Measured[] = [];
    for await (const one of pool.measure(reading.again(), what)) {
      others.push(one);
      progress.tick();
    }
    progress.end();
    return others;
  };
  if (mode === 'open') {
    const phrases = await again('without catalogue');
    result.push(compare('without catalogue, fitted anew', scoresRefitted(phrases, made, scoring)));
  }
  if (search) {
    const other = engine === 'embedded' ? 'opensearch' : 'embedded';
    result.push(compare(`${other} instead of ${engine}`, scoresWithFits(await again(other), fitOf, scoring)));
  }
  return result;
}

/** Goes through the articles again, as no text was kept, and looks at those that were missed most. */
async function explainMisses(
  { misses }: Summariser,
  pool: EvaluationPool,
  articles: AsyncIterable<TaggedArticle> | Iterable<TaggedArticle>,
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
