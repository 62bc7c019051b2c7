import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { errors } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOpenSearchClient,
  nameOfStatus,
  toKeywordsError,
  withDeadline,
} from '../../../functions/keywords/opensearch/client.ts';

const requests: { authorization: string | undefined }[] = [];
const server = createServer((request, response) => {
  requests.push({ authorization: request.headers.authorization });
  response.setHeader('content-type', 'application/json');
  if (request.url?.startsWith('/busy')) response.statusCode = 503;
  response.end('{"count":1}');
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const sent = async (work: () => Promise<unknown>) => {
  requests.length = 0;
  await work();
  return requests.length;
};

describe('the name of an error', () => {
  it.each([
    [401, undefined, 'KeywordsRefused'],
    [403, 'security_exception', 'KeywordsRefused'],
    [403, 'cluster_block_exception', 'KeywordsUnavailable'],
    [404, 'index_not_found_exception', 'KeywordsIndexMissing'],
    [400, 'index_not_found_exception', 'KeywordsIndexMissing'],
    [400, 'parsing_exception', 'KeywordsBadRequest'],
    [408, undefined, 'KeywordsTimeout'],
    [413, undefined, 'KeywordsBadRequest'],
    [429, 'rejected_execution_exception', 'KeywordsThrottled'],
    [500, undefined, 'KeywordsUnavailable'],
    [502, undefined, 'KeywordsUnavailable'],
    [503, undefined, 'KeywordsUnavailable'],
    [504, undefined, 'KeywordsUnavailable'],
  ])('for status %d, type %s is %s', (status, type, name) => {
    expect(nameOfStatus(status, type)).toBe(name);
  });

  it.each([
    [new errors.ConnectionError('socket hang up'), 'KeywordsUnavailable'],
    [new errors.DeserializationError('Unexpected token', '<'), 'KeywordsUnavailable'],
    [new DOMException('too late', 'TimeoutError'), 'KeywordsTimeout'],
    [Object.assign(new Error('none found'), { name: 'CredentialsProviderError' }), 'KeywordsRefused'],
    [new Error('anything else'), 'KeywordsUnavailable'],
  ])('for %s is %s, its cause kept', (cause, name) => {
    expect(toKeywordsError(cause)).toMatchObject({
      name,
      cause,
      message: expect.stringContaining(cause.message),
    });
  });
});

it('an error keeps the status, not the article', async () => {
  const client = createOpenSearchClient({ url });
  const request = client.transport.request({ method: 'POST', path: '/busy', body: { text: '秘密の記事' } });
  const error = await withDeadline(AbortSignal.timeout(5000), [request]).catch((one: Error) => one);
  expect(error).toMatchObject({ name: 'KeywordsUnavailable', cause: { statusCode: 503 } });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('秘密');
});

describe('the deadline', () => {
  it('covers credentials that never come, and nothing is sent afterwards', async () => {
    const credentials = Promise.withResolvers<{ accessKeyId: string; secretAccessKey: string }>();
    const client = createOpenSearchClient({
      url,
      authentication: { type: 'iam', region: 'ap-northeast-1', getCredentials: () => credentials.promise },
    });
    const count = await sent(async () => {
      await expect(withDeadline(AbortSignal.timeout(50), [client.count()])).rejects.toMatchObject({
        name: 'KeywordsTimeout',
      });
      credentials.resolve({ accessKeyId: 'a', secretAccessKey: 'b' });
      await sleep(50);
    });
    expect(count).toBe(0);
  });

  it('that has passed already sends nothing', async () => {
    const client = createOpenSearchClient({ url });
    const count = await sent(async () => {
      await expect(withDeadline(AbortSignal.abort(new Error('over')), [client.count()])).rejects.toThrow(
        'over',
      );
      await sleep(20);
    });
    expect(count).toBe(0);
  });

  it('leaves answers in time alone, in the order of the requests', async () => {
    const client = createOpenSearchClient({ url });
    expect(await withDeadline(AbortSignal.timeout(5000), [client.count(), client.count()])).toEqual([
      { count: 1 },
      { count: 1 },
    ]);
  });
});

describe('the client', () => {
  it.each([
    [0, 1],
    [1, 2],
  ])('with %d retries sends a request that gets 503 %d times', async (maxRetries, times) => {
    const client = createOpenSearchClient({ url, maxRetries });
    const request = () => client.transport.request({ method: 'GET', path: '/busy' });
    expect(await sent(() => expect(request()).rejects.toMatchObject({ statusCode: 503 }))).toBe(times);
  });

  it.each([
    ['none', { type: 'none' }, /^undefined$/],
    ['basic', { type: 'basic', username: 'u', password: 'p' }, /^Basic dTpw$/],
    [
      'iam',
      {
        type: 'iam',
        region: 'ap-northeast-1',
        getCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's' }),
      },
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d+\/ap-northeast-1\/es\/aws4_request/,
    ],
  ] as const)('authenticates: %s', async (_, authentication, pattern) => {
    await sent(() => Promise.resolve(createOpenSearchClient({ url, authentication }).count()));
    expect(String(requests[0]?.authorization)).toMatch(pattern);
  });
});
