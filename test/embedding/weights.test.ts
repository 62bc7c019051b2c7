import { describe, expect, it } from 'vitest';
import { ModelCorrupt } from '../../functions/embedding/errors.ts';
import { viewWeights } from '../../functions/embedding/weights.ts';
import { rowOf, scaleOf, tinyWeights, weightOf } from './model-folder.ts';

/** A copy at the start of a buffer of its own, as a file is read. */
function bytesOf(content: Uint8Array): Uint8Array {
  return new Uint8Array(content);
}

describe('viewWeights', () => {
  it('lays arrays over the bytes without copying them', () => {
    const bytes = bytesOf(tinyWeights(5, 16));

    const weights = viewWeights(bytes);

    expect({ rows: weights.rows, dimension: weights.dimension }).toEqual({ rows: 5, dimension: 16 });
    expect([...weights.scales]).toEqual([0, 1, 2, 3, 4].map((v) => Math.fround(scaleOf(v))));
    expect([...weights.tokenWeights]).toEqual([0, 1, 2, 3, 4].map((v) => Math.fround(weightOf(v))));
    expect([...weights.vectors.subarray(3 * 16, 4 * 16)]).toEqual(rowOf(3, 16));
    for (const view of [weights.scales, weights.tokenWeights, weights.vectors]) {
      expect(view.buffer).toBe(bytes.buffer);
    }
  });

  it.each([
    ['is shorter than its header', (bytes: Buffer) => bytes.subarray(0, 40), 'less than its header'],
    ['starts with another magic word', (bytes: Buffer) => bytes.fill('MODEL2V2', 0, 8), 'MODEL2V2'],
    ['is truncated', (bytes: Buffer) => bytes.subarray(0, -1), 'says it has'],
    ['has no rows', (bytes: Buffer) => write(bytes, 8, 0), '0 rows'],
    ['has more rows than fit', (bytes: Buffer) => write(bytes, 8, 6), 'vectors'],
    ['has a dimension that does not fit', (bytes: Buffer) => write(bytes, 12, 17), 'vectors'],
    ['has its scales in the header', (bytes: Buffer) => write(bytes, 16, 0), 'scales'],
    ['has its scales off the grid of 64 bytes', (bytes: Buffer) => write(bytes, 16, 68), 'scales'],
    ['has its weights over its scales', (bytes: Buffer) => write(bytes, 20, 64), 'weights'],
    ['has its vectors past the end', (bytes: Buffer) => write(bytes, 24, 1 << 20), 'vectors'],
  ])('refuses a file that %s', (_, damage, message) => {
    const bytes = bytesOf(damage(tinyWeights(5, 16)));

    expect(() => viewWeights(bytes)).toThrow(ModelCorrupt);
    expect(() => viewWeights(bytes)).toThrow(message);
  });
});

function write(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at);
  return bytes;
}
