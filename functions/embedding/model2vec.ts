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
    const { dimension, scales, tokenWeights } = this.#weights;
    const rows: number[] = [];
    const factors: number[] = [];
    for (const id of distinct) {
      rows.push(id * dimension);
      factors.push(counts[id]! * tokenWeights[id]! * scales[id]!);
      counts[id] = 0;
    }
    return unitVector(this.#sumRows(rows, factors));
  }

  /**
   * Embeds each run of adjacent tokens of a text, as if it were a text of its own; unknown tokens are passed over.
   *
   * @param longest tokens in a run
   * @returns a unit vector for each run of 1 to `longest` tokens
   */
  embedRuns(text: string, longest: number): Float32Array[] {
    const { dimension, scales, tokenWeights } = this.#weights;
    const ids = this.#tokenizer.encode(text).filter((id) => id !== this.#unknownId);
    return ids.flatMap((_, first) =>
      ids.slice(first, first + longest).map((_, more) => {
        const run = ids.slice(first, first + more + 1);
        return unitVector(
          this.#sumRows(
            run.map((id) => id * dimension),
            run.map((id) => tokenWeights[id]! * scales[id]!),
          ),
        );
      }),
    );
  }

  /** Embeds several texts; the result has one vector for each, in order. */
  embedBatch(texts: readonly string[]): Float32Array[] {
    return texts.map((text) => this.embed(text));
  }

  /**
   * @param rows where the rows start in `vectors`
   * @param factors what each is multiplied by
   */
  #sumRows(rows: number[], factors: number[]): Float64Array {
    const { dimension, vectors } = this.#weights;
    const sum = new Float64Array(dimension);
    // Four rows at a time halve the time: each sum is fetched and stored a quarter as often.
    while (rows.length % 4 !== 0) {
      rows.push(0);
      factors.push(0);
    }
    for (let k = 0; k < rows.length; k += 4) {
      const [a, b, c, d] = [rows[k]!, rows[k + 1]!, rows[k + 2]!, rows[k + 3]!];
      const [timesA, timesB, timesC, timesD] = [
        factors[k]!,
        factors[k + 1]!,
        factors[k + 2]!,
        factors[k + 3]!,
      ];
      for (let i = 0; i < dimension; i++) {
        sum[i]! +=
          timesA * vectors[a + i]! +
          timesB * vectors[b + i]! +
          timesC * vectors[c + i]! +
          timesD * vectors[d + i]!;
      }
    }
    return sum;
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
