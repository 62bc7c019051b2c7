import { cosineSimilarity } from '../contracts/vector.ts';
import { DimensionMismatch, VocabularyIncomplete } from './errors.ts';
import { type ModelMetadata, parseMetadata, patternOf } from './metadata.ts';
import {
  fingerprint,
  MODEL_SIZE_RANGE,
  readMetadata,
  readModelFile,
  type SizeRange,
  verifyChecksum,
} from './model-files.ts';
import type { ModelStore } from './model-store.ts';
import { Model2Vec } from './model2vec.ts';
import { createTokenizer } from './tokenizer.ts';
import { parseVocabulary, type Vocabulary } from './vocabulary.ts';
import { viewWeights, type Weights } from './weights.ts';

const AN_HOUR = 3_600_000;
const DIMENSION = 384;

export interface Model2VecLoaderOptions {
  /**
   * Folder with metadata.json, model2vec.bin and vocab.txt.
   *
   * @default the environment variable MODEL_PATH, or ./model
   */
  readonly modelPath?: string;
  /**
   * Where the model comes from when it has no folder of its own yet; `modelPath` is not used then.
   *
   * @default none
   */
  readonly store?: Pick<ModelStore, 'fetch'>;
  /**
   * Milliseconds after which the next use looks whether the files have changed, and loads them again if so.
   *
   * @default 3600000, an hour
   */
  readonly cacheTTL?: number;
  /**
   * Number of components that embeddings must have.
   *
   * @default 384
   */
  readonly dimension?: number;
  /**
   * Sizes of model2vec.bin, in bytes, that are taken for a model.
   *
   * @default 8 to 30 MB
   */
  readonly sizes?: SizeRange;
}

/**
 * Loads a model from a folder, keeps it, and embeds texts with it.
 *
 * @example
 * const loader = new Model2VecLoader({ modelPath: './model', cacheTTL: 3_600_000 });
 * const vector = await loader.embed('Next.jsとTypeScriptで構築するブログ');
 */
export class Model2VecLoader {
  readonly modelPath: string;
  readonly cacheTTL: number;
  readonly #store: Pick<ModelStore, 'fetch'> | undefined;
  readonly #dimension: number;
  readonly #sizes: SizeRange;
  #loading: Promise<Model2Vec> | undefined;
  #loaded: { model: Model2Vec; fingerprint: string; checkedAt: number } | undefined;

  constructor({
    modelPath = process.env.MODEL_PATH || './model',
    store,
    cacheTTL = AN_HOUR,
    dimension = DIMENSION,
    sizes = MODEL_SIZE_RANGE,
  }: Model2VecLoaderOptions = {}) {
    if (Number.isNaN(cacheTTL) || cacheTTL < 0) {
      throw new RangeError(`cacheTTL is ${cacheTTL}; give milliseconds, at least 0`);
    }
    this.modelPath = modelPath;
    this.cacheTTL = cacheTTL;
    this.#store = store;
    this.#dimension = dimension;
    this.#sizes = sizes;
  }

  /**
   * The model, from memory while `cacheTTL` lasts. Calls during a load share it. After a failed load the next
   * call tries again.
   *
   * @throws ModelNotFound when the folder or a file in it is missing
   * @throws ModelCorrupt when a file is not what metadata.json says
   * @throws VocabularyIncomplete when vocab.txt does not name a token for each row
   * @throws DimensionMismatch when embeddings would not have the expected number of components
   * @throws what {@link ModelStore.fetch} throws, when there is a store
   */
  async load(): Promise<Model2Vec> {
    if (this.#loaded && Date.now() - this.#loaded.checkedAt < this.cacheTTL) return this.#loaded.model;
    this.#loading ??= this.#refresh().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /**
   * @param text any string; loads the model when it is not there yet
   * @returns a unit vector of 384 dimensions; a zero vector when the text is empty or has no known token
   * @throws what {@link load} throws
   */
  async embed(text: string): Promise<Float32Array> {
    return (await this.load()).embed(text);
  }

  /**
   * Embeds several texts.
   *
   * @returns a vector for each text, in order
   * @throws what {@link load} throws
   */
  async embedBatch(texts: readonly string[]): Promise<Float32Array[]> {
    return (await this.load()).embedBatch(texts);
  }

  /**
   * Cosine similarity of two embeddings.
   *
   * @returns a number in [-1, 1]; 0 when either is a zero vector
   * @throws DimensionMismatch when they differ in length
   */
  computeSimilarity(a: Float32Array, b: Float32Array): number {
    if (a.length !== b.length) {
      throw new DimensionMismatch(
        `cannot compare a vector of ${a.length} dimensions with one of ${b.length}; both must come from this model`,
      );
    }
    return cosineSimilarity(a, b);
  }

  async #refresh(): Promise<Model2Vec> {
    try {
      // Taken before reading: files that change meanwhile differ from it, and are loaded at the next check.
      const folder = this.#store ? await this.#store.fetch() : this.modelPath;
      const current = await fingerprint(folder);
      const model =
        this.#loaded?.fingerprint === current
          ? this.#loaded.model
          : await readModel(folder, this.#dimension, this.#sizes);
      this.#loaded = { model, fingerprint: current, checkedAt: Date.now() };
      return model;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }
}

/** A loader with the defaults; its model is loaded by the first call that needs it. */
export function createModel2VecLoader(options: Model2VecLoaderOptions = {}): Model2VecLoader {
  return new Model2VecLoader(options);
}

async function readModel(modelPath: string, dimension: number, sizes: SizeRange): Promise<Model2Vec> {
  const metadata = parseMetadata(await readMetadata(modelPath));
  if (metadata.dimension !== dimension) throw wrongDimension('metadata.json', metadata.dimension, dimension);

  // The weights are read on another thread while this one builds the vocabulary.
  const [weights, vocabulary] = await settled([
    readWeights(modelPath, metadata, sizes),
    readVocabulary(modelPath, metadata),
  ]);
  if (weights.dimension !== dimension) throw wrongDimension('model2vec.bin', weights.dimension, dimension);
  if (weights.rows !== metadata.vocabularySize) {
    throw new VocabularyIncomplete(
      `model2vec.bin has ${weights.rows} rows, metadata.json says ${metadata.vocabularySize} tokens: the files belong to different models`,
    );
  }
  return new Model2Vec(
    metadata,
    createTokenizer(vocabulary, patternOf(metadata)),
    weights,
    vocabulary.unknownId,
  );
}

async function readWeights(modelPath: string, metadata: ModelMetadata, sizes: SizeRange): Promise<Weights> {
  const bytes = await readModelFile(modelPath, 'model2vec.bin', metadata, sizes);
  verifyChecksum('model2vec.bin', bytes, metadata);
  return viewWeights(bytes);
}

async function readVocabulary(modelPath: string, metadata: ModelMetadata): Promise<Vocabulary> {
  const bytes = await readModelFile(modelPath, 'vocab.txt', metadata);
  // Parsed before its checksum is compared, because a list that ends early deserves to be called so.
  const vocabulary = parseVocabulary(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
    metadata.vocabularySize,
    metadata.tokenizer.unknownToken,
  );
  verifyChecksum('vocab.txt', bytes, metadata);
  return vocabulary;
}

/** Like Promise.all, and waits for both, so that no file is still being read when an error is reported. */
async function settled<A, B>(both: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(both);
  return Promise.all(both);
}

function wrongDimension(file: string, actual: number, expected: number): DimensionMismatch {
  return new DimensionMismatch(
    `${file} says the embeddings have ${actual} dimensions, expected ${expected}; use a model of ${expected} dimensions`,
  );
}
