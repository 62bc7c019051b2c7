import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { articleTaggedSample as sample } from '../../functions/contracts/article-tagged.ts';
import { createHandler } from '../../functions/history/handler.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { metrics } from '../../functions/shared/metrics.ts';

const event = (detail: object = sample) => ({
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  source: 'blog.example.com',
  'detail-type': 'ArticleTagged',
  detail,
});
const withData = (change: object) => event({ ...sample, data: { ...sample.data, ...change } });

let counted: string[];
beforeEach(() => {
  counted = [];
  vi.spyOn(metrics, 'addMetric').mockImplementation((name) => {
    counted.push(name);
    return metrics;
  });
  vi.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => metrics);
});
afterEach(() => vi.restoreAllMocks());

it('records what an author kept, once however often it is told', async () => {
  const store = new MemoryHistory();
  const handler = createHandler(() => store);
  expect([await handler(event()), await handler(event())]).toEqual(['stored', 'newer kept']);
  expect(await store.keptBy('hanako', 'another')).toMatchObject({
    articles: 1,
    recent: [['AWS Lambda', 'TypeScript']],
  });
  expect(counted).toEqual([]);
});

it.each([
  ['no author', withData({ authorId: undefined })],
  ['no tags', withData({ tags: undefined })],
  ['tags that are no list', withData({ tags: 'aws' })],
  ['a time that is none', withData({ taggedAt: 'yesterday' })],
  ['an id that is too long', withData({ articleId: 'あ'.repeat(171) })],
  ['another version', event({ ...sample, metadata: { ...sample.metadata, version: '2' } })],
  ['no version', event({ ...sample, metadata: { id: 'a' } })],
  ['nothing', undefined],
])('drops an event with %s, and counts it', async (_, wrong) => {
  const store = new MemoryHistory();
  expect(await createHandler(() => store)(wrong)).toBe('refused');
  expect(counted).toEqual(['TagsRefused']);
  expect(store.documents().kept).toEqual([]);
});

it('throws what the store throws, for Lambda to try again', async () => {
  const broken = Object.assign(new Error('full'), { name: 'KeywordsThrottled' });
  const store = new MemoryHistory();
  vi.spyOn(store, 'record').mockRejectedValue(broken);
  await expect(createHandler(() => store)(event())).rejects.toBe(broken);
  expect(counted).toEqual([]);
});
