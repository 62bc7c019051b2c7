import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Evaluation } from '../../scripts/evaluation/evaluate.ts';
import { scratch } from './scratch.ts';

const EVAL = join(import.meta.dirname, '../../scripts/eval.ts');
const { client } = scratch({ setUp: false });
let folder: string;
let articles: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eval-'));
  articles = join(folder, 'articles.jsonl');
  const topics = ['TypeScript', 'Python', 'Rust'];
  const rows = Array.from({ length: 9 }, (_, i) => ({
    id: `a${i}`,
    title: `${topics[i % 3]}で書く`,
    body: `${topics[i % 3]}の話です。\n\n${topics[(i + 1) % 3]}ではありません。`,
    tags: [topics[i % 3]],
    source: `author-${i % 2}`,
    date: `2026-01-0${i + 1}`,
  }));
  writeFileSync(articles, rows.map((row) => JSON.stringify(row)).join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function evaluate(...more: string[]): Promise<Evaluation> {
  const args = [
    EVAL,
    articles,
    '--cross-validate',
    '--json',
    '-',
    '--opensearch',
    inject('opensearchUrl'),
    ...more,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

async function scratchIndices(): Promise<string[]> {
  const { body } = await client.indices.get({ index: 'eval-*' });
  return Object.keys(body);
}

it('measures with OpenSearch under indices of its own, which it removes again', async () => {
  const data = await evaluate('--engine', 'opensearch');
  expect(data).toMatchObject({ engine: 'opensearch', articles: 9 });
  expect(data.recall).toBeGreaterThan(0.5);
  expect(await scratchIndices()).toEqual([]);
}, 120_000);

it('holds the engines against each other among the ablations', async () => {
  const { ablations } = await evaluate('--ablations');
  expect(ablations.map(({ name }) => name)).toContain('opensearch instead of embedded');
  expect(await scratchIndices()).toEqual([]);
}, 120_000);

it('measures in the order of dates what authors kept in OpenSearch, as in memory', async () => {
  const stream = ['--protocol', 'stream'];
  const [inMemory, searched] = [
    await evaluate(...stream),
    await evaluate(...stream, '--engine', 'opensearch'),
  ];
  expect(searched.byEarlier.map(({ from, articles }) => ({ from, articles }))).toEqual([
    { from: 0, articles: 2 },
    { from: 1, articles: 7 },
  ]);
  expect(searched.f1At5).toBeCloseTo(inMemory.f1At5, 9);
  expect(await scratchIndices()).toEqual([]);
}, 120_000);
