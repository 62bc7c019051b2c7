import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@opensearch-project/opensearch';
import { Command } from 'commander';
import { OpenSearchHistory } from '../functions/history/opensearch/opensearch-history.ts';
import { type Catalogue, loadCatalogue } from '../functions/keywords/catalogue.ts';
import {
  createOpenSearchEngine,
  findInArticle,
  findWithHistory,
} from '../functions/keywords/opensearch/engine.ts';
import { recountCatalogue } from '../functions/keywords/opensearch/recount.ts';
import { setupSearch } from '../functions/keywords/opensearch/setup.ts';
import type { AcceptedArticle } from '../functions/shared/accept-article.ts';
import { loadFit } from '../functions/shared/fit.ts';
import { bulkHistory, type PastArticle } from './bulk-history.ts';
import { runCommand } from './command.ts';
import { percentile } from './percentile.ts';
import { createProgress } from './progress.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';

const ARTICLE = join(import.meta.dirname, '../test/articles/step-functions-retry.md');

const command = withSearchOptions(new Command('npm run history:benchmark --'))
  .description(
    'Time what the history of an author adds to extraction with OpenSearch, on generated histories under names of their own that are removed again. Each article is timed with and without, one right after the other.',
  )
  .option('--articles <count>', 'articles of one prolific author', Number, 5000)
  .option('--platform <count>', 'articles of all authors together', Number, 100_000)
  .option('--per-author <count>', 'articles of each other author', Number, 50)
  .option('--runs <count>', 'articles that are timed', Number, 200)
  .action(reportingErrors(benchmark));

interface Options extends SearchOptions {
  articles: number;
  platform: number;
  perAuthor: number;
  runs: number;
}

async function benchmark(options: Options): Promise<void> {
  const { client } = connect(options);
  const indexPrefix = `benchmark-${crypto.randomUUID().slice(0, 8)}`;
  const catalogue = loadCatalogue();
  try {
    await setupSearch(client, { indexPrefix, shipped: catalogue });
    const load = (authors: Iterable<[author: string, articles: number]>, total: number) =>
      loadAuthors(client, { indexPrefix, catalogue, authors, total });
    const time = (author: string) =>
      timeAuthor(client, { indexPrefix, catalogue, author, runs: options.runs });

    await load([['prolific', options.articles]], options.articles);
    // The first runs warm up connection, server and this process.
    await timeAuthor(client, { indexPrefix, catalogue, author: 'prolific', runs: 50 });
    report(`author with ${options.articles} articles, alone`, await time('prolific'));

    const others = Math.max(0, Math.floor((options.platform - options.articles) / options.perAuthor));
    const names = Array.from(
      { length: others },
      (_, n) => [`author-${n}`, options.perAuthor] as [string, number],
    );
    await load(names, others * options.perAuthor);
    const where = `among ${options.articles + others * options.perAuthor}`;
    report(`author with ${options.articles} articles, ${where}`, await time('prolific'));
    report(`author with ${options.perAuthor} articles, ${where}`, await time('author-0'));
    report(`author who is not known, ${where}`, await time('nobody'));
    await reportPlatform(client, indexPrefix);
  } finally {
    const { body } = await client.indices.get({ index: `${indexPrefix}-*` });
    await client.indices.delete({ index: Object.keys(body) });
  }
}

/** The same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Keys that an article mentions, as many as articles of the development data do. */
const KEYS = 40;

/** Articles about an author's favourite tags, about others, and about phrases that nobody else writes. */
function* pastOf(author: string, count: number, { tags }: Catalogue): Generator<PastArticle> {
  const random = createRandom([...author].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) >>> 0);
  // Of popular tags more, as on a platform.
  const any = () => tags[Math.floor(random() ** 2 * tags.length)]!;
  const favourites = Array.from({ length: 40 }, any);
  const favourite = () => favourites[Math.floor(random() ** 2 * favourites.length)]!;
  for (let n = 0; n < count; n += 1) {
    const kept = Array.from({ length: 4 }, favourite);
    const keys = [
      ...kept.map(({ key }) => key),
      ...Array.from({ length: KEYS / 2 }, () => any().key),
      ...Array.from({ length: KEYS / 2 - 4 }, () => `${author}の話題${Math.floor(random() * 5000)}`),
    ];
    const articleId = `${author}/${n}`;
    const time = new Date(Date.UTC(2020, 0, 1) + n * 3_600_000).toISOString();
    yield {
      article: {
        articleId,
        revision: 0,
        authorId: author,
        title: `${kept[0]!.label}の話、その${n}`,
        keys: [...new Set(keys)],
        publishedAt: time,
      },
      kept: { articleId, authorId: author, tags: kept.map(({ label }) => label), taggedAt: time },
    };
  }
}

async function loadAuthors(
  client: Client,
  options: {
    indexPrefix: string;
    catalogue: Catalogue;
    authors: Iterable<[author: string, articles: number]>;
    total: number;
  },
): Promise<void> {
  const { indexPrefix, catalogue, authors, total } = options;
  function* all() {
    for (const [author, count] of authors) yield* pastOf(author, count, catalogue);
  }
  const progress = createProgress('articles written', total);
  const started = performance.now();
  await bulkHistory(client, indexPrefix, all(), progress.tick);
  progress.end();
  console.log(`${total} articles written in ${seconds(started)} s`);
}

interface Times {
  without: number[];
  with: number[];
  added: number[];
  extracted: number[];
}

async function timeAuthor(
  client: Client,
  options: { indexPrefix: string; catalogue: Catalogue; author: string; runs: number },
): Promise<Times> {
  const { indexPrefix, catalogue: prior, author, runs } = options;
  const engine = createOpenSearchEngine({ client, fit: loadFit(), prior, indexPrefix, timeout: 60_000 });
  const text = readFileSync(ARTICLE, 'utf8');
  const times: Times = { without: [], with: [], added: [], extracted: [] };
  for (let n = 0; n < runs; n += 1) {
    const article: AcceptedArticle = {
      articleId: `timed-${author}-${n}`,
      revision: 0,
      authorId: author,
      title: `計測${n}`,
      body: text.slice((n * 37) % 500),
      format: 'markdown',
      publishedAt: new Date().toISOString(),
    };
    const search = { client, prior, indexPrefix, signal: AbortSignal.timeout(60_000) };
    const without = () => timed(() => findInArticle(article, search));
    const withHistory = () => timed(() => findWithHistory(article, search));
    // Whatever the second of two has from the first: each is second as often.
    const [a, b] =
      n % 2 === 0
        ? [await without(), await withHistory()]
        : await withHistory().then(async (second) => [await without(), second] as const);
    times.without.push(a);
    times.with.push(b);
    times.added.push(b - a);
  }
  // Afterwards, as it makes the author write on.
  for (let n = 0; n < Math.min(runs, 50); n += 1) {
    const article: AcceptedArticle = {
      articleId: `extracted-${author}-${n}`,
      revision: 0,
      authorId: `${author}`,
      title: `計測${n}`,
      body: text,
      format: 'markdown',
      publishedAt: new Date().toISOString(),
    };
    times.extracted.push(await timed(() => engine.extract(article)));
  }
  return times;
}

function report(what: string, times: Times): void {
  const at = (milliseconds: number[]) =>
    `${percentile(milliseconds, 0.5).toFixed(1)} / ${percentile(milliseconds, 0.95).toFixed(1)}`;
  console.log(
    `${what}, ms p50 / p95: without history ${at(times.without)}, with ${at(times.with)}, difference ${at(times.added)}, with storing ${at(times.extracted)}`,
  );
}

async function reportPlatform(client: Client, indexPrefix: string): Promise<void> {
  const { body } = await client.indices.stats({ index: `${indexPrefix}-*`, metric: 'store' });
  for (const [index, { primaries }] of Object.entries(body.indices ?? {})) {
    console.log(`${index}: ${((primaries?.store?.size_in_bytes ?? 0) / 1e6).toFixed(1)} MB`);
  }
  let started = performance.now();
  const { authors, articles } = await recountCatalogue(client, indexPrefix);
  console.log(`${articles} articles of ${authors} authors counted anew in ${seconds(started)} s`);
  const history = new OpenSearchHistory({
    client,
    indexPrefix,
    signal: () => AbortSignal.timeout(600_000),
  });
  started = performance.now();
  const deleted = await history.forget({ authorId: 'prolific' });
  console.log(`${deleted} documents of an author forgotten in ${seconds(started)} s`);
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

await runCommand(command);
