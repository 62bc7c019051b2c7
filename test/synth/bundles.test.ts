import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from '@opensearch-project/opensearch';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { articleTaggedSample } from '../../functions/contracts/article-tagged.ts';
import { articleEmbedding, keywordsAnswer } from '../../functions/contracts/signals.ts';
import { tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import { loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { type LocalFunction, runWorkflow } from '../../infra/local/workflow.ts';
import { ObjectStore, refuse } from '../embedding/object-store.ts';
import { type OpenSearchServer, startOpenSearch } from '../opensearch/server.ts';
import { findFunction, publishedFiles } from './assembly.ts';
import { DeployedFunction } from './deployed-function.ts';

const BUCKET = 'cdk-hnb659fds-assets-123456789012-ap-northeast-1';
const event = {
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'ArticlePublished',
  source: 'blog.example.com',
  detail: articlePublishedSample,
};
const { body, ...data } = articlePublishedSample.data;
const byLocation = {
  detail: {
    ...articlePublishedSample,
    data: { ...data, bodyLocation: { bucket: 'articles', key: 'first.md' } },
  },
};

const s3 = new ObjectStore();
let resolve: Record<string, string>;
const running: DeployedFunction[] = [];

beforeAll(async () => {
  for (const [key, path] of publishedFiles()) {
    if (key.startsWith('models/')) s3.objects.set(`${BUCKET}/${key}`, readFileSync(path));
  }
  s3.objects.set('articles/first.md', Buffer.from(body!));
  const client = await s3.start();
  const { protocol, hostname, port } = await client.config.endpoint!();
  resolve = { AWS_ENDPOINT_URL_S3: `${protocol}//${hostname}:${port}`, MODEL_BUCKET: BUCKET };
});
afterEach(async () => {
  s3.answers.clear();
  s3.requests.length = 0;
  await Promise.all(running.splice(0).map((f) => f.stop()));
});
afterAll(() => s3.stop());

function start(part: string, more: Record<string, string> = {}): DeployedFunction {
  const f = new DeployedFunction(part, { ...resolve, ...more });
  running.push(f);
  return f;
}

describe('bundles', () => {
  it.each([
    ['Keywords', 700_000, ['catalogue', 'fit.json', 'index.mjs']],
    ['FallbackKeywords', 350_000, ['catalogue', 'fit.json', 'index.mjs', 'lindera_wasm_bg.wasm']],
    ['Embedding', 350_000, ['index.mjs']],
    ['Scorer', 200_000, ['fit.json', 'index.mjs']],
    ['HistoryFunction', 700_000, ['index.mjs']],
  ])('%s: one module of at most %i bytes, beside it only what it reads', (part, most, files) => {
    const { code } = findFunction(part);
    expect(readdirSync(code).sort()).toEqual(files);
    expect(statSync(join(code, 'index.mjs')).size).toBeLessThan(most);
  });

  it.each([
    ['Keywords', /from\s?"@aws-sdk\/client-/],
    ['FallbackKeywords', /from\s?"@aws-sdk\/client-/],
    ['Embedding', /from\s?"@aws-sdk\/client-/],
    ['Scorer', /from\s?"@aws-sdk\/client-/],
    // For the credentials to sign with.
    ['HistoryFunction', /"@aws-sdk\/credential-provider-node"/],
  ])('%s: no copy of the SDK', (part, imported) => {
    const source = readFileSync(join(findFunction(part).code, 'index.mjs'), 'utf8');
    expect(imported.test(source), 'imports the SDK of the runtime').toBe(true);
    expect(
      /S3ServiceException|EventBridgeServiceException|NodeHttpHandler/.test(source),
      'has a part of the SDK in it',
    ).toBe(false);
  });
});

describe('embedding', () => {
  it('fetches the model from S3 and embeds an article, wherever its body is', async () => {
    const embedding = start('Embedding');
    const inline = articleEmbedding.parse((await embedding.invoke({ detail: event.detail })).answer);
    const { MODEL_SHA256 } = findFunction('Embedding').variables;
    expect(inline.model.sha256).toBe(MODEL_SHA256);
    expect(articleEmbedding.parse((await embedding.invoke(byLocation)).answer)).toEqual(inline);
    expect(inline.vectors.whole).toHaveLength(512);
    const model = [...s3.objects.keys()].filter((name) => name.startsWith(BUCKET));
    expect(s3.requests.sort()).toEqual([...model, 'articles/first.md'].sort());
  });

  it('names what is wrong when S3 has no model, and counts it', async () => {
    const prefix = `${findFunction('Embedding').variables.MODEL_PREFIX}`;
    const missing = start('Embedding', { MODEL_SHA256: '0'.repeat(64) });
    await expect(missing.invoke({ detail: event.detail })).rejects.toMatchObject({
      name: 'ModelNotFound',
      message: expect.stringContaining(`s3://${BUCKET}/${prefix}`),
    });
    expect(missing.lines).toContainEqual(
      expect.objectContaining({ ModelLoadErrors: 1, service: 'TagSuggestions-2FBD8A6B' }),
    );
  });

  it('refuses an article whose body is not there as the publisher said', async () => {
    s3.answers.set('articles/first.md', refuse(404, 'NoSuchKey'));
    await expect(start('Embedding').invoke(byLocation)).rejects.toMatchObject({
      name: 'InvalidArticle',
      message: expect.stringContaining('bodyLocation s3://articles/first.md'),
    });
  });
});

describe('keywords without OpenSearch', () => {
  it('finds candidates, wherever the body is', async () => {
    const keywords = start('FallbackKeywords');
    const inline = keywordsAnswer.parse((await keywords.invoke({ detail: event.detail })).answer);
    expect(inline.candidates.map(({ key }) => key)).toContain('awslambda');
    expect(keywordsAnswer.parse((await keywords.invoke(byLocation)).answer)).toEqual(inline);
  });

  it('says which field of an article is wrong', async () => {
    await expect(
      start('FallbackKeywords').invoke({ detail: { ...event.detail, data: { ...data, title: ' ' } } }),
    ).rejects.toMatchObject({ name: 'InvalidArticle', message: expect.stringContaining('data.title') });
  });
});

describe('the workflow of the bundles', () => {
  const bus = new Bus();
  let opensearch: OpenSearchServer;

  beforeAll(async () => {
    await bus.start();
    opensearch = await startOpenSearch();
    const client = new Client({ node: opensearch.url });
    await setupSearch(client, { indexPrefix: 'tag-suggestions', shipped: loadCatalogue() });
  });
  afterAll(async () => {
    await opensearch?.stop();
    await bus.stop();
  });

  function functions(openSearchUrl: string) {
    const scorer = start('Scorer', { EVENT_BUS_NAME: 'articles', AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url });
    const call =
      (f: DeployedFunction): LocalFunction =>
      async (payload) =>
        (await f.invoke(payload)).answer;
    return {
      scorer,
      functions: {
        KeywordsFunctionArn: call(start('Keywords', { OPENSEARCH_URL: openSearchUrl })),
        FallbackKeywordsFunctionArn: call(start('FallbackKeywords')),
        EmbeddingFunctionArn: serially(call(start('Embedding'))),
        ScorerFunctionArn: call(scorer),
      },
    };
  }

  it('takes an article by reference to its suggestions, with signed requests to OpenSearch', async () => {
    const { scorer, functions: deployed } = functions(opensearch.url);
    const output = tagsSuggested.parse(
      await runWorkflow({ ...event, ...byLocation }, { functions: deployed, name: 'bundles' }),
    );
    expect(output.data.degraded).toEqual([]);
    expect(output.data.tags.map(({ key }) => key)).toContain('awslambda');
    expect(bus.entries).toMatchObject([
      { EventBusName: 'articles', Source: 'tag-suggestions', DetailType: 'TagsSuggested' },
    ]);
    expect(JSON.parse(bus.entries[0]!.Detail)).toEqual(output);
    expect(scorer.lines).toContainEqual(
      expect.objectContaining({
        Degraded: 0,
        WithoutTags: 0,
        Tags: output.data.tags.length,
        service: 'TagSuggestions-2FBD8A6B',
      }),
    );
  });

  it('records what the author keeps, and knows it at the next article', async () => {
    const history = start('HistoryFunction', { OPENSEARCH_URL: opensearch.url });
    const tags = ['私のタグ', 'AWS Lambda'];
    const data = { ...articleTaggedSample.data, articleId: 'an-earlier-one', authorId: 'keeper', tags };
    const tagged = { ...event, 'detail-type': 'ArticleTagged', detail: { ...articleTaggedSample, data } };
    expect((await history.invoke(tagged)).answer).toBe('stored');
    expect((await history.invoke(tagged)).answer).toBe('newer kept');
    expect((await history.invoke({ ...tagged, detail: {} })).answer).toBe('refused');
    expect(history.lines).toContainEqual(
      expect.objectContaining({ TagsRefused: 1, service: 'TagSuggestions-2FBD8A6B' }),
    );
    await new Client({ node: opensearch.url }).indices.refresh({ index: 'tag-suggestions-history' });

    const keywords = start('Keywords', { OPENSEARCH_URL: opensearch.url });
    const article = { ...articlePublishedSample.data, articleId: 'a-later-one', authorId: 'keeper' };
    const { answer } = await keywords.invoke({ detail: { ...articlePublishedSample, data: article } });
    const { history: known, candidates } = keywordsAnswer.parse(answer);
    expect(known).toEqual({ articles: 1 });
    expect(candidates.find(({ key }) => key === '私のタグ')?.evidence).toMatchObject([
      { where: 'history', articles: 1, of: 1 },
    ]);
  });

  it('goes on without OpenSearch, and counts the article as degraded', async () => {
    const { scorer, functions: deployed } = functions('http://127.0.0.1:9');
    const output = tagsSuggested.parse(await runWorkflow(event, { functions: deployed, retryPause: 1 }));
    expect(output.data.degraded).toEqual(['keywords']);
    expect(scorer.lines).toContainEqual(
      expect.objectContaining({ Degraded: 1, KeywordsDegraded: 1, EmbeddingDegraded: 0 }),
    );
  });

  it('fails when keywords come with a catalogue that the fit does not know', async () => {
    const { functions: deployed } = functions(opensearch.url);
    const KeywordsFunctionArn: LocalFunction = async (payload) => {
      const answer = (await deployed.KeywordsFunctionArn(payload)) as object;
      return { ...answer, catalogue: { version: 'another' } };
    };
    await expect(
      runWorkflow(event, { functions: { ...deployed, KeywordsFunctionArn } }),
    ).rejects.toMatchObject({ error: 'FitMismatch', message: expect.stringContaining('in use is another') });
  });
});

/** An environment of Lambda takes one event at a time. */
function serially(f: LocalFunction): LocalFunction {
  let last: Promise<unknown> = Promise.resolve();
  return (payload) => {
    const turn = last.then(() => f(payload));
    last = turn.catch(() => {});
    return turn;
  };
}

/** An EventBridge that takes every entry. */
class Bus {
  readonly entries: Record<'EventBusName' | 'Source' | 'DetailType' | 'Detail', string>[] = [];
  readonly #server: Server = createServer(async (request, response) => {
    const { Entries } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    this.entries.push(...Entries);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));
  });

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
