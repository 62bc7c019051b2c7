import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { measureColdStart } from '../../scripts/cold-start.ts';

it('fetches and loads the model within 300 ms of a cold start', async () => {
  const body = readFileSync(join(import.meta.dirname, '../articles/step-functions-retry.md'), 'utf8');
  const detail = { ...articlePublishedSample, data: { ...articlePublishedSample.data, body } };
  const times = await measureColdStart({ detail }, 7);
  console.info(`cold start, medians in ms: ${JSON.stringify(times)}`);
  expect(times.modelPart).toBeLessThanOrEqual(300);
  expect(times.empty).toBeLessThan(times.embedding);
});
