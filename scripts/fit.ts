import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { DEFAULT_SCORING } from '../functions/scorer/rank.ts';
import { type Fit, loadFit, SHIPPED_FIT } from '../functions/shared/fit.ts';
import { type ArticleOptions, readPaths } from './articles.ts';
import { runCommand, UsageError } from './command.ts';
import { crossValidate } from './cross-validate.ts';
import { fitLanguages } from './fitting.ts';
import { loadInstruments } from './instruments.ts';
import { type Instruments, judge, type Measured, measureArticle, withoutHistory } from './measure.ts';
import { figuresOf, type Judged } from './metrics.ts';
import { createProgress } from './progress.ts';
import { type DatedArticle, isDated, measureStream } from './stream.ts';
import { fitTagDirection } from './tag-direction.ts';

const command = new Command('npm run fit --')
  .description(
    'Fit frequency and semantic on tagged articles: JSON Lines {id, title, body, tags, source, lang, date}, gzip too. ' +
      'Articles with a date also teach what an author’s earlier articles are worth.',
  )
  .argument('<path...>', 'files of tagged articles')
  .option('--lang <language>', 'only articles of this language')
  .option('--output <file>', 'where the fit goes', SHIPPED_FIT)
  .option('--force', 'replace the fit in use even where that one is better on articles that neither has seen')
  .addHelpText('after', '\nExit codes: 0 written, 1 the fit in use is better and was kept, 2 wrong input.')
  .action(fit);

interface Options extends ArticleOptions {
  output: string;
  force?: boolean;
}

async function fit(paths: string[], options: Options): Promise<void> {
  const folder = dirname(options.output);
  if (!existsSync(folder)) throw new UsageError(`${folder}: no such folder`);
  const inUse = existsSync(options.output) ? readInUse(options.output) : undefined;
  const loaded = await loadInstruments();
  const instruments = { ...loaded, tagDirection: fitTagDirection(loaded.catalogue, loaded.model) };
  const measured = await measureAll(paths, options, instruments);
  const sources = new Set(measured.map(({ source }) => source));
  if (sources.size < 2) {
    throw new UsageError(
      `articles of at least two sources are needed to measure a fit, there are ${sources.size}`,
    );
  }
  const cold = measured.map(withoutHistory);
  const judged = crossValidate(cold, instruments, DEFAULT_SCORING);
  const leftOut = figuresOf(judged);
  const knowsHistory = measured.some(({ earlier }) => earlier > 0);
  const inOrder = knowsHistory ? figuresOf(crossValidate(measured, instruments, DEFAULT_SCORING)) : undefined;
  const made = fitOf(fitLanguages(measured), instruments, {
    articles: measured.length,
    sources: [...sources].sort(),
    leftOut: { ...leftOut },
    ...(inOrder && { inOrder: { ...inOrder } }),
  });
  const comparable =
    inUse?.model.sha256 === made.model.sha256 && inUse.catalogue.version === made.catalogue.version;
  const better =
    inUse && comparable && !options.force ? whyBetter(inUse, { cold, judged, knowsHistory }) : undefined;
  if (inUse && better) {
    console.error(`kept fit ${inUse.version}: ${better}; --force replaces it`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(options.output, `${JSON.stringify(made, null, 2)}\n`);
  console.log(
    `fit ${made.version} of ${measured.length} articles by ${sources.size} sources: F1 ${leftOut.f1At5.toFixed(3)} ` +
      `with each source left out` +
      (inOrder
        ? `, ${inOrder.f1At5.toFixed(3)} in the order of dates, knowing what each author kept before`
        : '; without dates nothing is learnt of histories') +
      `; written to ${options.output}`,
  );
}

/** In the order of their dates with what their authors kept before; those without a date as by nobody known. */
async function measureAll(
  paths: string[],
  options: ArticleOptions,
  instruments: Instruments,
): Promise<Measured[]> {
  const dated: DatedArticle[] = [];
  const measured: Measured[] = [];
  const progress = createProgress('measured');
  for await (const article of readPaths(paths, options)) {
    if (isDated(article)) dated.push(article);
    else {
      measured.push(measureArticle(article, instruments));
      progress.tick();
    }
  }
  for await (const one of measureStream(dated, instruments)) {
    measured.push(one);
    progress.tick();
  }
  progress.end();
  return measured;
}

/** @throws UsageError when the file is no fit, which is then not overwritten */
function readInUse(file: string): Fit {
  try {
    return loadFit(file);
  } catch (cause) {
    throw new UsageError(`${file}: is no fit, and is not replaced: ${(cause as Error).message}`, { cause });
  }
}

/** Why the fit in use should stay; undefined when the new one is as good, or they cannot be compared. */
function whyBetter(
  inUse: Fit,
  {
    cold,
    judged,
    knowsHistory,
  }: { cold: readonly Measured[]; judged: readonly Judged[]; knowsHistory: boolean },
): string | undefined {
  const usesHistory = Object.values(inUse.languages).some(({ frequency }) => frequency.history);
  if (usesHistory && !knowsHistory)
    return 'it reads histories, and articles without dates teach nothing of them';
  const seen = new Set(inUse.trained?.sources);
  const unseen = cold.filter(({ source }) => !seen.has(source));
  if (unseen.length === 0) return undefined;
  const before = figuresOf(unseen.map((one) => judge(one, inUse, DEFAULT_SCORING))).f1At5;
  const now = figuresOf(judged.filter(({ source }) => !seen.has(source))).f1At5;
  if (before <= now) return undefined;
  return (
    `F1 ${before.toFixed(3)} on the ${unseen.length} articles by sources that it has not seen, the new one ` +
    `${now.toFixed(3)} with each of them left out`
  );
}

function fitOf(parts: Pick<Fit, 'languages'>, instruments: Instruments, trained: Fit['trained']): Fit {
  const { model, catalogue, tagDirection } = instruments;
  const belongsTo = {
    model: { sha256: model.metadata.files['model2vec.bin'].sha256 },
    catalogue: { version: catalogue.version },
    tagDirection,
  };
  const said = JSON.stringify({ belongsTo, parts });
  return {
    version: createHash('sha256').update(said).digest('hex').slice(0, 12),
    ...belongsTo,
    trained,
    ...parts,
  };
}

await runCommand(command);
