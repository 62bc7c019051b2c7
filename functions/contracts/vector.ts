import { NamedError } from '../shared/named-error.ts';

/**
 * How an embedding travels between states: base64 of one signed byte a dimension, 512 characters for 384
 * dimensions. The vectors are unit vectors, so only their direction has to survive; the largest component is
 * stretched to 127, which keeps the whole range of the byte in use.
 */

const LARGEST_BYTE = 127;

/** Thrown by {@link decodeVector} and {@link cosineSimilarity} for input that is not a vector of the expected kind. */
export class InvalidVector extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidVector', message, options);
  }
}

/**
 * Packs a vector into base64 of int8.
 *
 * @param vector any vector of finite numbers, usually a unit vector of 384 dimensions
 * @returns base64 with one byte a dimension; a zero vector stays a zero vector
 * @throws InvalidVector when a component is not finite
 */
export function encodeVector(vector: Float32Array): string {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) {
    const component = vector[i]!;
    if (!Number.isFinite(component)) {
      throw new InvalidVector(
        `component ${i} of the vector is ${component}; only finite numbers can be encoded`,
      );
    }
    largest = Math.max(largest, Math.abs(component));
  }
  const bytes = new Int8Array(vector.length);
  if (largest > 0) {
    for (let i = 0; i < vector.length; i++) bytes[i] = Math.round((vector[i]! / largest) * LARGEST_BYTE);
  }
  return Buffer.from(bytes.buffer).toString('base64');
}

/**
 * Unpacks what {@link encodeVector} made.
 *
 * @param encoded base64 of int8
 * @returns a unit vector, or a zero vector when all bytes are zero
 * @throws InvalidVector when the text is not canonical base64
 */
export function decodeVector(encoded: string): Float32Array {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) {
    throw new InvalidVector(
      `expected a vector as base64 of int8, got ${encoded.length} characters starting with ${JSON.stringify(encoded.slice(0, 16))}`,
    );
  }
  const vector = Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  const length = Math.hypot(...vector);
  if (length > 0) {
    for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  }
  return vector;
}

/**
 * Cosine of the angle between two vectors.
 *
 * @returns a number in [-1, 1]; 0 when either vector is zero, because nothing is similar to nothing
 * @throws InvalidVector when the vectors differ in length
 */
export function cosineSimilarity(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new InvalidVector(
      `cannot compare a vector of ${a.length} dimensions with one of ${b.length}; both must come from the same model`,
    );
  }
  let dot = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    dot += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
  }
  if (squaresOfA === 0 || squaresOfB === 0) return 0;
  return Math.max(-1, Math.min(1, dot / Math.sqrt(squaresOfA * squaresOfB)));
}
