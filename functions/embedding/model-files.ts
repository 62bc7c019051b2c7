import { hash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelCorrupt, ModelNotFound } from './errors.ts';
import type { ModelFileName, ModelMetadata } from './metadata.ts';

/** Sizes of `model2vec.bin` that are taken for a model: 8 to 30 MB, in bytes. */
export const MODEL_SIZE_RANGE = { least: 8_000_000, most: 30_000_000 } as const;

export interface SizeRange {
  readonly least: number;
  readonly most: number;
}

const FILE_NAMES = ['metadata.json', 'model2vec.bin', 'vocab.txt'] as const;

/**
 * Something that changes when any file of the model is replaced or rewritten.
 *
 * @throws ModelNotFound when a file is missing
 */
export async function fingerprint(modelPath: string): Promise<string> {
  const facts = await Promise.all(
    FILE_NAMES.map(async (name) => {
      const { ino, size, mtimeMs } = await found(modelPath, name, stat(join(modelPath, name)));
      return `${ino}:${size}:${mtimeMs}`;
    }),
  );
  return facts.join(' ');
}

/** @throws ModelNotFound when the file is missing */
export async function readMetadata(modelPath: string): Promise<string> {
  return found(modelPath, 'metadata.json', readFile(join(modelPath, 'metadata.json'), 'utf8'));
}

/**
 * Reads a file of the model into a buffer of its own.
 *
 * @param sizes which sizes are taken; without it any
 * @throws ModelNotFound when the file is missing
 * @throws ModelCorrupt when its size is out of range or not that of metadata.json
 */
export async function readModelFile(
  modelPath: string,
  name: ModelFileName,
  metadata: ModelMetadata,
  sizes?: SizeRange,
): Promise<Uint8Array> {
  const file = await found(modelPath, name, open(join(modelPath, name)));
  try {
    const { size } = await file.stat();
    if (sizes && (size < sizes.least || size > sizes.most)) {
      throw new ModelCorrupt(
        `${name} has ${size} bytes; a model has ${sizes.least} to ${sizes.most}. Fetch it again with model/download.sh`,
      );
    }
    const expected = metadata.files[name].bytes;
    if (size < expected && name === 'model2vec.bin') throw wrongSize(name, size, expected, 'it is truncated');
    if (size > expected) throw wrongSize(name, size, expected, 'they do not belong together');
    const bytes = new Uint8Array(size);
    for (let filled = 0; filled < size; ) {
      const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0) throw wrongSize(name, filled, size, 'it became shorter while it was read');
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** @throws ModelCorrupt when the bytes are not those that metadata.json names */
export function verifyChecksum(name: ModelFileName, bytes: Uint8Array, metadata: ModelMetadata): void {
  const expected = metadata.files[name].sha256;
  // At once and on this thread: 1 GB/s, where WebCrypto would first copy the file.
  const actual = hash('sha256', bytes);
  if (actual !== expected) {
    throw new ModelCorrupt(
      `${name} has the SHA-256 ${actual}, metadata.json says ${expected}. Fetch the model again with model/download.sh`,
    );
  }
}

async function found<T>(modelPath: string, name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause;
    throw new ModelNotFound(
      `no ${name} in ${modelPath}; set MODEL_PATH or modelPath to the folder of the model, or fetch it with model/download.sh`,
      { cause },
    );
  }
}

function wrongSize(name: string, size: number, expected: number, meaning: string): ModelCorrupt {
  return new ModelCorrupt(
    `${name} has ${size} bytes, metadata.json says ${expected}: ${meaning}. Fetch the model again with model/download.sh`,
  );
}
