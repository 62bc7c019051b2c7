import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_INLINE_BODY_JSON_BYTES, MAX_STATE_BYTES } from '../../../functions/contracts/limits.ts';
import { type TagsSuggested, tagsSuggested } from '../../../functions/contracts/tags-suggested.ts';
import { MemoryHistory } from '../../../functions/history/memory-store.ts';
import { loadCatalogue } from '../../../functions/keywords/catalogue.ts';
import { tagKey } from '../../../functions/keywords/tag-key.ts';
import { suggestionId } from '../../../functions/scorer/suggestion.ts';
import { readArticleFile } from '../../../infra/local/article-file.ts';
import { createLocalFunctions } from '../../../infra/local/functions.ts';
import { type HistoryEvent, type RunOptions, runWorkflow } from '../../../infra/local/workflow.ts';

const functions = createLocalFunctions();
const event = await readArticleFile(join(import.meta.dirname, '../../articles/step-functions-retry.md'));

const run = async (input: object = event, options: Partial<RunOptions> = {}): Promise<TagsSuggested> =>
  tagsSuggested.parse(await runWorkflow(input, { functions, retryPause: 1, ...options }));
const withData = (change: object) => {
  const { metadata, data } = event.detail as { metadata: object; data: object };
  return { ...event, detail: { metadata, data: { ...data, ...change } } };
};
const failing = (name: string) => () => Promise.reject(Object.assign(new Error('down'), { name }));
const countRetries = (options: Partial<RunOptions>) => {
  const retried: string[] = [];
  const onEvent = (one: HistoryEvent) => void (one.type === 'StateRetried' && retried.push(one.state.name));
  return { retried, options: { ...options, onEvent } };
};

describe('an article on its way', () => {
  it('ends as an event that names its article, its execution and what caused it', async () => {
    const { metadata, data } = await run(event, { name: 'one_two' });
    expect(data).toMatchObject({ articleId: 'step-functions-retry', revision: 0, degraded: [] });
    expect(metadata).toMatchObject({ causationId: event.id, origin: 'publish', id: suggestionId(data) });
    expect(metadata.executionId).toContain('one_two');
    expect(data.tags.map(({ key }) => key)).toEqual(expect.arrayContaining(['aws', 'stepfunctions']));
  });

  it('says the same when it comes again', async () => {
    const [first, second] = [await run(), await run()];
    expect(second.data).toEqual(first.data);
    expect(second.metadata.id).toBe(first.metadata.id);
  });

  it('may have nothing that could be a tag', async () => {
    const { data } = await run(withData({ title: '…', body: '！' }));
    expect(data).toMatchObject({ tags: [], degraded: [] });
  });
});

describe('what degrades', () => {
  it.each([
    'KeywordsUnavailable',
    'KeywordsRefused',
    'KeywordsIndexMissing',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    'States.Timeout',
  ])('the embedded engine stands in when the usual one fails with %s', async (name) => {
    const { data } = await run(event, { functions: { ...functions, KeywordsFunctionArn: failing(name) } });
    expect(data.degraded).toEqual(['keywords']);
    expect(data.tags.length).toBeGreaterThan(0);
  });

  it.each(['ModelUnavailable', 'ModelNotFound', 'ModelCorrupt', 'StorageFull', 'Lambda.Unknown'])(
    'frequency decides alone when the embedding fails with %s',
    async (name) => {
      const { data } = await run(event, { functions: { ...functions, EmbeddingFunctionArn: failing(name) } });
      expect(data).toMatchObject({ degraded: ['embedding'], model: null });
      expect(data.tags.length).toBeGreaterThan(0);
      for (const { score, frequency, semantic } of data.tags)
        expect([score, semantic]).toEqual([frequency, null]);
    },
  );

  it('both at once still give suggestions', async () => {
    const broken = {
      KeywordsFunctionArn: failing('KeywordsTimeout'),
      EmbeddingFunctionArn: failing('ModelCorrupt'),
    };
    const { data } = await run(event, { functions: { ...functions, ...broken } });
    expect(data.degraded).toEqual(['keywords', 'embedding']);
  });

  it.each(['EmbedKeywords', 'EmbedArticle'])('one of the two embeddings is enough: %s', async (fail) => {
    expect((await run(event, { fail })).data.degraded).toEqual(['embedding']);
  });
});

describe('what is tried again', () => {
  it.each([
    ['ExtractKeywords', 'KeywordsThrottled', 'KeywordsFunctionArn'],
    ['EmbedArticle', 'ModelUnavailable', 'EmbeddingFunctionArn'],
    ['SuggestTags', 'PublishFailed', 'ScorerFunctionArn'],
  ] as const)('%s after %s, and nothing is degraded', async (state, name, arn) => {
    let calls = 0;
    const once = (payload: unknown) => (calls++ === 0 ? failing(name)() : functions[arn](payload));
    const { retried, options } = countRetries({ functions: { ...functions, [arn]: once } });
    const { data } = await run(event, options);
    expect(retried).toContain(
      state === 'EmbedArticle' && retried[0] === 'EmbedKeywords' ? 'EmbedKeywords' : state,
    );
    expect(data.degraded).toEqual([]);
  });

  it('not an error that waiting does not mend', async () => {
    const { retried, options } = countRetries({
      functions: { ...functions, KeywordsFunctionArn: failing('KeywordsRefused') },
    });
    await run(event, options);
    expect(retried).toEqual([]);
  });
});

describe('what fails the execution', () => {
  it.each([
    ['an event without an article', {}, 'InvalidArticle', 'detail.data.articleId'],
    ['an article without a title', withData({ title: '' }), 'InvalidArticle', 'data.title'],
    ['an unknown format', withData({ format: 'pdf' }), 'InvalidArticle', 'data.format'],
  ])('%s', async (_, input, error, words) => {
    const { retried, options } = countRetries({});
    await expect(run(input, options)).rejects.toMatchObject({
      error,
      message: expect.stringContaining(words),
    });
    expect(retried).toEqual([]);
  });

  it.each([
    [
      'no engine answers',
      {
        KeywordsFunctionArn: failing('KeywordsTimeout'),
        FallbackKeywordsFunctionArn: failing('Lambda.Unknown'),
      },
      'Lambda.Unknown',
    ],
    ['a bug in the keyword function', { KeywordsFunctionArn: failing('TypeError') }, 'TypeError'],
    ['the bus refuses to the end', { ScorerFunctionArn: failing('PublishFailed') }, 'PublishFailed'],
    ['the fit belongs to another model', { ScorerFunctionArn: failing('FitMismatch') }, 'FitMismatch'],
  ])('%s', async (_, broken, error) => {
    await expect(run(event, { functions: { ...functions, ...broken } })).rejects.toMatchObject({ error });
  });
});

describe('the size of each state', async () => {
  const sizes = async (input: object, options: Partial<RunOptions> = {}) => {
    const bytes: number[] = [];
    const measure = (value: unknown) =>
      value !== undefined && bytes.push(Buffer.byteLength(JSON.stringify(value)));
    const onEvent = (one: HistoryEvent) => {
      if ('state' in one) [one.state.input, one.state.output].forEach(measure);
      if ('output' in one) measure(one.output);
    };
    // What a task gets is measured too, after Parameters has put it together.
    const measuring = Object.fromEntries(
      Object.entries(options.functions ?? functions).map(([arn, call]) => [
        arn,
        (payload: unknown) => {
          measure(payload);
          return call(payload);
        },
      ]),
    ) as unknown as RunOptions['functions'];
    await run(input, { ...options, functions: measuring, onEvent });
    return bytes;
  };

  const labels = loadCatalogue().tags.map(({ label }) => label);
  const everyTag = labels.map((label) => `「${label}」についてくわしく書きました。`).join('\n\n');
  const full = (text: string) => text.repeat(10).slice(0, 42_000);
  const largest = {
    title: labels.join('、').slice(0, 500),
    body: full(everyTag),
    tags: Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(100, 'タ')),
    url: `https://blog.example/${'a'.repeat(2000)}`,
  };

  /** An author whose every article has the longest title and tags, among them all that the article mentions. */
  const prolific = new MemoryHistory();
  const used = labels.slice(0, 1000);
  const keys = used.map((label) => tagKey(label));
  for (let n = 0; n < 40; n += 1) {
    const earlier = { articleId: `earlier-${n}`, authorId: 'prolific' };
    const publishedAt = new Date(Date.UTC(2026, 0, n + 1)).toISOString();
    await prolific.remember({ ...earlier, revision: 0, title: 'タ'.repeat(500), keys, publishedAt });
    const kept = Array.from({ length: 25 }, (_, i) => `${n}-${i}-`.padEnd(16, 'タ'));
    const tags = [...used.slice(n * 25, n * 25 + 25), ...kept];
    await prolific.record({ ...earlier, tags, taggedAt: publishedAt });
  }

  it.each([
    ['the largest legal article', withData(largest), {}],
    [
      'the same of an author with the largest history',
      withData({ ...largest, authorId: 'prolific' }),
      { functions: createLocalFunctions({ history: prolific }) },
    ],
    [
      'the same when both signals are degraded',
      withData(largest),
      {
        functions: {
          ...functions,
          KeywordsFunctionArn: failing('KeywordsTimeout'),
          EmbeddingFunctionArn: failing('ModelCorrupt'),
        },
      },
    ],
    [
      'an article whose every word stands between quotes and control characters',
      withData({ ...largest, body: full(labels.map((label) => `"\u0001"${label}"\u0001"\n\n`).join('')) }),
      {},
    ],
    [
      'a body that grows to its limit as JSON',
      withData({ body: `${'"'.repeat(MAX_INLINE_BODY_JSON_BYTES / 2 - 20)}Rust` }),
      {},
    ],
  ])('%s stays below 256 KiB', async (_, input, options) => {
    const bytes = await sizes(input, options);
    expect(bytes.length).toBeGreaterThan(8);
    expect(Math.max(...bytes)).toBeLessThan(MAX_STATE_BYTES);
  });
});

describe('the command', () => {
  it('reads its sample as an article of at least 2,000 characters', () => {
    const { body } = (event.detail as { data: { body: string } }).data;
    expect(body.length).toBeGreaterThan(2000);
    expect(readFileSync(join(import.meta.dirname, '../../../infra/local/main.ts'), 'utf8')).toContain(
      'step-functions-retry.md',
    );
  });
});
