import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../../scripts/evaluation/pool.ts';

async function* count(to: number, onTaken: (item: number) => void = () => {}) {
  for (let item = 0; item < to; item += 1) {
    onTaken(item);
    yield item;
  }
}

describe('mapping in order', () => {
  it('yields in the order of the items, however long each takes', async () => {
    const slow = mapInOrder(count(9), (item) => setTimeout((item * 7) % 5, [item, item] as const), 4);
    const items: unknown[] = [];
    for await (const [item] of slow) items.push(item);
    expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('takes no more items than may be under way', async () => {
    let [taken, done, most] = [0, 0, 0];
    const items = count(50, () => {
      taken += 1;
      most = Math.max(most, taken - done);
    });
    for await (const _ of mapInOrder(items, (item) => setTimeout(1, item), 3)) done += 1;
    expect(done).toBe(50);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('throws an error when its turn comes', async () => {
    const seen: number[] = [];
    const failing = mapInOrder(
      count(9),
      async (item) => (item === 3 ? Promise.reject(new Error('three')) : item),
      8,
    );
    await expect(
      (async () => {
        for await (const item of failing) seen.push(item);
      })(),
    ).rejects.toThrow('three');
    expect(seen).toEqual([0, 1, 2]);
  });
});
