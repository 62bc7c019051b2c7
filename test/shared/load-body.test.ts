import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../functions/contracts/limits.ts';
import { loadBody } from '../../functions/shared/load-body.ts';

/** What the stand-in for S3 answers, by key. */
const objects: Record<string, { status: number; body: string | Uint8Array }> = {
  good: { status: 200, body: '本文' },
  largest: { status: 200, body: 'a'.repeat(MAX_BODY_BYTES) },
  'too-large': { status: 200, body: 'a'.repeat(MAX_BODY_BYTES + 1) },
  empty: { status: 416, body: '<Error><Code>InvalidRange</Code><Message>none</Message></Error>' },
  blank: { status: 200, body: ' \n' },
  latin1: { status: 200, body: Uint8Array.of(0xe9, 0x20) },
  forbidden: { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' },
  slow: { status: 503, body: '<Error><Code>SlowDown</Code><Message>later</Message></Error>' },
};
const missing = { status: 404, body: '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>' };

let server: Server;
let client: S3Client;
beforeAll(async () => {
  server = createServer((request, response) => {
    const { status, body } = objects[request.url!.split(/[/?]/)[2]!] ?? missing;
    response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(() => server.close());

const load = (key: string) => loadBody({ bucket: 'articles', key }, client);

describe('a body in a bucket', () => {
  it('is read', async () => {
    expect(await load('good')).toBe('本文');
    expect(await load('largest')).toHaveLength(MAX_BODY_BYTES);
  });

  it.each([
    ['missing', 'NoSuchKey'],
    ['forbidden', 'AccessDenied'],
    ['too-large', 'at most'],
    ['empty', 'must not be empty'],
    ['blank', 'must not be empty'],
    ['latin1', 'must be UTF-8'],
  ])('that is %s is the fault of the article', async (key, words) => {
    await expect(load(key)).rejects.toMatchObject({
      name: 'InvalidArticle',
      message: expect.stringContaining(words),
    });
  });

  it('that S3 does not give just now is not', async () => {
    await expect(load('slow')).rejects.toMatchObject({ name: 'BodyUnavailable' });
  });
});
