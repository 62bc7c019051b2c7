import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { DEFAULT_SCORING } from '../functions/scorer/rank.ts';
import { type Fit, SHIPPED_FIT } from '../functions/shared/fit.ts';
import { type ArticleOptions, readPaths } from './articles.ts';
import { runCommand, UsageError } from './command.ts';
import { crossValidate } from './cross-validate.ts';
import { fitLanguages } from './fitting.ts';
import { loadInstruments } from './instruments.ts';
import { judge, measureArticle } from './measure.ts';
import { figuresOf } from './metrics.ts';
import { createProgress } from './progress.ts';

const command = new Command('npm run fit --')
  .description(
    'Fit frequency and semantic on tagged articles: JSON Lines {id, title, body, tags, source, lang}, gzip too.',
  )
  .argument('<path...>', 'files of tagged articles')
  .option('--lang <language>', 'only articles of this language')
  .option('--output <file>', 'where the fit goes', SHIPPED_FIT)
  .action(fit);

async function fit(paths: string[], options: ArticleOptions & { output: string }): Promise<void> {
  const instruments = await loadInstruments();
  const progress = createProgress('measured');
  const measured = [];
  for await (const article of readPaths(paths, options)) {
    measured.push(measureArticle(article, instruments));
    progress.tick();
  }
  progress.end();
  const sources = new Set(measured.map(({ source }) => source));
  if (sources.size < 2) {
    throw new UsageError(
      `articles of at least two sources are needed to measure a fit, there are ${sources.size}`,
    );
  }
  const leftOut = figuresOf(crossValidate(measured, instruments, DEFAULT_SCORING));
  const parts = fitLanguages(measured);
  const made = fitOf(parts, instruments, {
    articles: measured.length,
    sources: [...sources].sort(),
    leftOut: { ...leftOut },
  });
  const seen = figuresOf(measured.map((one) => judge(one, made, DEFAULT_SCORING)));
  writeFileSync(options.output, `${JSON.stringify(made, null, 2)}\n`);
  console.log(
    `fit ${made.version} of ${measured.length} articles by ${sources.size} sources: F1 ${leftOut.f1At5.toFixed(3)} ` +
      `with each source left out (${seen.f1At5.toFixed(3)} on what it has seen); written to ${options.output}`,
  );
}

function fitOf(
  parts: ReturnType<typeof fitLanguages>,
  { model, catalogue }: Awaited<ReturnType<typeof loadInstruments>>,
  trained: Fit['trained'],
): Fit {
  const belongsTo = {
    model: { sha256: model.metadata.files['model2vec.bin'].sha256 },
    catalogue: { version: catalogue.version },
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
