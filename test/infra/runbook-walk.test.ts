import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { articleTaggedSample } from '../../functions/contracts/article-tagged.ts';
import { type TagsSuggested, tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import { createHandler as createEmbedding } from '../../functions/embedding/handler.ts';
import { createModel2VecLoader } from '../../functions/embedding/model-loader.ts';
import { createHandler as createHistory } from '../../functions/history/handler.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { OpenSearchHistory } from '../../functions/history/opensearch/opensearch-history.ts';
import type { HistoryStore } from '../../functions/history/store.ts';
import { loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { createHandler as createKeywords } from '../../functions/keywords/handler.ts';
import { createOpenSearchClient } from '../../functions/keywords/opensearch/client.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { logger } from '../../functions/shared/logger.ts';
import { metrics } from '../../functions/shared/metrics.ts';
import { readArticleFile } from '../../infra/local/article-file.ts';
import { createLocalFunctions } from '../../infra/local/functions.ts';
import { type Functions, runWorkflow } from '../../infra/local/workflow.ts';
import { LOG_QUERIES } from '../../infra/log-queries.ts';
import { chapter, PROJECT, runbook, sections } from './runbook.ts';

const event = await readArticleFile(join(PROJECT, 'test/articles/step-functions-retry.md'));
const ARTICLE_ID = 'step-functions-retry';
const shipped = loadCatalogue();
const fit = loadFit();

type Line = Record<string, unknown>;
let lines: Line[];

beforeEach(() => {
  lines = [];
  logger.setLogLevel('INFO');
  const { console: output } = logger as unknown as { console: Console };
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(output, method).mockImplementation((line) => void lines.push(JSON.parse(line)));
  }
});
afterEach(() => {
  logger.setLogLevel('SILENT');
  vi.restoreAllMocks();
});

const context = { functionName: 'f', memoryLimitInMB: '1024' } as Context;
const withContext =
  (handler: (request: unknown, context: Context) => Promise<unknown>) => (request: unknown) =>
    handler(request, context);

/** The functions of this machine, as Lambda calls them, and one of them with a fault. */
async function run(broken: Partial<Functions>): Promise<TagsSuggested> {
  const functions = { ...createLocalFunctions(), ...broken };
  const called = Object.fromEntries(
    Object.entries(functions).map(([name, handler]) => [name, withContext(handler)]),
  ) as unknown as Functions;
  return tagsSuggested.parse(await runWorkflow(event, { functions: called, retryPause: 1 }));
}

/** An OpenSearch that does what it is told; returns its address. */
async function openSearch(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (status: number, body: object) =>
  openSearch((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

function keywordsFrom(url: string): Partial<Functions> {
  const client = createOpenSearchClient({ url });
  onTestFinished(() => client.close());
  const engine = async () =>
    createOpenSearchEngine({ client, fit, prior: shipped, indexPrefix: 'blog', timeout: 300 });
  return { KeywordsFunctionArn: createKeywords(engine) };
}

/** The shipped model with one byte changed. */
function overwrittenModel(): Partial<Functions> {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(PROJECT, 'model'), folder, { recursive: true });
  const weights = readFileSync(join(folder, 'model2vec.bin'));
  weights[weights.length - 1]! ^= 1;
  writeFileSync(join(folder, 'model2vec.bin'), weights);
  return { EmbeddingFunctionArn: createEmbedding(createModel2VecLoader({ modelPath: folder })) };
}

describe('from a degraded event to its cause, by the steps of the runbook', () => {
  it.each<[string, () => Promise<Partial<Functions>>, string, string[], RegExp]>([
    [
      'OpenSearch’s port is closed',
      async () => keywordsFrom('http://127.0.0.1:9'),
      'keywords',
      ['KeywordsUnavailable', 'KeywordsUnavailable', 'KeywordsUnavailable'],
      /could not be reached[\s\S]*the domain's page: cluster health/,
    ],
    [
      'OpenSearch takes requests and does not answer',
      async () => keywordsFrom(await openSearch(() => {})),
      'keywords',
      ['KeywordsTimeout', 'KeywordsTimeout', 'KeywordsTimeout'],
      /no whole answer within its deadline[\s\S]*larger `instanceType`/,
    ],
    [
      'OpenSearch without indices',
      async () =>
        keywordsFrom(await answering(404, { error: { type: 'index_not_found_exception' }, status: 404 })),
      'keywords',
      ['KeywordsIndexMissing'],
      /never set up, deleted[\s\S]*npm run search:setup/,
    ],
    [
      'the keyword function’s policy was taken away',
      async () => keywordsFrom(await answering(403, { Message: 'not authorized to perform: es:ESHttpPost' })),
      'keywords',
      ['KeywordsRefused'],
      /401 or 403[\s\S]*does its policy name this domain[\s\S]*npm run deploy/,
    ],
    [
      'model2vec.bin was overwritten',
      async () => overwrittenModel(),
      'embedding',
      ['ModelCorrupt', 'ModelCorrupt'],
      /its checksum[\s\S]*Was an object replaced in S3[\s\S]*npm run deploy/,
    ],
  ])('%s', async (induced, break_, degraded, errors, cause) => {
    const { data, metadata } = await run(await break_());
    // What the operator has: the event. It names the signal, its article and its execution.
    expect(data.degraded).toEqual([degraded]);
    // Step 1 and 2: the query by article; the lines "failed" have the error.
    const found = lines.filter(({ articleId }) => articleId === data.articleId);
    const failed = found.filter(({ message }) => message === 'failed');
    expect(failed.map(({ error }) => error)).toEqual(errors);
    for (const line of failed) {
      expect(line).toMatchObject({
        level: 'ERROR',
        executionId: metadata.executionId,
        reason: expect.any(String),
      });
    }
    // Look the error up: the section names the cause and what to do.
    expect(sections.get(errors[0]!)).toMatch(cause);
    // The path is written down.
    const [row] =
      new RegExp(
        `^\\| ${induced.replaceAll('’', "'").replace('model2vec.bin', '`model2vec.bin`')} .*$`,
        'm',
      ).exec(runbook) ?? [];
    expect(row).toContain(errors.length > 1 ? `${errors.length} × \`${errors[0]}\`` : `\`${errors[0]}\``);
  });
});

describe('from an author whose tags are not learnt to the cause, by the steps of the runbook', () => {
  const kept = articleTaggedSample.data;
  const tagged = (data: object = {}) => ({
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    detail: { ...articleTaggedSample, data: { ...kept, ...data } },
  });
  const unreachable = () => {
    const client = createOpenSearchClient({ url: 'http://127.0.0.1:9' });
    onTestFinished(() => client.close());
    return new OpenSearchHistory({ client, indexPrefix: 'blog', signal: () => AbortSignal.timeout(300) });
  };
  /** What the history function is told of; the line that it leaves under the earlier article's id. */
  async function tell(store: HistoryStore, event: object): Promise<Line> {
    vi.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => metrics);
    await withContext(createHistory(() => store))(event).catch(() => {});
    const found = lines.filter(({ articleId }) => articleId === kept.articleId);
    expect(found).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(kept.authorId);
    return found[0]!;
  }

  it.each<[string, (store: MemoryHistory) => Promise<unknown>, object, Line, RegExp]>([
    [
      'an older event',
      (store) => store.record({ ...kept, taggedAt: '2027-01-01T00:00:00Z' }),
      {},
      { message: 'recorded tags', outcome: 'newer kept' },
      /^\| … `newer kept` \| .*`taggedAt` must be the time of saving/m,
    ],
    [
      'a forgotten author',
      (store) => store.forget({ authorId: kept.authorId }),
      {},
      { message: 'recorded tags', outcome: 'forgotten' },
      /^\| … `forgotten` \| .*npm run catalogue -- forget/m,
    ],
    [
      'no authorId in ArticleTagged',
      async () => {},
      { authorId: undefined },
      { message: 'tags refused', reason: expect.stringContaining('detail.data.authorId') },
      /^\| `tags refused` \| .*\[TagsRefused\]/m,
    ],
  ])('%s', async (_, before, data, line, row) => {
    const store = new MemoryHistory();
    await before(store);
    expect(await tell(store, tagged(data))).toMatchObject(line);
    expect(chapter("An author's tags are not learnt")).toMatch(row);
  });

  it('OpenSearch that is not reached', async () => {
    expect(await tell(unreachable(), tagged())).toMatchObject({
      message: 'failed',
      error: 'KeywordsUnavailable',
    });
    const text = chapter("An author's tags are not learnt");
    expect(text).toMatch(/^\| `failed` \| .*\[Dead letters\]/m);
    expect(text).toMatch(/^\| `KeywordsUnavailable`, .*OpenSearch was down/m);
  });

  it('an authorId that differs between the events', async () => {
    const store = new MemoryHistory();
    expect(await tell(store, tagged())).toMatchObject({ message: 'recorded tags', outcome: 'stored' });
    expect(await store.keptBy('hanako@example.com', 'next')).toMatchObject({ articles: 0 });
    expect(chapter("An author's tags are not learnt")).toMatch(
      /^4\. It is recorded, .*: the ids differ[\s\S]*Another one than in `ArticleTagged`/m,
    );
  });
});

describe('the saved queries', () => {
  it('ask for fields that the functions write', async () => {
    await run({ ...keywordsFrom('http://127.0.0.1:9') });
    expect(lines.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['failed', 'extracted keywords', 'embedding the article', 'suggested tags']),
    );
    expect(lines.every(({ articleId }) => articleId === ARTICLE_ID)).toBe(true);
    await withContext(createHistory(() => new MemoryHistory()))({ id: 'a', detail: articleTaggedSample });
    const written = new Set(lines.flatMap((line) => Object.keys(line)));
    const { article, degraded, errors } = LOG_QUERIES;
    for (const query of [article, degraded, errors]) {
      const asked = query
        .replaceAll(/"[^"]*"/g, '')
        .replaceAll(
          /\b(fields|filter|sort|limit|stats|count|count_distinct|latest|ispresent|as|by|and|asc|desc)\b/g,
          '',
        )
        .replaceAll(/\b(times|articles|example)\b/g, '')
        .match(/[@a-zA-Z_][\w.]*/g)!
        .filter((field) => !field.startsWith('@'));
      for (const field of asked) expect(written).toContain(field.replace(/\.[01]$/, ''));
    }
  });

  it('are written with the text of no article', async () => {
    await run(keywordsFrom('http://127.0.0.1:9'));
    expect(JSON.stringify(lines)).not.toContain('夜中に起こされない');
  });
});
