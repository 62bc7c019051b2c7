import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Model2VecLoader } from '../../functions/embedding/model-loader.ts';
import { ModelStore } from '../../functions/embedding/model-store.ts';
import { ANY_SIZE, factsOf, temporaryFolder, tinyModel } from './model-folder.ts';
import { breakOff, ObjectStore, refuse } from './object-store.ts';

const disk = vi.hoisted(() => ({ full: false }));

// A full disk cannot be had without being root, so the stream reports one in its place.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const { Writable } = await import('node:stream');
  const fullDisk = () =>
    new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })),
    });
  return {
    ...fs,
    createWriteStream: (...args: Parameters<typeof fs.createWriteStream>) =>
      disk.full ? fullDisk() : fs.createWriteStream(...args),
  };
});

const NAMES = ['metadata.json', 'model2vec.bin', 'vocab.txt'] as const;
const files = tinyModel();
const { sha256 } = factsOf(files['model2vec.bin']);
const at = (name: string) => `models-bucket/models/${sha256}/${name}`;

let s3: ObjectStore;
let client: S3Client;
let cacheFolder: string;

beforeEach(async () => {
  s3 = new ObjectStore();
  for (const name of NAMES) s3.objects.set(at(name), files[name]);
  client = await s3.start();
  cacheFolder = temporaryFolder();
});

afterEach(async () => {
  disk.full = false;
  client.destroy();
  await s3.stop();
});

function createStore(): ModelStore {
  return new ModelStore({ client, bucket: 'models-bucket', sha256, cacheFolder });
}

function expectWholeCopy(folder: string): void {
  expect(readdirSync(folder).sort()).toEqual([...NAMES]);
  for (const name of NAMES) expect(readFileSync(join(folder, name)).equals(files[name])).toBe(true);
}

describe('ModelStore', () => {
  it('downloads a model into a folder named by its hash', async () => {
    const folder = await createStore().fetch();

    expect(folder).toBe(join(cacheFolder, sha256));
    expectWholeCopy(folder);
  });

  it('feeds a loader', async () => {
    const loader = new Model2VecLoader({ store: createStore(), sizes: ANY_SIZE });

    expect((await loader.load()).tokenize('タグ')).toEqual([1]);
  });

  it('shares one download among concurrent calls', async () => {
    const store = createStore();

    await Promise.all([store.fetch(), store.fetch(), store.fetch()]);

    expect(s3.requests).toEqual(NAMES.map(at));
  });

  it('downloads nothing when the copy is whole, in this process or in the next', async () => {
    const store = createStore();
    await store.fetch();
    s3.requests.length = 0;

    await store.fetch();
    await createStore().fetch();

    expect(s3.requests).toEqual([]);
  });

  it.each<[string, () => void, string[]]>([
    [
      'weights with a flipped bit',
      () => damage('model2vec.bin', (bytes) => bytes.fill(1, 100, 101)),
      ['model2vec.bin'],
    ],
    ['truncated weights', () => damage('model2vec.bin', (bytes) => bytes.subarray(0, 90)), ['model2vec.bin']],
    ['an empty vocabulary', () => damage('vocab.txt', () => Buffer.alloc(0)), ['vocab.txt']],
    ['metadata that is cut short', () => damage('metadata.json', (bytes) => bytes.subarray(0, 90)), []],
    [
      'metadata of another model',
      () => damage('metadata.json', () => tinyModel({ dimension: 8 })['metadata.json']),
      [],
    ],
  ])('fetches again what is damaged: %s', async (_, spoil, refetched) => {
    await createStore().fetch();
    s3.requests.length = 0;
    spoil();

    const folder = await createStore().fetch();

    expectWholeCopy(folder);
    expect(s3.requests).toEqual(['metadata.json', ...refetched].map(at));
  });

  it('fetches again what is damaged after it was verified', async () => {
    const store = createStore();
    await store.fetch();
    damage('vocab.txt', (bytes) => bytes.subarray(0, 10));

    expectWholeCopy(await store.fetch());
  });

  it('removes what a stopped process left behind, but no download that may be going on', async () => {
    const folder = join(cacheFolder, sha256);
    mkdirSync(folder);
    for (const name of ['old.download', 'young.download']) writeFileSync(join(folder, name), 'half');
    utimesSync(join(folder, 'old.download'), 1, 1);

    await createStore().fetch();

    expect(readdirSync(folder).sort()).toEqual([...NAMES, 'young.download']);
  });

  it.each<[string, () => void, string, string]>([
    ['there is no such model', () => s3.objects.clear(), 'ModelNotFound', 'NoSuchKey'],
    ['a file is missing', () => s3.objects.delete(at('vocab.txt')), 'ModelNotFound', 'vocab.txt'],
    [
      'access is denied',
      () => s3.answers.set(at('metadata.json'), refuse(403, 'AccessDenied')),
      'ModelUnavailable',
      'AccessDenied',
    ],
    [
      'S3 is busy',
      () => s3.answers.set(at('model2vec.bin'), refuse(503, 'SlowDown')),
      'ModelUnavailable',
      'SlowDown',
    ],
    [
      'the connection breaks off',
      () => s3.answers.set(at('model2vec.bin'), breakOff),
      'ModelUnavailable',
      'model2vec.bin',
    ],
    [
      'an object is damaged',
      () => s3.objects.set(at('vocab.txt'), Buffer.from('[UNK]\t0\n')),
      'ModelCorrupt',
      'SHA-256',
    ],
    [
      'the metadata are those of another model',
      () => s3.objects.set(at('metadata.json'), tinyModel({ dimension: 8 })['metadata.json']),
      'ModelCorrupt',
      'asked for was',
    ],
    ['the disk is full', () => Object.assign(disk, { full: true }), 'StorageFull', 'no space left'],
  ])('fails by name when %s, leaves nothing half done and recovers', async (_, spoil, name, message) => {
    spoil();
    const store = createStore();

    const failure = await store.fetch().catch((error: Error) => error);

    expect(failure).toMatchObject({ name, message: expect.stringContaining(message) });
    expect(readdirSync(store.folder).filter((file) => !NAMES.some((known) => known === file))).toEqual([]);
    for (const present of readdirSync(store.folder)) {
      expect(readFileSync(join(store.folder, present)).equals(files[present as keyof typeof files])).toBe(
        true,
      );
    }

    for (const known of NAMES) s3.objects.set(at(known), files[known]);
    s3.answers.clear();
    disk.full = false;
    expectWholeCopy(await store.fetch());
  });

  it('fails by name when nobody answers', async () => {
    await s3.stop();

    await expect(createStore().fetch()).rejects.toThrow(
      expect.objectContaining({ name: 'ModelUnavailable' }),
    );

    s3 = new ObjectStore();
    await s3.start();
  });

  it.each(['', 'ABC', `${'a'.repeat(63)}/`])('refuses %j for a hash, before it becomes a path', (wrong) => {
    expect(() => new ModelStore({ client, bucket: 'models-bucket', sha256: wrong, cacheFolder })).toThrow(
      '64 hexadecimal digits',
    );
    expect(existsSync(join(cacheFolder, wrong, 'metadata.json'))).toBe(false);
  });
});

function damage(name: (typeof NAMES)[number], change: (bytes: Buffer) => Buffer): void {
  writeFileSync(join(cacheFolder, sha256, name), change(Buffer.from(files[name])));
}
