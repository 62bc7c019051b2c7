import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ModelCorrupt, ModelNotFound, ModelUnavailable, StorageFull } from './errors.ts';
import { type ModelFileName, type ModelMetadata, parseMetadata } from './metadata.ts';
import { fingerprint } from './model-files.ts';

const FILES: readonly ModelFileName[] = ['model2vec.bin', 'vocab.txt'];
const UNFINISHED = '.download';
const ABANDONED_AFTER_MS = 600_000;
const NOT_THERE = new Set(['NoSuchKey', 'NoSuchBucket', 'NotFound']);

export interface ModelStoreOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** SHA-256 of model2vec.bin, in hexadecimal: the model's files are the objects `<prefix><sha256>/<file>`. */
  readonly sha256: string;
  /** @default models/ */
  readonly prefix?: string;
  /** @default /tmp */
  readonly cacheFolder?: string;
}

/**
 * Keeps a local copy of a model that lives in S3 under its SHA-256.
 *
 * Each file is downloaded to a temporary name, verified and only then renamed, so that a file under its own name
 * is whole, whenever the process may have been stopped. What is damaged all the same is fetched again.
 *
 * @example
 * const store = new ModelStore({ client: new S3Client(), bucket: 'my-models', sha256: '…64 digits…' });
 * const loader = new Model2VecLoader({ store });
 */
export class ModelStore {
  readonly folder: string;
  readonly #client: Pick<S3Client, 'send'>;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #sha256: string;
  #fetching: Promise<string> | undefined;
  #verified: string | undefined;

  /** @throws RangeError when `sha256` is not 64 hexadecimal digits in lower case */
  constructor({ client, bucket, sha256, prefix = 'models/', cacheFolder = '/tmp' }: ModelStoreOptions) {
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw new RangeError(`sha256 is ${JSON.stringify(sha256)}; give 64 hexadecimal digits in lower case`);
    }
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = `${prefix}${sha256}/`;
    this.#sha256 = sha256;
    this.folder = join(cacheFolder, sha256);
  }

  /**
   * Makes sure that the local copy is whole; concurrent calls share the work.
   *
   * @returns the folder of the copy
   * @throws ModelNotFound when S3 has no such model
   * @throws ModelUnavailable when S3 refuses, fails or breaks off
   * @throws ModelCorrupt when what S3 has does not match its checksums
   * @throws StorageFull when the copy does not fit
   */
  async fetch(): Promise<string> {
    this.#fetching ??= this.#refresh().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #refresh(): Promise<string> {
    if (!(await this.#isWhole())) await this.#download();
    this.#verified = await fingerprint(this.folder);
    return this.folder;
  }

  async #isWhole(): Promise<boolean> {
    try {
      // Files that have not changed since they were verified are not read again.
      if (this.#verified !== undefined && (await fingerprint(this.folder)) === this.#verified) return true;
      const metadata = this.#accept(await readFile(join(this.folder, 'metadata.json'), 'utf8'));
      for (const name of FILES) {
        if (!(await this.#isRight(name, metadata))) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof ModelCorrupt || error instanceof ModelNotFound) return false;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  async #download(): Promise<void> {
    await writing(this.folder, () => mkdir(this.folder, { recursive: true }));
    await removeAbandoned(this.folder);
    const temporary = await this.#get('metadata.json');
    let metadata: ModelMetadata;
    try {
      metadata = this.#accept(await readFile(temporary, 'utf8'));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await rename(temporary, join(this.folder, 'metadata.json'));
    for (const name of FILES) {
      if (!(await this.#isRight(name, metadata))) await this.#replace(name, metadata);
    }
  }

  async #replace(name: ModelFileName, metadata: ModelMetadata): Promise<void> {
    const temporary = await this.#get(name);
    const expected = metadata.files[name].sha256;
    const actual = await sha256Of(temporary);
    if (actual !== expected) {
      await rm(temporary, { force: true });
      throw new ModelCorrupt(
        `s3://${this.#bucket}/${this.#prefix}${name} has the SHA-256 ${actual}, its metadata.json says ${expected}; upload the model again`,
      );
    }
    await rename(temporary, join(this.folder, name));
  }

  /** The metadata, if it is of the model that was asked for. */
  #accept(json: string): ModelMetadata {
    const metadata = parseMetadata(json);
    const { sha256 } = metadata.files['model2vec.bin'];
    if (sha256 !== this.#sha256) {
      throw new ModelCorrupt(
        `metadata.json under ${this.#prefix} describes the model ${sha256}, asked for was ${this.#sha256}; upload the model again`,
      );
    }
    return metadata;
  }

  async #isRight(name: ModelFileName, metadata: ModelMetadata): Promise<boolean> {
    const path = join(this.folder, name);
    const facts = await stat(path).catch(() => undefined);
    return (
      facts?.size === metadata.files[name].bytes && (await sha256Of(path)) === metadata.files[name].sha256
    );
  }

  /** Downloads an object of the model; returns the path of a temporary file beside its final place. */
  async #get(name: string): Promise<string> {
    const key = `${this.#prefix}${name}`;
    const temporary = join(this.folder, `${name}.${crypto.randomUUID()}${UNFINISHED}`);
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      await writing(this.folder, () =>
        pipeline(Body as Readable, createWriteStream(temporary, { flags: 'wx' })),
      );
      return temporary;
    } catch (cause) {
      await rm(temporary, { force: true });
      if (cause instanceof StorageFull) throw cause;
      const { name: problem, message } = cause as Error;
      const place = `s3://${this.#bucket}/${key}`;
      if (NOT_THERE.has(problem)) {
        throw new ModelNotFound(
          `${place} is not there (${problem}); upload the model or correct the bucket and hash`,
          {
            cause,
          },
        );
      }
      throw new ModelUnavailable(`${place} could not be downloaded: ${problem}: ${message}`, { cause });
    }
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Removes what processes left behind that were stopped while they downloaded. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(UNFINISHED)) continue;
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts && Date.now() - facts.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
  }
}

/** @throws StorageFull when the work fails for want of space */
async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw cause;
    throw new StorageFull(
      `no space left in ${folder} for the model; give the function more ephemeral storage or empty the folder`,
      { cause },
    );
  }
}
