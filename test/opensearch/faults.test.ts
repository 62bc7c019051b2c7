import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ArticlePublished } from '../../functions/contracts/article-published.ts';
import { tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import { createHandler } from '../../functions/keywords/handler.ts';
import {
  createOpenSearchClient,
  type OpenSearchConnection,
} from '../../functions/keywords/opensearch/client.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { readArticleFile } from '../../infra/local/article-file.ts';
import { createLocalFunctions } from '../../infra/local/functions.ts';
import {
  type Functions,
  type HistoryEvent,
  readDefinition,
  runWorkflow,
  statesOf,
} from '../../infra/local/workflow.ts';
import { startFaultyServer } from './faulty-server.ts';
import { scratch, shipped } from './scratch.ts';
import { type OpenSearchServer, startOpenSearch } from './server.ts';

const { client: suiteClient, indexPrefix: setUpPrefix } = scratch();
const fit = loadFit();
const functions: Functions = {
  ...createLocalFunctions(),
  // The keyword branch is under test; the other degrades at once, which spares the model.
  EmbeddingFunctionArn: () => Promise.reject(Object.assign(new Error('spared'), { name: 'ModelNotFound' })),
};
const file = await readArticleFile(join(import.meta.dirname, '../articles/step-functions-retry.md'));
const { metadata, data } = file.detail as ArticlePublished;
const event = { ...file, detail: { metadata, data: { ...data, authorId: 'hanako' } } };

/** The article at hand may not wait longer than this for its tags. */
const LIMIT_MS = 10_000;
const [RETRY] = statesOf(readDefinition()).get('ExtractKeywords')!.Retry as unknown as [
  { IntervalSeconds: number; MaxAttempts: number; BackoffRate: number },
];
/** What the retries pause with jitter at its worst, spread evenly over them. */
const MEAN_PAUSE_MS =
  Array.from(
    { length: RETRY.MaxAttempts },
    (_, n) => 1000 * RETRY.IntervalSeconds * RETRY.BackoffRate ** n,
  ).reduce((sum, pause) => sum + pause) / RETRY.MaxAttempts;
/** Term vectors, percolation, what the author kept, and whether they are forgotten, side by side. */
const REQUESTS = 4;

/** One article through the workflow with OpenSearch at an address; its errors and how often it was asked. */
async function runWith(connection: OpenSearchConnection, indexPrefix = setUpPrefix, meanwhile?: () => void) {
  const client = createOpenSearchClient(connection);
  let requests = 0;
  client.on('request', (error) => {
    if (!error) requests += 1;
  });
  const keywords = createHandler(async () =>
    createOpenSearchEngine({ client, fit, prior: shipped, indexPrefix }),
  );
  const errors: string[] = [];
  const onEvent = (one: HistoryEvent) => {
    if (one.type === 'StateFailed' && one.state.name === 'ExtractKeywords') errors.push(one.Error ?? '');
  };
  const started = performance.now();
  setTimeout(() => meanwhile?.(), 300);
  const output = await runWorkflow(event, {
    functions: { ...functions, KeywordsFunctionArn: keywords },
    onEvent,
    retryPause: MEAN_PAUSE_MS,
  });
  const milliseconds = performance.now() - started;
  // What nobody waits for any more must not send anything either.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { data: tagsSuggested.parse(output).data, errors, requests, milliseconds };
}

type Outcome = Awaited<ReturnType<typeof runWith>>;

function expectDegraded({ data, errors, requests, milliseconds }: Outcome, names: string[]) {
  expect(data.degraded).toContain('keywords');
  expect(data.tags.length).toBeGreaterThan(0);
  expect(errors).toEqual(names);
  expect(requests).toBeLessThanOrEqual(names.length * REQUESTS);
  expect(milliseconds).toBeLessThan(LIMIT_MS);
}

const thrice = (name: string) => Array.from({ length: RETRY.MaxAttempts + 1 }, () => name);

let suspended: OpenSearchServer;
let killed: OpenSearchServer;
let guarded: OpenSearchServer;
// Before any time is taken: a starting server needs all the processors there are.
beforeAll(async () => {
  suspended = await startOpenSearch();
  killed = await startOpenSearch();
  guarded = await startOpenSearch({ credentials: 'tagger:secret' });
});
afterAll(() => Promise.all([suspended, killed, guarded].map((server) => server?.kill())));

describe.concurrent('tags are suggested within 10 s, degraded, and the history says why, when OpenSearch', () => {
  it('is suspended', async () => {
    await suspended.suspend();
    expectDegraded(await runWith({ url: suspended.url }), thrice('KeywordsTimeout'));
  });

  it('is killed in the middle of a request', async () => {
    // Suspended it takes the request and cannot answer before it dies.
    await killed.suspend();
    expectDegraded(
      await runWith({ url: killed.url }, setUpPrefix, () => killed.kill()),
      thrice('KeywordsUnavailable'),
    );
  });

  it.for([
    ['drips', thrice('KeywordsTimeout')],
    ['answers 429', thrice('KeywordsThrottled')],
    ['answers 503', thrice('KeywordsUnavailable')],
    ['answers garbage', thrice('KeywordsUnavailable')],
    ['answers a login page', thrice('KeywordsUnavailable')],
  ] as const)('%s', async ([fault, names], { onTestFinished }) => {
    const server = await startFaultyServer(fault);
    onTestFinished(server.stop);
    expectDegraded(await runWith({ url: server.url }), names);
  });

  it('refuses the credentials', async () => {
    const connect = (password: string): OpenSearchConnection => ({
      url: guarded.url,
      authentication: { type: 'basic', username: 'tagger', password },
    });
    expectDegraded(await runWith(connect('guess')), ['KeywordsRefused']);

    const client = createOpenSearchClient(connect('secret'), { requestTimeout: 60_000 });
    await setupSearch(client, { indexPrefix: setUpPrefix, shipped });
    expect((await runWith(connect('secret'))).data.degraded).not.toContain('keywords');
  });

  it('has no such index', async () => {
    const outcome = await runWith({ url: inject('opensearchUrl') }, 'never-set-up');
    expectDegraded(outcome, ['KeywordsIndexMissing']);
  });

  it('never gets credentials', async () => {
    const getCredentials = () => new Promise<never>(() => {});
    const outcome = await runWith({
      url: inject('opensearchUrl'),
      authentication: { type: 'iam', region: 'ap-northeast-1', getCredentials },
    });
    expectDegraded(outcome, thrice('KeywordsTimeout'));
    expect(outcome.requests).toBe(0);
  });
});

it('a full disk costs nothing at all', async () => {
  const block = (value: boolean | null) =>
    suiteClient.indices.putSettings({
      index: articlesAlias(setUpPrefix),
      body: { 'index.blocks.read_only_allow_delete': value } as object,
    });
  await block(true);
  try {
    const { data, errors } = await runWith({ url: inject('opensearchUrl') });
    expect(data.degraded).not.toContain('keywords');
    expect(data.tags.length).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  } finally {
    await block(null);
  }
});

it('a healthy one is asked once, and what the article adds to its history is written beside it', async () => {
  const { data, requests } = await runWith({ url: inject('opensearchUrl') });
  expect(data.degraded).not.toContain('keywords');
  // The article, its tags, and whether it was forgotten meanwhile.
  expect(requests).toBe(REQUESTS + 3);
});
