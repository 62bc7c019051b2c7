import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option, Command as Program } from 'commander';
import * as z from 'zod';
import { DEFAULT_SCORING, type Scoring } from '../functions/scorer/rank.ts';
import { describeIssues } from '../functions/shared/accept-article.ts';
import { FitMismatch } from '../functions/shared/errors.ts';
import { loadFit } from '../functions/shared/fit.ts';
import { bytesOf } from './articles.ts';
import { runCommand, UsageError } from './command.ts';
import { type Evaluation, evaluate, type Protocol } from './evaluation/evaluate.ts';
import { openCatalogue } from './evaluation/platform-catalogue.ts';
import { EvaluationPool } from './evaluation/pool.ts';
import { printEvaluation } from './evaluation/print.ts';
import { streamThrough, withScratchIndices } from './evaluation/scratch-index.ts';
import type { Settings } from './evaluation/settings.ts';
import { MODEL } from './instruments.ts';
import { loadModel } from './load-model.ts';
import { writeReport } from './report/page.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';
import type { StreamOptions } from './stream.ts';

const command: Command = withSearchOptions(new Program('npm run eval --'))
  .description(
    'Measure the suggestions on tagged articles: JSON Lines {id, title, body, tags, source, lang}, gzip too, or folders of Markdown with front matter.',
  )
  .argument('<path...>', 'files or folders of tagged articles')
  .addOption(
    new Option(
      '--protocol <protocol>',
      'cold: each article as by an author who is not known; stream: in the order of dates, learning what each author keeps',
    )
      .choices(['cold', 'stream'])
      .default('cold'),
  )
  .option('--cross-validate', 'judge each source by a fit of all the others, instead of by the shipped fit')
  .option('--ablations', 'with --cross-validate: also what each part is worth (takes several times as long)')
  .option('--lang <language>', 'only articles of this language')
  .addOption(
    new Option('--engine <engine>', 'where keywords come from')
      .choices(['embedded', 'opensearch'])
      .default('embedded'),
  )
  .addOption(
    new Option('--mode <mode>', 'open: phrases of the text too; known: the catalogue alone')
      .choices(['open', 'known'])
      .default('open'),
  )
  .option('--catalogue <file>', "a platform's own catalogue: .tsv, .csv or .jsonl")
  .option('--fit <file>', 'judge by this fit instead of the shipped one')
  .option('--weights <semantic,frequency>', 'weights of the two parts', parseWeights, DEFAULT_SCORING.weights)
  .option('--threshold <score>', 'least score of a suggestion', parseThreshold, DEFAULT_SCORING.threshold)
  .option('--limit <count>', 'most suggestions for an article', parseCount, DEFAULT_SCORING.limit)
  .option('--threads <count>', 'worker threads (default: one for each core)', parseCount)
  .option('--json <file>', 'write all figures as JSON to a file, or - for standard output')
  .option('--report <file>', 'write a self-contained page (HTML) that shows and explains the figures')
  .action(reportingErrors(run));

interface Options extends Scoring, SearchOptions {
  lang?: string;
  protocol: Protocol;
  engine: Settings['engine'];
  mode: Settings['mode'];
  catalogue?: string;
  fit?: string;
  crossValidate?: boolean;
  ablations?: boolean;
  threads?: number;
  json?: string;
  report?: string;
}

async function run(paths: string[], options: Options): Promise<void> {
  const { weights, threshold, limit, engine, mode, json, report } = options;
  if (options.ablations && !options.crossValidate) throw new UsageError('--ablations needs --cross-validate');
  if (options.fit) assertFit(options.fit);
  for (const file of [report, json === '-' ? undefined : json]) {
    if (file && !existsSync(dirname(file))) throw new UsageError(`${file}: no such folder`);
    if (file && statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new UsageError(`${file}: must be a file, is a folder`);
  }
  // Wrong input is told before threads are started or anything is read.
  await openCatalogue(options.catalogue);
  await bytesOf(paths);
  await loadModel(MODEL);
  const settings: Settings = {
    engine,
    mode,
    scoring: { weights, threshold, limit },
    ...(options.catalogue && { catalogueFile: options.catalogue }),
    ...(options.fit && { fitFile: options.fit }),
  };
  const needsSearch = engine === 'opensearch' || (options.ablations && options.opensearch !== undefined);
  const evaluation = needsSearch
    ? await evaluateWithSearch(paths, settings, options)
    : await evaluateWith(settings, paths, options);
  if (evaluation.seen > 0) {
    console.error(
      `${evaluation.seen} articles are by sources that the fit has seen: use --cross-validate to judge them fairly`,
    );
  }
  if (json !== '-') printEvaluation(evaluation);
  if (report) await writeReport(report, evaluation);
  const data = `${JSON.stringify(evaluation, null, 2)}\n`;
  if (json === '-') process.stdout.write(data);
  else if (json) writeFileSync(json, data);
}

function evaluateWithSearch(paths: string[], settings: Settings, options: Options): Promise<Evaluation> {
  connect(options);
  const { protocol, engine, catalogue } = options;
  return withScratchIndices(options, { catalogueFile: catalogue }, async (search) => {
    const stream =
      protocol === 'stream' && engine === 'opensearch' ? await streamThrough(search, catalogue) : undefined;
    return evaluateWith({ ...settings, search: { ...options, ...search } }, paths, options, stream);
  });
}

async function evaluateWith(
  settings: Settings,
  paths: string[],
  options: Options,
  stream?: StreamOptions,
): Promise<Evaluation> {
  const pool = new EvaluationPool(settings, options.threads);
  try {
    return await evaluate(paths, pool, { ...options, settings, stream });
  } catch (error) {
    if (error instanceof FitMismatch) throw new UsageError(error.message, { cause: error });
    throw error;
  } finally {
    await pool.close();
  }
}

/** @throws UsageError when it is no fit; whether it fits the model is seen when that is there */
function assertFit(file: string): void {
  if (!existsSync(file)) throw new UsageError(`${file}: no such file`);
  try {
    loadFit(file);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? describeIssues(cause) : (cause as Error).message;
    throw new UsageError(`${file}: is no fit: ${why.replace(/\s+/g, ' ')}`, { cause });
  }
}

function parseWeights(value: string): Scoring['weights'] {
  const numbers = value.split(',').map(Number);
  const [semantic = Number.NaN, frequency = Number.NaN] = numbers;
  if (numbers.length !== 2 || !(semantic >= 0 && frequency >= 0 && semantic + frequency > 0)) {
    throw new InvalidArgumentError('must be two numbers such as 0.7,0.3.');
  }
  return { semantic, frequency };
}

function parseThreshold(value: string): number {
  const threshold = Number(value);
  if (value.trim() === '' || !(threshold >= 0 && threshold <= 1)) {
    throw new InvalidArgumentError('must be a number from 0 to 1.');
  }
  return threshold;
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    throw new InvalidArgumentError('must be a whole number from 1 to 100.');
  }
  return count;
}

await runCommand(command);
