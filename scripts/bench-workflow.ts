import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import { tagsSuggested } from '../functions/contracts/tags-suggested.ts';
import { type BusEvent, readArticleFile } from '../infra/local/article-file.ts';
import { type ArticleOptions, readPaths, type TaggedArticle } from './articles.ts';
import { runCommand } from './command.ts';
import { percentile } from './percentile.ts';
import { createProgress } from './progress.ts';

const ROOT = join(import.meta.dirname, '..');
const SAMPLE = join(ROOT, 'test/articles/step-functions-retry.md');
const WARM_RUNS = 50;
const COLD_RUNS = 5;
const CHARACTERS = 5000;

const command = new Command('npm run bench:workflow --')
  .description(
    'Time the workflow on this machine: warm runs of a 5,000-character article, a whole process from start to printed event, and, with files, every tagged article in them.',
  )
  .argument('[path...]', 'files of tagged articles (JSON Lines, gzip too) to send through as well')
  .option('--lang <language>', 'only articles of this language')
  .action(bench);

async function bench(paths: string[], options: ArticleOptions): Promise<void> {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  const { createLocalFunctions } = await import('../infra/local/functions.ts');
  const { runWorkflow } = await import('../infra/local/workflow.ts');
  const functions = createLocalFunctions();
  const run = async (event: object) => tagsSuggested.parse(await runWorkflow(event, { functions }));

  const event = await longArticle();
  const warm: number[] = [];
  for (let i = -5; i < WARM_RUNS; i += 1) {
    const started = performance.now();
    await run(event);
    if (i >= 0) warm.push(performance.now() - started);
  }
  const cold = Array.from({ length: COLD_RUNS }, () => {
    const started = performance.now();
    spawnSync(process.execPath, ['infra/local/main.ts', '--json'], { cwd: ROOT });
    return performance.now() - started;
  });
  console.log(
    JSON.stringify(
      {
        warmRun: { characters: CHARACTERS, ...summary(warm) },
        process: summary(cold),
        ...(paths.length > 0 && { articles: await runAll(paths, options, run) }),
      },
      null,
      2,
    ),
  );
}

/** Our own article, repeated to 5,000 characters. */
async function longArticle(): Promise<BusEvent> {
  const event = await readArticleFile(SAMPLE);
  const { metadata, data } = event.detail as { metadata: object; data: { body: string } };
  const body = data.body.repeat(3).slice(0, CHARACTERS);
  return { ...event, detail: { metadata, data: { ...data, body } } };
}

async function runAll(paths: string[], options: ArticleOptions, run: (event: object) => Promise<unknown>) {
  const progress = createProgress('articles');
  const failures: string[] = [];
  let articles = 0;
  const started = performance.now();
  for await (const article of readPaths(paths, options)) {
    await run(eventOf(article)).catch((error: Error) => failures.push(`${article.id}: ${error.message}`));
    articles += 1;
    progress.tick();
  }
  progress.end();
  const perSecond = articles / ((performance.now() - started) / 1000);
  return { sent: articles, failures, perSecond: Number(perSecond.toFixed(1)) };
}

function eventOf({ id, title, body, source }: TaggedArticle): BusEvent {
  const now = new Date().toISOString();
  const data = { articleId: id, revision: 0, title, body, format: 'markdown', authorId: source };
  return {
    id,
    'detail-type': 'ArticlePublished',
    source: 'bench',
    time: now,
    detail: { metadata: { id, version: '1', publishedAt: now }, data },
  };
}

function summary(milliseconds: number[]) {
  const at = (share: number) => Number(percentile(milliseconds, share).toFixed(1));
  return { runs: milliseconds.length, medianMs: at(0.5), p95Ms: at(0.95) };
}

await runCommand(command);
