import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_SCORING, type Scoring } from '../functions/scorer/rank.ts';
import { assertFits, loadFit } from '../functions/shared/fit.ts';
import { type ArticleOptions, readPaths } from './articles.ts';
import { runCommand } from './command.ts';
import { crossValidate } from './cross-validate.ts';
import { loadInstruments } from './instruments.ts';
import { judge, type Measured, measureArticle } from './measure.ts';
import { type Figures, figuresOf, intervalByAuthor, type Judged, precisionByBand } from './metrics.ts';
import { createProgress } from './progress.ts';

const command = new Command('npm run eval --')
  .description(
    'Measure the suggestions on tagged articles: JSON Lines {id, title, body, tags, source, lang}, gzip too.',
  )
  .argument('<path...>', 'files of tagged articles')
  .option('--cross-validate', 'judge each source by a fit of all the others, instead of by the shipped fit')
  .option('--lang <language>', 'only articles of this language')
  .option('--weights <semantic,frequency>', 'weights of the two parts', parseWeights, DEFAULT_SCORING.weights)
  .option('--threshold <score>', 'least score of a suggestion', Number, DEFAULT_SCORING.threshold)
  .option('--limit <count>', 'most suggestions for an article', Number, DEFAULT_SCORING.limit)
  .option('--json <file>', 'write all figures as JSON to a file, or - for standard output')
  .action(evaluate);

type Options = ArticleOptions & Scoring & { crossValidate?: boolean; json?: string };

async function evaluate(paths: string[], options: Options): Promise<void> {
  const { weights, threshold, limit, json } = options;
  const scoring = { weights, threshold, limit };
  const instruments = await loadInstruments();
  const fit = loadFit();
  assertFits(fit, {
    modelSha256: instruments.model.metadata.files['model2vec.bin'].sha256,
    catalogue: instruments.catalogue.version,
  });
  const progress = createProgress('articles');
  const measured: Measured[] = [];
  const judged: Judged[] = [];
  const started = performance.now();
  for await (const article of readPaths(paths, options)) {
    const one = measureArticle(article, instruments);
    if (options.crossValidate) measured.push(one);
    else judged.push(judge(one, fit, scoring));
    progress.tick();
  }
  progress.end();
  judged.push(...crossValidate(measured, instruments, scoring));
  const seconds = (performance.now() - started) / 1000;

  const seen = judged.filter(({ source }) => fit.trained?.sources.includes(source)).length;
  if (seen > 0 && !options.crossValidate) {
    console.error(
      `${seen} articles are by sources that the fit has seen: use --cross-validate to judge them fairly`,
    );
  }
  const result = {
    ...summarise(judged),
    scoring,
    protocol: options.crossValidate ? 'cross-validate' : 'cold',
    seconds,
  };
  if (json !== '-') print(result);
  if (json === '-') console.log(JSON.stringify(result, null, 2));
  else if (json) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
}

function summarise(judged: readonly Judged[]) {
  const by = (key: (one: Judged) => string): Record<string, Figures> =>
    Object.fromEntries([...Map.groupBy(judged, key)].map(([name, own]) => [name, figuresOf(own)]));
  return {
    ...figuresOf(judged),
    interval: intervalByAuthor(judged),
    bands: precisionByBand(judged),
    byLanguage: by(({ lang }) => lang),
    bySource: by(({ source }) => source),
  };
}

function print(result: ReturnType<typeof summarise> & { seconds: number }): void {
  const [low, high] = result.interval;
  const title = (text: string) => console.log(styleText('bold', `\n${text}`));
  title(`F1 ${figure(result.f1At5)}   95 % by author ${figure(low)}–${figure(high)}`);
  console.log(`${result.articles} articles in ${result.seconds.toFixed(1)} s`);
  console.table(tableRow(result));
  title('By language');
  console.table(mapValues(result.byLanguage, tableRow));
  title('By source');
  console.table(mapValues(result.bySource, tableRow));
  title('Precision by score');
  console.table(
    result.bands.map(({ from, to, suggestions, precision }) => ({
      score: `${from}–${to}`,
      suggestions,
      precision: figure(precision),
    })),
  );
}

function tableRow(figures: Figures) {
  return {
    articles: figures.articles,
    P: figure(figures.precision),
    R: figure(figures.recall),
    F1: figure(figures.f1At5),
    'nDCG@5': figure(figures.ndcgAt5),
    'hit rate': figure(figures.hitRate),
    suggestions: figures.meanSuggestions.toFixed(2),
    empty: figure(figures.empty),
  };
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

const figure = (value: number) => value.toFixed(3);

function parseWeights(value: string): Scoring['weights'] {
  const [semantic, frequency] = value.split(',').map(Number);
  if (!(semantic! >= 0 && frequency! >= 0 && semantic! + frequency! > 0)) {
    throw new InvalidArgumentError('must be two numbers such as 0.7,0.3.');
  }
  return { semantic: semantic!, frequency: frequency! };
}

await runCommand(command);
