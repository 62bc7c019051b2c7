import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Sizes that let the loader take the tiny models of the tests. */
export const ANY_SIZE = { least: 0, most: 1_000_000 };

export const PATTERN =
  '[\\p{Script=Latin}\\p{Mn}]+|\\p{Script=Han}+|[\\p{Script=Katakana}ー]+|\\p{Script=Hiragana}+|\\p{Nd}+';

const ALIGNMENT = 64;

export interface TinyModel {
  /** token and log-probability; the unknown token is put before them */
  readonly tokens?: readonly (readonly [token: string, score: number])[];
  readonly dimension?: number;
  readonly pattern?: unknown;
  /** changes to metadata.json before it is written */
  readonly metadata?: Record<string, unknown>;
}

const TOKENS = [
  ['タグ', -3],
  ['提案', -3.5],
  ['システム', -4],
  ['tag', -3],
  ['suggest', -4.5],
  ['ion', -5],
  ['s', -6],
  ['の', -2],
] as const;

/** Row `v` of a tiny model: deterministic, different for each token, zero for the unknown one. */
export function rowOf(v: number, dimension: number): number[] {
  return Array.from({ length: dimension }, (_, i) => (v === 0 ? 0 : ((v * 37 + i * 11) % 255) - 127));
}

export const scaleOf = (v: number): number => 0.01 * (v + 1);
export const weightOf = (v: number): number => 1 / (v + 1);

/** The three files of a tiny model, by name. */
export function tinyModel({
  tokens = TOKENS,
  dimension = 384,
  pattern = PATTERN,
  metadata = {},
}: TinyModel = {}) {
  const vocabulary = [['[UNK]', 0] as const, ...tokens];
  const weights = tinyWeights(vocabulary.length, dimension);
  const vocab = Buffer.from(vocabulary.map(([token, score]) => `${token}\t${score}\n`).join(''));
  return {
    'model2vec.bin': weights,
    'vocab.txt': vocab,
    'metadata.json': Buffer.from(
      JSON.stringify({
        name: 'tiny',
        version: '0.0.1',
        dimension,
        vocabularySize: vocabulary.length,
        tokenizer: {
          type: 'unigram',
          normalizer: ['NFKC', 'Lowercase'],
          pattern,
          unknownToken: '[UNK]',
          unknownPenalty: 10,
        },
        quantization: { type: 'int8', scale: 'row' },
        files: { 'model2vec.bin': factsOf(weights), 'vocab.txt': factsOf(vocab) },
        ...metadata,
      }),
    ),
  };
}

/** Writes a model into a new folder under the system's temporary one. */
export function writeModel(files: Record<string, Uint8Array>, folder = temporaryFolder()): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A new empty folder; removed when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-model-'));
  temporaryFolders.push(folder);
  return folder;
}

const temporaryFolders: string[] = [];

afterAll(() => {
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true });
});

export function factsOf(content: Uint8Array): { bytes: number; sha256: string } {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

export function tinyWeights(rows: number, dimension: number): Buffer {
  const align = (offset: number) => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
  const scalesAt = ALIGNMENT;
  const weightsAt = align(scalesAt + 4 * rows);
  const vectorsAt = align(weightsAt + 4 * rows);
  const total = vectorsAt + rows * dimension;
  const bytes = Buffer.alloc(total);
  bytes.write('MODEL2V1', 'latin1');
  [rows, dimension, scalesAt, weightsAt, vectorsAt, total].forEach((value, i) => {
    bytes.writeUInt32LE(value, 8 + 4 * i);
  });
  for (let v = 0; v < rows; v++) {
    bytes.writeFloatLE(scaleOf(v), scalesAt + 4 * v);
    bytes.writeFloatLE(weightOf(v), weightsAt + 4 * v);
    rowOf(v, dimension).forEach((component, i) => {
      bytes.writeInt8(component, vectorsAt + v * dimension + i);
    });
  }
  return bytes;
}
