import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cosineSimilarity,
  decodeVector,
  encodeVector,
  InvalidVector,
} from '../../functions/contracts/vector.ts';

const DIMENSION = 384;
const anyVector = fc
  .float32Array({ minLength: DIMENSION, maxLength: DIMENSION, noNaN: true, min: -1, max: 1 })
  .filter((vector) => Math.hypot(...vector) > 1e-6);

describe('encodeVector and decodeVector', () => {
  it('keep the direction of any vector, in 512 characters', () => {
    fc.assert(
      fc.property(anyVector, (vector) => {
        const encoded = encodeVector(vector);
        const decoded = decodeVector(encoded);

        expect(encoded.length).toBe(512);
        expect(cosineSimilarity(vector, decoded)).toBeGreaterThan(0.99);
        expect(Math.hypot(...decoded)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('lose less than 0.0002 of cosine on vectors whose components are alike in size, as embeddings are', () => {
    const vector = Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(i * i) * (1 + (i % 3)));

    expect(1 - cosineSimilarity(vector, decodeVector(encodeVector(vector)))).toBeLessThan(0.0002);
  });

  it('keep what they have once made', () => {
    fc.assert(
      fc.property(anyVector, (vector) => {
        const encoded = encodeVector(vector);
        expect(encodeVector(decodeVector(encoded))).toBe(encoded);
      }),
    );
  });

  it('keep a zero vector', () => {
    expect(decodeVector(encodeVector(new Float32Array(DIMENSION)))).toEqual(new Float32Array(DIMENSION));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuse %d', (component) => {
    expect(() => encodeVector(Float32Array.of(0, component))).toThrow(InvalidVector);
  });

  it.each(['AAA', '!!!!', 'AA==\n', 'あいう'])('refuse %j, which is not base64', (text) => {
    expect(() => decodeVector(text)).toThrow(InvalidVector);
  });
});

describe('cosineSimilarity', () => {
  it('stays within [-1, 1] and is 1 for a vector and itself', () => {
    fc.assert(
      fc.property(anyVector, anyVector, (a, b) => {
        expect(Math.abs(cosineSimilarity(a, b))).toBeLessThanOrEqual(1);
        expect(cosineSimilarity(a, a)).toBeCloseTo(1, 6);
      }),
    );
  });

  it('refuses vectors of different length', () => {
    expect(() => cosineSimilarity(new Float32Array(2), new Float32Array(3))).toThrow(InvalidVector);
  });
});
