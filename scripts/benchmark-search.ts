import type { Client } from '@opensearch-project/opensearch';
import { Command } from 'commander';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import { replaceCatalogue, toStoredTags } from '../functions/keywords/opensearch/catalogue-store.ts';
import { withDeadline } from '../functions/keywords/opensearch/client.ts';
import { createOpenSearchEngine, findInArticle } from '../functions/keywords/opensearch/engine.ts';
import { tagsAlias } from '../functions/keywords/opensearch/indices.ts';
import { percolateRequest, type StoredTag, storedTag } from '../functions/keywords/opensearch/percolation.ts';
import { setupSearch } from '../functions/keywords/opensearch/setup.ts';
import { readArticleText } from '../functions/shared/article-text.ts';
import { loadFit } from '../functions/shared/fit.ts';
import { readPaths } from './articles.ts';
import { runCommand } from './command.ts';
import { createProgress } from './progress.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';

const command = withSearchOptions(new Command('npm run search:benchmark --'))
  .description(
    'Time extraction with OpenSearch, under names of its own that are removed again. Articles are cut or joined to one length.',
  )
  .argument('<path...>', 'files of tagged articles')
  .option('--lang <language>', 'only articles of this language')
  .option('--tags <count>', 'tags in the catalogue: the shipped ones, and made-up ones', Number, 2300)
  .option('--characters <count>', 'length of the articles that are timed', Number, 5000)
  .option('--runs <count>', 'articles that are timed', Number, 200)
  .action(reportingErrors(benchmark));

interface Options extends SearchOptions {
  lang?: string;
  tags: number;
  characters: number;
  runs: number;
}

async function benchmark(paths: string[], options: Options): Promise<void> {
  const { client } = connect(options);
  const texts: string[] = [];
  for await (const { title, body } of readPaths(paths, options)) texts.push(`# ${title}\n\n${body}`);
  const indexPrefix = `benchmark-${crypto.randomUUID().slice(0, 8)}`;
  const shipped = loadCatalogue();
  try {
    await setupSearch(client, { indexPrefix, shipped });
    const progress = createProgress('tags', options.tags);
    const started = performance.now();
    await replaceCatalogue(client, {
      indexPrefix,
      catalogue: { base: shipped.version },
      tags: tagsUpTo(options.tags),
      onTag: progress.tick,
    });
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    console.log(`${options.tags} tags imported in ${seconds.toFixed(1)} s`);
    await time(client, { indexPrefix, texts, ...options });
  } finally {
    const { body } = await client.indices.get({ index: `${indexPrefix}-*` });
    await client.indices.delete({ index: Object.keys(body) });
  }
}

function* tagsUpTo(count: number): Generator<StoredTag> {
  const shipped = [...toStoredTags(loadCatalogue())].slice(0, count);
  yield* shipped;
  for (let n = shipped.length; n < count; n += 1) {
    const label = `架空の${n.toString(36)}`;
    yield storedTag.parse({ key: label, label, aliases: [`made up ${n}`], articles: n % 50 });
  }
}

async function time(
  client: Client,
  { indexPrefix, texts, characters, runs }: Options & { indexPrefix: string; texts: string[] },
): Promise<void> {
  const all = texts.join('\n\n');
  const prior = loadCatalogue();
  const engine = createOpenSearchEngine({ client, fit: loadFit(), prior, indexPrefix, timeout: 60_000 });
  const whole: number[] = [];
  const extraction: number[] = [];
  const percolation: number[] = [];
  for (let n = 0; n < runs; n += 1) {
    const start = Math.floor((n / runs) * Math.max(1, all.length - characters));
    const body = all.slice(start, start + characters);
    const article = {
      articleId: `timed-${n}`,
      revision: 0,
      title: `計測${n}`,
      body,
      format: 'text' as const,
      publishedAt: new Date().toISOString(),
      authorId: 'timed',
      tags: ['TypeScript'],
    };
    const words = readArticleText(article).blocks.map((block) => block.text);
    const signal = AbortSignal.timeout(60_000);
    percolation.push(
      await timed(() =>
        withDeadline(signal, [client.search(percolateRequest(tagsAlias(indexPrefix), words))]),
      ),
    );
    extraction.push(await timed(() => findInArticle(article, { client, prior, indexPrefix, signal })));
    whole.push(await timed(() => engine.extract(article)));
  }
  // The first runs warm up connection and server.
  for (const [what, milliseconds] of Object.entries({ percolation, extraction, 'with history': whole })) {
    console.log(
      `${what.padEnd(14)} of ${characters} characters, ms   ${percentiles(milliseconds.slice(10))}`,
    );
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function percentiles(milliseconds: number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`;
}

await runCommand(command);
