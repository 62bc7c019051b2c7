import type { ModelMetadata } from './metadata.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Weights } from './weights.ts';

/**
 * A loaded model: static embeddings, one row a token.
 *
 * The embedding of a text is the weighted mean of the rows of its tokens, scaled to length 1.
 */
export class Model2Vec {
  readonly metadata: ModelMetadata;
  readonly #tokenizer: Tokenizer;
  readonly #weights: Weights;
  readonly #unknownId: number;
  // How often each token stands in the text at hand; all zero between calls.
  readonly #counts: Int32Array;

  constructor(metadata: ModelMetadata, tokenizer: Tokenizer, weights: Weights, unknownId: number) {
    this.metadata = metadata;
    this.#tokenizer = tokenizer;
    this.#weights = weights;
    this.#unknownId = unknownId;
    this.#counts = new Int32Array(weights.rows);
  }

  /** Number of components of an embedding. */
  get dimension(): number {
    return this.#weights.dimension;
  }

  /** Ids of the tokens of a text, unknown ones included. */
  tokenize(text: string): number[] {
    return this.#tokenizer.encode(text);
  }

  /**
   * @param text any string, of any length
   * @returns a unit vector, or a zero vector when the text has no known token
   */
  embed(text: string): Float32Array {
    // Text repeats itself: each distinct token is added once, times how often it stands there.
    const counts = this.#counts;
    const distinct: number[] = [];
    for (const id of this.#tokenizer.encode(text)) {
      if (id === this.#unknownId) continue;
      if (counts[id] === 0) distinct.push(id);
      counts[id]!++;
    }
    const sum = new Float64Array(this.dimension);
    for (const id of distinct) {
      this.#addRow(sum, id, counts[id]!);
      counts[id] = 0;
    }
    return unitVector(sum);
  }

  /** Embeds several texts; the result has one vector for each, in order. */
  embedBatch(texts: readonly string[]): Float32Array[] {
    return texts.map((text) => this.embed(text));
  }

  #addRow(sum: Float64Array, id: number, count: number): void {
    const { dimension, scales, tokenWeights, vectors } = this.#weights;
    const factor = count * tokenWeights[id]! * scales[id]!;
    const row = id * dimension;
    for (let i = 0; i < dimension; i++) sum[i]! += factor * vectors[row + i]!;
  }
}

function unitVector(sum: Float64Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < sum.length; i++) squares += sum[i]! * sum[i]!;
  const vector = new Float32Array(sum.length);
  if (squares === 0) return vector;
  const length = Math.sqrt(squares);
  for (let i = 0; i < sum.length; i++) vector[i] = sum[i]! / length;
  return vector;
}
