import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createModel2VecLoader, Model2VecLoader } from '../../functions/embedding/model-loader.ts';
import {
  ANY_SIZE,
  factsOf,
  rowOf,
  scaleOf,
  temporaryFolder,
  tinyModel,
  tinyWeights,
  weightOf,
  writeModel,
} from './model-folder.ts';

const TAG = 1;
const SUGGESTION = 2;
const OF = 8;

function loaderOf(modelPath: string, options: { cacheTTL?: number } = {}): Model2VecLoader {
  return new Model2VecLoader({ modelPath, sizes: ANY_SIZE, ...options });
}

/** The embedding by the definition in model/README.md, from token ids. */
function expectedVector(ids: readonly number[], dimension = 384): number[] {
  const sum = new Array<number>(dimension).fill(0);
  for (const id of ids) {
    rowOf(id, dimension).forEach((component, i) => {
      sum[i]! += weightOf(id) * scaleOf(id) * component;
    });
  }
  const length = Math.hypot(...sum);
  return sum.map((component) => component / length);
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 5);
}

describe('embed', () => {
  const loader = loaderOf(writeModel(tinyModel()));

  it.each([
    ['one token', 'タグ', [TAG]],
    ['several tokens, by weight and scale', 'タグの提案', [TAG, OF, SUGGESTION]],
    [
      'a token that is repeated, as often as it stands there',
      'タグ タグ タグの提案',
      [TAG, TAG, TAG, OF, SUGGESTION],
    ],
    ['more than four distinct tokens', 'タグの提案システム suggestions', [TAG, OF, SUGGESTION, 3, 5, 6, 7]],
    ['known tokens beside unknown ones', 'タグ 謎', [TAG]],
  ])('averages the rows of %s', async (_, text, ids) => {
    expectClose(await loader.embed(text), expectedVector(ids));
  });

  it.each(['', ' \n', '謎', '!?', '\ud800'])(
    'gives a zero vector for %j, which has no known token',
    async (text) => {
      const vector = await loader.embed(text);

      expect(vector).toEqual(new Float32Array(384));
    },
  );

  it('gives a unit vector or a zero vector for any string', async () => {
    const model = await loader.load();
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('タ', 'グ', 'の', '謎', 's', ' ') }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const vector = model.embed(text);
        expect(vector.length).toBe(384);
        const length = Math.hypot(...vector);
        if (length !== 0) expect(length).toBeCloseTo(1, 5);
      }),
    );
  });

  it('does not let one text leave anything behind for the next', async () => {
    const model = await loader.load();
    const alone = model.embed('提案');

    model.embed('タグ タグ タグ');

    expect(model.embed('提案')).toEqual(alone);
  });

  it('embeds a batch like one text after the other', async () => {
    const texts = ['タグ', '', '提案のシステム'];

    const vectors = await loader.embedBatch(texts);

    expect(vectors).toEqual(await Promise.all(texts.map((text) => loader.embed(text))));
  });

  it('tokenizes with unknown tokens, which embeddings leave out', async () => {
    expect((await loader.load()).tokenize('タグ謎')).toEqual([TAG, 0]);
  });

  it('takes a pattern that is spelt differently for other runtimes', async () => {
    const pattern = { oniguruma: '\\p{Katakana}+', javascript: '\\p{Script=Katakana}+' };
    const katakanaOnly = loaderOf(writeModel(tinyModel({ pattern })));

    expect((await katakanaOnly.load()).tokenize('タグ提案')).toEqual([TAG]);
  });
});

describe('computeSimilarity', () => {
  const loader = loaderOf('nowhere');

  it.each([
    ['the same direction', [1, 2], [2, 4], 1],
    ['a right angle', [1, 0], [0, 3], 0],
    ['opposite directions', [1, 1], [-2, -2], -1],
    ['a zero vector', [0, 0], [1, 2], 0],
  ])('is the cosine for %s', (_, a, b, cosine) => {
    expect(loader.computeSimilarity(Float32Array.from(a), Float32Array.from(b))).toBeCloseTo(cosine, 6);
  });

  it('refuses vectors of different length', () => {
    expect(() => loader.computeSimilarity(new Float32Array(384), new Float32Array(256))).toThrow(
      expect.objectContaining({ name: 'DimensionMismatch' }),
    );
  });
});

describe('load', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  it('shares one load among parallel calls', async () => {
    const loader = loaderOf(writeModel(tinyModel()));

    const models = await Promise.all([loader.load(), loader.load(), loader.load()]);

    expect(new Set(models).size).toBe(1);
  });

  it('does not look at the files while cacheTTL lasts', async () => {
    const folder = writeModel(tinyModel());
    const loader = loaderOf(folder, { cacheTTL: 1000 });
    const model = await loader.load();
    rmSync(folder, { recursive: true });

    vi.advanceTimersByTime(999);

    expect(await loader.load()).toBe(model);
  });

  it('keeps the model after cacheTTL when the files are the same', async () => {
    const loader = loaderOf(writeModel(tinyModel()), { cacheTTL: 1000 });
    const model = await loader.load();

    vi.advanceTimersByTime(1000);

    expect(await loader.load()).toBe(model);
  });

  it('loads changed files after cacheTTL', async () => {
    const folder = writeModel(tinyModel());
    const loader = loaderOf(folder, { cacheTTL: 1000 });
    await loader.load();
    writeModel(tinyModel({ metadata: { version: '0.0.2' } }), folder);
    utimesSync(join(folder, 'metadata.json'), 1, 1);

    vi.advanceTimersByTime(1000);

    expect((await loader.load()).metadata.version).toBe('0.0.2');
  });

  it('fails after cacheTTL when the files are damaged, and recovers with them', async () => {
    const files = tinyModel();
    const folder = writeModel(files);
    const loader = loaderOf(folder, { cacheTTL: 1000 });
    await loader.load();
    writeFileSync(join(folder, 'model2vec.bin'), 'damaged');
    vi.advanceTimersByTime(1000);

    await expect(loader.load()).rejects.toThrow(expect.objectContaining({ name: 'ModelCorrupt' }));

    writeModel(files, folder);
    expect((await loader.load()).dimension).toBe(384);
  });

  it('takes the folder from the environment, or else ./model', () => {
    vi.stubEnv('MODEL_PATH', '/opt/model');
    expect(createModel2VecLoader().modelPath).toBe('/opt/model');
    vi.stubEnv('MODEL_PATH', undefined);
    expect(createModel2VecLoader()).toMatchObject({ modelPath: './model', cacheTTL: 3_600_000 });
  });

  it('takes the folder from a store', async () => {
    const folder = writeModel(tinyModel());
    const loader = new Model2VecLoader({ store: { fetch: async () => folder }, sizes: ANY_SIZE });

    expect((await loader.load()).metadata.name).toBe('tiny');
  });

  it('refuses a cacheTTL that is no time', () => {
    expect(() => new Model2VecLoader({ cacheTTL: -1 })).toThrow('cacheTTL is -1');
  });
});

describe('load fails', () => {
  const files = tinyModel();
  const without = (name: keyof typeof files) =>
    Object.fromEntries(Object.entries(files).filter(([other]) => other !== name));
  const flipped = (content: Buffer, at: number) => {
    const copy = Buffer.from(content);
    copy[at]! ^= 1;
    return copy;
  };
  const { 'model2vec.bin': weights, 'vocab.txt': vocab } = files;
  const lines = vocab.toString().split('\n');
  const shorter = Buffer.from(`${lines.slice(0, -2).join('\n')}\n`);
  const others = tinyModel({ tokens: [['別', -1]] });

  it.each<[string, Record<string, Uint8Array>, string, string]>([
    ['without metadata.json', without('metadata.json'), 'ModelNotFound', 'no metadata.json'],
    ['without model2vec.bin', without('model2vec.bin'), 'ModelNotFound', 'no model2vec.bin'],
    ['without vocab.txt', without('vocab.txt'), 'ModelNotFound', 'no vocab.txt'],
    [
      'with truncated weights',
      { ...files, 'model2vec.bin': weights.subarray(0, -7) },
      'ModelCorrupt',
      'truncated',
    ],
    [
      'with weights of another size',
      { ...files, 'model2vec.bin': Buffer.concat([weights, weights]) },
      'ModelCorrupt',
      'belong together',
    ],
    [
      'with a flipped bit in the header',
      { ...files, 'model2vec.bin': flipped(weights, 9) },
      'ModelCorrupt',
      'SHA-256',
    ],
    [
      'with a flipped bit in a row',
      { ...files, 'model2vec.bin': flipped(weights, weights.length - 1) },
      'ModelCorrupt',
      'SHA-256',
    ],
    [
      'with a flipped bit in a token',
      { ...files, 'vocab.txt': flipped(vocab, vocab.indexOf('tag')) },
      'ModelCorrupt',
      'SHA-256',
    ],
    [
      'with a vocabulary that ends early',
      { ...files, 'vocab.txt': shorter },
      'VocabularyIncomplete',
      'has 8 of 9 tokens',
    ],
    [
      'with a vocabulary that ends within a line',
      { ...files, 'vocab.txt': vocab.subarray(0, -1) },
      'VocabularyIncomplete',
      'line 9',
    ],
    [
      'with the vocabulary of another model',
      { ...files, 'vocab.txt': others['vocab.txt'] },
      'VocabularyIncomplete',
      'has 2 of 9 tokens',
    ],
    [
      'with the metadata of another model',
      { ...files, 'metadata.json': others['metadata.json'] },
      'ModelCorrupt',
      'belong together',
    ],
    [
      'with metadata that is not JSON',
      { ...files, 'metadata.json': Buffer.from('{') },
      'ModelCorrupt',
      'not JSON',
    ],
    [
      'with metadata that lacks fields',
      { ...files, 'metadata.json': Buffer.from('{"name":"x"}') },
      'ModelCorrupt',
      'tokenizer',
    ],
    [
      'with a pattern that is no regular expression',
      tinyModel({ pattern: '[' }),
      'ModelCorrupt',
      'regular expression',
    ],
    [
      'with another dimension',
      tinyModel({ dimension: 256 }),
      'DimensionMismatch',
      '256 dimensions, expected 384',
    ],
    [
      'with metadata of another dimension',
      tinyModel({ metadata: { dimension: 512 } }),
      'DimensionMismatch',
      '512',
    ],
    [
      'with metadata that hides the dimension',
      tinyModel({ dimension: 256, metadata: { dimension: 384 } }),
      'DimensionMismatch',
      'model2vec.bin',
    ],
    ['with a row that has no token', withRows(10), 'VocabularyIncomplete', '10 rows'],
  ])('%s', async (_, content, name, message) => {
    const loader = loaderOf(writeModel(content));

    await expect(loader.load()).rejects.toThrow(expect.objectContaining({ name }));
    await expect(loader.embed('タグ')).rejects.toThrow(message);
  });

  it('without the folder', async () => {
    await expect(loaderOf(join(temporaryFolder(), 'none')).load()).rejects.toThrow(
      expect.objectContaining({ name: 'ModelNotFound' }),
    );
  });

  it('with a model under 8 MB, unless told otherwise', async () => {
    await expect(new Model2VecLoader({ modelPath: writeModel(files) }).load()).rejects.toThrow(
      expect.objectContaining({
        name: 'ModelCorrupt',
        message: expect.stringContaining('8000000 to 30000000'),
      }),
    );
  });

  function withRows(rows: number): Record<string, Uint8Array> {
    const bytes = tinyWeights(rows, 384);
    return {
      ...tinyModel({ metadata: { files: { 'model2vec.bin': factsOf(bytes), 'vocab.txt': factsOf(vocab) } } }),
      'model2vec.bin': bytes,
    };
  }
});
