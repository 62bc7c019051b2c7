import { expect, it } from 'vitest';
import { mapConcurrently } from '../../../scripts/operate/pool.ts';

it('keeps the order of the items, and never works on more than allowed', async () => {
  let working = 0;
  let most = 0;
  const results = await mapConcurrently([30, 10, 20, 0, 5], 2, async (pause) => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setTimeout(resolve, pause));
    working -= 1;
    return pause + 1;
  });
  expect(results).toEqual([31, 11, 21, 1, 6]);
  expect(most).toBe(2);
});

it('does nothing with nothing', async () => {
  expect(await mapConcurrently([], 4, async () => 1)).toEqual([]);
});
